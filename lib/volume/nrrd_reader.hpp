#pragma once

// The header of a NRRD volume: what it holds, where its samples are, and their places in space. No sample is read here.

#include "core/byte_count.hpp"
#include "core/file.hpp"
#include "volume/nrrd_text.hpp"

#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/sink.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

enum class NrrdEncoding : std::uint8_t {
    raw,
    gzip,
    hex,
    ascii,
    image_list,  ///< `stack2nrrd-image`: the files are slices in image formats; see list_header.hpp
};

/// A NRRD volume on disk. A value; nothing is open behind it.
struct NrrdVolume {
    std::string path;  ///< UTF-8, of the header
    SampleType type = SampleType::uint8;
    std::array<Index, 3> size{};
    Colour colour = Colour::grey;
    int components = 1;            ///< how many channels there are, of Colour::components
    ComponentAxis component_axis;  ///< what they are
    bool channels_last = false;    ///< the channels are the slowest axis of the file: one volume behind the other
    /// Rows are stored from the bottom, and delivered from the top; only of raw samples. See bottom_up.hpp.
    bool bottom_up = false;
    std::endian endian = std::endian::native;
    NrrdEncoding encoding = NrrdEncoding::raw;
    std::int64_t line_skip = 0;
    std::int64_t byte_skip = 0;         ///< -1: the samples end the file; -1-N: N bytes follow them
    FileList files;                     ///< `path` itself if the samples follow the header
    std::int64_t attached_offset = -1;  ///< where they begin then; -1 if they are in other files
    int file_dimension = 0;             ///< how many of the file's axes one of several files holds; 0: all in one
    std::int64_t piece_bytes = 0;       ///< what each of the files holds, decoded
    Geometry geometry;                  ///< of the samples as they are delivered
    std::vector<std::string> kinds;     ///< of the file's axes, lower case; "" where unknown; empty if not given
    HeaderFields fields;
    std::vector<std::pair<std::string, std::string>> key_values;  ///< in order
    std::vector<std::string> remarks;                             ///< what is odd but harmless

    [[nodiscard]] int channels() const noexcept { return channel_count(colour, components); }
    /// Bytes of one sample of one channel, as it is stored.
    [[nodiscard]] std::int64_t stored_bytes() const noexcept { return static_cast<std::int64_t>(sample_bytes(type)); }
    /// Bytes of all samples, as they are stored once decoded.
    [[nodiscard]] std::int64_t payload_bytes() const noexcept {
        return (ByteCount(size[0]) * size[1] * size[2] * channels() * stored_bytes()).value();
    }
    /// One slice, in the form in which its samples are delivered.
    [[nodiscard]] ImageInfo image() const;
};

/// Reads the header and checks the one file that has the samples, if it is one. Of several files only the names are
/// read: see check_data_files().
/// \throws Error unsupported (the sentence names the feature), corrupt, limit, not_found, io.
[[nodiscard]] NrrdVolume read_nrrd(const std::string& path_utf8);

/// Reads a header that is not in a file, of samples that are none of its affair: what it says of encoding, byte order
/// and data files is not looked at. `name` is the path of the result, and shown in messages.
/// \throws Error unsupported, corrupt, limit.
[[nodiscard]] NrrdVolume read_nrrd_header(std::string_view text, const std::string& name);

/// Opens all data files and checks that they can hold what the header declares. Of how many of several raw ones have
/// bytes behind the samples that nobody asked to be skipped is told.
/// \throws Error as read_nrrd(), for the first file in order.
Index check_data_files(const NrrdVolume& volume);

}  // namespace stack2nrrd
