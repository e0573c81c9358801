#include "intensity/to_float.hpp"
#include "intensity/to_sample.hpp"

#include "support/catch.hpp"
#include "support/reference.hpp"
#include "support/volume.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using stack2nrrd::Channel;
using stack2nrrd::Colour;
using stack2nrrd::ImageInfo;
using stack2nrrd::LinearMap;
using stack2nrrd::Range;
using stack2nrrd::SampleType;
using stack2nrrd::Window;
using Doubles = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

/// All values of an 8- or 16-bit type.
Doubles all_values(SampleType type) {
    Doubles values;
    for (double v = support::lowest(type); v <= support::highest(type); ++v) values.push_back(v);
    return values;
}

Doubles some_values(SampleType type) {
    if (stack2nrrd::sample_bytes(type) <= 2) return all_values(type);
    Doubles values{0, 1, 2, 255, 256, 65535, 65536, 1e6, support::highest(type), support::highest(type) - 1};
    if (support::lowest(type) < 0) values.insert(values.end(), {-1, -2, -1e6, support::lowest(type)});
    if (support::is_float(type)) values.insert(values.end(), {0.5, -0.5, 0x1p-100, infinity, -infinity});
    return values;
}

template <class Real>
struct Row {
    std::vector<Real> numbers;
    std::vector<Real> nan;
    bool any_nan = false;
};

/// Converts a row through an address that is not aligned.
template <class Real>
Row<Real> converted(const Doubles& samples, SampleType type, Colour colour, Channel channel, Range columns = {}) {
    ImageInfo image;
    image.colour = colour;
    image.type = type;
    const auto channels = static_cast<std::size_t>(image.channels());
    image.width = static_cast<stack2nrrd::Index>(samples.size() / channels);
    if (columns.empty()) columns = {0, image.width};
    const std::vector<std::byte> bytes = support::to_bytes(samples, type);
    std::vector<std::byte> shifted(bytes.size() + 1);
    std::memcpy(shifted.data() + 1, bytes.data(), bytes.size());
    const std::size_t made = static_cast<std::size_t>(columns.size()) * (channel == Channel::all ? channels : 1);
    Row<Real> row{std::vector<Real>(made + 1, Real(-77)), std::vector<Real>(made + 1, Real(0)), false};
    row.any_nan = stack2nrrd::row_conversion<Real>(image, channel)(shifted.data() + 1, columns, row.numbers.data(),
                                                                   row.nan.data());
    CHECK(row.numbers.back() == Real(-77));  // nothing is written beyond
    CHECK(row.nan.back() == Real(0));
    row.numbers.pop_back();
    row.nan.pop_back();
    return row;
}

template <class Real>
Doubles sampled(const std::vector<Real>& numbers, const LinearMap& map, SampleType type,
                const std::vector<Real>& nan = {}, stack2nrrd::Losses* losses = nullptr) {
    std::vector<std::byte> bytes(numbers.size() * stack2nrrd::sample_bytes(type));
    const stack2nrrd::Losses lost = stack2nrrd::to_samples(numbers.data(), nan.empty() ? nullptr : nan.data(),
                                                           numbers.size(), map, type, true, bytes.data());
    if (losses != nullptr) *losses = lost;
    return support::from_bytes(bytes, type);
}

}  // namespace

TEST_CASE("every sample comes back as it was", "[intensity]") {
    for (const SampleType type : support::all_types) {
        const Doubles values = some_values(type);
        INFO(stack2nrrd::sample_type_name(type));
        const Row<double> row = converted<double>(values, type, Colour::grey, Channel::luma);
        CHECK_FALSE(row.any_nan);
        CHECK(sampled(row.numbers, stack2nrrd::intensity_map(type, type, {}), type) == values);
        if (!stack2nrrd::fits_single(type)) continue;
        const Row<float> single = converted<float>(values, type, Colour::grey, Channel::luma);
        CHECK(sampled(single.numbers, stack2nrrd::intensity_map(type, type, {}), type) == values);
    }
    CHECK(stack2nrrd::fits_single(SampleType::uint8));
    CHECK(stack2nrrd::fits_single(SampleType::int16));
    CHECK_FALSE(stack2nrrd::fits_single(SampleType::uint32));
    CHECK_FALSE(stack2nrrd::fits_single(SampleType::int32));
    CHECK_FALSE(stack2nrrd::fits_single(SampleType::float64));
}

TEST_CASE("every 8- and 16-bit value becomes every type", "[intensity]") {
    for (const SampleType from : {SampleType::uint8, SampleType::int8, SampleType::uint16, SampleType::int16}) {
        const Doubles values = all_values(from);
        const Row<float> row = converted<float>(values, from, Colour::grey, Channel::luma);
        for (const SampleType to : support::all_types) {
            const Doubles made = sampled(row.numbers, stack2nrrd::intensity_map(from, to, {}), to);
            std::int64_t wrong = 0;
            for (std::size_t i = 0; i < values.size(); ++i)
                wrong += made[i] != reference::rounded(values[i], to) ? 1 : 0;
            INFO(stack2nrrd::sample_type_name(from) << " to " << stack2nrrd::sample_type_name(to));
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("numbers are rounded half up and clamped", "[intensity]") {
    const Doubles numbers{0.5,      0.49999997, -0.5,     -0.50000006, 1.5,     2.5,     -1.5,    -2.5,   127.5,
                          127.4,    128,        254.5,    255.4,       255.5,   256,     1e9,     -128.4, -128.5,
                          -128.6,   -129,       -1e9,     32767.4,     32767.5, 65535.4, 65535.5, 1e30,   -1e30,
                          -32768.5, -32768.6,   infinity, -infinity,   0,       -0.0};
    for (const SampleType type : support::all_types) {
        if (support::is_float(type)) continue;
        INFO(stack2nrrd::sample_type_name(type));
        std::vector<float> singles;
        for (const double v : numbers) singles.push_back(static_cast<float>(v));
        Doubles expected;
        Doubles expected_single;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            expected.push_back(reference::rounded(numbers[i], type));
            expected_single.push_back(reference::rounded(singles[i], type));
        }
        CHECK(sampled(numbers, {}, type) == expected);
        CHECK(sampled(singles, {}, type) == expected_single);
    }
    // 32 bits to their ends
    CHECK(sampled(Doubles{4294967295.0, 4294967294.5, 4294967294.4, 4294967296.0, -0.6}, {}, SampleType::uint32) ==
          Doubles{4294967295.0, 4294967295.0, 4294967294.0, 4294967295.0, 0});
    CHECK(sampled(Doubles{2147483647.0, 2147483647.5, -2147483648.0, -2147483648.6, -2147483647.5}, {},
                  SampleType::int32) ==
          Doubles{2147483647.0, 2147483647.0, -2147483648.0, -2147483648.0, -2147483647.0});
}

namespace {

template <class Sample>
std::vector<Sample> wide(const Doubles& numbers, SampleType type) {
    std::vector<Sample> samples(numbers.size());
    stack2nrrd::to_samples<double>(numbers.data(), nullptr, numbers.size(), {}, type, true,
                                   reinterpret_cast<std::byte*>(samples.data()));
    return samples;
}

template <class To, class From>
std::vector<To> cast(SampleType from, SampleType to, const std::vector<From>& samples) {
    std::vector<To> result(samples.size());
    stack2nrrd::cast_samples(reinterpret_cast<const std::byte*>(samples.data()), from, samples.size(), to,
                             reinterpret_cast<std::byte*>(result.data()));
    return result;
}

template <class Integer>
using Ends = std::numeric_limits<Integer>;

}  // namespace

TEST_CASE("numbers become 64-bit integers, exact to their ends", "[intensity]") {
    using I = std::int64_t;
    using U = std::uint64_t;
    constexpr double two_63 = 9223372036854775808.0;
    CHECK(wide<I>({0.5, -0.5, -0.6, 1.5, 0.49999999999999994, -1e-300, 4503599627370497.0, 4503599627370495.5,
                   -4503599627370495.5, 9007199254740993.0, two_63, two_63 - 1024, -two_63, -two_63 - 2048, infinity,
                   -infinity, 1e30},
                  SampleType::int64) == std::vector<I>{1, 0, -1, 2, 0, 0, 4503599627370497, 4503599627370496,
                                                       -4503599627370495, 9007199254740992, Ends<I>::max(),
                                                       Ends<I>::max() - 1023, Ends<I>::min(), Ends<I>::min(),
                                                       Ends<I>::max(), Ends<I>::min(), Ends<I>::max()});
    CHECK(wide<U>({-0.5, -0.6, -1e30, two_63, 2 * two_63 - 2048, 2 * two_63, infinity}, SampleType::uint64) ==
          std::vector<U>{0, 0, 0, U{1} << 63, Ends<U>::max() - 2047, Ends<U>::max(), Ends<U>::max()});
}

TEST_CASE("64-bit integers are cast without a loss, or clamped", "[intensity]") {
    using I = std::int64_t;
    using U = std::uint64_t;
    const std::vector<I> signs{Ends<I>::min(), Ends<I>::max(), 9007199254740993, -1, 300};
    CHECK(cast<I>(SampleType::int64, SampleType::int64, signs) == signs);
    CHECK(cast<U>(SampleType::int64, SampleType::uint64, signs) ==
          std::vector<U>{0, Ends<U>::max() >> 1, 9007199254740993U, 0, 300});
    CHECK(cast<std::uint8_t>(SampleType::int64, SampleType::uint8, signs) ==
          std::vector<std::uint8_t>{0, 255, 255, 0, 255});
    CHECK(cast<std::int32_t>(SampleType::int64, SampleType::int32, signs) ==
          std::vector<std::int32_t>{Ends<std::int32_t>::min(), Ends<std::int32_t>::max(), Ends<std::int32_t>::max(), -1,
                                    300});
    CHECK(cast<double>(SampleType::int64, SampleType::float64, signs) ==
          Doubles{-9223372036854775808.0, 9223372036854775808.0, 9007199254740992.0, -1, 300});
    CHECK(cast<I>(SampleType::uint64, SampleType::int64, std::vector<U>{Ends<U>::max(), 7}) ==
          std::vector<I>{Ends<I>::max(), 7});
    CHECK(cast<U>(SampleType::float64, SampleType::uint64, Doubles{infinity, -3, 1e19, std::nan("")}) ==
          std::vector<U>{Ends<U>::max(), 0, 10000000000000000000U, 0});
}

TEST_CASE("64-bit integers that no double equals are noticed", "[intensity]") {
    const auto beyond = [](std::int64_t value) {
        const std::vector<std::int64_t> samples{5, value, 5};
        return stack2nrrd::beyond_double(SampleType::int64, reinterpret_cast<const std::byte*>(samples.data()), 3, 1);
    };
    const std::int64_t far = 9007199254740992;  // 2^53
    for (const std::int64_t value : {std::int64_t{0}, far, far + 2, -far, Ends<std::int64_t>::min()}) {
        CHECK_FALSE(beyond(value));
    }
    for (const std::int64_t value : {far + 1, -far - 1, 2 * far + 2, Ends<std::int64_t>::max()}) CHECK(beyond(value));
    const std::vector<std::uint64_t> pair{Ends<std::uint64_t>::max(), 1, 2, 3};
    const auto* bytes = reinterpret_cast<const std::byte*>(pair.data());
    CHECK(stack2nrrd::beyond_double(SampleType::uint64, bytes, 2, 2));
    CHECK_FALSE(stack2nrrd::beyond_double(SampleType::uint64, bytes + 8, 2, 2));
    CHECK_FALSE(stack2nrrd::beyond_double(SampleType::float64, bytes, 4, 1));
}

TEST_CASE("floats pass as they are", "[intensity]") {
    const Doubles odd{-0.0, 0.0, infinity, -infinity, std::numeric_limits<double>::denorm_min(), 1e308, -1.5};
    const Doubles made = sampled(odd, {}, SampleType::float64);
    for (std::size_t i = 0; i < odd.size(); ++i)
        CHECK(std::bit_cast<std::uint64_t>(made[i]) == std::bit_cast<std::uint64_t>(odd[i]));
    CHECK(std::signbit(sampled(Doubles{-0.0}, {}, SampleType::float32)[0]));
}

TEST_CASE("what fell on NaN is made good", "[intensity]") {
    stack2nrrd::Losses losses;
    const Doubles numbers{3, 3, 3, 0, 3, 3, 3, 3};
    const Doubles nan{0, 0.25, 0.5, 1, -0.5, 0.75, 0.75 + 1e-6, 1.5};
    Doubles made = sampled(numbers, {}, SampleType::float64, nan, &losses);
    CHECK(made[0] == 3);
    CHECK(made[1] == 4);
    CHECK(made[2] == 6);
    CHECK(std::isnan(made[3]));
    CHECK(made[4] == 2);
    CHECK(made[5] == 12);        // a quarter of the weight is enough
    CHECK(std::isnan(made[6]));  // less is not
    CHECK(std::isnan(made[7]));  // nor is a weight below zero
    CHECK(losses.nan == 0);
    made = sampled(numbers, {}, SampleType::int16, nan, &losses);
    CHECK(made == Doubles{3, 4, 6, 0, 2, 12, 0, 0});
    CHECK(losses.nan == 3);
    // What rounding leaves of nothing is nothing; what it takes from a quarter does not count.
    CHECK(std::isnan(sampled(Doubles{1e-16}, {}, SampleType::float64, Doubles{1 - 1.1e-16})[0]));
    CHECK(sampled(Doubles{1}, {}, SampleType::float64, Doubles{0.75 + 1e-15})[0] == Approx(4));
    CHECK(std::isnan(sampled(Doubles{no_number}, {}, SampleType::float64)[0]));
}

TEST_CASE("NaN in a row is marked and counts as 0", "[intensity]") {
    for (const SampleType type : {SampleType::float32, SampleType::float64}) {
        Row<double> row = converted<double>({1, no_number, 3, infinity}, type, Colour::grey, Channel::luma);
        CHECK(row.any_nan);
        CHECK(row.numbers == Doubles{1, 0, 3, infinity});
        CHECK(row.nan == Doubles{0, 1, 0, 0});
        row = converted<double>({1, 2, no_number, 4, 5, 6}, type, Colour::rgb, Channel::luma);
        CHECK(row.nan == Doubles{1, 0});
        row = converted<double>({1, 2, no_number, 4, 5, 6}, type, Colour::rgb, Channel::all);
        CHECK(row.nan == Doubles{0, 0, 1, 0, 0, 0});
        // Only what is wanted counts.
        row = converted<double>({1, 2, no_number, 4, 5, 6}, type, Colour::rgb, Channel::c1);
        CHECK_FALSE(row.any_nan);
        CHECK(row.numbers == Doubles{2, 5});
        row = converted<double>({no_number, 1, 2}, type, Colour::grey, Channel::luma, {1, 3});
        CHECK_FALSE(row.any_nan);
    }
}

TEST_CASE("channels and columns", "[intensity]") {
    const double middle = stack2nrrd::bias(SampleType::uint16);
    Doubles samples;
    for (const Colour colour : {Colour::grey, Colour::grey_alpha, Colour::rgb, Colour::rgba}) {
        const int channels = stack2nrrd::channel_count(colour);
        samples.clear();
        for (int i = 0; i < channels * 9; ++i) samples.push_back(i * 1000);
        const Range columns{2, 7};
        for (int c = 0; c < channels; ++c) {
            const auto row = converted<double>(samples, SampleType::uint16, colour, static_cast<Channel>(c), columns);
            REQUIRE(row.numbers.size() == 5);
            for (int i = 0; i < 5; ++i)
                CHECK(row.numbers[static_cast<std::size_t>(i)] + middle == ((i + 2) * channels + c) * 1000);
        }
        const auto all = converted<double>(samples, SampleType::uint16, colour, Channel::all, columns);
        REQUIRE(all.numbers.size() == 5 * static_cast<std::size_t>(channels));
        for (std::size_t i = 0; i < all.numbers.size(); ++i)
            CHECK(all.numbers[i] + middle == (2.0 * channels + static_cast<double>(i)) * 1000);
        const auto luma = converted<double>(samples, SampleType::uint16, colour, Channel::luma, columns);
        for (int i = 0; i < 5; ++i) {
            const double r = (i + 2) * channels * 1000;
            const double expected = channels < 3 ? r : 0.2126 * r + 0.7152 * (r + 1000) + 0.0722 * (r + 2000);
            CHECK(luma.numbers[static_cast<std::size_t>(i)] + middle == Approx(expected).epsilon(1e-14));
        }
        CHECK(stack2nrrd::selected_colour(Channel::all, colour) == colour);
        CHECK(stack2nrrd::selected_colour(Channel::luma, colour) == Colour::grey);
        CHECK(stack2nrrd::selected_colour(static_cast<Channel>(channels - 1), colour) == Colour::grey);
        stack2nrrd::ImageInfo image;
        image.colour = colour;
        CHECK_THROWS_AS(stack2nrrd::selected_channel(static_cast<Channel>(channels), image), stack2nrrd::Error);
    }
}

TEST_CASE("grey colour has the luma of its grey, for every value", "[intensity]") {
    for (const SampleType type : {SampleType::uint8, SampleType::int8, SampleType::uint16, SampleType::int16}) {
        const Doubles values = all_values(type);
        Doubles colour;
        for (const double v : values) colour.insert(colour.end(), {v, v, v});
        CHECK((converted<float>(colour, type, Colour::rgb, Channel::luma).numbers ==
               converted<float>(values, type, Colour::grey, Channel::luma).numbers));
        CHECK((converted<double>(colour, type, Colour::rgb, Channel::luma).numbers ==
               converted<double>(values, type, Colour::grey, Channel::luma).numbers));
    }
}

TEST_CASE("windows map their ends to the ends of the type", "[intensity]") {
    for (const SampleType from : {SampleType::uint8, SampleType::int16, SampleType::uint16, SampleType::float64}) {
        const double middle = stack2nrrd::bias(from);
        for (const Window window : {Window{0, 255}, Window{10, 20}, Window{-5.5, 1000}}) {
            for (const SampleType to : support::all_types) {
                const LinearMap map = stack2nrrd::intensity_map(from, to, window);
                const double bottom = support::is_float(to) ? 0 : support::lowest(to);
                const double top = support::is_float(to) ? 1 : support::highest(to);
                const Doubles made =
                    sampled(Doubles{window.low - middle, window.high - middle, (window.low + window.high) / 2 - middle,
                                    window.low - 1000 - middle},
                            map, to);
                INFO(stack2nrrd::sample_type_name(from)
                     << " to " << stack2nrrd::sample_type_name(to) << ' ' << window.low);
                CHECK(made[0] == Approx(bottom).margin(1e-6));
                CHECK(made[1] == Approx(top).epsilon(1e-7));
                if (!support::is_float(to)) {
                    CHECK(made[0] == bottom);
                    CHECK(made[1] == top);
                    CHECK(made[3] == bottom);
                    CHECK(std::abs(made[2] - (bottom + top) / 2) <= 1);
                }
            }
        }
    }
}
