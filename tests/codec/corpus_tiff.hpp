#pragma once

// What the tables of the corpus say of TIFF files, against what is decoded.

#include "codec_support.hpp"

#include <array>
#include <map>

namespace stack2nrrd::test {

using Record = std::map<std::string, std::string>;

/// Palette indices and the palette, by the shortest way through libtiff.
struct Indexed {
    Bytes indices;
    Bytes all;  // with what stands beside the indices, if there is any; 8 bits
    std::vector<std::array<int, 3>> palette;
};

/// Are these the colours of the indices, whose hash is `hash`?
[[nodiscard]] bool equals(const Slice& slice, const Indexed& indexed, const std::string& hash, bool wide_index = false);

/// Of any page, also of those that are no slices.
[[nodiscard]] std::int64_t offset_of_page(const std::string& path, std::size_t page);

/// The halves that the samples, floats, were made of.
[[nodiscard]] Bytes halves(const Bytes& floats);

[[nodiscard]] bool check_tiff(const std::string& file, const Record& record, const Slice& slice);

}  // namespace stack2nrrd::test
