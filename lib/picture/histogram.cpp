#include "picture/histogram.hpp"

#include "core/sample_types.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace stack2nrrd {

namespace {

template <class Sample>
Sample load(const std::byte* samples, std::size_t i) {
    Sample sample;
    std::memcpy(&sample, samples + i * sizeof(Sample), sizeof(Sample));
    return sample;
}

/// floor(), without a call into a library.
std::int64_t floor_of(double value) {
    const auto cut = static_cast<std::int64_t>(value);
    return cut - static_cast<std::int64_t>(value < static_cast<double>(cut));
}

struct Extremes {
    double least = 0;
    double most = 0;
    std::size_t finite = 0;
};

template <class Sample>
Extremes extremes(const std::byte* samples, std::size_t count) {
    using Limits = std::numeric_limits<Sample>;
    Sample least = Limits::max();
    Sample most = Limits::lowest();
    std::size_t finite = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto sample = load<Sample>(samples, i);
        if constexpr (std::is_floating_point_v<Sample>) {
            if (!(std::abs(sample) <= Limits::max())) continue;
        }
        least = std::min(least, sample);
        most = std::max(most, sample);
        ++finite;
    }
    return {static_cast<double>(least), static_cast<double>(most), finite};
}

}  // namespace

Histogram::Histogram(SampleType type) : type_(type) {
    for (auto& table : counts_) table.assign(static_cast<std::size_t>(most_bins), 0);
}

double Histogram::width() const noexcept { return std::ldexp(1.0, exponent_); }

std::int64_t Histogram::bin_of(double value) const noexcept { return floor_of(std::ldexp(value, -exponent_)); }

void Histogram::make_room(double least, double most) {
    if (total_ > 0) {
        least = std::min(least, least_);
        most = std::max(most, most_);
    }
    const double far = std::max(std::abs(least), std::abs(most));
    int farthest = -2000;  // of 0
    if (far > 0) (void)std::frexp(far, &farthest);
    constexpr int least_exponent = -1000;  // the reciprocal is a number, too
    constexpr int digits = 40;
    const int before = exponent_;
    const std::int64_t first_before = first_;
    exponent_ =
        std::max({total_ > 0 ? before : least_exponent, is_float(type_) ? least_exponent : 0, farthest - digits});
    while (bin_of(most) - bin_of(least) >= most_bins) ++exponent_;
    first_ = bin_of(least);
    least_ = least;
    most_ = most;
    if (total_ == 0 || (exponent_ == before && first_ == first_before)) return;
    const int shift = std::min(exponent_ - before, 62);
    for (auto& table : counts_) {
        std::vector<std::int64_t> wider(table.size(), 0);
        for (std::int64_t i = 0; i < most_bins; ++i) {
            const std::int64_t count = table[static_cast<std::size_t>(i)];
            if (count > 0) wider[static_cast<std::size_t>(((first_before + i) >> shift) - first_)] += count;
        }
        table.swap(wider);
    }
}

void Histogram::add(std::span<const std::byte> samples) {
    with_sample_type(type_, [&](auto type) {
        using Sample = decltype(type);
        const std::size_t count = samples.size() / sizeof(Sample);
        const Extremes found = extremes<Sample>(samples.data(), count);
        not_finite_ += static_cast<std::int64_t>(count - found.finite);
        if (found.finite == 0) return;
        make_room(found.least, found.most);
        const double scale = std::ldexp(1.0, -exponent_);
        const std::array<std::int64_t*, tables> to{counts_[0].data(), counts_[1].data(), counts_[2].data(),
                                                   counts_[3].data()};
        for (std::size_t i = 0; i < count; ++i) {
            const auto sample = load<Sample>(samples.data(), i);
            std::int64_t bin = 0;
            if constexpr (std::is_integral_v<Sample> && sizeof(Sample) <= 4) {
                bin = static_cast<std::int64_t>(sample) >> exponent_;
            } else {
                const auto value = static_cast<double>(sample);
                if (!(std::abs(value) <= std::numeric_limits<double>::max())) continue;
                bin = floor_of(value * scale);
            }
            ++to[i % tables][bin - first_];
        }
        total_ += static_cast<std::int64_t>(found.finite);
    });
}

std::vector<std::int64_t> Histogram::counts() const {
    if (total_ == 0) return {};
    std::vector<std::int64_t> sums(static_cast<std::size_t>(bin_of(most_) - first_ + 1));
    for (std::size_t i = 0; i < sums.size(); ++i) {
        for (const auto& table : counts_) sums[i] += table[i];
    }
    return sums;
}

std::int64_t Histogram::memory_bytes() noexcept {
    return static_cast<std::int64_t>((tables + 1) * most_bins * sizeof(std::int64_t));
}

}  // namespace stack2nrrd
