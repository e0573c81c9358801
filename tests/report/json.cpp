// JSON as it is written, judged by a reader of JSON that others wrote.

#include "core/json.hpp"

#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace stack2nrrd;

namespace {

using Reader = nlohmann::ordered_json;

}  // namespace

TEST_CASE("written values are read as they were", "[report]") {
    const Json json = Json::object({{"text", "a \"b\" \\ \n\r\t\b\f\x01\x1F\x7F ä \xF0\x9F\x98\x80 {[,:]}"},
                                    {"whole", std::int64_t{-9'007'199'254'740'993}},
                                    {"most", std::numeric_limits<std::uint64_t>::max()},
                                    {"yes", true},
                                    {"nothing", nullptr},
                                    {"empty", std::vector<std::string>{}},
                                    {"object", Json::object({})},
                                    {"names", std::vector<std::string>{"a", "", "]"}},
                                    {"triple", std::array<double, 3>{0.1, 2, 1e-300}}});
    const Reader expected{{"text", "a \"b\" \\ \n\r\t\b\f\x01\x1F\x7F ä \xF0\x9F\x98\x80 {[,:]}"},
                          {"whole", std::int64_t{-9'007'199'254'740'993}},
                          {"most", std::numeric_limits<std::uint64_t>::max()},
                          {"yes", true},
                          {"nothing", nullptr},
                          {"empty", Reader::array()},
                          {"object", Reader::object()},
                          {"names", {"a", "", "]"}},
                          {"triple", {0.1, 2.0, 1e-300}}};
    CHECK(Reader::parse(json.indented()) == expected);
    const Json small = Json::object({{"a", std::vector<int>{1, 2}}, {"b", Json::array()}});
    CHECK(small.indented() == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}");
}

TEST_CASE("every double is read as it was, and as a float", "[report]") {
    std::mt19937_64 random(5);
    for (int i = 0; i < 20'000; ++i) {
        const double number = i % 2 == 0
                                  ? static_cast<double>(random() % 100'000) / 1000
                                  : std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 2000) - 1000);
        if (!std::isfinite(number)) continue;
        const Reader read = Reader::parse(Json(number).indented());
        CAPTURE(number);
        if (!read.is_number_float() || read.get<double>() != number) FAIL("read as " << read);
    }
    CHECK(Json(std::nan("")).indented() == "null");
    CHECK(Json(std::numeric_limits<double>::infinity()).indented() == "null");
    CHECK(Json(1.0).indented() == "1.0");
}

TEST_CASE("what is no UTF-8 becomes U+FFFD, whatever it is", "[report]") {
    std::mt19937 random(6);
    const std::string bytes = "a\"\\\x80\xBF\xC0\xC2\xDF\xE0\xA0\xED\x9F\xEF\xF0\x90\xF4\x8F\xF5\xFF\x01";
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (std::size_t n = random() % 8; n > 0; --n) text += bytes[random() % bytes.size()];
        const Reader read = Reader::parse(Json(text).indented(), nullptr, false);
        CAPTURE(text);
        if (!read.is_string()) FAIL("is no JSON");
        const bool is_utf8 = [&] {
            try {
                (void)Reader(text).dump();
                return true;
            } catch (const Reader::exception&) {
                return false;
            }
        }();
        const std::string back = read.get<std::string>();
        if (is_utf8 != (back == text)) FAIL("is UTF-8: " << is_utf8 << ", and comes back as " << back);
        if (!is_utf8 && back.find("\xEF\xBF\xBD") == std::string::npos) FAIL("is changed without a mark");
    }
}
