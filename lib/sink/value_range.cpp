#include "sink/value_range.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace stack2nrrd {

namespace {

template <class Sample>
Sample loaded(const std::array<std::byte, 8>& bytes) {
    Sample sample{};
    std::memcpy(&sample, bytes.data(), sizeof(Sample));
    return sample;
}

/// The lowest and the highest of `count` samples; nothing if none is a number.
template <class Sample>
std::optional<std::pair<Sample, Sample>> range_of(const Sample* samples, std::size_t count, std::size_t stride) {
    Sample low = std::numeric_limits<Sample>::max();
    Sample high = std::numeric_limits<Sample>::lowest();
    bool any_number = std::is_integral_v<Sample> && count > 0;
    if constexpr (std::is_floating_point_v<Sample>) {
        low = std::numeric_limits<Sample>::infinity();
        high = -low;
        for (std::size_t i = 0; i < count; ++i) any_number |= samples[i * stride] == samples[i * stride];
    }
    if (!any_number) return std::nullopt;
    // NaN fails both comparisons and leaves the bounds alone.
    for (std::size_t i = 0; i < count; ++i) {
        const Sample v = samples[i * stride];
        low = v < low ? v : low;
        high = v > high ? v : high;
    }
    return std::pair{low, high};
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
            // A stride that is known to be 1 makes a faster loop.
            auto range = channels == 1 ? range_of(first, count, 1) : range_of(first + c, count, channels);
            if (!range) continue;
            Bounds& bounds = bounds_[c];
            if (bounds.any) {
                range->first = std::min(range->first, loaded<Sample>(bounds.min));
                range->second = std::max(range->second, loaded<Sample>(bounds.max));
            }
            bounds.any = true;
            std::memcpy(bounds.min.data(), &range->first, sizeof(sample));
            std::memcpy(bounds.max.data(), &range->second, sizeof(sample));
        }
    });
}

std::string ValueRange::text_of(Bits Bounds::*bound) const {
    std::string text;
    for (const Bounds& bounds : bounds_) {
        text += text.empty() ? "" : " ";
        text += !bounds.any ? number_text(std::numeric_limits<double>::quiet_NaN())
                            : with_sample_type(type_, [&](auto sample) {
                                  sample = loaded<decltype(sample)>(bounds.*bound);
                                  if constexpr (std::is_integral_v<decltype(sample)> && sizeof(sample) == 8) {
                                      return std::to_string(sample);
                                  } else {
                                      return number_text(static_cast<double>(sample));
                                  }
                              });
    }
    return text;
}

std::string ValueRange::min_text() const { return text_of(&Bounds::min); }
std::string ValueRange::max_text() const { return text_of(&Bounds::max); }

}  // namespace stack2nrrd
