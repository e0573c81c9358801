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

template <class Sample>
bool is_finite(Sample sample) {
    if constexpr (std::is_integral_v<Sample>) return true;
    return std::abs(static_cast<double>(sample)) <= std::numeric_limits<double>::max();
}

template <class Sample>
struct Extremes {
    Sample least = std::numeric_limits<Sample>::max();
    Sample most = std::numeric_limits<Sample>::lowest();
};

/// Of all finite samples; least > most if there are none. Several lanes, so that they need not wait for each other.
template <class Sample>
Extremes<Sample> extremes_of(const std::byte* samples, std::size_t count) {
    constexpr std::size_t lanes = 64 / sizeof(Sample);
    constexpr Extremes<Sample> none;
    std::array<Sample, lanes> least;
    std::array<Sample, lanes> most;
    least.fill(none.least);
    most.fill(none.most);
    const auto take = [&](std::size_t i, std::size_t l) {
        const auto sample = load<Sample>(samples, i + l);
        least[l] = sample < least[l] ? sample : least[l];
        most[l] = sample > most[l] ? sample : most[l];
    };
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) take(i, l);
    }
    for (std::size_t l = 0; i + l < count; ++l) take(i, l);
    Extremes<Sample> all{*std::min_element(least.begin(), least.end()), *std::max_element(most.begin(), most.end())};
    if (is_finite(all.least) && is_finite(all.most)) return all;
    all = none;  // NaN changes nothing, but infinities do
    for (i = 0; i < count; ++i) {
        const auto sample = load<Sample>(samples, i);
        if (!is_finite(sample)) continue;
        all.least = std::min(all.least, sample);
        all.most = std::max(all.most, sample);
    }
    return all;
}

}  // namespace

Histogram::Histogram(SampleType type) : type_(type) {
    counts_.assign(static_cast<std::size_t>(most_bins), 0);
    for (auto& table : latest_) table.assign(static_cast<std::size_t>(most_bins), 0);
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
    std::vector<std::int64_t> wider(counts_.size(), 0);
    for (std::int64_t i = 0; i < most_bins; ++i) {
        const std::int64_t count = counts_[static_cast<std::size_t>(i)];
        if (count > 0) wider[static_cast<std::size_t>(((first_before + i) >> shift) - first_)] += count;
    }
    counts_.swap(wider);
}

template <class Sample>
void Histogram::count(const std::byte* samples, std::size_t from, std::size_t to) {
    const double scale = std::ldexp(1.0, -exponent_);
    const int shift = exponent_;
    const std::int64_t first = first_;
    const std::array<std::uint32_t*, 4> tables{latest_[0].data(), latest_[1].data(), latest_[2].data(),
                                               latest_[3].data()};
    std::int64_t skipped = 0;
    const auto add = [&](std::size_t i, std::uint32_t* table) {
        const auto sample = load<Sample>(samples, i);
        if constexpr (std::is_integral_v<Sample> && sizeof(Sample) <= 4) {
            ++table[(static_cast<std::int64_t>(sample) >> shift) - first];
        } else if (is_finite(sample)) {
            ++table[floor_of(static_cast<double>(sample) * scale) - first];
        } else {
            ++skipped;
        }
    };
    std::size_t i = from;
    for (; i + 4 <= to; i += 4) {
        for (std::size_t t = 0; t < 4; ++t) add(i + t, tables[t]);
    }
    for (; i < to; ++i) add(i, tables[0]);
    for (auto& table : latest_) {
        for (std::size_t bin = 0; bin < table.size(); ++bin) counts_[bin] += table[bin];
        std::fill(table.begin(), table.end(), 0);
    }
    not_finite_ += skipped;
    total_ += static_cast<std::int64_t>(to - from) - skipped;
}

void Histogram::add(std::span<const std::byte> samples) {
    constexpr std::size_t most_at_once = std::size_t{1} << 30;
    with_sample_type(type_, [&](auto type) {
        using Sample = decltype(type);
        const std::size_t all = samples.size() / sizeof(Sample);
        const Extremes<Sample> found = extremes_of<Sample>(samples.data(), all);
        if (found.least > found.most) {
            not_finite_ += static_cast<std::int64_t>(all);
            return;
        }
        make_room(static_cast<double>(found.least), static_cast<double>(found.most));
        for (std::size_t from = 0; from < all; from += most_at_once) {
            count<Sample>(samples.data(), from, std::min(from + most_at_once, all));
        }
    });
}

std::vector<std::int64_t> Histogram::counts() const {
    if (total_ == 0) return {};
    return {counts_.begin(), counts_.begin() + (bin_of(most_) - first_ + 1)};
}

std::int64_t Histogram::memory_bytes() noexcept {
    return static_cast<std::int64_t>(most_bins * (2 * sizeof(std::int64_t) + 4 * sizeof(std::uint32_t)));
}

}  // namespace stack2nrrd
