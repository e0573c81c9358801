#include "sink/value_range.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

template <class Sample>
void widen(const Sample* samples, std::size_t count, std::size_t stride, double& min, double& max) {
    Sample low = std::numeric_limits<Sample>::max();
    Sample high = std::numeric_limits<Sample>::lowest();
    bool any_number = std::is_integral_v<Sample> && count > 0;
    if constexpr (std::is_floating_point_v<Sample>) {
        low = std::numeric_limits<Sample>::infinity();
        high = -low;
        for (std::size_t i = 0; i < count; ++i) any_number |= samples[i * stride] == samples[i * stride];
    }
    if (!any_number) return;
    // NaN fails both comparisons and leaves the bounds alone.
    for (std::size_t i = 0; i < count; ++i) {
        const Sample v = samples[i * stride];
        low = v < low ? v : low;
        high = v > high ? v : high;
    }
    min = std::min(min, static_cast<double>(low));
    max = std::max(max, static_cast<double>(high));
}

}  // namespace

ValueRange::ValueRange(SampleType type, int channels) : type_(type), bounds_(static_cast<std::size_t>(channels)) {}

void ValueRange::add(std::span<const std::byte> samples) {
    const std::size_t channels = bounds_.size();
    const std::size_t count = samples.size() / sample_bytes(type_) / channels;
    with_sample_type(type_, [&](auto sample) {
        using Sample = decltype(sample);
        const auto* first = reinterpret_cast<const Sample*>(samples.data());
        for (std::size_t c = 0; c < channels; ++c) {
            if (channels == 1) {
                widen(first, count, 1, bounds_[c].min, bounds_[c].max);
            } else {
                widen(first + c, count, channels, bounds_[c].min, bounds_[c].max);
            }
        }
    });
}

std::string ValueRange::text_of(double Bounds::*bound) const {
    std::string text;
    for (const Bounds& bounds : bounds_) {
        const bool any = bounds.min <= bounds.max;
        text += (text.empty() ? "" : " ") + number_text(any ? bounds.*bound : std::numeric_limits<double>::quiet_NaN());
    }
    return text;
}

std::string ValueRange::min_text() const { return text_of(&Bounds::min); }
std::string ValueRange::max_text() const { return text_of(&Bounds::max); }

}  // namespace stack2nrrd
