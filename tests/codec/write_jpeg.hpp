#pragma once

// JPEG files for tests, as libjpeg writes them.

#include "codec_support.hpp"

namespace stack2nrrd::test {

struct JpegSpec {
    int width = 61;
    int height = 43;
    int channels = 1;
    bool progressive = false;
    bool arithmetic = false;
    bool subsampled = true;
    int restart = 0;
};

/// The bytes of a file. `samples`: interleaved.
[[nodiscard]] Bytes jpeg_bytes(const JpegSpec& spec, const Bytes& samples);
void write_jpeg(const std::string& file, const JpegSpec& spec, const Bytes& samples);

/// Smooth enough for a JPEG, different everywhere.
[[nodiscard]] Bytes jpeg_picture(const JpegSpec& spec);

}  // namespace stack2nrrd::test
