// Percentiles by counting against percentiles by sorting.

#include "intensity/percentiles.hpp"

#include "intensity/to_float.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace {

using stack2nrrd::Percentiles;
using stack2nrrd::SampleType;

constexpr std::array<double, 2> hundredths{1, 99};

struct Found {
    double low = 0;
    double high = 0;
    std::optional<double> padding{};

    friend bool operator==(const Found&, const Found&) = default;
};

/// The lowest value that at least a share of `sorted` does not exceed, `share` being in thousandths of a percent.
double by_sorting(const std::vector<double>& sorted, std::size_t share) {
    std::size_t at = 0;
    while (100'000 * (at + 1) < share * sorted.size()) ++at;
    return sorted[at];
}

/// Of what is no padding: the lowest value, if more than a hundredth of the samples, but not all, have it.
Found by_sorting(std::vector<double> samples, std::size_t low, std::size_t high) {
    std::sort(samples.begin(), samples.end());
    const auto end = std::upper_bound(samples.begin(), samples.end(), samples.front());
    Found found;
    if (100 * (end - samples.begin()) > static_cast<std::ptrdiff_t>(samples.size()) && end != samples.end()) {
        found.padding = samples.front();
        samples.erase(samples.begin(), end);
    }
    found.low = by_sorting(samples, low);
    found.high = by_sorting(samples, high);
    return found;
}

/// By counting, in two lots as two threads would.
Found by_counting(SampleType type, const std::vector<double>& samples,
                  const std::array<double, 2>& shares = hundredths) {
    std::vector<double> numbers;
    std::vector<double> nan;
    for (const double sample : samples) {
        nan.push_back(std::isnan(sample) ? 1 : 0);
        numbers.push_back(std::isnan(sample) ? 0 : sample - stack2nrrd::bias(type));
    }
    Percentiles percentiles(type, shares);
    const std::size_t half = samples.size() / 3;
    for (int pass = 0; pass < percentiles.passes(); ++pass) {
        std::vector<Percentiles::Counts> counts{percentiles.no_counts(), percentiles.no_counts()};
        percentiles.count(numbers.data(), nan.data(), half, counts[0]);
        percentiles.count(numbers.data() + half, nan.data() + half, samples.size() - half, counts[1]);
        REQUIRE(percentiles.end_pass(counts));
    }
    return {percentiles.values().first, percentiles.values().second, percentiles.padding()};
}

}  // namespace

TEST_CASE("percentiles by counting are those by sorting", "[intensity]") {
    struct Shares {
        std::array<double, 2> percent;
        std::size_t low, high;
    };
    for (const Shares& shares : {Shares{{1, 99}, 1000, 99'000},
                                 {{.01, 99.99}, 10, 99'990},
                                 {{0, 100}, 0, 100'000},
                                 {{.1, 99.9}, 100, 99'900},
                                 {{33.333, 50}, 33'333, 50'000}}) {
        for (const SampleType type : support::all_types) {
            for (const std::int64_t n : {2, 3, 99, 100, 101, 199, 200, 201, 5000, 20'000}) {
                for (const std::int64_t padded : {std::int64_t{1}, n / 100, n / 100 + 1, n / 3, n - 1}) {
                    std::vector<double> samples =
                        phantom::noise({n, 1, 1}, type, static_cast<std::uint32_t>(n)).samples;
                    for (double& sample : samples) {
                        if (type == SampleType::float64) sample = static_cast<float>(sample);
                    }
                    double lowest = support::lowest(type);
                    if (type == SampleType::float64) lowest = -std::numeric_limits<float>::max();
                    for (std::int64_t i = 0; i < padded; ++i) samples[static_cast<std::size_t>(i * 7919 % n)] = lowest;
                    INFO(stack2nrrd::sample_type_name(type) << ' ' << n << ' ' << padded << ' ' << shares.percent[0]);
                    const Found found = by_counting(type, samples, shares.percent);
                    const Found wanted = by_sorting(samples, shares.low, shares.high);
                    CHECK(found.low == wanted.low);
                    CHECK(found.high == wanted.high);
                    CHECK(found.padding == wanted.padding);
                }
            }
        }
    }
}

TEST_CASE("the lowest value is padding if more than a hundredth of the samples have it", "[intensity]") {
    const auto found = [](SampleType type, std::size_t zeros, double last) {
        std::vector<double> samples(1000, 50);
        std::fill_n(samples.begin(), zeros, 0);
        samples.back() = last;
        return by_counting(type, samples);
    };
    for (const SampleType type : {SampleType::uint8, SampleType::uint32, SampleType::float32, SampleType::int64}) {
        CHECK(found(type, 11, 90) == Found{50, 50, 0});
        CHECK(found(type, 10, 90) == Found{0, 50, std::nullopt});
        CHECK(found(type, 999, 90) == Found{90, 90, 0});
        CHECK(by_counting(type, {7, 7, 7}) == Found{7, 7, std::nullopt});  // nothing else is there
    }
    // The next value is close to it.
    const double next = std::nextafter(1.F, 2.F);
    CHECK(by_counting(SampleType::float32, {1, 1, next, 3}) == Found{next, 3, 1});
}

TEST_CASE("percentiles of 64-bit integers are found to the precision of doubles", "[intensity]") {
    for (const SampleType type : {SampleType::int64, SampleType::uint64}) {
        for (const double range : {1e3, 1e9, 1e15, 9e18}) {
            const double low = type == SampleType::int64 ? -range : 0;
            std::vector<double> samples = phantom::noise({3001, 1, 1}, low, range, true, 5).samples;
            std::vector<double> sorted = samples;
            std::sort(sorted.begin(), sorted.end());
            const Found found = by_counting(type, samples);
            CHECK(found.low == by_sorting(sorted, 1000));
            CHECK(found.high == by_sorting(sorted, 99'000));
        }
    }
    CHECK(Percentiles(SampleType::int64, hundredths).passes() == 4);
}

TEST_CASE("percentiles of floats leave out what has no value", "[intensity]") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    for (const SampleType type : {SampleType::float32, SampleType::float64}) {
        CHECK(by_counting(type, {none, 3, infinity, -infinity, -2.5, none, 0}) == Found{0, 3, -2.5});
        CHECK(by_counting(type, {-0.0, 0.0, -0.0}) == Found{0, 0, std::nullopt});
    }
    CHECK(by_counting(SampleType::float64, {-1e300, 0, 1e300}).high ==
          static_cast<double>(std::numeric_limits<float>::max()));
    CHECK(by_counting(SampleType::float64, {0.1, 0.2}).padding == static_cast<double>(0.1F));
    Percentiles percentiles(SampleType::float32, hundredths);
    std::vector<Percentiles::Counts> counts{percentiles.no_counts()};
    percentiles.count(&none, nullptr, 1, counts[0]);
    CHECK(percentiles.end_pass(counts));
    CHECK(percentiles.samples() == 0);
}

TEST_CASE("percentiles of luma are rounded", "[intensity]") {
    CHECK(by_counting(SampleType::uint8, {10.4, 11.5, 255}) == Found{12, 255, 10});
    CHECK(by_counting(SampleType::uint8, {255.2, 254.5}) == Found{255, 255, std::nullopt});
    CHECK(by_counting(SampleType::uint8, {-0.2, 0.2, 0.6}) == Found{1, 1, 0});
    CHECK(by_counting(SampleType::uint32, {4294967294.6, 7.2}) == Found{4294967295.0, 4294967295.0, 7});
}

TEST_CASE("percentiles know when the second pass sees other samples", "[intensity]") {
    const auto passes = [](const std::vector<double>& first, const std::vector<double>& second) {
        Percentiles percentiles(SampleType::float32, hundredths);
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
    CHECK_FALSE(passes({1, 2, 3, 4}, {1, 2, 2, 3, 4}));
    CHECK_FALSE(passes({1, 1, 1, 1}, {}));
}
