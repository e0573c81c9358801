#pragma once

// A codec turns one file into rows. To add a format: write its three functions in a file of its own and add a
// line to the table in codec.cpp.

#include "core/file.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/image.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// What a file's header tells.
struct Probe {
    ImageInfo image;
    std::int64_t decoder_bytes = 0;  ///< upper bound of what decode() holds at any time
    std::vector<std::string> notes;  ///< what is odd but harmless: "orientation 3 is not applied"
};

/// Receives the rows of a slice from top to bottom. May throw; the decoder then unwinds.
class RowSink {
public:
    virtual ~RowSink() = default;
    /// `samples`: ImageInfo::row_bytes() bytes, channels interleaved, native byte order, valid during the call. Its
    /// address need not be aligned to the sample type.
    virtual void row(Index y, const std::byte* samples) = 0;
};

struct Codec {
    const char* name;
    /// Does a file that begins with `head` (up to 16 bytes) belong to this codec?
    bool (*matches)(std::span<const std::byte> head);
    /// Reads the header only.
    /// \throws Error unsupported (the sentence names the feature), corrupt, limit, io.
    Probe (*probe)(InputFile& file);
    /// Pushes the rows [rows.first, rows.end) of the slice (all, if that is empty), in order; rows outside are skipped
    /// as cheaply as the format allows. Decoding ends after the last wanted row, but what stands before it is checked.
    /// Damage may be noticed only after some rows were pushed: they count only if decode() returns.
    /// \throws Error unsupported, corrupt, limit, io, and whatever `sink` throws; inconsistent if the slice has
    /// fewer rows than wanted.
    void (*decode)(InputFile& file, Range rows, RowSink& sink);
};

extern const Codec tiff_codec;
extern const Codec png_codec;
extern const Codec jpeg_codec;
extern const Codec bmp_codec;

/// The codec for this file by its first bytes, never by its name.
/// \throws Error unsupported if no codec knows it ("… is not a TIFF, PNG, JPEG or BMP file"), corrupt if it is empty.
[[nodiscard]] const Codec& codec_for(InputFile& file);

// ------------------------------------------------------------------------------------------- for the codecs' own use

/// Throws Error(`code`, "<file>: `sentence`"), or the system's read error if there was one: a file that could not be
/// read is not corrupt.
[[noreturn]] void refuse(const InputFile& file, ErrorCode code, std::string_view sentence);

/// Refuses sizes that no honest slice has, before anything is allocated: zero, more than a million samples on a side,
/// or far more samples than the file could hold.
/// `stored_bits`: what one position (all its channels) takes before compression. `max_ratio`: the most that the
/// format's compression can do, e.g. 1032 for deflate; 1 for none.
/// \throws Error corrupt, limit.
void check_declared_size(const InputFile& file, const ImageInfo& image, std::int64_t stored_bits, double max_ratio);

/// `rows`, or all rows of `image` if it is empty.
/// \throws Error inconsistent if `image` has fewer.
[[nodiscard]] Range wanted_rows(const InputFile& file, const ImageInfo& image, Range rows);

}  // namespace stack2nrrd
