#include "source/image_files.hpp"

#include <stack2nrrd/error.hpp>

#include <optional>
#include <utility>

namespace stack2nrrd {

void throw_changed(const std::string& path) {
    throw Error(ErrorCode::changed,
                path +
                    ": has changed since the headers were read, the same file was expected; start again when nothing "
                    "writes to it");
}

class ImageFiles::Reader final : public SliceReader {
public:
    explicit Reader(const ImageFiles& source) : source_(source) {}

    void read(Index z, Range rows, RowSink& sink) override {
        const SliceRef slice = source_.slice(z);
        const auto file = static_cast<std::size_t>(slice.file);
        const std::string path = source_.files_.path(file);
        std::optional<InputFile> input;
        try {
            input.emplace(path);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::not_found || error.code() == ErrorCode::corrupt) throw_changed(path);
            throw;
        }
        if (input->stamp() != source_.files_.stamp(file)) throw_changed(path);
        try {
            codec_for(*input).decode(*input, slice.place, source_.samples_, rows, bench_, sink);
        } catch (const Error&) {
            // A file that is written to while it is read breaks in any way; that it was written to is what matters.
            if (input->changed()) throw_changed(path);
            throw;
        }
        if (input->changed()) throw_changed(path);
        input->check();
    }

private:
    const ImageFiles& source_;
    Workbench bench_;
};

ImageFiles::ImageFiles(FileList files, SliceList slices, ImageInfo image, Samples samples, std::int64_t decoder_bytes)
    : ListedSource(std::move(image), std::move(slices)),
      files_(std::move(files)),
      samples_(samples),
      decoder_bytes_(decoder_bytes) {}

std::unique_ptr<SliceReader> ImageFiles::reader() const { return std::make_unique<Reader>(*this); }

}  // namespace stack2nrrd
