// Which samples an output of kernel mode counts, and how.

#include "resample/mode.hpp"

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/reference.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <vector>

namespace {

using namespace stack2nrrd;

AxisPlan mode_plan(Index n, Rational factor, Index size, Align align, Range crop) {
    AxisOptions options;
    options.kernel = Kernel::parse("mode");
    options.factor = factor;
    if (size > 0) options.size = size;
    options.crop = crop;
    return make_axis_plan(n, options, align, 'x');
}

/// All outputs of a volume of labels, by the filter alone.
std::vector<double> filtered(const support::Volume& volume, SampleType type, const std::array<AxisPlan, 3>& plans) {
    ModeLayout layout;
    layout.type = type;
    layout.columns = reach(plans[0], {0, plans[0].outputs});
    layout.rows = reach(plans[1], {0, plans[1].outputs});
    for (const AxisPlan& plan : plans) layout.most_cells *= static_cast<double>(most_taps(plan));
    for (Index x = 0; x < plans[0].outputs; ++x) layout.outputs.push_back(covered_cells(plans[0], x));
    std::vector<std::vector<std::byte>> slices;
    for (Index z = 0; z < volume.size[2]; ++z) {
        std::vector<double> slice;
        for (Index y = layout.rows.first; y < layout.rows.end; ++y)
            for (Index x = layout.columns.first; x < layout.columns.end; ++x) slice.push_back(volume.at(x, y, z));
        slices.push_back(support::to_bytes(slice, type));
    }
    const auto filter = mode_filter(layout);
    std::vector<std::byte> row(layout.outputs.size() * sample_bytes(type));
    std::vector<double> made;
    for (Index z = 0; z < plans[2].outputs; ++z) {
        const Cells cells = covered_cells(plans[2], z);
        std::vector<const std::vector<std::byte>*> under;
        for (Index k = cells.first; k < cells.end; ++k) under.push_back(&slices[static_cast<std::size_t>(k)]);
        for (Index y = 0; y < plans[1].outputs; ++y) {
            filter->row(under.data(), cells, covered_cells(plans[1], y), row.data());
            const std::vector<double> samples = support::from_bytes(row, type);
            made.insert(made.end(), samples.begin(), samples.end());
        }
    }
    return made;
}

/// The mode of samples that lie side by side under one output.
template <class Sample>
double mode_of(SampleType type, const std::vector<Sample>& samples) {
    ModeLayout layout;
    layout.type = type;
    layout.columns = {0, static_cast<Index>(samples.size())};
    layout.rows = {0, 1};
    layout.outputs = {{0, layout.columns.end, 0, 0}};
    layout.most_cells = static_cast<double>(samples.size());
    std::vector<std::byte> slice(layout.slice_bytes());
    std::memcpy(slice.data(), samples.data(), slice.size());
    const std::vector<std::byte>* slices[] = {&slice};
    Sample first{};
    Sample second{};
    const auto filter = mode_filter(layout);
    filter->row(slices, {}, {}, reinterpret_cast<std::byte*>(&first));
    filter->row(slices, {}, {}, reinterpret_cast<std::byte*>(&second));  // nothing is left of the first
    CHECK(std::memcmp(&first, &second, sizeof(Sample)) == 0);
    return static_cast<double>(first);
}

}  // namespace

TEST_CASE("an output of kernel mode covers the cells that it overlaps", "[resample]") {
    for (const Index n : {1, 2, 5, 24, 61}) {
        for (const Align align : {Align::cell, Align::first}) {
            for (const Range crop : {Range{}, Range{n / 3, n - n / 5}}) {
                const Range kept = crop.empty() ? Range{0, n} : crop;
                const auto check = [&](Rational factor, Index size) {
                    const AxisPlan plan = mode_plan(n, factor, size, align, crop);
                    const reference::Axis truth{n,    kept.first,           kept.end, {factor.num, factor.den},
                                                size, align == Align::cell, {}};
                    INFO(n << " factor " << factor.num << '/' << factor.den << " size " << size);
                    for (Index k = 0; k < plan.outputs; ++k) {
                        std::map<Index, Index> wanted;
                        for (const Index i : reference::covered(truth, k)) ++wanted[i];
                        const Cells cells = covered_cells(plan, k);
                        std::map<Index, Index> found;
                        for (Index i = cells.first; i < cells.end; ++i) ++found[i];
                        found[cells.first] += cells.before;
                        found[cells.end - 1] += cells.after;
                        REQUIRE(found == wanted);
                        Taps taps;
                        find_taps(plan, k, taps);
                        REQUIRE(taps.first == cells.first);
                        REQUIRE(taps.end() == cells.end);
                        REQUIRE(most_taps(plan) >= cells.end - cells.first);
                    }
                };
                for (const Rational factor :
                     {Rational{1, 1}, {3, 2}, {2, 1}, {3, 1}, {4, 1}, {73, 10}, {20, 1}, {8, 3}, {10001, 10000}})
                    check(factor, 0);
                for (const Index size : {1, 3, 7, 24, 61, 100}) check({1, 1}, size);
            }
        }
    }
}

TEST_CASE("of equally frequent values the lowest is taken, and NaN does not count", "[resample]") {
    CHECK(mode_of<std::uint8_t>(SampleType::uint8, {3, 2, 3, 2, 1}) == 2);
    CHECK(mode_of<std::uint8_t>(SampleType::uint8, {7, 7, 7, 9, 9, 9, 9, 7, 0}) == 7);
    CHECK(mode_of<std::int8_t>(SampleType::int8, {5, -5, 5, -5, 0}) == -5);
    CHECK(mode_of<std::uint32_t>(SampleType::uint32, {4294967295U, 4294967294U, 4294967295U}) == 4294967295.0);
    CHECK(mode_of<std::int32_t>(SampleType::int32, {0, -2147483647 - 1, 2147483647, -2147483647 - 1}) == -2147483648.0);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(mode_of<float>(SampleType::float32, {nan, nan, nan, 2.5F, nan}) == 2.5);
    CHECK(mode_of<float>(SampleType::float32, {1, nan, 2, nan, 2}) == 2);
    CHECK(std::isnan(mode_of<float>(SampleType::float32, {nan, nan})));
    CHECK(mode_of<double>(SampleType::float64, {0.0, 5, -0.0, 5, 7, 0.0}) == 0);  // the two zeros are one value
    // Every value of the type at once, one of them twice.
    std::vector<std::uint16_t> all(65537);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i * 40503);
    all.back() = 40000;
    CHECK(mode_of<std::uint16_t>(SampleType::uint16, all) == 40000);
}

TEST_CASE("modes are the same however few or many cells there are", "[resample]") {
    // Outputs of few cells are made in vectors and in stretches of 256, others one by one: rows are longer than two
    // stretches, and at some factors samples beyond the border count more often than eight bits can tell.
    struct Case {
        std::array<Index, 3> size;
        std::array<Rational, 3> factor;
    };
    const std::vector<Case> cases{
        {{1099, 5, 4}, {{{2, 1}, {2, 1}, {2, 1}}}}, {{1537, 6, 6}, {{{2, 1}, {3, 1}, {3, 1}}}},
        {{800, 6, 3}, {{{3, 1}, {3, 1}, {3, 1}}}},  {{1200, 4, 4}, {{{4, 1}, {2, 1}, {2, 1}}}},
        {{1200, 8, 4}, {{{4, 1}, {4, 1}, {4, 1}}}}, {{300, 3, 4}, {{{1, 1}, {1, 1}, {2, 1}}}},
        {{600, 4, 4}, {{{5, 2}, {2, 1}, {3, 2}}}},  {{700, 4, 4}, {{{101, 100}, {2, 1}, {2, 1}}}},
        {{300, 4, 4}, {{{6, 1}, {2, 1}, {2, 1}}}},  {{90, 1, 1}, {{{2, 1}, {12, 1}, {12, 1}}}},
        {{3, 2, 2}, {{{2, 1}, {2, 1}, {2, 1}}}},    {{1, 2, 2}, {{{2, 1}, {2, 1}, {2, 1}}}}};
    for (const Case& c : cases) {
        for (const int labels : {1, 4}) {
            support::Volume volume = phantom::noise(c.size, 0, labels, true, 17);
            for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::int16}) {
                const std::vector<double> values{7, 0, support::highest(type), support::lowest(type), 44};
                support::Volume source = volume;
                for (double& sample : source.samples) sample = values[static_cast<std::size_t>(sample)];
                for (const Align align : {Align::cell, Align::first}) {
                    for (const bool cropped : {false, true}) {
                        std::array<AxisPlan, 3> plans;
                        std::array<reference::Axis, 3> axes;
                        for (std::size_t a = 0; a < 3; ++a) {
                            const Range kept =
                                cropped && a == 0 ? Range{c.size[a] / 3, c.size[a]} : Range{0, c.size[a]};
                            plans[a] = mode_plan(c.size[a], c.factor[a], 0, align, kept);
                            axes[a] = {c.size[a], kept.first,           kept.end, {c.factor[a].num, c.factor[a].den},
                                       0,         align == Align::cell, {}};
                        }
                        INFO(sample_type_name(type) << ' ' << c.size[0] << " factor " << to_string(c.factor[0]));
                        REQUIRE((filtered(source, type, plans) == reference::modes(source, axes)));
                    }
                }
            }
        }
    }
}
