#pragma once

// A codec turns one file into rows. To add a format: write its three functions in a file of its own and add a
// line to the table in codec.cpp.

#include "core/file.hpp"

#include <stack2nrrd/image.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace stack2nrrd {

/// What a file's header tells.
struct Probe {
    ImageInfo image;
    std::int64_t decoder_bytes = 0;   ///< upper bound of what decode() holds at any time
    std::vector<std::string> notes;   ///< what is odd but harmless: "orientation 3 is not applied"
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
    /// Pushes the rows [rows.first, rows.end) of the slice, in order; rows outside are skipped as cheaply as the
    /// format allows. Decoding ends after the last wanted row, but what stands before it is checked.
    /// \throws Error unsupported, corrupt, limit, io, and whatever `sink` throws.
    void (*decode)(InputFile& file, Range rows, RowSink& sink);
};

extern const Codec tiff_codec;
extern const Codec png_codec;
extern const Codec jpeg_codec;
extern const Codec bmp_codec;

/// The codec for this file by its first bytes, never by its name.
/// \throws Error unsupported if no codec knows it ("… is not a TIFF, PNG, JPEG or BMP file"), corrupt if it is empty.
[[nodiscard]] const Codec& codec_for(InputFile& file);

/// Refuses sizes that no honest slice has, before anything is allocated: zero, more than a million samples on a side,
/// or far more samples than the file could hold.
/// `file_bytes`: size of the file. `max_ratio`: the most that the format's compression can do, e.g. 1032 for deflate;
/// 1 for none.
/// \throws Error corrupt, limit.
void check_declared_size(const InputFile& file, const ImageInfo& image, double max_ratio);

}  // namespace stack2nrrd
