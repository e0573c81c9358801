// The loops that multiply and add, against plain ones.

#include "resample/accumulator.hpp"
#include "resample/filter_x.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using stack2nrrd::Accumulator;
using stack2nrrd::Align;
using stack2nrrd::AxisOptions;
using stack2nrrd::AxisPlan;
using stack2nrrd::FilterX;
using stack2nrrd::Index;
using stack2nrrd::Kernel;
using stack2nrrd::Range;
using stack2nrrd::Rational;
using stack2nrrd::Taps;
using stack2nrrd::TapTable;

AxisPlan plan_of(Index n, const std::string& kernel, Rational factor, Align align = Align::cell, Range crop = {}) {
    AxisOptions options;
    options.kernel = Kernel::parse(kernel);
    options.factor = factor;
    options.crop = crop;
    return stack2nrrd::make_axis_plan(n, options, align, 'x');
}

std::vector<AxisPlan> plans() {
    return {plan_of(50, "lanczos:3", {2, 1}),
            plan_of(50, "lanczos:3", {1, 1}),
            plan_of(51, "box", {8, 3}),
            plan_of(47, "bspl5", {3, 2}, Align::first),
            plan_of(50, "tent", {20, 1}, Align::cell, {7, 48}),
            plan_of(50, "gauss:1,3", {73, 10}, Align::first, {3, 50}),
            plan_of(50, "nearest", {5, 2}),
            plan_of(3, "kaiser:4,6", {2, 1}),
            plan_of(1, "lanczos:3", {2, 1})};
}

template <class Real>
std::vector<std::vector<Real>> noise(Index items, std::size_t length) {
    std::mt19937 random(3);
    std::vector<std::vector<Real>> made(static_cast<std::size_t>(items), std::vector<Real>(length));
    for (auto& item : made)
        for (Real& v : item) v = static_cast<Real>(static_cast<double>(random()) / 4294967296.0 * 2000 - 1000);
    return made;
}

/// The sum as it is written in a book. An empty item stands for zeros.
template <class Real>
std::vector<double> plain(const AxisPlan& plan, Index k, const std::vector<std::vector<Real>>& items,
                          std::size_t length) {
    Taps taps;
    stack2nrrd::find_taps(plan, k, taps);
    std::vector<double> sum(length, 0.0);
    for (Index i = taps.first; i < taps.end(); ++i) {
        const std::vector<Real>& item = items[static_cast<std::size_t>(i)];
        for (std::size_t x = 0; x < item.size(); ++x)
            sum[x] += taps.weights[static_cast<std::size_t>(i - taps.first)] * static_cast<double>(item[x]);
    }
    return sum;
}

template <class Real>
struct Collector {
    std::vector<Index> order;
    std::vector<std::vector<Real>> outputs;
    std::size_t length = 0;
    typename Accumulator<Real>::Emit emit = [this](Index k, const Real* output) {
        order.push_back(k);
        outputs.emplace_back();
        if (output != nullptr) outputs.back().assign(output, output + length);
    };
};

template <class Real>
void accumulate(Accumulator<Real>& accumulator, const std::vector<std::vector<Real>>& items) {
    for (Index i = accumulator.needed().first; i < accumulator.needed().end; ++i) {
        const auto& item = items[static_cast<std::size_t>(i)];
        accumulator.add(i, item.empty() ? nullptr : item.data());
        CHECK(accumulator.release_before() <= i + 1);
        CHECK(accumulator.release_before() > i - stack2nrrd::accumulator_group);
    }
}

template <class Real>
void test_accumulator(double tolerance) {
    for (const AxisPlan& plan : plans()) {
        for (const std::size_t length : {std::size_t{1}, std::size_t{7}, std::size_t{512}, std::size_t{1300}}) {
            for (const bool with_table : {true, false}) {
                auto items = noise<Real>(plan.source, length);
                if (length == 7)
                    for (std::size_t i = 0; i < items.size(); i += 3) items[i].clear();  // zeros
                if (length == 512)
                    for (std::size_t i = 5; i < std::min<std::size_t>(items.size(), 40); ++i) items[i].clear();
                const auto table = with_table ? std::make_shared<TapTable<Real>>(plan) : nullptr;
                Collector<Real> all;
                all.length = length;
                Accumulator<Real> accumulator(plan, table, {0, plan.outputs}, length, all.emit);
                accumulate(accumulator, items);
                INFO(plan.kernel.spec() << " step " << plan.step.num << '/' << plan.step.den << " length " << length);
                REQUIRE(all.order.size() == static_cast<std::size_t>(plan.outputs));
                double worst = 0;
                for (Index k = 0; k < plan.outputs; ++k) {
                    const auto at = static_cast<std::size_t>(k);
                    REQUIRE(all.order[at] == k);
                    const std::vector<double> truth = plain(plan, k, items, length);
                    for (std::size_t x = 0; x < length; ++x) {
                        const double have = all.outputs[at].empty() ? 0 : static_cast<double>(all.outputs[at][x]);
                        worst = std::max(worst, std::abs(have - truth[x]));
                    }
                }
                CHECK(worst < tolerance);
                const std::vector<std::vector<Real>> before = all.outputs;

                // Anew, after it was left in the middle of a slice.
                accumulator.restart();
                if (accumulator.needed().size() > 3)
                    for (Index i = accumulator.needed().first; i < accumulator.needed().first + 3; ++i)
                        accumulator.add(i, items[0].empty() ? items[1].data() : items[0].data());
                accumulator.restart();
                all.order.clear();
                all.outputs.clear();
                accumulate(accumulator, items);
                CHECK((all.outputs == before));

                // Some of the outputs are the same as all of them, to the bit.
                for (const Range part : {Range{plan.outputs / 3, plan.outputs}, Range{0, (plan.outputs + 1) / 2}}) {
                    Collector<Real> some;
                    some.length = length;
                    Accumulator<Real> partial(plan, table, part, length, some.emit);
                    accumulate(partial, items);
                    REQUIRE(some.outputs.size() == static_cast<std::size_t>(part.size()));
                    for (Index k = part.first; k < part.end; ++k)
                        CHECK((some.outputs[static_cast<std::size_t>(k - part.first)] ==
                               before[static_cast<std::size_t>(k)]));
                }
            }
        }
    }
}

template <class Real>
void test_filter_x(double tolerance) {
    for (const AxisPlan& plan : plans()) {
        for (const std::size_t channels : {std::size_t{1}, std::size_t{3}}) {
            // One row, a bundle, more than one bundle and a rest
            for (const std::size_t rows : {std::size_t{1}, FilterX<Real>::bundle, 2 * FilterX<Real>::bundle + 3}) {
                const auto table = std::make_shared<TapTable<Real>>(plan);
                std::vector<Index> order;
                std::vector<std::vector<Real>> made;
                FilterX<Real> filter(plan, table, channels, [&](Index y, const Real* row) {
                    order.push_back(y);
                    made.emplace_back(row, row + static_cast<std::size_t>(plan.outputs) * channels);
                });
                const Range needed = filter.needed();
                const auto source =
                    noise<Real>(static_cast<Index>(rows), static_cast<std::size_t>(plan.source) * channels);
                for (int turn = 0; turn < 2; ++turn) {  // the second time after a flush
                    order.clear();
                    made.clear();
                    for (std::size_t y = 0; y < rows; ++y)
                        filter.add(static_cast<Index>(3 * y),
                                   source[y].data() + static_cast<std::size_t>(needed.first) * channels);
                    filter.flush();
                    REQUIRE(order.size() == rows);
                    double worst = 0;
                    for (std::size_t y = 0; y < rows; ++y) {
                        REQUIRE(order[y] == static_cast<Index>(3 * y));
                        for (std::size_t c = 0; c < channels; ++c) {
                            std::vector<std::vector<Real>> items;  // samples as items of length 1
                            for (Index i = 0; i < plan.source; ++i)
                                items.push_back({source[y][static_cast<std::size_t>(i) * channels + c]});
                            for (Index k = 0; k < plan.outputs; ++k)
                                worst = std::max(
                                    worst,
                                    std::abs(plain(plan, k, items, 1)[0] -
                                             static_cast<double>(made[y][static_cast<std::size_t>(k) * channels + c])));
                        }
                    }
                    INFO(plan.kernel.spec() << " step " << plan.step.num << '/' << plan.step.den);
                    CHECK(worst < tolerance);
                }
            }
        }
    }
}

}  // namespace

TEST_CASE("the accumulator sums as the definition says", "[resample]") {
    test_accumulator<float>(1e-3);
    test_accumulator<double>(2e-12);
}

TEST_CASE("the filter along x sums as the definition says", "[resample]") {
    test_filter_x<float>(1e-3);
    test_filter_x<double>(2e-12);
}

TEST_CASE("the accumulator's memory does not grow with the factor", "[resample]") {
    const auto bytes = [](Rational factor) {
        return Accumulator<float>::memory_bytes(plan_of(100000, "lanczos:3", factor), 1000);
    };
    CHECK(bytes({40, 1}) <= bytes({2, 1}));
    CHECK(bytes({2, 1}) <= 12 * 1000 * 4);
}
