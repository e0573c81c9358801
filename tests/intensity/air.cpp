// What is air: Otsu's thresholds against all partitions, and peaks that are known.

#include "intensity/air.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using stack2nrrd::AirThreshold;
using stack2nrrd::Dehaze;
using stack2nrrd::find_air;
using stack2nrrd::otsu_thresholds;
using stack2nrrd::Peak;
using stack2nrrd::ValueHistogram;
using Real = long double;

/// Ends that are found as they are for samples.
ValueHistogram with_ends(ValueHistogram histogram) {
    const auto any = [](std::int64_t count) { return count > 0; };
    histogram.at_lowest = *std::find_if(histogram.counts.begin(), histogram.counts.end(), any);
    histogram.at_highest = *std::find_if(histogram.counts.rbegin(), histogram.counts.rend(), any);
    return histogram;
}

/// The sum of squared distances from the mean of those values that are from `low` to before `high`.
Real scatter(const std::vector<std::int64_t>& counts, std::size_t low, std::size_t high) {
    Real n = 0;
    Real mean = 0;
    for (std::size_t v = low; v < high; ++v) {
        n += static_cast<Real>(counts[v]);
        mean += static_cast<Real>(counts[v]) * static_cast<Real>(v);
    }
    if (n == 0) return 0;
    mean /= n;
    Real sum = 0;
    for (std::size_t v = low; v < high; ++v) {
        sum += static_cast<Real>(counts[v]) * (static_cast<Real>(v) - mean) * (static_cast<Real>(v) - mean);
    }
    return sum;
}

/// The least scatter within classes that any thresholds leave: tries all.
Real least_scatter(const std::vector<std::int64_t>& counts, std::size_t low, int classes) {
    if (classes == 1) return scatter(counts, low, counts.size());
    Real least = std::numeric_limits<Real>::infinity();
    for (std::size_t next = low; next <= counts.size(); ++next) {
        least = std::min(least, scatter(counts, low, next) + least_scatter(counts, next, classes - 1));
    }
    return least;
}

Real scatter_with(const std::vector<std::int64_t>& counts, const std::vector<double>& thresholds) {
    Real sum = 0;
    std::size_t low = 0;
    for (const double threshold : thresholds) {
        sum += scatter(counts, low, static_cast<std::size_t>(threshold));
        low = static_cast<std::size_t>(threshold);
    }
    return sum + scatter(counts, low, counts.size());
}

/// A Gaussian's share of a bin from `low` to `high`.
double share(double low, double high, double mean, double sigma) {
    const auto below = [&](double v) { return .5 * std::erfc((mean - v) / sigma / std::sqrt(2.)); };
    return below(high) - below(low);
}

struct Hill {
    double samples, mean, sigma;
};

/// The samples of several Gaussians, whole values; what lies beyond the ends is at the ends, as clipping does.
ValueHistogram hills(std::size_t bins, const std::vector<Hill>& all, std::uint32_t seed = 0) {
    std::vector<double> counts(bins);
    for (const Hill& hill : all) {
        for (std::size_t v = 0; v < bins; ++v) {
            const double low = v == 0 ? -1e30 : static_cast<double>(v) - .5;
            const double high = v + 1 == bins ? 1e30 : static_cast<double>(v) + .5;
            counts[v] += hill.samples * share(low, high, hill.mean, hill.sigma);
        }
    }
    ValueHistogram histogram;
    std::mt19937 random(seed);
    for (const double count : counts) {
        // As many as chance brings, or just as many.
        const double off = seed == 0 ? 0 : std::sqrt(count) * (static_cast<double>(random()) / 2147483648. - 1) * 1.7;
        histogram.counts.push_back(std::max<std::int64_t>(0, std::llround(count + off)));
    }
    return with_ends(std::move(histogram));
}

Dehaze levels(int level) { return {Dehaze::Kind::levels, 0, level}; }

}  // namespace

TEST_CASE("Otsu's thresholds leave the least scatter within the classes", "[intensity]") {
    std::mt19937 random(5);
    for (int trial = 0; trial < 200; ++trial) {
        ValueHistogram histogram;
        const std::size_t bins = 2 + random() % 20;
        for (std::size_t v = 0; v < bins; ++v) {
            histogram.counts.push_back(random() % 3 == 0 ? 0 : static_cast<std::int64_t>(random() % 50));
        }
        const auto occupied =
            std::count_if(histogram.counts.begin(), histogram.counts.end(), [](auto n) { return n > 0; });
        for (const int classes : {2, 3, 4}) {
            CAPTURE(trial, classes);
            const std::vector<double> thresholds = otsu_thresholds(histogram, classes);
            if (occupied < 2) {
                CHECK(thresholds.empty());
                continue;
            }
            REQUIRE(static_cast<std::int64_t>(thresholds.size()) == std::min<std::int64_t>(classes, occupied) - 1);
            CHECK(std::is_sorted(thresholds.begin(), thresholds.end()));
            const Real least = least_scatter(histogram.counts, 0, classes);
            CHECK(static_cast<double>(scatter_with(histogram.counts, thresholds)) ==
                  Approx(static_cast<double>(least)).margin(1e-6));
        }
    }
}

TEST_CASE("Otsu's thresholds are exact for 65536 values", "[intensity]") {
    // Two classes: all thresholds can be tried.
    const ValueHistogram histogram = hills(65536, {{6e5, 9000, 800}, {2e5, 30000, 3000}, {1e5, 52000, 1500}}, 3);
    const auto& counts = histogram.counts;
    Real n = 0;
    Real sum = 0;
    for (std::size_t v = 0; v < counts.size(); ++v) {
        n += static_cast<Real>(counts[v]);
        sum += static_cast<Real>(counts[v]) * static_cast<Real>(v);
    }
    Real best = 0;
    double where = 0;
    Real n0 = 0;
    Real sum0 = 0;
    for (std::size_t v = 0; v + 1 < counts.size(); ++v) {
        n0 += static_cast<Real>(counts[v]);
        sum0 += static_cast<Real>(counts[v]) * static_cast<Real>(v);
        if (n0 == 0 || n0 == n) continue;
        const Real apart = sum0 / n0 - (sum - sum0) / (n - n0);
        const Real between = n0 * (n - n0) * apart * apart;
        if (between <= best) continue;
        best = between;
        where = static_cast<double>(v) + 1;
    }
    REQUIRE(otsu_thresholds(histogram, 2).size() == 1);
    // What is between two samples that follow each other is all the same.
    const auto last_before = [&](double threshold) {
        auto v = static_cast<std::size_t>(threshold);
        while (v > 0 && counts[v - 1] == 0) --v;
        return static_cast<double>(v) - 1;
    };
    CHECK(last_before(otsu_thresholds(histogram, 2)[0]) == last_before(where));
    // More: each sample is nearest to the mean of its own class, or the scatter would not be the least.
    for (const int classes : {3, 4}) {
        const std::vector<double> thresholds = otsu_thresholds(histogram, classes);
        std::vector<double> means;
        for (std::size_t c = 0; c <= thresholds.size(); ++c) {
            const std::size_t low = c == 0 ? 0 : static_cast<std::size_t>(thresholds[c - 1]);
            const std::size_t high = c == thresholds.size() ? 65536 : static_cast<std::size_t>(thresholds[c]);
            Real in = 0;
            Real values = 0;
            for (std::size_t v = low; v < high; ++v) {
                in += static_cast<Real>(counts[v]);
                values += static_cast<Real>(counts[v]) * static_cast<Real>(v);
            }
            means.push_back(static_cast<double>(values / in));
        }
        for (std::size_t c = 0; c < thresholds.size(); ++c) {
            const double halfway = (means[c] + means[c + 1]) / 2;
            CHECK(last_before(thresholds[c]) <= halfway);
            CHECK(thresholds[c] >= halfway);
        }
    }
}

TEST_CASE("the levels take ever less for air", "[intensity]") {
    // 4, 3, 2 classes and the brightest of them; all but the darkest of 3 and 4.
    const ValueHistogram histogram = hills(256, {{8e5, 20, 6}, {1e5, 60, 8}, {5e4, 110, 10}, {2e4, 190, 12}}, 7);
    const auto four = otsu_thresholds(histogram, 4);
    const auto three = otsu_thresholds(histogram, 3);
    const auto two = otsu_thresholds(histogram, 2);
    const std::vector<double> wanted{four[2], three[1], two[0], three[0], four[0]};
    double before = 1e9;
    for (int level = 1; level <= 5; ++level) {
        CAPTURE(level);
        const std::optional<AirThreshold> air = find_air(histogram, levels(level));
        REQUIRE(air);
        CHECK(air->threshold == wanted[static_cast<std::size_t>(level - 1)]);
        CHECK(air->threshold <= before);
        CHECK_FALSE(air->mode);
        before = air->threshold;
    }
}

TEST_CASE("a peak is where it is, and as wide as it is", "[intensity]") {
    for (const double sigma : {1., 1.5, 2.5, 6., 20., 100., 900.}) {
        for (const std::uint32_t seed : {0U, 1U, 2U}) {
            CAPTURE(sigma, seed);
            const double mean = 8 * sigma + 3.3;
            ValueHistogram histogram = hills(65536, {{7e5, mean, sigma}, {3e5, mean + 40 * sigma, 3 * sigma}}, seed);
            if (mean + 50 * sigma > 65536) histogram = hills(65536, {{7e5, mean, sigma}, {3e5, 50000, sigma}}, seed);
            const std::optional<Peak> peak = stack2nrrd::first_peak(histogram);
            REQUIRE(peak);
            CHECK(peak->two_sided);
            CHECK(peak->mode == Approx(mean).margin(.12 * sigma + .3));
            CHECK(peak->sigma == Approx(sigma).epsilon(sigma < 2 ? .25 : .08));
            // In other units, and as bins of values that are not whole.
            ValueHistogram scaled = histogram;
            scaled.low = -3;
            scaled.width = 1e-3;
            scaled.centre = .5;
            const std::optional<Peak> other = stack2nrrd::first_peak(scaled);
            REQUIRE(other);
            CHECK(other->mode == Approx(-3 + (peak->mode + .5) * 1e-3));
            CHECK(other->sigma == Approx(peak->sigma * 1e-3));
        }
    }
}

TEST_CASE("air with two sides ends three sigma above its mode", "[intensity]") {
    struct Case {
        double air, object, contrast;
        std::uint32_t seed;
    };
    for (const Case& c :
         {Case{.7, .3, 40, 0}, {.7, .3, 40, 4}, {.98, .02, 40, 5}, {.51, .49, 20, 6}, {.3, .7, 20, 7}}) {
        CAPTURE(c.air, c.seed);
        const ValueHistogram histogram =
            hills(65536, {{c.air * 1e6, 1000, 100}, {c.object * 1e6, 1000 + 100 * c.contrast, 100}}, c.seed);
        const std::optional<AirThreshold> air = find_air(histogram, {});
        REQUIRE(air);
        CHECK(air->mode.value() == Approx(1000).margin(15));
        CHECK(air->threshold == Approx(1300).margin(25));
    }
    // Where something faint begins below that, it ends earlier: at 3.2 sigma of contrast, .1 % of a solid object may be
    // lost. A sample is lost if it and its six neighbours are below.
    for (const double object : {.05, .3, .49}) {
        for (const double contrast : {3.2, 3.5, 4., 5.}) {
            CAPTURE(object, contrast);
            const ValueHistogram histogram =
                hills(65536, {{(1 - object) * 1e6, 1000, 100}, {object * 1e6, 1000 + 100 * contrast, 100}}, 8);
            const std::optional<AirThreshold> air = find_air(histogram, {});
            REQUIRE(air);
            const double below = share(-1e30, air->threshold - .5, 1000 + 100 * contrast, 100);
            CHECK(std::pow(below, 7) < .001);
            // And of the air as much is kept as does not matter.
            CHECK(1 - std::pow(share(-1e30, air->threshold - .5, 1000, 100), 7) < .06);
        }
    }
}

TEST_CASE("padding and saturation are no peaks", "[intensity]") {
    ValueHistogram histogram = hills(65536, {{5e5, 1000, 50}, {2e5, 8000, 400}}, 9);
    histogram.counts[0] = 200'000;
    histogram.counts[65535] = 100'000;
    histogram = with_ends(std::move(histogram));
    const std::optional<AirThreshold> air = find_air(histogram, {});
    REQUIRE(air);
    CHECK(air->mode.value() == Approx(1000).margin(8));
    CHECK(air->threshold == Approx(1150).margin(15));
}

TEST_CASE("air that was clipped ends where Otsu's four classes say", "[intensity]") {
    for (const double mean : {-10., 0., 5.}) {
        CAPTURE(mean);
        const ValueHistogram histogram = hills(256, {{7e5, mean, 8}, {2e5, 90, 15}, {1e5, 160, 20}}, 11);
        const std::optional<AirThreshold> air = find_air(histogram, {});
        REQUIRE(air);
        CHECK(air->threshold == otsu_thresholds(histogram, 4).front());
    }
    // All of the air has one value, more than padding ever has.
    ValueHistogram clean = hills(256, {{3e5, 120, 8}}, 12);
    clean.counts[0] = 700'000;
    clean = with_ends(std::move(clean));
    const std::optional<AirThreshold> air = find_air(clean, {});
    REQUIRE(air);
    CHECK(air->threshold > 0);
    CHECK(air->threshold <= 115);
}

TEST_CASE("where there is no air, none is found", "[intensity]") {
    const Dehaze automatic{};
    ValueHistogram nothing;
    nothing.counts.resize(256);
    CHECK_FALSE(find_air(nothing, automatic));
    CHECK_FALSE(find_air(nothing, levels(3)));
    ValueHistogram constant = nothing;
    constant.counts[17] = constant.at_lowest = constant.at_highest = 1000;
    CHECK_FALSE(find_air(constant, automatic));
    CHECK_FALSE(find_air(constant, levels(3)));
    // One tissue, and nothing else.
    CHECK_FALSE(find_air(hills(65536, {{1e6, 20000, 500}}, 13), automatic));
    CHECK_FALSE(find_air(hills(256, {{1e6, 120, 6}}, 14), automatic));
    // All values equally often.
    ValueHistogram plain;
    plain.counts.assign(65536, 20);
    CHECK_FALSE(find_air(with_ends(plain), automatic));
    // A first peak that is not the darkest: little air, much tissue, some bone.
    CHECK_FALSE(find_air(hills(65536, {{5e4, 1000, 100}, {9e5, 3000, 100}, {5e4, 6000, 200}}, 15), automatic));
    // Chance alone.
    std::mt19937 random(3);
    for (int trial = 0; trial < 50; ++trial) {
        ValueHistogram few;
        few.counts.resize(256);
        for (int i = 0; i < 20; ++i) ++few.counts[random() % 256];
        (void)find_air(with_ends(few), automatic);
        for (int level = 1; level <= 5; ++level) (void)find_air(with_ends(few), levels(level));
    }
}

TEST_CASE("values that come in steps have the peak of those without", "[intensity]") {
    const ValueHistogram narrow = hills(256, {{7e5, 60, 6}, {3e5, 150, 9}}, 16);
    const std::optional<AirThreshold> wanted = find_air(narrow, {});
    REQUIRE(wanted);
    for (const std::size_t step : {2U, 3U, 8U, 257U}) {
        CAPTURE(step);
        ValueHistogram wide;
        wide.counts.resize(256 * step);
        for (std::size_t v = 0; v < 256; ++v) wide.counts[v * step] = narrow.counts[v];
        const std::optional<AirThreshold> air = find_air(with_ends(wide), {});
        REQUIRE(air);
        CHECK(air->threshold / static_cast<double>(step) == Approx(wanted->threshold).margin(6));
    }
}
