#include "sink/value_range.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
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

/// The lowest and the highest of `count` samples; nothing if none is a number. Several lanes, so that they need not
/// wait for each other. NaN fails both comparisons and leaves the bounds alone.
template <class Sample>
std::optional<std::pair<Sample, Sample>> range_of(const Sample* samples, std::size_t count, std::size_t stride) {
    using Limits = std::numeric_limits<Sample>;
    constexpr std::size_t lanes = 64 / sizeof(Sample);
    std::array<Sample, lanes> low;
    std::array<Sample, lanes> high;
    low.fill(std::is_integral_v<Sample> ? Limits::max() : Limits::infinity());
    high.fill(std::is_integral_v<Sample> ? Limits::lowest() : -Limits::infinity());
    const auto take = [&](Sample v, std::size_t lane) {
        low[lane] = v < low[lane] ? v : low[lane];
        high[lane] = v > high[lane] ? v : high[lane];
    };
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) take(samples[(i + lane) * stride], lane);
    }
    for (std::size_t lane = 0; i + lane < count; ++lane) take(samples[(i + lane) * stride], lane);
    const Sample lowest = *std::min_element(low.begin(), low.end());
    const Sample highest = *std::max_element(high.begin(), high.end());
    if (lowest > highest) return std::nullopt;
    return std::pair{lowest, highest};
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
