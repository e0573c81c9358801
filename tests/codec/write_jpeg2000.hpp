#pragma once

// JPEG 2000 files as OpenJPEG writes them, and boxes around codestreams by hand.

#include "codec_support.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd::test {

struct J2kSpec {
    int width = 61;
    int height = 43;
    int components = 1;
    int bits = 8;
    bool is_signed = false;
    std::array<int, 2> tile{};         // width and height; 0 = one tile
    std::array<int, 2> offset{};       // of the slice on the grid
    std::array<int, 2> tile_offset{};  // of the first tile
    std::array<int, 2> step{1, 1};     // of samples on the grid
    int resolutions = 4;
    int order = 0;                // LRCP, RLCP, RPCL, PCRL, CPRL
    std::vector<float> rates{0};  // a layer each; 0 = all that there is
    bool lossy = false;           // 9/7
    bool mixes_colour = false;
    std::array<int, 2> block{64, 64};
    std::vector<std::array<int, 2>> precincts;
    int mode = 0;     // style of code blocks
    int markers = 0;  // 2: SOP, 4: EPH
    bool has_boxes = false;
    bool has_alpha = false;  // the last component
};

/// Component by component, row by row.
using J2kPlanes = std::vector<std::vector<std::int32_t>>;

/// Reproducible samples over the whole range; every place is different.
[[nodiscard]] J2kPlanes j2k_samples(const J2kSpec& spec);

[[nodiscard]] Bytes make_j2k(const J2kSpec& spec, const J2kPlanes& samples);

/// The whole file by the plainest use of OpenJPEG.
[[nodiscard]] J2kPlanes plain_j2k(const Bytes& file);

/// As a reader must deliver them: interleaved, in the smallest type.
[[nodiscard]] Bytes interleaved(const J2kPlanes& samples, int bits);

// ------------------------------------------------------------------------------------------------------- boxes by hand

void put_big(Bytes& bytes, std::uint64_t value, int size);
[[nodiscard]] Bytes box(const std::string& type, const Bytes& content);
/// A JP2 file: signature, file type, header with `inner` boxes behind its ihdr, codestream.
[[nodiscard]] Bytes jp2_file(const J2kSpec& spec, const Bytes& inner, const Bytes& codestream,
                             const std::string& brand = "jp2 ");
[[nodiscard]] Bytes enumerated_colour(std::uint32_t space);

// -------------------------------------------------------------------------------------------------- changed
// codestreams

/// Offsets of the fields of SIZ in a codestream.
inline constexpr std::size_t siz_width = 8, siz_height = 12, siz_offset_x = 16, siz_tile_width = 24,
                             siz_tile_height = 28, siz_depth = 42, siz_step_x = 43;

/// Where the marker 0xFF `code` is, from `from` on.
[[nodiscard]] std::size_t find_marker(const Bytes& bytes, int code, std::size_t from = 0);
/// Overwrites a number of `size` bytes.
void set_big(Bytes& bytes, std::size_t at, std::uint64_t value, int size);

/// What our codec makes of these bytes, as this file.
[[nodiscard]] Slice decode_bytes(const std::string& file, const Bytes& bytes);
/// The sentence that refuses them, with the code that is expected; empty if they are read.
[[nodiscard]] std::string refusal_of(const std::string& file, const Bytes& bytes, ErrorCode expected);

}  // namespace stack2nrrd::test
