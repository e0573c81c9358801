// Fractions, geometry, text.

#include "core/text.hpp"

#include "support/catch.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/options.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace {

using stack2nrrd::ErrorCode;
using stack2nrrd::Geometry;
using stack2nrrd::Rational;
using Long = long double;

template <class Action>
bool refused(Action action) {
    try {
        static_cast<void>(action());
    } catch (const stack2nrrd::Error& error) {
        return error.code() == ErrorCode::invalid_argument;
    }
    return false;
}

/// How far `d` is from `truth`, in units of the last place of d.
Long ulps(double d, Long truth) {
    const double next = std::nextafter(std::fabs(d), std::numeric_limits<double>::infinity());
    return std::fabs(static_cast<Long>(d) - truth) / (static_cast<Long>(next) - static_cast<Long>(std::fabs(d)));
}

}  // namespace

TEST_CASE("fractions are read exactly", "[core]") {
    struct Row {
        const char* text;
        std::int64_t num, den;
    };
    for (const Row& row : std::vector<Row>{{"2", 2, 1},
                                           {" 2 ", 2, 1},
                                           {"7.3", 73, 10},
                                           {"8/3", 8, 3},
                                           {" 8 / 3 ", 8, 3},
                                           {"4/2", 2, 1},
                                           {"1.50", 3, 2},
                                           {".5", 1, 2},
                                           {"5.", 5, 1},
                                           {"0.5/0.25", 2, 1},
                                           {"1.5/2", 3, 4},
                                           {"0", 0, 1},
                                           {"0/7", 0, 1},
                                           {"007.30", 73, 10},
                                           {"1000000000", 1'000'000'000, 1},
                                           {"0.000000001", 1, 1'000'000'000},
                                           {"1e7", 10'000'000, 1},
                                           {"1E+3", 1000, 1},
                                           {"1.5e3", 1500, 1},
                                           {"25e-1", 5, 2},
                                           {"1e-9", 1, 1'000'000'000},
                                           {"0.001e9", 1'000'000, 1},
                                           {"1e3/1e-3", 1'000'000, 1},
                                           {"999999999/1000000000", 999'999'999, 1'000'000'000}}) {
        INFO(row.text);
        CHECK(stack2nrrd::parse_rational(row.text) == Rational{row.num, row.den});
    }
    for (const char* text : {"",
                             " ",
                             ".",
                             "/",
                             "1/",
                             "/2",
                             "1/0",
                             "1/0.0",
                             "1e",
                             "e3",
                             "1e3.5",
                             "1e-",
                             "1e99",
                             "1e-10",
                             "2e9",
                             "1e18446744073709551616",
                             "-1",
                             "+1",
                             "0x2",
                             "1,5",
                             "2 3",
                             "1/2/3",
                             "nan",
                             "inf",
                             "1..5",
                             "1.5.2",
                             "10000000000",
                             "1/10000000001",
                             "0.00000000001",
                             "99999999999999999999999999",
                             "1/99999999999999999999999",
                             "2x",
                             "--2",
                             "\xC2\xBD"}) {
        INFO('\'' << text << '\'');
        CHECK(refused([&] { return stack2nrrd::parse_rational(text); }));
    }
    // Too many digits may still be a simple number.
    CHECK(stack2nrrd::parse_rational("2.000000") == Rational{2, 1});
}

TEST_CASE("a quotient that was printed as a decimal is the fraction again", "[core]") {
    for (std::int64_t den = 1; den < 1200; den = den * 7 / 5 + 1) {
        for (std::int64_t num = 1; num < 3'000'000; num = num * 4 / 3 + 1) {
            const auto quotient = static_cast<double>(num) / static_cast<double>(den);
            // As C and JSON print it; as Python does (the fewest digits that are this double); as people round it.
            for (const char* format : {"%.17g", "%.16g", "%.25f", "%.17e"}) {
                char text[64];
                std::snprintf(text, sizeof text, format, quotient);
                INFO(num << '/' << den << ' ' << text);
                CHECK(stack2nrrd::parse_rational(text) == stack2nrrd::make_rational(num, den));
            }
        }
    }
    CHECK(stack2nrrd::parse_rational("3.3333333333333335") == Rational{10, 3});
    CHECK(stack2nrrd::parse_rational("7.300000000000001") == Rational{73, 10});
    CHECK(stack2nrrd::parse_rational("0.30000000000000004") == Rational{3, 10});
    CHECK(stack2nrrd::parse_rational("3.3333333333333335/1.5") == Rational{20, 9});
}

TEST_CASE("digits that are no fraction within the limits are the nearest one, or refused", "[core]") {
    std::uint64_t state = 1;
    const auto below = [&](std::uint64_t end) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return (state >> 33U) % end;
    };
    for (int i = 0; i < 300; ++i) {
        const std::string text = std::to_string(1 + below(20)) + "." + std::to_string(1'000'000 + below(999'999)) +
                                 std::to_string(10'000'000 + below(99'999'999));
        const long double x = std::stold(text);
        const Rational r = stack2nrrd::parse_rational(text);
        const auto distance = [&](std::int64_t num, std::int64_t den) {
            return std::abs(static_cast<long double>(num) / static_cast<long double>(den) - x);
        };
        INFO(text << ' ' << r.num << '/' << r.den);
        CHECK(std::max(r.num, r.den) <= stack2nrrd::rational_limit);
        CHECK(distance(r.num, r.den) <= 1e-9L);
        for (std::int64_t den = 1; den < 4000; ++den) {
            const auto num = static_cast<std::int64_t>(std::llround(x * static_cast<long double>(den)));
            if (distance(num, den) < distance(r.num, r.den)) FAIL(num << '/' << den << " is nearer");
        }
    }
    for (const char* text : {"123456789.123", "999999999.5000001", "0.0000000001234", "1.5e-300", "1000000000.1"}) {
        INFO(text);
        CHECK(refused([&] { return stack2nrrd::parse_rational(text); }));
    }
    CHECK(stack2nrrd::parse_rational("999999999.0000000001") == Rational{999'999'999, 1});
    CHECK(stack2nrrd::parse_rational("0.00000000000000000000") == Rational{0, 1});
}

TEST_CASE("fractions are in lowest terms, within their limits", "[core]") {
    CHECK(stack2nrrd::make_rational(6, 4) == Rational{3, 2});
    CHECK(stack2nrrd::make_rational(-6, 4) == Rational{-3, 2});
    CHECK(stack2nrrd::make_rational(6, -4) == Rational{-3, 2});
    CHECK(stack2nrrd::make_rational(-6, -4) == Rational{3, 2});
    CHECK(stack2nrrd::make_rational(0, -4) == Rational{0, 1});
    CHECK(stack2nrrd::make_rational(4'000'000'000, 4) == Rational{1'000'000'000, 1});
    CHECK(refused([] { return stack2nrrd::make_rational(1, 0); }));
    CHECK(refused([] { return stack2nrrd::make_rational(0, 0); }));
    CHECK(refused([] { return stack2nrrd::make_rational(1'000'000'001, 1); }));
    CHECK(refused([] { return stack2nrrd::make_rational(-1'000'000'001, 1); }));
    CHECK(refused([] { return stack2nrrd::make_rational(1, 1'000'000'001); }));
    CHECK(stack2nrrd::to_string(Rational{2, 1}) == "2");
    CHECK(stack2nrrd::to_string(Rational{8, 3}) == "8/3");
    for (const Rational r : {Rational{2, 1}, Rational{73, 10}, Rational{999'999'937, 1'000'000}})
        CHECK(stack2nrrd::parse_rational(stack2nrrd::to_string(r)) == r);
    CHECK(Rational{3, 2}.value() == 1.5);
}

TEST_CASE("products with a fraction are rounded once", "[core]") {
    std::mt19937_64 random(11);
    Long worst = 0;
    std::int64_t off = 0;
    constexpr int turns = 100'000;
    for (int i = 0; i < turns; ++i) {
        const double d = std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 60) - 80) *
                         (random() % 2 == 0 ? 1 : -1);
        const auto num = static_cast<std::int64_t>(random() % 1'000'000'000 + 1);
        const auto den = static_cast<std::int64_t>(random() % (i % 2 == 0 ? 1'000'000'000 : 100) + 1);
        const std::int64_t divisor = std::gcd(num, den);
        const Rational r{num / divisor, den / divisor};
        // d has 53 bits and num 30: their product is not exact in 64, but as two parts it is.
        const auto high = static_cast<Long>(static_cast<float>(d));
        const Long low = static_cast<Long>(d) - high;
        const Long truth = (high * static_cast<Long>(r.num)) / static_cast<Long>(r.den) +
                           (low * static_cast<Long>(r.num)) / static_cast<Long>(r.den);
        const double made = stack2nrrd::multiply(d, r);
        worst = std::max(worst, ulps(made, truth));
        off += made != static_cast<double>(truth) ? 1 : 0;
    }
    CHECK(worst < 0.501L);
    CHECK(off < turns / 1000);  // where a long double sits on a tie
    CHECK(stack2nrrd::multiply(0.1, {3, 1}) == 0.1 * 3);
    CHECK(stack2nrrd::multiply(0.1, {1, 1}) == 0.1);
    CHECK(stack2nrrd::multiply(49.0, {1, 49}) == 1.0);
    CHECK(stack2nrrd::multiply(0.0, {7, 3}) == 0.0);
    // Where the obvious ways go wrong: (d·n)/d has two roundings, d·(n/d) two as well.
    CHECK(stack2nrrd::multiply(0.7, {10, 7}) == static_cast<double>(static_cast<Long>(0.7) * 10 / 7));
    CHECK(stack2nrrd::multiply(17.3, {1, 1000}) == static_cast<double>(static_cast<Long>(17.3) / 1000));
}

TEST_CASE("the geometry of a resampled grid is exact in any orientation", "[core]") {
    std::mt19937 random(5);
    const auto number = [&] { return (static_cast<double>(random()) / 4294967296.0 - 0.5) * 20; };
    for (int turn = 0; turn < 2000; ++turn) {
        Geometry source;
        for (auto& d : source.direction) d = {number(), number(), number()};
        source.origin = {number() * 100, number(), number() * 1e-3};
        std::array<Rational, 3> first{};
        std::array<Rational, 3> step{};
        for (std::size_t a = 0; a < 3; ++a) {
            step[a] = stack2nrrd::make_rational(static_cast<std::int64_t>(random() % 100 + 1),
                                                static_cast<std::int64_t>(random() % 30 + 1));
            first[a] = stack2nrrd::make_rational(static_cast<std::int64_t>(random() % 4000) - 1000, 2 * step[a].den);
        }
        const Geometry made = stack2nrrd::resampled(source, first, step);
        for (std::size_t w = 0; w < 3; ++w) {
            Long origin = source.origin[w];
            Long size = std::fabs(origin);
            for (std::size_t a = 0; a < 3; ++a) {
                const Long shift = static_cast<Long>(source.direction[a][w]) * static_cast<Long>(first[a].num) /
                                   static_cast<Long>(first[a].den);
                origin += shift;
                size = std::max(size, std::fabs(shift));
                CHECK(ulps(made.direction[a][w], static_cast<Long>(source.direction[a][w]) *
                                                     static_cast<Long>(step[a].num) / static_cast<Long>(step[a].den)) <
                      0.501L);
            }
            // Half a unit of the sum, and what the truth itself may have lost where the parts cancel
            CHECK(std::fabs(static_cast<Long>(made.origin[w]) - origin) <=
                  0.501L * std::fabs(std::nextafter(made.origin[w], 1e300) - made.origin[w]) + size * 4e-19L);
        }
    }
}

TEST_CASE("spacing is the length of a direction", "[core]") {
    Geometry g;
    g.direction = {{{0.1, 0, 0}, {0, -0.3, 0}, {0, 3, 4}}};
    CHECK(stack2nrrd::spacing(g, 0) == 0.1);
    CHECK(stack2nrrd::spacing(g, 1) == 0.3);
    CHECK(stack2nrrd::spacing(g, 2) == 5);
    g.direction[0] = {0, 0, 0};
    CHECK(stack2nrrd::spacing(g, 0) == 0);
}

TEST_CASE("numbers are written so that they read back", "[core]") {
    CHECK(stack2nrrd::number_text(0.1) == "0.1");
    CHECK(stack2nrrd::number_text(3) == "3");
    CHECK(stack2nrrd::number_text(-2.5) == "-2.5");
    CHECK(stack2nrrd::number_text(1.0 / 3) == "0.3333333333333333");
    CHECK(stack2nrrd::number_text(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(stack2nrrd::number_text(-std::numeric_limits<double>::infinity()) == "-inf");
    CHECK(stack2nrrd::number_text(std::numeric_limits<double>::quiet_NaN()) == "nan");
    CHECK(stack2nrrd::number_text(-std::numeric_limits<double>::quiet_NaN()) == "nan");
    std::mt19937_64 random(2);
    for (int i = 0; i < 20'000; ++i) {
        const auto d = std::bit_cast<double>(random());
        if (!std::isfinite(d)) continue;
        const std::string text = stack2nrrd::number_text(d);
        REQUIRE(text.size() <= 24);
        REQUIRE(std::strtod(text.c_str(), nullptr) == d);
        const auto again = stack2nrrd::parse_double(text);
        REQUIRE(again.has_value());
        REQUIRE(*again == d);
    }
    for (const char* text : {"", " ", "x", "1x", "1 2", "1,5", "--1", "+-1", "1e", "."}) {
        INFO(text);
        CHECK_FALSE(stack2nrrd::parse_double(text).has_value());
        CHECK_FALSE(stack2nrrd::parse_integer(text).has_value());
    }
    CHECK(stack2nrrd::parse_double(" +1.5e3 ") == 1500.0);
    // All the same with every standard library, whatever it makes numbers of text with.
    for (const char* text : {"0x10", "-0x1p3", "1e400", "-1e400", "1e-400", "nan(", "1d5", "e5", "- 1", "1\v", "in"}) {
        INFO(text);
        CHECK_FALSE(stack2nrrd::parse_double(text).has_value());
    }
    CHECK(stack2nrrd::parse_double("4.9406564584124654e-324") == std::numeric_limits<double>::denorm_min());
    CHECK(stack2nrrd::parse_double("-infinity") == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(stack2nrrd::parse_double("nan(0x1)").value_or(0)));
    CHECK(std::signbit(stack2nrrd::parse_double("-0").value_or(1)));
    CHECK(stack2nrrd::parse_double("0." + std::string(500, '0') + "1e501") == 1.0);  // longer than any room for it
    CHECK(stack2nrrd::parse_double("9007199254740993") == 9007199254740992.0);
    CHECK(stack2nrrd::parse_integer(" -42 ") == -42);
    CHECK(stack2nrrd::parse_integer("+42") == 42);
    CHECK_FALSE(stack2nrrd::parse_integer("99999999999999999999").has_value());
    CHECK_FALSE(stack2nrrd::parse_integer("1.5").has_value());
}

TEST_CASE("fields between separators", "[core]") {
    using Fields = std::vector<std::string_view>;
    CHECK(stack2nrrd::split("1,2,3", ',') == Fields{"1", "2", "3"});
    CHECK(stack2nrrd::split(" 1 , 2 ,3 ", ',') == Fields{"1", "2", "3"});
    CHECK(stack2nrrd::split("1,2,3,", ',') == Fields{"1", "2", "3"});
    CHECK(stack2nrrd::split("1,,3", ',') == Fields{"1", "", "3"});
    CHECK(stack2nrrd::split(",", ',') == Fields{""});
    CHECK(stack2nrrd::split("", ',') == Fields{""});
    CHECK(stack2nrrd::split(",2", ',') == Fields{"", "2"});
    CHECK(stack2nrrd::trimmed(" \t\r\n a b \n") == "a b");
    CHECK(stack2nrrd::trimmed("   ").empty());
    CHECK(stack2nrrd::lower_case("ABC\xC3\x84z") == "abc\xC3\x84z");
    CHECK(stack2nrrd::bytes_text(1536) == "1.5 KiB");
    CHECK(stack2nrrd::bytes_text(512) == "512 bytes");
}

TEST_CASE("triples take one value or three", "[core]") {
    stack2nrrd::Options options;
    stack2nrrd::set_option(options, "factor", "2, 8/3 ,7.3,");
    CHECK(options.axes[0].factor == Rational{2, 1});
    CHECK(options.axes[1].factor == Rational{8, 3});
    CHECK(options.axes[2].factor == Rational{73, 10});
    stack2nrrd::set_option(options, "factor", "3/2");
    for (const auto& axis : options.axes) CHECK(axis.factor == Rational{3, 2});
    for (const char* text : {"1,2", "1,2,3,4", "1,,3", "", "1;2;3", "0.5", "1,1,0.9", "2,2,x"})
        CHECK(refused([&] {
            stack2nrrd::set_option(options, "factor", text);
            return 0;
        }));
    stack2nrrd::set_option(options, "crop", "1:5,,3:9");
    CHECK(options.axes[0].crop == stack2nrrd::Range{1, 5});
    CHECK(options.axes[1].crop == stack2nrrd::Range{});
    CHECK(options.axes[2].crop == stack2nrrd::Range{3, 9});
    for (const char* text : {"1:5", "1:5,", "5:1,,", "1:1,,", "-1:4,,", "1:5,,,2:3", "a:b,,", "1-5,,"}) {
        INFO(text);
        CHECK(refused([&] {
            stack2nrrd::set_option(options, "crop", text);
            return 0;
        }));
    }
}

TEST_CASE("what is shown is one line of valid UTF-8", "[core]") {
    CHECK(stack2nrrd::printable("plain text.tif") == "plain text.tif");
    CHECK(stack2nrrd::printable("M\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x90\x80") ==
          "M\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x90\x80");
    CHECK(stack2nrrd::printable("a\nb\tc\x1B[31m\x7F") == "a\\x0Ab\\x09c\\x1B[31m\\x7F");
    CHECK(stack2nrrd::printable(std::string_view("a\0b", 3)) == "a\\x00b");
    CHECK(stack2nrrd::printable("\xFF\xFE") == "\\xFF\\xFE");
    CHECK(stack2nrrd::printable("a\xC3") == "a\\xC3");
    CHECK(stack2nrrd::printable("\xE2\x82") == "\\xE2\\x82");
    CHECK(stack2nrrd::printable("\x80") == "\\x80");
    CHECK(stack2nrrd::printable("\xC0\xAF") == "\\xC0\\xAF");           // too long a form of '/'
    CHECK(stack2nrrd::printable("\xE0\x80\xAF") == "\\xE0\\x80\\xAF");  // the same in three bytes
    CHECK(stack2nrrd::printable("\xF0\x80\x80\xAF") == "\\xF0\\x80\\x80\\xAF");
    CHECK(stack2nrrd::printable("\xED\xA0\x80") == "\\xED\\xA0\\x80");           // half of a surrogate pair
    CHECK(stack2nrrd::printable("\xF4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80");  // beyond U+10FFFF
    CHECK(stack2nrrd::printable("\xF5\x80\x80\x80") == "\\xF5\\x80\\x80\\x80");
    CHECK(stack2nrrd::printable("\xC2\x9B"
                                "31m") ==
          "\\xC2\\x9B"
          "31m");  // a control character of 8 bits
}

TEST_CASE("types and colours have names", "[core]") {
    for (int i = 0; i < 8; ++i) {
        const auto type = static_cast<stack2nrrd::SampleType>(i);
        CHECK(stack2nrrd::parse_sample_type(stack2nrrd::sample_type_name(type)) == type);
    }
    CHECK(stack2nrrd::sample_bytes(stack2nrrd::SampleType::int8) == 1);
    CHECK(stack2nrrd::sample_bytes(stack2nrrd::SampleType::uint16) == 2);
    CHECK(stack2nrrd::sample_bytes(stack2nrrd::SampleType::float32) == 4);
    CHECK(stack2nrrd::sample_bytes(stack2nrrd::SampleType::float64) == 8);
    for (const char* name : {"", "uint128", "float", "uint 8"})
        CHECK(refused([&] { return stack2nrrd::parse_sample_type(name); }));
}

TEST_CASE("exit statuses are those of the contract", "[core]") {
    CHECK(stack2nrrd::exit_status(ErrorCode::invalid_argument) == 2);
    CHECK(stack2nrrd::exit_status(ErrorCode::not_found) == 3);
    CHECK(stack2nrrd::exit_status(ErrorCode::inconsistent) == 3);
    CHECK(stack2nrrd::exit_status(ErrorCode::missing_slices) == 3);
    CHECK(stack2nrrd::exit_status(ErrorCode::unsupported) == 4);
    CHECK(stack2nrrd::exit_status(ErrorCode::corrupt) == 4);
    CHECK(stack2nrrd::exit_status(ErrorCode::io) == 5);
    CHECK(stack2nrrd::exit_status(ErrorCode::limit) == 6);
    CHECK(stack2nrrd::exit_status(ErrorCode::changed) == 7);
    CHECK(stack2nrrd::exit_status(ErrorCode::cancelled) == 130);
}
