#include "resample/axis_plan.hpp"

#include "support/catch.hpp"
#include "support/reference.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace {

using reference::Fraction;
using stack2nrrd::Align;
using stack2nrrd::AxisOptions;
using stack2nrrd::AxisPlan;
using stack2nrrd::Index;
using stack2nrrd::Kernel;
using stack2nrrd::Range;
using stack2nrrd::Rational;
using stack2nrrd::Taps;

const std::vector<Fraction> factors{{1, 1}, {3, 2}, {2, 1}, {3, 1}, {4, 1}, {73, 10}, {20, 1}, {8, 3}, {10001, 10000}};

/// An axis for both sides.
struct Both {
    AxisPlan plan;
    reference::Axis truth;
    std::string text;
};

Both both(Index n, const std::string& kernel, Fraction factor, Index size, Align align, Range crop) {
    AxisOptions options;
    options.kernel = Kernel::parse(kernel);
    options.factor = {factor.num, factor.den};
    if (size > 0) options.size = size;
    options.crop = crop;
    Both made;
    made.plan = stack2nrrd::make_axis_plan(n, options, align, 'x');
    if (crop.empty()) crop = {0, n};
    made.truth = {n, crop.first, crop.end, factor, size, align == Align::cell, {}};
    if (kernel != "nearest")
        made.truth.kernel = reference::kernel(kernel);
    else
        made.truth.kernel = {"nearest", {}, 1};
    made.text = kernel + " n " + std::to_string(n) + " factor " + std::to_string(factor.num) + "/" +
                std::to_string(factor.den) + " size " + std::to_string(size) + " crop " + std::to_string(crop.first) +
                ":" + std::to_string(crop.end) + (align == Align::cell ? " cell" : " first");
    return made;
}

/// Many plans, reducing and enlarging.
void for_all_plans(const std::function<void(const Both&)>& check) {
    for (const char* kernel : {"box", "box:1.5", "tent", "ctmr", "mitchell", "bspl5", "gauss:0.5,4", "gauss:1,3",
                               "hann:3", "lanczos:2", "lanczos:3", "kaiser:3,4,0.85", "nearest"}) {
        for (const Index n : {1, 2, 5, 24, 61}) {
            for (const Align align : {Align::cell, Align::first}) {
                for (const Range crop : {Range{}, Range{n / 3, n - n / 5}}) {
                    for (const Fraction factor : factors) check(both(n, kernel, factor, 0, align, crop));
                    for (const Index size : {1, 3, 7, 24, 61, 100, 122})
                        if (std::string(kernel) != "box:1.5" || size <= n / 3)
                            check(both(n, kernel, {1, 1}, size, align, crop));
                }
            }
        }
    }
}

}  // namespace

TEST_CASE("counts and positions are exact", "[resample]") {
    for (const Index n : {1, 2, 3, 10, 97, 1000, 2048}) {
        for (const Align align : {Align::cell, Align::first}) {
            for (const Range crop : {Range{}, Range{0, (n + 1) / 2}, Range{n / 3, n}}) {
                for (const Index size : {0, 1, 2, 7, 50, 3000}) {
                    for (const Fraction factor : factors) {
                        const Both axis = both(n, "lanczos:3", factor, size, align, crop);
                        const Fraction step = reference::step(axis.truth);
                        const Fraction first = reference::position(axis.truth, 0);
                        INFO(axis.text);
                        REQUIRE(axis.plan.outputs == reference::count(axis.truth));
                        REQUIRE(axis.plan.step == Rational{step.num, step.den});
                        REQUIRE(axis.plan.first == Rational{first.num, first.den});
                        REQUIRE(axis.plan.source == n);
                    }
                }
            }
        }
    }
    // floor((b - a)/f) where a quotient of doubles goes wrong
    CHECK(both(6, "box", {11, 10}, 0, Align::cell, {}).plan.outputs == 5);
    CHECK(both(33, "box", {11, 10}, 0, Align::cell, {}).plan.outputs == 30);  // 33/1.1 = 29.999…
    CHECK(both(69, "box", {69, 10}, 0, Align::cell, {}).plan.outputs == 10);
    CHECK(both(21, "box", {7, 10'00}, 3000, Align::cell, {}).plan.outputs == 3000);
    CHECK(both(1'000'000'000, "box", {999'999'999, 1'000'000}, 0, Align::cell, {}).plan.outputs == 1'000'000);
}

TEST_CASE("taps are the weights of the definition", "[resample]") {
    Taps taps;
    for_all_plans([&](const Both& axis) {
        for (Index k = 0; k < axis.plan.outputs; ++k) {
            stack2nrrd::find_taps(axis.plan, k, taps);
            const std::vector<reference::Real> truth = reference::weights(axis.truth, k);
            INFO(axis.text << " output " << k);
            REQUIRE(taps.first >= 0);
            REQUIRE(taps.end() <= axis.plan.source);
            double worst = 0;
            double sum = 0;
            for (Index i = 0; i < axis.plan.source; ++i) {
                const bool inside = i >= taps.first && i < taps.end();
                const double w = inside ? taps.weights[static_cast<std::size_t>(i - taps.first)] : 0;
                worst = std::max(worst, std::abs(w - static_cast<double>(truth[static_cast<std::size_t>(i)])));
                sum += w;
            }
            REQUIRE(worst < 1e-14);
            REQUIRE(std::abs(sum - 1) < 2e-15);
        }
    });
}

TEST_CASE("weights in single precision sum to one as well", "[resample]") {
    for_all_plans([&](const Both& axis) {
        const stack2nrrd::TapTable<float> floats(axis.plan);
        const stack2nrrd::TapTable<double> doubles(axis.plan);
        Taps taps;
        for (Index k = 0; k < axis.plan.outputs; ++k) {
            stack2nrrd::find_taps(axis.plan, k, taps);
            const auto f = floats[k];
            const auto d = doubles[k];
            INFO(axis.text << " output " << k);
            REQUIRE(f.first == taps.first);
            REQUIRE(d.first == taps.first);
            REQUIRE(f.count == static_cast<Index>(taps.weights.size()));
            REQUIRE(d.count == f.count);
            double sum = 0;
            long double exact_sum = 0;
            for (Index i = 0; i < f.count; ++i) {
                sum += static_cast<double>(f.weights[i]);
                exact_sum += static_cast<long double>(d.weights[i]);
                REQUIRE(std::abs(static_cast<double>(f.weights[i]) - taps.weights[static_cast<std::size_t>(i)]) < 3e-7);
            }
            REQUIRE(std::abs(sum - 1) < 1e-7);
            REQUIRE(std::abs(exact_sum - 1) < 1e-15);
        }
    });
}

TEST_CASE("the box covers parts of samples", "[resample]") {
    Taps taps;
    // Step 3/2: output 0 covers sample 0 and half of 1, output 1 the other half and 2.
    const AxisPlan plan = both(6, "box", {3, 2}, 0, Align::cell, {}).plan;
    stack2nrrd::find_taps(plan, 0, taps);
    CHECK(taps.first == 0);
    CHECK(taps.weights == std::vector<double>{2.0 / 3, 1.0 / 3});
    stack2nrrd::find_taps(plan, 1, taps);
    CHECK(taps.first == 1);
    CHECK(taps.weights == std::vector<double>{1.0 / 3, 2.0 / 3});
    // Together the outputs take as much of each sample: nothing is dropped or counted twice.
    for (const Fraction factor : {Fraction{3, 2}, Fraction{8, 3}, Fraction{73, 10}, Fraction{4, 1}}) {
        const AxisPlan whole = both(factor.num * 5, "box", factor, 0, Align::cell, {}).plan;
        std::vector<double> share(static_cast<std::size_t>(whole.source), 0.0);
        for (Index k = 0; k < whole.outputs; ++k) {
            stack2nrrd::find_taps(whole, k, taps);
            for (Index i = taps.first; i < taps.end(); ++i)
                share[static_cast<std::size_t>(i)] += taps.weights[static_cast<std::size_t>(i - taps.first)];
        }
        for (const double s : share)
            CHECK(s == Approx(static_cast<double>(factor.den) / static_cast<double>(factor.num)).epsilon(1e-14));
    }
}

TEST_CASE("borders fold onto the edge samples", "[resample]") {
    Taps taps;
    const AxisPlan plan = both(4, "tent", {4, 1}, 0, Align::first, {}).plan;  // u = 0, reaches from -3 to 3
    stack2nrrd::find_taps(plan, 0, taps);
    CHECK(taps.first == 0);
    REQUIRE(taps.weights.size() == 4);
    CHECK(taps.weights[0] == Approx((4 + 3 + 2 + 1) / 16.0).epsilon(1e-15));
    CHECK(taps.weights[1] == Approx(3 / 16.0).epsilon(1e-15));
    CHECK(taps.weights[3] == Approx(1 / 16.0).epsilon(1e-15));
}

TEST_CASE("reach holds all taps, and no kernel has more outputs open than promised", "[resample]") {
    for_all_plans([&](const Both& axis) {
        std::vector<Range> taps_of;
        Taps taps;
        for (Index k = 0; k < axis.plan.outputs; ++k) {
            stack2nrrd::find_taps(axis.plan, k, taps);
            taps_of.push_back({taps.first, taps.end()});
        }
        const auto tap = [&](Index k) { return taps_of[static_cast<std::size_t>(k)]; };
        INFO(axis.text);
        // Outputs open and close in order: what the accumulator lives by.
        bool in_order = true;
        for (Index k = 1; k < axis.plan.outputs; ++k)
            in_order = in_order && tap(k).first >= tap(k - 1).first && tap(k).end >= tap(k - 1).end;
        CHECK(in_order);
        for (const Range part :
             {Range{0, axis.plan.outputs}, Range{axis.plan.outputs / 2, axis.plan.outputs},
              Range{0, (axis.plan.outputs + 1) / 2}, Range{axis.plan.outputs / 3, axis.plan.outputs / 3 + 1}}) {
            const Range reach = stack2nrrd::reach(axis.plan, part);
            Range all = tap(part.first);
            for (Index k = part.first; k < part.end; ++k)
                all = {std::min(all.first, tap(k).first), std::max(all.end, tap(k).end)};
            REQUIRE(reach == all);
        }
        for (const Index group : {1, 4}) {
            const Index most = stack2nrrd::most_open(axis.plan, group);
            REQUIRE(most <= axis.plan.outputs);
            for (Index begin = 0; begin < axis.plan.source; begin += group) {
                Index open = 0;
                for (const Range& each : taps_of) open += each.first < begin + group && each.end > begin ? 1 : 0;
                REQUIRE(open <= most);
            }
        }
        if (axis.plan.step.num >= axis.plan.step.den)  // a small number, whatever the factor
            REQUIRE(stack2nrrd::most_open(axis.plan, 1) <= static_cast<Index>(2 * axis.plan.kernel.support()) + 4);
    });
}

TEST_CASE("the table takes no more memory than it says", "[resample]") {
    for_all_plans([&](const Both& axis) {
        const stack2nrrd::TapTable<double> table(axis.plan);
        Index weights = 0;
        for (Index k = 0; k < axis.plan.outputs; ++k) weights += table[k].count;
        INFO(axis.text);
        REQUIRE(stack2nrrd::TapTable<double>::memory_bytes(axis.plan) >= weights * 8 + axis.plan.outputs * 24);
    });
}

TEST_CASE("axes that cannot be are refused", "[resample]") {
    const auto refused = [](Index n, const AxisOptions& options) {
        try {
            static_cast<void>(stack2nrrd::make_axis_plan(n, options, Align::cell, 'y'));
        } catch (const stack2nrrd::Error& error) {
            INFO(error.what());
            CHECK(std::string(error.what()).find('y') != std::string::npos);
            return error.code() == stack2nrrd::ErrorCode::invalid_argument;
        }
        return false;
    };
    AxisOptions options;
    options.crop = {0, 11};
    CHECK(refused(10, options));
    options.crop = {-1, 5};
    CHECK(refused(10, options));
    options.crop = {5, 5};
    CHECK(refused(10, options));
    options = {};
    options.factor = {1, 2};
    CHECK(refused(10, options));
    options = {};
    options.size = 0;
    CHECK(refused(10, options));
    options.size = -3;
    CHECK(refused(10, options));
    options.size = 2;
    CHECK_FALSE(refused(10, options));
    options.kernel = Kernel::parse("tent:0.3");
    options.size = 20;
    CHECK(refused(10, options));
    options.kernel = Kernel::parse("box:0.5");
    CHECK(refused(10, options));
}
