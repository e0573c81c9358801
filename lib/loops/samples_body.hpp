#pragma once

// Samples of 8 and 16 bits to numbers and back. For the files that compile the loops; what sums_body.hpp says holds
// here as well.

#include "loops/loops.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stack2nrrd {

namespace {

template <class Sample>
void to_numbers(const std::byte* samples, std::size_t count, float middle, float* numbers) {
    for (std::size_t i = 0; i < count; ++i) {
        Sample sample;
        std::memcpy(&sample, samples + i * sizeof sample, sizeof sample);
        numbers[i] = static_cast<float>(sample) - middle;
    }
}

template <class Sample>
void round_off(const float* numbers, std::size_t count, std::int32_t offset, Sample* samples) {
    // Whole limits may be applied before rounding: what lies beyond them rounds to them.
    constexpr std::int32_t greatest = static_cast<Sample>(-1);
    const auto lowest = static_cast<float>(-offset);
    const auto highest = static_cast<float>(greatest - offset);
    for (std::size_t i = 0; i < count; ++i) {
        float number = numbers[i];
        number = number < lowest ? lowest : number;
        number = number > highest ? highest : number;
        auto whole = static_cast<std::int32_t>(number);
        const float rest = number - static_cast<float>(whole);  // exact
        whole += (rest >= 0.5F ? 1 : 0) - (rest < -0.5F ? 1 : 0) + offset;
        samples[i] = static_cast<Sample>(whole);
    }
}

template <class Sample>
constexpr SampleLoops<Sample> compiled_sample_loops{to_numbers<Sample>, round_off<Sample>};

}  // namespace

}  // namespace stack2nrrd
