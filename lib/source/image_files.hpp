#pragma once

// Slices that are image files, or pages of them.

#include "codec/codec.hpp"
#include "source/slices.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace stack2nrrd {

class ImageFiles final : public ListedSource {
public:
    /// `files` have their stamps; `decoder_bytes`: see Stack.
    ImageFiles(FileList files, SliceList slices, ImageInfo image, Samples samples, std::int64_t decoder_bytes);

    [[nodiscard]] std::int64_t reader_bytes() const override { return decoder_bytes_; }
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override;

private:
    class Reader;

    FileList files_;
    Samples samples_;
    std::int64_t decoder_bytes_;
};

}  // namespace stack2nrrd
