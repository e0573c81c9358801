#include <stack2nrrd/sink.hpp>

#include "sink/publish.hpp"

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

class Tee final : public Sink {
public:
    explicit Tee(std::vector<std::unique_ptr<Sink>> sinks) : sinks_(std::move(sinks)) {}

    void begin(const VolumeInfo& volume) override {
        for (const auto& sink : sinks_) sink->begin(volume);
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        for (const auto& sink : sinks_) sink->write_slice(z, samples);
    }

    void write_late_notes(std::span<const std::string> values) override {
        for (const auto& sink : sinks_) sink->write_late_notes(values);
    }

    void finish() override {
        for (const auto& sink : sinks_) sink->finish();
    }

    void publish() override {
        std::vector<Sink*> sinks;
        for (const auto& sink : sinks_) sinks.push_back(sink.get());
        publish_all(sinks);
    }

    void withdraw() noexcept override {
        for (const auto& sink : sinks_) sink->withdraw();
    }

    [[nodiscard]] std::vector<fs::path> files() const override {
        std::vector<fs::path> all;
        for (const auto& sink : sinks_) {
            for (fs::path& file : sink->files()) all.push_back(std::move(file));
        }
        return all;
    }

private:
    std::vector<std::unique_ptr<Sink>> sinks_;
};

}  // namespace

std::unique_ptr<Sink> tee(std::vector<std::unique_ptr<Sink>> sinks) {
    auto all = std::make_unique<Tee>(std::move(sinks));
    check_different(all->files());
    return all;
}

}  // namespace stack2nrrd
