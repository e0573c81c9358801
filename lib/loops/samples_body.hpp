#pragma once

// Samples of 8 and 16 bits to numbers and back. For the files that compile the loops; what sums_body.hpp says holds
// here as well.

#include "core/compiler.hpp"
#include "loops/loops.hpp"
#include "loops/sums_body.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stack2nrrd {

namespace {

/// Sample i of a row. Rows come from decoders and need not be aligned.
template <class Sample>
float number_at(const std::byte* samples, std::size_t i) {
    Sample sample;
    std::memcpy(&sample, samples + i * sizeof sample, sizeof sample);
    return static_cast<float>(sample);
}

template <class Sample>
void to_numbers(const std::byte* samples, std::size_t count, float middle, float* numbers) {
    for (std::size_t i = 0; i < count; ++i) numbers[i] = number_at<Sample>(samples, i) - middle;
}

template <class Sample, std::size_t Count, bool Fresh>
void add_sample_group(float* sum, const std::byte* const* some_rows, float middle, const float* some_weights,
                      std::size_t length) {
    const std::byte* rows[Count];
    float weights[Count];
    for (std::size_t j = 0; j < Count; ++j) {
        rows[j] = some_rows[j];
        weights[j] = some_weights[j];
    }
    for (std::size_t i = 0; i < length; ++i) {
        float group = weights[0] * (number_at<Sample>(rows[0], i) - middle);
        STACK2NRRD_HINT(GCC unroll 4)
        for (std::size_t j = 1; j < Count; ++j) group += weights[j] * (number_at<Sample>(rows[j], i) - middle);
        sum[i] = Fresh ? group : sum[i] + group;
    }
}

template <class Sample>
void add_up_samples(float* sum, bool fresh, const std::byte* const* rows, float middle, const float* weights,
                    std::size_t count, std::size_t length) {
    with_count<summing_group>(count, [&](auto constant) {
        fresh ? add_sample_group<Sample, constant(), true>(sum, rows, middle, weights, length)
              : add_sample_group<Sample, constant(), false>(sum, rows, middle, weights, length);
    });
}

template <class Sample>
Clipped round_off(const float* numbers, std::size_t count, std::int32_t offset, Sample* samples) {
    // Whole limits may be applied before rounding: what is beyond them rounds to them.
    constexpr std::int32_t greatest = static_cast<Sample>(-1);
    const auto lowest = static_cast<float>(-offset);
    const auto highest = static_cast<float>(greatest - offset);
    std::int32_t beyond = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const float given = numbers[i];
        float number = given;
        number = number < lowest ? lowest : number;
        number = number > highest ? highest : number;
        beyond |= number != given ? -1 : 0;
        auto whole = static_cast<std::int32_t>(number);
        const float rest = number - static_cast<float>(whole);  // exact
        whole += (rest >= 0.5F ? 1 : 0) - (rest < -0.5F ? 1 : 0) + offset;
        samples[i] = static_cast<Sample>(whole);
    }
    if (beyond == 0) return {0, 0};  // most often; counting there would take longer
    std::int32_t low = 0;
    std::int32_t high = 0;
    for (std::size_t i = 0; i < count; ++i) {
        low += numbers[i] < lowest - 0.5F ? 1 : 0;  // halves are exact
        high += numbers[i] >= highest + 0.5F ? 1 : 0;
    }
    return {low, high};
}

template <class Sample>
void deal_samples(const std::byte* row, std::size_t length, std::size_t count, Sample* const* phases) {
    with_count<most_phases>(count, [&](auto constant) {
        constexpr std::size_t step = constant();
        Sample* phase[step];
        for (std::size_t p = 0; p < step; ++p) phase[p] = phases[p];
        const std::size_t whole = length / step;
        for (std::size_t i = 0; i < whole; ++i) {
            STACK2NRRD_HINT(GCC unroll 4)
            for (std::size_t p = 0; p < step; ++p) {
                std::memcpy(phase[p] + i, row + (i * step + p) * sizeof(Sample), sizeof(Sample));
            }
        }
        for (std::size_t p = 0; p < length % step; ++p) {
            std::memcpy(phase[p] + whole, row + (whole * step + p) * sizeof(Sample), sizeof(Sample));
        }
    });
}

/// Every item is compared with every other: for the few of small factors that takes less than any table of counts.
template <class Sample>
void find_modes(const Sample* const* items, const Sample* times, std::size_t count, std::size_t length, Sample* modes) {
    using Vector = V<Sample>;
    for (std::size_t x = 0; x < length; x += lanes<Sample>) {
        Vector mode{};
        Vector most{};
        for (std::size_t i = 0; i < count; ++i) {
            const Vector value = load(items[i] + x);
            Vector found{};
            for (std::size_t j = 0; j < count; ++j) {
                found = static_cast<Vector>(found + (load(items[j] + x) == value ? Vector{} + times[j] : Vector{}));
            }
            const auto better = (found > most) | ((found == most) & (value < mode));
            mode = better ? value : mode;
            most = better ? found : most;
        }
        store(modes + x, mode);
    }
}

template <class Sample>
constexpr SampleLoops<Sample> compiled_sample_loops{to_numbers<Sample>, add_up_samples<Sample>, round_off<Sample>,
                                                    deal_samples<Sample>, find_modes<Sample>};

}  // namespace

}  // namespace stack2nrrd
