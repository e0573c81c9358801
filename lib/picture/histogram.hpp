#pragma once

#include <stack2nrrd/image.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Counts the values of all samples and channels while slices pass. A bin of width w has the values v of one
/// floor(v / w). w is the least power of two (from 2^-1000 on, for integers from 1 on) with which all finite values are
/// within most_bins bins, and none is 2^40 bins or more away from 0, so that bins can be numbered. So the order in
/// which values come makes no difference.
class Histogram {
public:
    static constexpr std::int64_t most_bins = 4096;

    explicit Histogram(SampleType type);

    void add(std::span<const std::byte> samples);

    [[nodiscard]] SampleType type() const noexcept { return type_; }
    /// How many finite values there were; the rest are NaN or infinite.
    [[nodiscard]] std::int64_t total() const noexcept { return total_; }
    [[nodiscard]] std::int64_t not_finite() const noexcept { return not_finite_; }
    [[nodiscard]] double least() const noexcept { return least_; }  ///< without meaning if there were none
    [[nodiscard]] double most() const noexcept { return most_; }
    [[nodiscard]] double width() const noexcept;
    /// The number of the first bin, floor(least / width).
    [[nodiscard]] std::int64_t first() const noexcept { return first_; }
    /// The counts from that bin to the last one that has any.
    [[nodiscard]] std::vector<std::int64_t> counts() const;

    [[nodiscard]] static std::int64_t memory_bytes() noexcept;

private:
    void make_room(double least, double most);
    template <class Sample>
    void count(const std::byte* samples, std::size_t from, std::size_t to);
    [[nodiscard]] std::int64_t bin_of(double value) const noexcept;

    SampleType type_;
    std::int64_t total_ = 0;
    std::int64_t not_finite_ = 0;
    double least_ = 0;
    double most_ = 0;
    int exponent_ = 0;        ///< of the width
    std::int64_t first_ = 0;  ///< the bin that is at the beginning of the tables
    std::vector<std::int64_t> counts_;
    /// Those of one slice or less. Neighbours are often equal: four, so that a count need not wait for the one before.
    std::array<std::vector<std::uint32_t>, 4> latest_;
};

}  // namespace stack2nrrd
