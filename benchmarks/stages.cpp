// What the stages of an import cost: nanoseconds for each sample of the source, on one core, for noise of 16 bits in
// slices of 2048 x 2048.
//
//     stack2nrrd_stages [FACTOR [KERNEL]]
//
// STACK2NRRD_INSTRUCTIONS=baseline or avx2 makes the loops take lesser instruction sets.

#include "core/buffer.hpp"
#include "intensity/to_float.hpp"
#include "intensity/to_sample.hpp"
#include "resample/accumulator.hpp"
#include "resample/filter_x.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace stack2nrrd;

namespace {

constexpr Index side = 2048;
constexpr Index rows_at_a_time = 32;
constexpr Index slices_at_a_time = 8;
constexpr Index block = 512;

/// The least of several runs: what others on the machine add is never negative.
double seconds(const std::function<void()>& work) {
    double least = 1e9;
    for (int turn = 0; turn < 60; ++turn) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        least = std::min(least, taken.count());
    }
    return least;
}

void report(const char* stage, double taken, double samples) {
    std::printf("%-28s %6.3f\n", stage, taken / samples * 1e9);
}

AxisPlan axis(Index factor, const std::string& kernel) {
    AxisOptions options;
    options.factor = {factor, 1};
    options.kernel = Kernel::parse(kernel);
    return make_axis_plan(side, options, Align::cell, 'x');
}

}  // namespace

int main(int argc, char** argv) {
    const Index factor = argc > 1 ? std::atoi(argv[1]) : 2;
    const std::string kernel = argc > 2 ? argv[2] : "lanczos:3";
    const AxisPlan plan = axis(factor, kernel);
    const auto table = std::make_shared<TapTable<float>>(plan);
    constexpr double slice_samples = static_cast<double>(side * side);

    std::vector<std::uint16_t> source(static_cast<std::size_t>(side * side));
    std::mt19937 random(1);
    for (std::uint16_t& v : source) v = static_cast<std::uint16_t>(random());
    const auto* bytes = reinterpret_cast<const std::byte*>(source.data());
    ImageInfo image;
    image.width = image.height = side;
    image.type = SampleType::uint16;
    const RowConversion<float> convert = row_conversion<float>(image, Channel::luma);
    std::printf("factor %lld, %s; ns for each source sample\n", static_cast<long long>(factor), kernel.c_str());

    Buffer<float> numbers(static_cast<std::size_t>(rows_at_a_time * (block + 16)));
    std::vector<const float*> rows(rows_at_a_time);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = numbers.data() + i * (block + 16);
    const auto converted = [&](Index y, Index x) {
        for (Index i = 0; i < rows_at_a_time; ++i) {
            convert(bytes + static_cast<std::size_t>((y + i) * side) * 2, {x, x + block},
                    numbers.data() + i * (block + 16), nullptr);
        }
    };
    const double converting = seconds([&] {
        for (Index y = 0; y < side; y += rows_at_a_time)
            for (Index x = 0; x < side; x += block) converted(y, x);
    });
    report("to float", converting, slice_samples);

    Accumulator<float> y_filter(plan, table, {0, plan.outputs}, static_cast<std::size_t>(side));
    const std::vector<bool> no_nan(rows_at_a_time, false);
    const double to_y = seconds([&] {
        y_filter.restart();
        for (Index y = 0; y < side; y += rows_at_a_time) {
            for (Index x = 0; x < side; x += block) {
                converted(y, x);
                if (x == 0) y_filter.begin({y, y + rows_at_a_time}, no_nan);
                y_filter.sweep(static_cast<std::size_t>(x), static_cast<std::size_t>(x + block), rows.data(), nullptr);
            }
            y_filter.end();
        }
    });
    report("y", to_y - converting, slice_samples);

    const std::size_t small_row = static_cast<std::size_t>(plan.outputs);
    Buffer<float> small(small_row * small_row);
    const std::vector<float> row(static_cast<std::size_t>(side), 3.5F);
    FilterX<float> x_filter(plan, table, 1,
                            [&](Index y) { return small.data() + static_cast<std::size_t>(y) * small_row; });
    const double x_taken = seconds([&] {
        for (Index y = 0; y < plan.outputs; ++y) x_filter.add(y, row.data());
        x_filter.flush();
    });
    report("x", x_taken, slice_samples);

    std::vector<Buffer<float>> slices(slices_at_a_time, Buffer<float>(small.size(), 1.25F));
    std::vector<std::uint16_t> samples(small.size());
    const LinearMap map = intensity_map(SampleType::uint16, SampleType::uint16, std::nullopt);
    const auto z_seconds = [&](bool with_samples) {
        Accumulator<float> z_filter(plan, nullptr, {0, plan.outputs}, small.size());
        constexpr Index depth = 64;
        constexpr std::size_t part = 4096;
        return seconds([&] {
                   z_filter.restart();
                   for (Index z = 0; z < depth; z += slices_at_a_time) {
                       z_filter.begin({z, z + slices_at_a_time}, no_nan);
                       for (std::size_t begin = 0; begin < small.size(); begin += part) {
                           const std::size_t end = std::min(small.size(), begin + part);
                           std::vector<const float*> items;
                           for (const auto& slice : slices) items.push_back(slice.data() + begin);
                           z_filter.sweep(begin, end, items.data(), nullptr);
                           if (!with_samples) continue;
                           for (const auto& output : z_filter.finished())
                               to_samples<float>(output.numbers + begin, nullptr, end - begin, map, SampleType::uint16,
                                                 true, reinterpret_cast<std::byte*>(samples.data() + begin));
                       }
                       z_filter.end();
                   }
               }) /
               depth;
    };
    const double z_taken = z_seconds(false);
    report("z", z_taken, slice_samples);
    report("to samples", z_seconds(true) - z_taken, slice_samples);
}
