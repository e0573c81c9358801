#include "sink/preview.hpp"

#include "core/byte_count.hpp"
#include "picture/panels.hpp"
#include "picture/views.hpp"
#include "sink/file_sink.hpp"
#include "sink/publish.hpp"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

class PreviewSink final : public FileSink {
public:
    using FileSink::FileSink;

    void begin(const VolumeInfo& volume) override {
        FileSink::begin(volume);
        volume_ = volume;
        views_.emplace(volume);
    }
    void write_slice(Index z, std::span<const std::byte> samples) override { views_->add(z, samples); }
    void finish() override {
        file().write(png_of(sheet_of(painted(views_->take(), volume_))));
        file().sync();
        views_.reset();
    }

private:
    VolumeInfo volume_;
    std::optional<Views> views_;
};

}  // namespace

std::unique_ptr<Sink> preview_sink(const std::filesystem::path& file, bool force) {
    return std::make_unique<PreviewSink>(file, force);
}

std::int64_t preview_bytes(const VolumeInfo& volume) {
    return (ByteCount(Views::memory_bytes(volume)) + painting_bytes(volume)).value();
}

std::unique_ptr<Sink> with_preview(std::unique_ptr<Sink> volume, const std::filesystem::path& file, bool force) {
    if (file.empty()) return volume;
    std::vector<std::unique_ptr<Sink>> both;
    both.push_back(std::move(volume));
    both.push_back(preview_sink(file, force));
    check_suffix(followed(file), {".png"}, ".png");
    return tee(std::move(both));
}

}  // namespace stack2nrrd
