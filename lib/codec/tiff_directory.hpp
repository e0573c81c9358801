#pragma once

// One directory of a TIFF from its bytes, without libtiff: to walk through thousands of them, and for what libtiff
// rounds, corrects or drops.

#include "core/file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

class TiffDirectory {
public:
    /// Reads the file's header. The file must begin as a TIFF.
    explicit TiffDirectory(InputFile& file);

    /// Where the first directory is.
    [[nodiscard]] std::uint64_t first() const noexcept { return first_; }

    /// Reads the directory at `offset` instead of the one before. False if it has no entries or is not wholly
    /// inside the file; then it has those that do.
    bool read(std::uint64_t offset);

    /// Where the directory after this one is; 0 if this is the last one.
    [[nodiscard]] std::uint64_t next() const noexcept { return next_; }

    /// The first value of a tag that is a SHORT, LONG, LONG8 or the place of a directory; nothing if there is none.
    [[nodiscard]] std::optional<std::uint64_t> integer(std::uint16_t tag) const;
    /// The same, if it has one value.
    [[nodiscard]] std::optional<std::uint64_t> single_integer(std::uint16_t tag) const;
    /// How many values a tag has; 0 if it is not there.
    [[nodiscard]] std::uint64_t count(std::uint16_t tag) const;
    /// The value of a tag that is a RATIONAL: the nearest double. Nothing if it is 0 or its denominator is 0.
    [[nodiscard]] std::optional<double> rational(std::uint16_t tag) const;
    /// The text of a tag up to its first NUL, at most `most` bytes of it. `bytes` receives its length as declared.
    [[nodiscard]] std::string text(std::uint16_t tag, std::uint64_t most, std::uint64_t& bytes) const;

    /// Bytes that libtiff takes at most for the values that are outside of the directory. Of those that end behind the
    /// file it reads the first mebibyte before it gives them up.
    [[nodiscard]] std::uint64_t value_bytes() const;

private:
    struct Entry {
        std::uint64_t type = 0;
        std::uint64_t count = 0;
        std::uint64_t place = 0;  // of the first value
        std::uint64_t size = 0;   // of one value; 0 if the type is unknown
        const unsigned char* inside = nullptr;
    };
    [[nodiscard]] Entry entry(const unsigned char* bytes) const;
    [[nodiscard]] std::optional<Entry> find(std::uint16_t tag) const;
    [[nodiscard]] std::uint64_t number(const unsigned char* bytes, std::uint64_t size) const;
    [[nodiscard]] std::uint64_t number_at(std::uint64_t place, std::uint64_t size) const;
    [[nodiscard]] std::optional<std::uint64_t> value(const Entry& entry) const;

    InputFile& file_;
    bool big_endian_ = false;
    std::uint64_t word_ = 4;  // bytes of an offset, of a count of values, and of the values inside an entry
    std::uint64_t first_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t next_ = 0;
    std::uint64_t entries_ = 0;
    std::vector<unsigned char> bytes_;  // the entries
};

}  // namespace stack2nrrd
