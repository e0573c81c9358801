// The filters along the axes, against plain ones.

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
using Items = std::vector<std::vector<Real>>;

template <class Real>
struct Collected {
    std::vector<Index> order;
    Items<Real> numbers;
    Items<Real> nan;  ///< empty: none
};

/// Gives the accumulator all items in batches of up to `batch`, each in parts of up to `part` samples, the last part
/// first. `nan` may have empty items, or be empty.
template <class Real>
Collected<Real> accumulate(Accumulator<Real>& accumulator, const Items<Real>& items, const Items<Real>& nan,
                           Index batch, std::size_t part) {
    Collected<Real> collected;
    const std::size_t length = items.front().size();
    for (Index first = accumulator.needed().first; first < accumulator.needed().end;) {
        const Index end = accumulator.batch_end(first, batch);
        REQUIRE(first < end);
        std::vector<bool> has_nan;
        for (Index i = first; i < end; ++i)
            has_nan.push_back(!nan.empty() && !nan[static_cast<std::size_t>(i)].empty());
        accumulator.begin({first, end}, has_nan);
        for (std::size_t stop = length; stop > 0;) {
            const std::size_t begin = stop > part ? stop - part : 0;
            std::vector<const Real*> of_numbers, of_nan;
            for (Index i = first; i < end; ++i) {
                const auto at = static_cast<std::size_t>(i);
                of_numbers.push_back(items[at].data() + begin);
                of_nan.push_back(has_nan[static_cast<std::size_t>(i - first)] ? nan[at].data() + begin : nullptr);
            }
            accumulator.sweep(begin, stop, of_numbers.data(), of_nan.data());
            stop = begin;
        }
        for (const auto& output : accumulator.finished()) {
            collected.order.push_back(output.k);
            collected.numbers.emplace_back(output.numbers, output.numbers + length);
            collected.nan.emplace_back();
            if (output.nan != nullptr) collected.nan.back().assign(output.nan, output.nan + length);
        }
        accumulator.end();
        first = end;
    }
    return collected;
}

template <class Real>
double worst_difference(const std::vector<Real>& have, const std::vector<double>& truth) {
    double worst = 0;
    for (std::size_t x = 0; x < truth.size(); ++x) {
        worst = std::max(worst, std::abs((have.empty() ? 0 : static_cast<double>(have[x])) - truth[x]));
    }
    return worst;
}

template <class Real>
void test_accumulator(double tolerance) {
    for (const AxisPlan& plan : plans()) {
        for (const std::size_t length : {std::size_t{1}, std::size_t{7}, std::size_t{512}, std::size_t{1300}}) {
            for (const bool with_table : {true, false}) {
                const auto items = noise<Real>(plan.source, length);
                Items<Real> nan;
                if (length == 7 || length == 512) {
                    nan = noise<Real>(plan.source, length);
                    for (std::size_t i = 0; i < nan.size(); ++i)
                        if (length == 7 ? i % 3 == 0 : i < 20 || i > 30) nan[i].clear();
                }
                const auto table = with_table ? std::make_shared<TapTable<Real>>(plan) : nullptr;
                Accumulator<Real> accumulator(plan, table, {0, plan.outputs}, length);
                const Collected<Real> all = accumulate(accumulator, items, nan, 16, 512);
                INFO(plan.kernel.spec() << " step " << plan.step.num << '/' << plan.step.den << " length " << length);
                REQUIRE(all.order.size() == static_cast<std::size_t>(plan.outputs));
                double worst = 0;
                for (Index k = 0; k < plan.outputs; ++k) {
                    const auto at = static_cast<std::size_t>(k);
                    REQUIRE(all.order[at] == k);
                    worst = std::max(worst, worst_difference(all.numbers[at], plain(plan, k, items, length)));
                    if (nan.empty()) {
                        CHECK(all.nan[at].empty());
                    } else {
                        worst = std::max(worst, worst_difference(all.nan[at], plain(plan, k, nan, length)));
                    }
                }
                CHECK(worst < tolerance);

                // Anew, after it was left in the middle of a slice, with other batches and parts: the same to the bit.
                accumulator.restart();
                if (accumulator.needed().size() > 3) {
                    const Index first = accumulator.needed().first;
                    const std::vector<const Real*> any(4, items[0].data());
                    accumulator.begin({first, accumulator.batch_end(first, 4)}, std::vector<bool>(4, !nan.empty()));
                    accumulator.sweep(0, length, any.data(), any.data());
                }
                accumulator.restart();
                const Collected<Real> again = accumulate(accumulator, items, nan, 4, 100);
                CHECK((again.numbers == all.numbers));

                // So are some of the outputs.
                for (const Range part : {Range{plan.outputs / 3, plan.outputs}, Range{0, (plan.outputs + 1) / 2}}) {
                    Accumulator<Real> partial(plan, table, part, length);
                    const Collected<Real> some = accumulate(partial, items, nan, 8, length);
                    REQUIRE(some.numbers.size() == static_cast<std::size_t>(part.size()));
                    for (Index k = part.first; k < part.end; ++k)
                        CHECK((some.numbers[static_cast<std::size_t>(k - part.first)] ==
                               all.numbers[static_cast<std::size_t>(k)]));
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
                const std::size_t out_length = static_cast<std::size_t>(plan.outputs) * channels;
                std::vector<std::vector<Real>> made(rows);
                FilterX<Real> filter(plan, table, channels,
                                     [&](Index y) { return made[static_cast<std::size_t>(y) / 3].data(); });
                const Range needed = filter.needed();
                const auto source =
                    noise<Real>(static_cast<Index>(rows), static_cast<std::size_t>(plan.source) * channels);
                for (int turn = 0; turn < 2; ++turn) {  // the second time after a flush
                    for (auto& row : made) row.assign(out_length, Real{-1e6});
                    std::vector<Real> passing;  // a row that is gone after keep(), where one is kept
                    for (std::size_t y = 0; y < rows; ++y) {
                        const Real* row = source[y].data() + static_cast<std::size_t>(needed.first) * channels;
                        if (y % 3 != 0) {
                            filter.add(static_cast<Index>(3 * y), row);
                            continue;
                        }
                        passing.assign(row, source[y].data() + source[y].size());
                        filter.add(static_cast<Index>(3 * y), passing.data());
                        filter.keep();
                        std::fill(passing.begin(), passing.end(), Real{1e6});
                    }
                    filter.flush();
                    double worst = 0;
                    for (std::size_t y = 0; y < rows; ++y) {
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

TEST_CASE("both ways along x make the same bytes", "[resample]") {
    int suited = 0;
    for (const Index n : {1, 2, 5, 11, 12, 40, 67, 300}) {
        for (const char* kernel : {"lanczos:3", "box", "tent", "gauss:1,4"}) {
            for (const Rational factor : {Rational{2, 1}, Rational{3, 1}, Rational{4, 1}, Rational{5, 1}}) {
                for (const Range crop : {Range{}, Range{n / 3, n - n / 4}}) {
                    const AxisPlan plan = plan_of(n, kernel, factor, Align::cell, crop);
                    if (!stack2nrrd::Polyphase<float>::suits(plan, 1)) continue;
                    REQUIRE_FALSE(stack2nrrd::Polyphase<float>::suits(plan, 2));
                    ++suited;
                    const auto table = std::make_shared<TapTable<float>>(plan);
                    const auto source = noise<float>(1, static_cast<std::size_t>(n))[0];
                    std::vector<float> twice;  // the same sample in two channels
                    for (const float v : source) twice.insert(twice.end(), {v, v});
                    const auto outputs = static_cast<std::size_t>(plan.outputs);
                    std::vector<float> by_phases(outputs), by_bundles(2 * outputs);
                    FilterX<float> phases(plan, table, 1, [&](Index) { return by_phases.data(); });
                    FilterX<float> bundles(plan, table, 2, [&](Index) { return by_bundles.data(); });
                    phases.add(0, source.data() + phases.needed().first);
                    bundles.add(0, twice.data() + 2 * bundles.needed().first);
                    bundles.flush();
                    INFO(kernel << ", " << n << " samples, factor " << factor.num);
                    for (std::size_t k = 0; k < outputs; ++k) REQUIRE(by_phases[k] == by_bundles[2 * k]);
                }
            }
        }
    }
    CHECK(suited > 100);
}

TEST_CASE("the filter along x sums as the definition says", "[resample]") {
    test_filter_x<float>(1e-3);
    test_filter_x<double>(2e-12);
}

TEST_CASE("the accumulator's memory does not grow with the factor", "[resample]") {
    const auto bytes = [](Rational factor) {
        return Accumulator<float>::memory_bytes(plan_of(100000, "lanczos:3", factor), 1000, 4);
    };
    CHECK(bytes({40, 1}) <= bytes({2, 1}));
    CHECK(bytes({2, 1}) <= 12 * 1000 * 4);
}
