#include "intensity/percentiles.hpp"

#include "core/sample_types.hpp"
#include "intensity/to_float.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <type_traits>

namespace stack2nrrd {

namespace {

constexpr std::size_t bins = 65536;
constexpr int bits_a_pass = 16;
constexpr std::uint64_t bin_bits = bins - 1;

/// Floats are ordered as their bits are if they are positive, and the other way round if they are negative.
template <class Bits, class Float>
Bits ordered(Float number) {
    constexpr Bits sign = Bits{1} << (8 * sizeof(Bits) - 1);
    const auto bits = std::bit_cast<Bits>(number + Float{0});  // there is one zero
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

/// The reverse of it.
template <class Float, class Bits>
Float restored(Bits key) {
    constexpr Bits sign = Bits{1} << (8 * sizeof(Bits) - 1);
    return std::bit_cast<Float>((key & sign) != 0 ? static_cast<Bits>(key & ~sign) : static_cast<Bits>(~key));
}

int first_shift(SampleType type) {
    if (sample_bytes(type) <= 2) return 0;
    return is_wide_integer(type) ? 3 * bits_a_pass : bits_a_pass;
}

}  // namespace

Percentiles::Percentiles(SampleType type, const std::array<double, 2>& shares)
    : type_(type), shares_(shares), bias_(bias(type)), is_float_(is_float(type)), shift_(first_shift(type)) {
    std::tie(lowest_, highest_) = with_sample_type(type, [](auto sample) -> std::pair<double, double> {
        // Numbers beyond float32 count as its ends.
        using Limits = std::numeric_limits<
            std::conditional_t<std::is_floating_point_v<decltype(sample)>, float, decltype(sample)>>;
        return {static_cast<double>(Limits::lowest()), static_cast<double>(Limits::max())};
    });
}

Percentiles::Counts Percentiles::no_counts() const { return {std::vector<std::int64_t>(pass_ > 0 ? 2 * bins : bins)}; }

/// Keys are ordered as values are.
std::uint64_t Percentiles::key_of(double number) const {
    number = std::clamp(number, lowest_, highest_);
    if (is_float_) return ordered<std::uint32_t>(static_cast<float>(number));
    if (is_wide_integer(type_)) return ordered<std::uint64_t>(std::round(number));
    return static_cast<std::uint64_t>(std::floor(number + 0.5) - lowest_);
}

double Percentiles::value_of(std::uint64_t key) const {
    if (is_float_) return static_cast<double>(restored<float>(static_cast<std::uint32_t>(key)));
    if (is_wide_integer(type_)) return restored<double>(key);
    return static_cast<double>(key) + lowest_;
}

void Percentiles::count(const double* numbers, const double* nan, std::size_t length, Counts& counts) const {
    const int shift = shift_ - pass_ * bits_a_pass;
    for (std::size_t i = 0; i < length; ++i) {
        if (is_float_ && ((nan != nullptr && nan[i] != 0) || !std::isfinite(numbers[i]))) continue;
        const std::uint64_t whole = key_of(numbers[i] + bias_);
        const std::uint64_t key = whole >> shift;
        if (pass_ == 0) {
            ++counts.bins[key];
            if (whole > counts.lowest) continue;
            if (whole < counts.lowest) counts.at_lowest = 0;
            counts.lowest = whole;
            ++counts.at_lowest;
            continue;
        }
        for (std::size_t end = 0; end < 2; ++end) {
            if (key >> bits_a_pass == key_[end]) ++counts.bins[end * bins + (key & bin_bits)];
        }
    }
}

void Percentiles::find_ranks(std::span<const Counts> counts) {
    std::uint64_t lowest = ~std::uint64_t{0};
    for (const Counts& part : counts) lowest = std::min(lowest, part.lowest);
    std::int64_t padding = 0;
    for (const Counts& part : counts) padding += part.lowest == lowest ? part.at_lowest : 0;
    const bool is_padding = padding > samples_ / 100 && padding < samples_;
    if (is_padding) padding_ = lowest;
    const std::int64_t before = is_padding ? padding : 0;
    const auto rest = static_cast<double>(samples_ - before);
    for (std::size_t end = 0; end < 2; ++end) {
        // The lowest rank that leaves at least that share at or below it. What rounding adds to a whole number counts
        // for nothing.
        const double exact = rest * shares_[end] / 100;
        const auto at_or_below = static_cast<std::int64_t>(std::ceil(exact - exact * 1e-12));
        rank_[end] = before + std::clamp<std::int64_t>(at_or_below, 1, samples_ - before) - 1;
    }
}

bool Percentiles::end_pass(std::span<const Counts> counts) {
    std::vector<std::int64_t> sum = no_counts().bins;
    for (const Counts& part : counts) {
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part.bins[i];
    }
    if (pass_ == 0) {
        samples_ = std::accumulate(sum.begin(), sum.end(), std::int64_t{0});
        if (samples_ > 0) find_ranks(counts);
    }
    if (samples_ == 0) return true;
    for (std::size_t end = 0; end < 2; ++end) {
        const std::int64_t* const table = sum.data() + (pass_ > 0 ? end * bins : 0);
        if (pass_ > 0 && std::accumulate(table, table + bins, std::int64_t{0}) != in_bin_[end]) return false;
        std::uint64_t bin = 0;
        for (; rank_[end] >= table[bin]; ++bin) rank_[end] -= table[bin];
        in_bin_[end] = table[bin];
        key_[end] = pass_ > 0 ? key_[end] << bits_a_pass | bin : bin;
    }
    if (pass_ < passes() - 1) ++pass_;
    return true;
}

std::pair<double, double> Percentiles::values() const { return {value_of(key_[0]), value_of(key_[1])}; }

std::optional<double> Percentiles::padding() const {
    if (!padding_) return std::nullopt;
    return value_of(*padding_);
}

}  // namespace stack2nrrd
