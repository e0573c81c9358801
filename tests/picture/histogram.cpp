// Histograms against a slow twin, which looks for the width of the bins from the narrowest on.

#include "picture/histogram.hpp"

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <vector>

using stack2nrrd::Histogram;
using stack2nrrd::SampleType;

namespace {

struct Twin {
    double width = 0;
    std::map<double, std::int64_t> counts;  ///< by floor(v / width)
};

Twin twin_of(const std::vector<double>& values, bool whole) {
    double farthest = 0;
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (const double v : values) {
        if (!std::isfinite(v)) continue;
        farthest = std::max(farthest, std::abs(v));
        least = std::min(least, v);
        most = std::max(most, v);
    }
    Twin twin;
    for (int k = whole ? 0 : -1000;; ++k) {
        const double width = std::ldexp(1.0, k);
        if (farthest / width >= std::ldexp(1.0, 40)) continue;
        if (std::floor(most / width) - std::floor(least / width) >= 4096) continue;
        twin.width = width;
        break;
    }
    for (const double v : values) {
        if (std::isfinite(v)) ++twin.counts[std::floor(v / twin.width)];
    }
    return twin;
}

/// In pieces, as slices come.
Histogram counted(const std::vector<double>& values, SampleType type, std::size_t piece) {
    Histogram histogram(type);
    for (std::size_t i = 0; i < values.size(); i += piece) {
        const std::span<const double> part = std::span(values).subspan(i, std::min(piece, values.size() - i));
        histogram.add(support::to_bytes(part, type));
    }
    return histogram;
}

void compare(const std::vector<double>& values, SampleType type, std::size_t piece) {
    const Histogram histogram = counted(values, type, piece);
    const Twin twin = twin_of(values, !support::is_float(type));
    CHECK(histogram.width() == twin.width);
    const std::vector<std::int64_t> counts = histogram.counts();
    REQUIRE_FALSE(counts.empty());
    CHECK(static_cast<double>(histogram.first()) == twin.counts.begin()->first);
    CHECK(counts.size() <= 4096);
    std::int64_t total = 0;
    bool same = true;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto found = twin.counts.find(static_cast<double>(histogram.first()) + static_cast<double>(i));
        same = same && counts[i] == (found == twin.counts.end() ? 0 : found->second);
        total += counts[i];
    }
    CHECK(same);
    CHECK(counts.back() > 0);
    CHECK(total == histogram.total());
    CHECK(total + histogram.not_finite() == static_cast<std::int64_t>(values.size()));
}

}  // namespace

TEST_CASE("histograms of all types, in pieces of any size and order", "[picture]") {
    for (const SampleType type : support::all_types) {
        std::vector<double> values = phantom::noise({17, 13, 11}, type).samples;
        CAPTURE(stack2nrrd::sample_type_name(type));
        compare(values, type, 17 * 13);
        compare(values, type, 1);
        compare(values, type, values.size());
        // From a single value to the whole range: the bins widen on the way.
        std::sort(values.begin(), values.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
        compare(values, type, 7);
        std::reverse(values.begin(), values.end());
        compare(values, type, 7);
    }
}

TEST_CASE("histograms of few values, far values and none", "[picture]") {
    constexpr double most = std::numeric_limits<double>::max();
    const double nan = std::nan("");
    for (const std::vector<double>& values :
         std::vector<std::vector<double>>{{0},
                                          {5},
                                          {1, 1},
                                          {-5, -5},
                                          {0, 0, 1},
                                          {1e-300, 2e-300},
                                          {most, -most},
                                          {most, 0, 1e-300},
                                          {1e9, 1e9 + 0.25, 1e9 + 1000},
                                          {nan, 1.5, -1.5, std::numeric_limits<double>::infinity()},
                                          {-0.25, 0.25, 1e6}}) {
        CAPTURE(values);
        compare(values, SampleType::float64, 1);
        compare(values, SampleType::float64, 3);
    }
    compare({2e9, 2e9 + 5}, SampleType::int32, 1);
    compare({-2147483648.0, 2147483647.0}, SampleType::int32, 1);
    const Histogram none = counted({nan, nan}, SampleType::float32, 1);
    CHECK(none.counts().empty());
    CHECK(none.total() == 0);
    CHECK(none.not_finite() == 2);
}

TEST_CASE("histograms of integers of 64 bits", "[picture]") {
    Histogram histogram(SampleType::uint64);
    const std::vector<std::uint64_t> values{0, 1, std::numeric_limits<std::uint64_t>::max()};
    histogram.add(std::as_bytes(std::span(values)));
    const std::vector<std::int64_t> counts = histogram.counts();
    CHECK(counts.front() == 2);
    CHECK(counts.back() == 1);
    CHECK(histogram.total() == 3);
}
