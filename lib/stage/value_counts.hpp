#pragma once

// Which values a volume has, and how many of each.

#include "intensity/air.hpp"

#include <stack2nrrd/image.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Counts of small numbers, in two tables by turns: a processor waits for a count that it has just written.
class FewCounts {
public:
    explicit FewCounts(std::size_t bins = 0) : even_(bins), odd_(bins) {}

    template <class Sample>
    void add(std::span<const Sample> samples);

    /// Samples that may be added at a time, before they are moved.
    static constexpr std::size_t most = std::size_t{1} << 30;
    [[nodiscard]] bool has_many() const noexcept { return samples_ >= most; }

    void move_to(std::vector<std::int64_t>& counts);

private:
    std::vector<std::uint32_t> even_;
    std::vector<std::uint32_t> odd_;
    std::size_t samples_ = 0;
};

/// The histogram of a volume whose slices pass: once if its type has 8 or 16 bits, and each value has a bin; else
/// twice, to know the range that 65536 bins have. NaN and infinities do not count.
class ValueCounts {
public:
    explicit ValueCounts(SampleType type);

    [[nodiscard]] static std::int64_t bins(SampleType type);
    [[nodiscard]] static std::int64_t memory_bytes(SampleType type);

    void add(std::span<const std::byte> slice);
    /// All have passed. Were there any numbers?
    bool end();
    [[nodiscard]] bool needs_second_pass() const noexcept;
    /// The second pass, after end().
    void count(std::span<const std::byte> slice);

    [[nodiscard]] const ValueHistogram& histogram() const noexcept { return count_; }
    [[nodiscard]] double lowest() const noexcept { return lowest_; }
    /// That value as a sample: of 64-bit integers a double may be another one.
    template <class Sample>
    [[nodiscard]] Sample lowest_sample() const {
        return needs_second_pass() ? loaded<Sample>(lowest_sample_) : static_cast<Sample>(lowest_);
    }

private:
    using Bits = std::array<std::byte, 8>;  ///< of a sample of any type

    template <class Sample>
    static Sample loaded(const Bits& bits) {
        Sample sample{};
        std::memcpy(&sample, bits.data(), sizeof(Sample));
        return sample;
    }
    template <class Sample>
    void add_to_range(std::span<const Sample> samples);

    SampleType type_;
    FewCounts few_;
    ValueHistogram count_;
    double lowest_ = std::numeric_limits<double>::infinity();
    double highest_ = -std::numeric_limits<double>::infinity();
    Bits lowest_sample_{};
    Bits highest_sample_{};
};

}  // namespace stack2nrrd
