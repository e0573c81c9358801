#include "sink/file_sink.hpp"

namespace stack2nrrd {

namespace {

class TextSink final : public FileSink {
public:
    TextSink(std::filesystem::path name, std::function<std::string()> text, bool force)
        : FileSink(std::move(name), force), text_(std::move(text)) {}

    void write_slice(Index, std::span<const std::byte>) override {}
    void finish() override {
        file().write(text_());
        file().sync();
    }

private:
    std::function<std::string()> text_;
};

}  // namespace

std::unique_ptr<Sink> text_sink(const std::filesystem::path& file, std::function<std::string()> text, bool force) {
    return std::make_unique<TextSink>(file, std::move(text), force);
}

}  // namespace stack2nrrd
