#include "stage/value_counts.hpp"

#include "core/sample_types.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace stack2nrrd {

namespace {

constexpr std::size_t most_bins = 65536;

/// Types whose values have a bin each.
bool has_exact_bins(SampleType type) { return !is_float(type) && sample_bytes(type) <= 2; }

std::size_t bins_of(SampleType type) { return sample_bytes(type) == 1 ? 256 : most_bins; }

template <class Sample>
bool is_number(Sample sample) {
    if constexpr (std::is_floating_point_v<Sample>) return std::isfinite(sample);
    return true;
}

}  // namespace

template <class Sample>
void FewCounts::add(std::span<const Sample> samples) {
    constexpr auto low = static_cast<std::ptrdiff_t>(std::numeric_limits<Sample>::lowest());
    std::uint32_t* const even = even_.data() - low;
    std::uint32_t* const odd = odd_.data() - low;
    const std::size_t pairs = samples.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
        ++even[samples[2 * i]];
        ++odd[samples[2 * i + 1]];
    }
    if (samples.size() % 2 != 0) ++even[samples.back()];
    samples_ += samples.size();
}

void FewCounts::move_to(std::vector<std::int64_t>& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        counts[i] += std::int64_t{even_[i]} + odd_[i];
        even_[i] = odd_[i] = 0;
    }
    samples_ = 0;
}

ValueCounts::ValueCounts(SampleType type) : type_(type) {
    if (!has_exact_bins(type)) return;
    count_.counts.resize(bins_of(type));
    few_ = FewCounts(count_.counts.size());
}

std::int64_t ValueCounts::bins(SampleType type) { return static_cast<std::int64_t>(bins_of(type)); }

std::int64_t ValueCounts::memory_bytes(SampleType type) {
    return bins(type) * static_cast<std::int64_t>(sizeof(std::int64_t) + 2 * sizeof(std::uint32_t));
}

bool ValueCounts::needs_second_pass() const noexcept { return !has_exact_bins(type_); }

template <class Sample>
void ValueCounts::add_to_range(std::span<const Sample> samples) {
    Sample low = std::numeric_limits<Sample>::max();
    Sample high = std::numeric_limits<Sample>::lowest();
    bool any = false;
    for (const Sample sample : samples) {
        const bool counts = is_number(sample);
        any |= counts;
        low = counts && sample < low ? sample : low;
        high = counts && sample > high ? sample : high;
    }
    if (!any) return;
    const bool is_first = lowest_ > highest_;
    const auto meet = [&](Sample end, bool is_beyond, Bits& known, double& value, std::int64_t& times) {
        if (!is_first && !is_beyond && end != loaded<Sample>(known)) return;
        const std::int64_t more = std::count(samples.begin(), samples.end(), end);
        times = is_first || is_beyond ? more : times + more;
        value = static_cast<double>(end);
        std::memcpy(known.data(), &end, sizeof(Sample));
    };
    meet(low, low < loaded<Sample>(lowest_sample_), lowest_sample_, lowest_, count_.at_lowest);
    meet(high, high > loaded<Sample>(highest_sample_), highest_sample_, highest_, count_.at_highest);
}

void ValueCounts::add(std::span<const std::byte> slice) {
    with_sample_type(type_, [&](auto zero) {
        using Sample = decltype(zero);
        const std::span<const Sample> samples{reinterpret_cast<const Sample*>(slice.data()),
                                              slice.size() / sizeof(Sample)};
        if constexpr (std::is_integral_v<Sample> && sizeof(Sample) <= 2) {
            for (std::size_t at = 0; at < samples.size(); at += FewCounts::most) {
                if (few_.has_many()) few_.move_to(count_.counts);
                few_.add(samples.subspan(at, std::min(FewCounts::most, samples.size() - at)));
            }
        } else {
            add_to_range(samples);
        }
    });
}

bool ValueCounts::end() {
    if (has_exact_bins(type_)) {
        few_.move_to(count_.counts);
        const auto has_any = [](std::int64_t count) { return count > 0; };
        const auto first = std::find_if(count_.counts.begin(), count_.counts.end(), has_any);
        if (first == count_.counts.end()) return false;
        const auto last = std::find_if(count_.counts.rbegin(), count_.counts.rend(), has_any);
        count_.at_lowest = *first;
        count_.at_highest = *last;
        count_.low = with_sample_type(
            type_, [](auto zero) { return static_cast<double>(std::numeric_limits<decltype(zero)>::lowest()); });
        lowest_ = count_.value_at(static_cast<double>(first - count_.counts.begin()));
        return true;
    }
    count_.low = lowest_;
    count_.width = highest_ / most_bins - lowest_ / most_bins;
    if (!(count_.width > 0)) count_.width = 1;
    count_.centre = .5;
    return lowest_ <= highest_;
}

void ValueCounts::count(std::span<const std::byte> slice) {
    count_.counts.resize(most_bins);
    with_sample_type(type_, [&](auto zero) {
        using Sample = decltype(zero);
        const auto* samples = reinterpret_cast<const Sample*>(slice.data());
        for (std::size_t i = 0; i < slice.size() / sizeof(Sample); ++i) {
            if (!is_number(samples[i])) continue;
            const double bin = (static_cast<double>(samples[i]) - count_.low) / count_.width;
            ++count_.counts[static_cast<std::size_t>(std::clamp(bin, 0., most_bins - 1.))];
        }
    });
}

}  // namespace stack2nrrd
