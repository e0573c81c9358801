// Factors far beyond the size of the source. What a plan costs then must follow the source, not the factor: a test that
// is not linear does not come to its end.

#include "resample/axis_plan.hpp"
#include "resample/tail_sum.hpp"

#include "support/catch.hpp"
#include "support/reference.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace {

using stack2nrrd::Align;
using stack2nrrd::AxisOptions;
using stack2nrrd::AxisPlan;
using stack2nrrd::Index;
using stack2nrrd::Kernel;
using stack2nrrd::Range;
using stack2nrrd::Rational;
using stack2nrrd::Taps;

const std::vector<std::string> kernels{"box",         "box:1.5",      "tent",       "tent:3",      "ctmr",
                                       "mitchell",    "cubic:2,0,.5", "bspl2",      "bspl3",       "bspl5",
                                       "gauss:0.5,4", "gauss:60,1",   "hann:3",     "blackman:3",  "lanczos:2",
                                       "lanczos:3",   "lanczos:64",   "kaiser:3,4", "kaiser:64,9", "kaiser:3,.1,.9"};

AxisPlan plan_of(Index n, const std::string& kernel, Rational factor, Align align, Range crop = {}) {
    AxisOptions options;
    options.kernel = Kernel::parse(kernel);
    options.factor = factor;
    options.crop = crop;
    return stack2nrrd::make_axis_plan(n, options, align, 'x');
}

double sum_of(const std::vector<double>& weights) { return std::accumulate(weights.begin(), weights.end(), 0.0); }

}  // namespace

TEST_CASE("a long tail weighs what its samples weigh", "[resample]") {
    for (const std::string kernel :
         {"tent", "tent:0.05", "ctmr", "cubic:3,.3,.3", "bspl2", "bspl3", "bspl5", "gauss:0.5,4", "gauss:0.01,600",
          "gauss:64,1", "hann:0.7", "hann:5", "blackman:2.5,3", "lanczos:1", "lanczos:64", "kaiser:64,100",
          "kaiser:0.6,100", "kaiser:6,3.5,.97", "kaiser:1,0"}) {
        const Kernel h = Kernel::parse(kernel);
        constexpr Index wide = 400'000;
        constexpr Index unit = 2 * 7;
        for (const Index first : {Index{0}, Index{3}, Index{100'001}}) {
            const Index count =
                static_cast<Index>((h.support() * static_cast<double>(wide) - static_cast<double>(first)) / unit);
            if (count < 1) continue;
            long double sum = 0;
            long double magnitude = 0;
            for (Index i = 0; i < count; ++i) {
                const double w = h(static_cast<double>(first + i * unit) / static_cast<double>(wide));
                sum += static_cast<long double>(w);
                magnitude += static_cast<long double>(std::abs(w));
            }
            INFO(kernel << " from " << first);
            const double tail = stack2nrrd::tail_sum(h, first, unit, count, wide);
            CHECK(std::abs(tail - static_cast<double>(sum)) <=
                  1e-13 * static_cast<double>(magnitude) + 1e-16 * wide / unit);
        }
    }
}

TEST_CASE("taps of factors beyond the source are the weights of the definition", "[resample]") {
    Taps taps;
    for (const std::string kernel :
         {"box", "box:1.5", "tent", "mitchell", "bspl5", "gauss:0.5,4", "hann:3", "lanczos:3"}) {
        for (const Rational factor : {Rational{40'000, 1}, Rational{100'001, 3}}) {
            for (const Align align : {Align::cell, Align::first}) {
                constexpr Index n = 50;
                const AxisPlan plan = plan_of(n, kernel, factor, align, {10, 40});
                const reference::Axis truth{
                    n, 10, 40, {factor.num, factor.den}, 0, align == Align::cell, reference::kernel(kernel)};
                const std::vector<reference::Real> expected = reference::weights(truth, 0);
                stack2nrrd::find_taps(plan, 0, taps);
                INFO(kernel << " factor " << factor.num << "/" << factor.den);
                REQUIRE(plan.outputs == 1);
                double worst = 0;
                for (Index i = 0; i < n; ++i) {
                    const bool inside = i >= taps.first && i < taps.end();
                    const double w = inside ? taps.weights[static_cast<std::size_t>(i - taps.first)] : 0;
                    worst = std::max(worst, std::abs(w - static_cast<double>(expected[static_cast<std::size_t>(i)])));
                }
                CHECK(worst < 1e-13);
                CHECK(std::abs(sum_of(taps.weights) - 1) < 2e-15);
            }
        }
    }
}

TEST_CASE("the largest factor costs what the source costs", "[resample]") {
    Taps taps;
    for (const std::string& kernel : kernels) {
        for (const Rational factor : {Rational{10'000'000, 1}, Rational{1'000'000'000, 1}, Rational{999'999'999, 7}}) {
            for (const Index n : {Index{1}, Index{2}, Index{1001}}) {
                INFO(kernel << " factor " << factor.num << "/" << factor.den << " of " << n);
                for (const Align align : {Align::cell, Align::first}) {
                    const AxisPlan plan = plan_of(n, kernel, factor, align);
                    stack2nrrd::find_taps(plan, 0, taps);
                    REQUIRE(static_cast<Index>(taps.weights.size()) <= n);
                    REQUIRE(std::abs(sum_of(taps.weights) - 1) < 1e-13);
                    REQUIRE(stack2nrrd::TapTable<float>(plan)[0].count == static_cast<Index>(taps.weights.size()));
                }
                // Around the middle sample all is symmetric, and what lies between the edges hardly counts.
                const AxisPlan middle = plan_of(n, kernel, factor, Align::first, {n / 2, n / 2 + 1});
                stack2nrrd::find_taps(middle, 0, taps);
                if (n % 2 == 0) continue;
                REQUIRE(static_cast<Index>(taps.weights.size()) == n);
                for (std::size_t i = 0; i < taps.weights.size(); ++i) {
                    REQUIRE(std::abs(taps.weights[i] - taps.weights[taps.weights.size() - 1 - i]) < 1e-13);
                }
                if (n > 1) REQUIRE(taps.weights.front() == Approx(0.5).margin(2e-4));
            }
        }
    }
}

TEST_CASE("axes of a million samples and of a million outputs", "[resample]") {
    constexpr Index million = 1'000'000;
    for (const char* kernel : {"lanczos:3", "kaiser:3,4", "box", "gauss:1,3"}) {
        INFO(kernel);
        CHECK(stack2nrrd::TapTable<float>(plan_of(million, kernel, {2, 1}, Align::cell))[million / 4].count > 1);
        const AxisPlan all_in_one = plan_of(million, kernel, {million, 1}, Align::cell);
        CHECK(stack2nrrd::TapTable<float>(all_in_one)[0].count == million);
        AxisOptions enlarged;
        enlarged.kernel = Kernel::parse(kernel);
        for (const Index n : {1, 3}) {
            enlarged.size = million;
            const AxisPlan plan = stack2nrrd::make_axis_plan(n, enlarged, Align::cell, 'x');
            CHECK(stack2nrrd::TapTable<float>(plan)[million - 1].count >= 1);
        }
    }
}

TEST_CASE("outputs between the edges share the weights of their phase", "[resample]") {
    for (const Rational factor : {Rational{2, 1}, Rational{3, 2}, Rational{73, 10}}) {
        const AxisPlan plan = plan_of(3000, "lanczos:3", factor, Align::cell);
        const stack2nrrd::TapTable<double> table(plan);
        std::vector<const double*> different;
        for (Index k = 0; k < plan.outputs; ++k) {
            if (std::find(different.begin(), different.end(), table[k].weights) == different.end())
                different.push_back(table[k].weights);
        }
        CHECK(static_cast<Index>(different.size()) <= factor.den + 2 * 4);
    }
}

TEST_CASE("a factor that is not in lowest terms is the same factor", "[resample]") {
    const AxisPlan plan = plan_of(30, "lanczos:3", {4, 2}, Align::cell);
    CHECK(plan.step == Rational{2, 1});
    CHECK(plan_of(30, "lanczos:3", {3, 3}, Align::cell).copies());
    CHECK(plan_of(30, "lanczos:3", {-6, -4}, Align::cell).step == Rational{3, 2});
    CHECK_THROWS_AS(plan_of(30, "lanczos:3", {1, 0}, Align::cell), stack2nrrd::Error);
    CHECK_THROWS_AS(plan_of(30, "lanczos:3", {-2, 1}, Align::cell), stack2nrrd::Error);
}
