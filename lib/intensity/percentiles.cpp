#include "intensity/percentiles.hpp"

#include "core/sample_types.hpp"
#include "intensity/to_float.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>
#include <type_traits>

namespace stack2nrrd {

namespace {

constexpr std::size_t bins = 65536;
constexpr std::uint32_t lower_half = 0xFFFF;
constexpr std::uint32_t sign = 0x80000000;

}  // namespace

Percentiles::Percentiles(SampleType type)
    : type_(type),
      bias_(bias(type)),
      is_float_(type == SampleType::float32 || type == SampleType::float64),
      shift_(sample_bytes(type) <= 2 ? 0 : 16) {
    std::tie(lowest_, highest_) = with_sample_type(type, [](auto sample) -> std::pair<double, double> {
        // Numbers beyond float32 count as its ends.
        using Limits = std::numeric_limits<
            std::conditional_t<std::is_floating_point_v<decltype(sample)>, float, decltype(sample)>>;
        return {static_cast<double>(Limits::lowest()), static_cast<double>(Limits::max())};
    });
}

Percentiles::Counts Percentiles::no_counts() const { return Counts(second_ ? 2 * bins : bins); }

/// Keys are ordered as values are.
std::uint32_t Percentiles::key_of(double number) const {
    number = std::clamp(number, lowest_, highest_);
    if (!is_float_) return static_cast<std::uint32_t>(std::floor(number + 0.5) - lowest_);
    // Positive floats are ordered as their bits are, negative ones the other way round. + 0: there is one zero.
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(number) + 0.0F);
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

double Percentiles::value_of(std::uint32_t key) const {
    if (!is_float_) return static_cast<double>(key) + lowest_;
    return static_cast<double>(std::bit_cast<float>((key & sign) != 0 ? key & ~sign : ~key));
}

void Percentiles::count(const double* numbers, const double* nan, std::size_t length, Counts& counts) const {
    for (std::size_t i = 0; i < length; ++i) {
        if (is_float_ && ((nan != nullptr && nan[i] != 0) || !std::isfinite(numbers[i]))) continue;
        const std::uint32_t key = key_of(numbers[i] + bias_);
        if (!second_) {
            ++counts[key >> shift_];
            continue;
        }
        for (std::size_t end = 0; end < 2; ++end) {
            if (key >> shift_ == key_[end]) ++counts[end * bins + (key & lower_half)];
        }
    }
}

void Percentiles::end_pass(std::span<const Counts> counts) {
    Counts sum = no_counts();
    for (const Counts& part : counts) {
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
    }
    if (!second_) {
        for (const std::int64_t n : sum) samples_ += n;
        // The lowest rank that leaves at least 1 % (99 %) of the samples at or below it.
        rank_ = {(samples_ + 99) / 100 - 1, samples_ - samples_ / 100 - 1};
    }
    if (samples_ == 0) return;
    for (std::size_t end = 0; end < 2; ++end) {
        const std::int64_t* const table = sum.data() + (second_ ? end * bins : 0);
        std::uint32_t bin = 0;
        for (; rank_[end] >= table[bin]; ++bin) rank_[end] -= table[bin];
        key_[end] = second_ ? key_[end] << shift_ | bin : bin;
    }
    second_ = shift_ != 0;
}

std::pair<double, double> Percentiles::values() const { return {value_of(key_[0]), value_of(key_[1])}; }

}  // namespace stack2nrrd
