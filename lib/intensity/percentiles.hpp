#pragma once

// Values of given rank among very many, by counting. Each pass over the samples finds 16 bits more of what is wanted:
// integers of 8 and 16 bits take one, those of 64 bits four, all else two.

#include <stack2nrrd/image.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// Finds two percentiles: the lowest value that at least that share of the samples does not exceed. They are exact; of
/// float64 to the precision of float32, of 64-bit integers to that of float64. NaN and infinities do not count, and
/// neither does padding: the lowest value, if more than 1 % of the samples have exactly it, and others do not.
class Percentiles {
public:
    /// What one thread has counted in a pass.
    struct Counts {
        std::vector<std::int64_t> bins;
        std::uint64_t lowest = ~std::uint64_t{0};  ///< key of the lowest value; in the first pass only
        std::int64_t at_lowest = 0;                ///< samples that have it
    };

    /// `shares`: of the samples, in percent.
    Percentiles(SampleType type, const std::array<double, 2>& shares);

    /// How many passes there must be.
    [[nodiscard]] int passes() const noexcept { return shift_ / 16 + 1; }

    /// Nothing counted yet, for the pass that is next.
    [[nodiscard]] Counts no_counts() const;

    /// Counts numbers as row_conversion<double>() makes them. Those of integer types that are no whole numbers (luma)
    /// are rounded. `nan`: not 0 where there is none; may be null.
    void count(const double* numbers, const double* nan, std::size_t length, Counts& counts) const;

    /// Ends a pass. False if this pass saw other samples than those before: there is no result then.
    [[nodiscard]] bool end_pass(std::span<const Counts> counts);

    /// How many samples counted.
    [[nodiscard]] std::int64_t samples() const noexcept { return samples_; }

    /// After the last pass, if there were samples.
    [[nodiscard]] std::pair<double, double> values() const;
    /// The value of the padding that did not count. None if there is none.
    [[nodiscard]] std::optional<double> padding() const;

    /// What one Counts takes at most.
    static constexpr std::int64_t counts_bytes = 2 * 65536 * 8 + 64;

private:
    void find_ranks(std::span<const Counts> counts);
    [[nodiscard]] std::uint64_t key_of(double number) const;
    [[nodiscard]] double value_of(std::uint64_t key) const;

    SampleType type_;
    std::array<double, 2> shares_;
    double bias_;
    double lowest_;
    double highest_;
    bool is_float_;
    int shift_;     ///< of keys, in the first pass
    int pass_ = 0;  ///< that is next, or that was the last
    std::int64_t samples_ = 0;
    std::optional<std::uint64_t> padding_{};
    std::array<std::int64_t, 2> rank_{};    ///< from 0, among the samples that have the bits found so far
    std::array<std::int64_t, 2> in_bin_{};  ///< how many samples that are
    std::array<std::uint64_t, 2> key_{};    ///< what is found so far
};

}  // namespace stack2nrrd
