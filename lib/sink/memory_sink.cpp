#include <stack2nrrd/sink.hpp>

#include <stack2nrrd/error.hpp>

#include <cstring>

namespace stack2nrrd {

namespace {

class MemorySink final : public Sink {
public:
    explicit MemorySink(std::span<std::byte> volume) : volume_(volume) {}

    void begin(const VolumeInfo& volume) override {
        if (volume.bytes() != static_cast<std::int64_t>(volume_.size())) {
            throw Error(ErrorCode::invalid_argument, "the buffer holds " + std::to_string(volume_.size()) +
                                                         " bytes, the volume needs " + std::to_string(volume.bytes()));
        }
        slice_bytes_ = static_cast<std::size_t>(volume.slice_bytes());
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        std::memcpy(volume_.data() + static_cast<std::size_t>(z) * slice_bytes_, samples.data(), slice_bytes_);
    }

    void finish() override {}

private:
    std::span<std::byte> volume_;
    std::size_t slice_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Sink> memory_sink(std::span<std::byte> volume) { return std::make_unique<MemorySink>(volume); }

}  // namespace stack2nrrd
