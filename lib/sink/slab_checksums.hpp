#pragma once

// Checksums of samples as they are written, a few slices each, so that what is damaged later can be told apart.

#include "core/crc32.hpp"

#include <stack2nrrd/geometry.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Always eight digits.
[[nodiscard]] std::string hex_text(std::uint32_t number);

/// The CRC-32 of the samples of each slab of slices; at most 64 of them, equally thick but for the last.
class SlabChecksums {
public:
    explicit SlabChecksums(Index slices);
    SlabChecksums(Index slices, Index per_slab);

    /// Slices come in order. May be called several times a slice, with the parts of it: end_slice() follows then.
    void add(std::span<const std::byte> samples) noexcept { crc_ = crc32_behind(crc_, samples); }
    void end_slice();

    [[nodiscard]] Index per_slab() const noexcept { return per_slab_; }
    [[nodiscard]] const std::vector<std::uint32_t>& values() const noexcept { return values_; }

    /// "2 0123abcd 4567cdef": slices of a slab, then the checksums.
    [[nodiscard]] std::string text() const;
    /// The most characters that it has. That does not become fewer with more slices: the length of a header is searched
    /// through by halving, see Target::fit.
    [[nodiscard]] static std::size_t text_width(Index slices);

private:
    Index slices_;
    Index per_slab_;
    Index seen_ = 0;
    std::uint32_t crc_ = 0;
    std::vector<std::uint32_t> values_;
};

/// Keys of a header: the checksums of the samples, and that of all bytes of the header in front of its own line.
inline constexpr std::string_view samples_crc_key = "stack2nrrd_crc32";
inline constexpr std::string_view header_crc_key = "stack2nrrd_header_crc32";

}  // namespace stack2nrrd
