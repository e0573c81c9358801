// Names that form no series: a number in them orders the slices if it counts, and nothing is guessed if none does.

#include "stack/unlike_names.hpp"
#include "stack/slices.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <random>

using namespace stack2nrrd;
using namespace stack_test;

namespace {

using Texts = std::vector<std::string>;

std::string random_word(std::mt19937& random, std::string_view letters, std::size_t size) {
    std::string word;
    while (word.size() < size) word += letters[random() % letters.size()];
    return word;
}

std::string padded(int number, std::size_t width) {
    std::string text = std::to_string(number);
    return text.insert(0, width - std::min(width, text.size()), '0');
}

constexpr std::string_view base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view base16 = "0123456789abcdef";

Texts made(int count, const std::function<std::string(int)>& name) {
    Texts names;
    for (int i = 0; i < count; ++i) names.push_back(name(i));
    return names;
}

/// Names of the slices of a folder with files of these `names`; `pattern`: what is given rather than the folder.
Texts found_order(const TemporaryFolder& folder, const Texts& names, std::string_view pattern = "") {
    for (const std::string& name : names) write_file(folder / name, tiff());
    const Stack stack = find_stack(pattern.empty() ? folder.path() : folder / pattern, {});
    Texts order;
    for (std::size_t i = 0; i < stack.slices.size(); ++i) {
        order.push_back(stack.slices[i].file < 0
                            ? ""
                            : std::string(stack.files.name(static_cast<std::size_t>(stack.slices[i].file))));
    }
    return order;
}

std::string refusal_of(const Texts& names) {
    const TemporaryFolder folder;
    try {
        (void)found_order(folder, names);
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::inconsistent);
        return error.what();
    }
    FAIL("taken: " << names.front());
    return {};
}

}  // namespace

TEST_CASE("a number that counts all files orders them, whatever random words stand beside it", "[stack]") {
    std::mt19937 random(1);
    const auto word = [&](std::size_t size) { return random_word(random, base36, size); };
    const std::vector<std::function<std::string(int)>> kinds{
        [&](int i) { return word(6) + "_" + padded(i + 1, 3) + ".tif"; },
        [&](int i) { return "img_" + word(8) + "-" + std::to_string(i) + ".tif"; },
        [&](int i) { return padded(i, 3) + "_" + word(6) + ".tif"; },
        [&](int i) { return word(4 + random() % 6) + " z" + padded(i, 4) + ".tif"; },
        [&](int i) { return "scan " + word(5) + " (" + std::to_string(i + 7) + ").tif"; },
        [&](int i) { return random_word(random, base16, 7) + "_" + padded(i, 3) + ".tif"; },
        [&](int i) { return word(9) + "_" + padded(i, 3) + "_" + word(9) + ".tif"; }};
    for (const auto& kind : kinds) {
        const TemporaryFolder folder;
        const Texts names = made(24, kind);
        CAPTURE(names.front());
        CHECK((found_order(folder, names) == names));
        const Stack stack = find_stack(folder.path(), {});
        REQUIRE(stack.problems.size() == 1);
        CHECK_FALSE(stack.problems[0].fatal);
        CHECK(stack.problems[0].text.find("counts by one") != std::string::npos);
    }
}

TEST_CASE("hexadecimal numbers that count by one order the slices", "[stack]") {
    for (const char* format : {"s%04x.tif", "s0x%x.tif", "%02X_a.tif"}) {
        const TemporaryFolder folder;
        const Texts names = made(40, [&](int i) {
            std::array<char, 32> text{};
            std::snprintf(text.data(), text.size(), format, static_cast<unsigned>(i));
            return std::string(text.data());
        });
        CAPTURE(format);
        CHECK((found_order(folder, names) == names));
    }
}

TEST_CASE("hexadecimal numbers with a gap are no decimal numbers with other files between them", "[stack]") {
    for (const char* format : {"s%04x.tif", "s0x%x.tif"}) {
        const std::string text = refusal_of(made(30, [&](int i) {
            std::array<char, 32> name{};
            std::snprintf(name.data(), name.size(), format, static_cast<unsigned>(i < 5 ? i : i + 1));
            return std::string(name.data());
        }));
        CHECK(text.find("look hexadecimal") != std::string::npos);
    }
}

TEST_CASE("random names with digits are never put into an order", "[stack]") {
    std::mt19937 random(2);
    for (const std::size_t size : {6U, 7U, 8U, 12U}) {
        const std::string text = refusal_of(made(20, [&](int) { return random_word(random, base36, size) + ".tif"; }));
        CHECK(text.find("--files-from LIST --order given") != std::string::npos);
        CHECK(text.find("--order given") != std::string::npos);
    }
    CHECK(refusal_of(made(30, [&](int) {
              return random_word(random, base16, 7) + ".tif";
          })).find("form no numbered series") != std::string::npos);
    // Digits that are none of ASCII.
    (void)refusal_of(made(12, [&](int i) {
        std::string text = "s";
        for (const char c : std::to_string(i)) text += std::string("\xEF\xBC") + static_cast<char>(0x90 + (c - '0'));
        return text + ".tif";
    }));
}

TEST_CASE("the pattern in a refusal of unlike names picks all of them in order", "[stack]") {
    std::mt19937 random(3);
    const auto word = [&] { return random_word(random, base36, 6); };
    const std::vector<std::function<std::string(int)>> kinds{
        [&](int i) { return word() + "_" + padded(i < 5 ? i : i + 1, 3) + ".tif"; },
        [&](int i) { return std::to_string(i * 7 % 5 + i * 10) + "-" + word() + ".tif"; }};
    for (const auto& kind : kinds) {
        const Texts names = made(20, kind);
        const std::string text = refusal_of(names);
        CAPTURE(names.front(), text);
        const std::size_t begin = text.find("give '") + 6;
        const std::string path = text.substr(begin, text.find('\'', begin) - begin);
        const TemporaryFolder folder;
        Texts order = found_order(folder, names, path.substr(path.find_last_of("/\\") + 1));
        order.erase(std::remove(order.begin(), order.end(), ""), order.end());
        CHECK((order == names));
    }
}

TEST_CASE("several series are not one stack, unless they are given in their order", "[stack]") {
    for (const char* letters : {"ab", "abc"}) {
        const std::string all = letters;
        const std::string text = refusal_of(made(18, [&](int i) {
            const auto place = static_cast<std::size_t>(i);
            return std::to_string(place / all.size() + 1) + all[place % all.size()] + ".tif";
        }));
        CHECK(text.find("if all are slices of one stack") != std::string::npos);
    }
    CHECK(refusal_of(made(20, [](int i) {
              return "z" + padded(i / 2, 3) + "p" + std::to_string(i % 2 * 5) + ".tif";
          })).find("give the files in their order") != std::string::npos);
}

TEST_CASE("folders with random names, and one file of the same name in each", "[stack]") {
    std::mt19937 random(5);
    const auto order_of = [&](bool with_counter) {
        const TemporaryFolder folder;
        Texts names;
        for (int i = 0; i < 12; ++i) {
            names.push_back(random_word(random, base36, 6) + (with_counter ? "_" + padded(i, 3) : ""));
            fs::create_directories(folder / names.back());
            write_file(folder / (names.back() + "/s.tif"), tiff());
        }
        const Stack stack = find_stack(folder / "*/s.tif", {});
        for (std::size_t i = 0; i < names.size(); ++i) {
            CHECK(stack.files.path(i).find(names[i]) != std::string::npos);
        }
    };
    order_of(true);
    CHECK_THROWS_AS(order_of(false), Error);
}

TEST_CASE("hours of half a day begin with 12", "[stack]") {
    for (const char* format : {"20240101_%02d%02d00_pm.tif", "shot %02d.%02d.00 PM.tif", "s_%02d-%02dAM.tif"}) {
        const TemporaryFolder folder;
        const Texts names = made(25, [&](int i) {
            std::array<char, 64> text{};
            const int hour = i * 9 / 60;
            std::snprintf(text.data(), text.size(), format, hour == 0 ? 12 : hour, i * 9 % 60);
            return std::string(text.data());
        });
        CAPTURE(format);
        CHECK((found_order(folder, names) == names));
    }
}

TEST_CASE("days are no numbers of slices where the year changes", "[stack]") {
    for (const char* format : {"%02d-%02d-%d.tif", "scan_%02d_%02d_%d.tif"}) {
        const std::string text = refusal_of(made(20, [&](int i) {
            std::array<char, 64> name{};
            const bool next = i >= 12;
            std::snprintf(name.data(), name.size(), format, next ? 1 : 12, next ? i - 11 : i + 20, next ? 2024 : 2023);
            return std::string(name.data());
        }));
        CHECK(text.find("--order given") != std::string::npos);
    }
}

TEST_CASE("numbers with exponents are in the order of what they are", "[stack]") {
    const auto in = [](const char* format, double first, double step) {
        return made(12, [&](int i) {
            std::array<char, 64> text{};
            std::snprintf(text.data(), text.size(), format, first + step * i);
            return std::string(text.data());
        });
    };
    for (const Texts& names : {in("z%.2e.tif", 0, 0.005), in("z=%.3E_um.tif", 9.5e-7, 1e-8), in("%.1e.tif", -5, 1)}) {
        const TemporaryFolder folder;
        CAPTURE(names.front());
        CHECK((found_order(folder, names) == names));
    }
    // "1e" may be a name with a dash behind it.
    CHECK(refusal_of({"1e-06.tif", "1e-05.tif", "1e-04.tif", "1e-03.tif"}).find("--order given") != std::string::npos);
}
