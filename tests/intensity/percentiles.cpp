// Percentiles by counting against percentiles by sorting.

#include "intensity/percentiles.hpp"

#include "intensity/to_float.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace {

using stack2nrrd::Percentiles;
using stack2nrrd::SampleType;

/// The lowest value that at least `percent` of `sorted` do not exceed.
double by_sorting(const std::vector<double>& sorted, std::size_t percent) {
    std::size_t at = 0;
    while (100 * (at + 1) < percent * sorted.size()) ++at;
    return sorted[at];
}

/// By counting, in two lots as two threads would.
std::pair<double, double> by_counting(SampleType type, const std::vector<double>& samples) {
    std::vector<double> numbers;
    std::vector<double> nan;
    for (const double sample : samples) {
        nan.push_back(std::isnan(sample) ? 1 : 0);
        numbers.push_back(std::isnan(sample) ? 0 : sample - stack2nrrd::bias(type));
    }
    Percentiles percentiles(type);
    const std::size_t half = samples.size() / 3;
    for (int pass = 0; pass < percentiles.passes(); ++pass) {
        std::vector<Percentiles::Counts> counts{percentiles.no_counts(), percentiles.no_counts()};
        percentiles.count(numbers.data(), nan.data(), half, counts[0]);
        percentiles.count(numbers.data() + half, nan.data() + half, samples.size() - half, counts[1]);
        REQUIRE(percentiles.end_pass(counts));
    }
    return percentiles.values();
}

}  // namespace

TEST_CASE("percentiles by counting are those by sorting", "[intensity]") {
    for (const SampleType type : support::all_types) {
        for (const std::int64_t n : {1, 2, 99, 100, 101, 199, 200, 201, 5000}) {
            std::vector<double> samples = phantom::noise({n, 1, 1}, type, static_cast<std::uint32_t>(n)).samples;
            for (double& sample : samples) {
                if (type == SampleType::float64) sample = static_cast<float>(sample);
            }
            samples.front() = support::lowest(type);
            if (type == SampleType::float64) samples.front() = -std::numeric_limits<float>::max();
            std::vector<double> sorted = samples;
            std::sort(sorted.begin(), sorted.end());
            const auto found = by_counting(type, samples);
            INFO(stack2nrrd::sample_type_name(type) << ' ' << n);
            CHECK(found.first == by_sorting(sorted, 1));
            CHECK(found.second == by_sorting(sorted, 99));
        }
    }
}

TEST_CASE("percentiles of 64-bit integers are found to the precision of doubles", "[intensity]") {
    for (const SampleType type : {SampleType::int64, SampleType::uint64}) {
        for (const double range : {1e3, 1e9, 1e15, 9e18}) {
            const double low = type == SampleType::int64 ? -range : 0;
            std::vector<double> samples = phantom::noise({3001, 1, 1}, low, range, true, 5).samples;
            std::vector<double> sorted = samples;
            std::sort(sorted.begin(), sorted.end());
            const auto found = by_counting(type, samples);
            CHECK(found.first == by_sorting(sorted, 1));
            CHECK(found.second == by_sorting(sorted, 99));
        }
    }
    CHECK(Percentiles(SampleType::int64).passes() == 4);
}

TEST_CASE("percentiles of floats leave out what has no value", "[intensity]") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    for (const SampleType type : {SampleType::float32, SampleType::float64}) {
        CHECK(by_counting(type, {none, 3, infinity, -infinity, -2.5, none, 0}) == std::pair{-2.5, 3.0});
        CHECK(by_counting(type, {-0.0, 0.0, -0.0}) == std::pair{0.0, 0.0});
    }
    CHECK(by_counting(SampleType::float64, {-1e300, 0, 1e300}).second ==
          static_cast<double>(std::numeric_limits<float>::max()));
    CHECK(by_counting(SampleType::float64, {0.1, 0.2}).first == static_cast<double>(0.1F));
    Percentiles percentiles(SampleType::float32);
    std::vector<Percentiles::Counts> counts{percentiles.no_counts()};
    percentiles.count(&none, nullptr, 1, counts[0]);
    CHECK(percentiles.end_pass(counts));
    CHECK(percentiles.samples() == 0);
}

TEST_CASE("percentiles of luma are rounded", "[intensity]") {
    CHECK(by_counting(SampleType::uint8, {10.4, 11.5, 255}) == std::pair{10.0, 255.0});
    CHECK(by_counting(SampleType::uint8, {255.2, 254.5}) == std::pair{255.0, 255.0});
    CHECK(by_counting(SampleType::uint8, {-0.2, 0.2, 0.6}) == std::pair{0.0, 1.0});
    CHECK(by_counting(SampleType::uint32, {4294967294.6, 7.2}) == std::pair{7.0, 4294967295.0});
}

TEST_CASE("percentiles know when the second pass sees other samples", "[intensity]") {
    const auto passes = [](const std::vector<double>& first, const std::vector<double>& second) {
        Percentiles percentiles(SampleType::float32);
        std::vector<Percentiles::Counts> counts{percentiles.no_counts()};
        percentiles.count(first.data(), nullptr, first.size(), counts[0]);
        REQUIRE(percentiles.end_pass(counts));
        counts = {percentiles.no_counts()};
        percentiles.count(second.data(), nullptr, second.size(), counts[0]);
        return percentiles.end_pass(counts);
    };
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    CHECK(passes({1, 2, 3, 4}, {1, 2, 3, 4}));
    CHECK(passes({1, 2, 3, 4}, {4, 3, 2, 1}));
    CHECK_FALSE(passes({1, 2, 3, 4}, {2, 2, 3, 4}));
    CHECK_FALSE(passes({1, 2, 3, 4}, {1, 2, 3, none}));
    CHECK_FALSE(passes({1, 2, 3, 4}, {none, none, none, none}));
    CHECK_FALSE(passes({1, 2, 3, 4}, {1, 1, 2, 3, 4}));
    CHECK_FALSE(passes({1, 1, 1, 1}, {}));
}
