#include "verify/comparing.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "volume/sample_reader.hpp"

#include <cstring>
#include <type_traits>
#include <utility>

namespace stack2nrrd {

namespace {

std::string value_text(SampleType type, const std::byte* bytes) {
    return with_sample_type(type, [&](auto sample) {
        std::memcpy(&sample, bytes, sizeof sample);
        if constexpr (std::is_integral_v<decltype(sample)>) {
            return std::to_string(sample);
        } else {
            return number_text(static_cast<double>(sample));
        }
    });
}

class Comparing final : public Sink, private RowSink {
public:
    Comparing(std::shared_ptr<const NrrdVolume> volume, Differences& differences)
        : volume_(std::move(volume)), reader_(volume_), differences_(differences) {}

    void begin(const VolumeInfo&) override {}
    void write_slice(Index z, std::span<const std::byte> samples) override {
        z_ = z;
        made_ = samples.data();
        reader_.read_slice(z, {}, *this);
        differences_.compared += static_cast<std::int64_t>(samples.size() / sample_bytes(volume_->type));
    }
    void finish() override {}

private:
    void rows(Index y, Index count, const std::byte* there) override {
        const std::size_t row = volume_->image().row_bytes();
        const std::size_t bytes = static_cast<std::size_t>(count) * row;
        const std::byte* made = made_ + static_cast<std::size_t>(y) * row;
        if (std::memcmp(there, made, bytes) == 0) return;
        const std::size_t size = sample_bytes(volume_->type);
        for (std::size_t at = 0; at < bytes; at += size) {
            if (std::memcmp(there + at, made + at, size) == 0) continue;
            ++differences_.count;
            if (differences_.first) continue;
            const auto sample = static_cast<Index>(at % row / size);
            const Index channels = volume_->channels();
            differences_.first = Differences::First{{sample / channels, y + static_cast<Index>(at / row), z_},
                                                    static_cast<int>(sample % channels),
                                                    value_text(volume_->type, there + at),
                                                    value_text(volume_->type, made + at)};
        }
    }

    std::shared_ptr<const NrrdVolume> volume_;
    SampleReader reader_;
    Differences& differences_;
    Index z_ = 0;
    const std::byte* made_ = nullptr;
};

}  // namespace

std::unique_ptr<Sink> comparing_sink(std::shared_ptr<const NrrdVolume> volume, Differences& differences) {
    return std::make_unique<Comparing>(std::move(volume), differences);
}

}  // namespace stack2nrrd
