#pragma once

// TIFF files of several pages that are written byte by byte.

#include "codec_support.hpp"

#include <tiffio.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stack2nrrd::test {

inline constexpr std::size_t entries = 12;  // that HandMade writes into each directory

/// A page of 8-bit grey samples that are all `fill`.
struct HandPage {
    std::uint8_t fill = 0;
    std::uint32_t width = 5;
    std::uint32_t height = 3;
    std::uint32_t subfile = 0;
    std::string description = {};
    std::uint16_t bits = 8;
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
};

/// A TIFF written byte by byte, in any byte order, classic or BigTIFF.
class HandMade {
public:
    HandMade(bool big_endian, bool big) : big_endian_(big_endian), word_(big ? 8 : 4) {
        bytes_ = {std::byte(big_endian ? 'M' : 'I'), std::byte(big_endian ? 'M' : 'I')};
        number(big ? 43 : 42, 2);
        if (big) number(8, 2);
        if (big) number(0, 2);
        link_ = bytes_.size();
        number(0, word_);
    }

    void add(const HandPage& page) {
        samples_.push_back(bytes_.size());
        bytes_.insert(bytes_.end(), std::size_t{page.width} * page.height * page.bits / 8, std::byte{page.fill});
        const std::size_t text = bytes_.size();
        for (const char c : page.description) bytes_.push_back(std::byte(c));
        bytes_.insert(bytes_.end(), 9, std::byte{0});
        const std::size_t rational = bytes_.size();
        number(1'000'000, 4);
        number(3, 4);
        patch(link_, bytes_.size());
        directories_.push_back(bytes_.size());
        number(entries, word_ == 8 ? 8 : 2);
        entry(254, TIFF_LONG, 1, page.subfile, 4);
        entry(256, TIFF_LONG, 1, page.width, 4);
        entry(257, TIFF_LONG, 1, page.height, 4);
        entry(258, TIFF_SHORT, 1, page.bits, 2);
        entry(259, TIFF_SHORT, 1, COMPRESSION_NONE, 2);
        entry(262, TIFF_SHORT, 1, page.photometric, 2);
        entry(270, TIFF_ASCII, page.description.size() + 9, text, word_);
        entry(273, TIFF_LONG, 1, samples_.back(), 4);
        entry(278, TIFF_LONG, 1, page.height, 4);
        entry(279, TIFF_LONG, 1, page.width * page.height * page.bits / 8, 4);
        rational_entry(282, rational, 1'000'000, 3);
        entry(296, TIFF_SHORT, 1, RESUNIT_CENTIMETER, 2);
        link_ = bytes_.size();
        number(0, word_);
    }
    /// The last directory now says that another one is at `offset`.
    void link_to(std::size_t offset) { patch(link_, offset); }

    /// The strip of the first page now begins at `samples`.
    void point_to(std::size_t samples) {
        put(directories_.at(0) + (word_ == 8 ? 8 + 7 * 20 + 12 : 2 + 7 * 12 + 8), samples, 4);
    }

    Bytes& bytes() { return bytes_; }
    [[nodiscard]] std::int64_t samples(std::size_t page) const { return static_cast<std::int64_t>(samples_.at(page)); }
    [[nodiscard]] std::size_t directory(std::size_t page) const { return directories_.at(page); }
    [[nodiscard]] std::string file(const TemporaryFolder& folder) const {
        write_bytes(folder.file("pages.tif"), bytes_);
        return folder.file("pages.tif");
    }

private:
    void number(std::uint64_t value, std::size_t size) {
        bytes_.resize(bytes_.size() + size);
        put(bytes_.size() - size, value, size);
    }
    void put(std::size_t at, std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            bytes_[at + (big_endian_ ? size - 1 - i : i)] = static_cast<std::byte>(value >> (8 * i));
        }
    }
    void patch(std::size_t at, std::uint64_t value) { put(at, value, word_); }
    void entry(int tag, int type, std::uint64_t count, std::uint64_t value, std::size_t size) {
        number(static_cast<std::uint64_t>(tag), 2);
        number(static_cast<std::uint64_t>(type), 2);
        number(count, word_);
        number(value, size);
        bytes_.resize(bytes_.size() + word_ - size);
    }
    void rational_entry(int tag, std::size_t place, std::uint64_t numerator, std::uint64_t denominator) {
        entry(tag, TIFF_RATIONAL, 1, place, word_);
        if (word_ == 4) return;  // BigTIFF has room for it in the entry
        put(bytes_.size() - 8, numerator, 4);
        put(bytes_.size() - 4, denominator, 4);
    }

    bool big_endian_;
    std::size_t word_;
    Bytes bytes_;
    std::size_t link_ = 0;  // where the offset of the next directory goes
    std::vector<std::size_t> directories_;
    std::vector<std::size_t> samples_;
};

}  // namespace stack2nrrd::test
