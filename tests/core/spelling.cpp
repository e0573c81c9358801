// Which words are near: against the distance by its definition, and what is said of them.

#include "core/spelling.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace stack2nrrd;

namespace {

/// The restricted edit distance by its definition, without a table.
std::size_t slow_distance(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.size() + b.size();
    const auto rest = [](std::string_view text, std::size_t n) { return text.substr(0, text.size() - n); };
    std::size_t least = std::min(slow_distance(rest(a, 1), b) + 1, slow_distance(a, rest(b, 1)) + 1);
    least = std::min(least, slow_distance(rest(a, 1), rest(b, 1)) + (a.back() == b.back() ? 0 : 1));
    if (a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && b.back() == a[a.size() - 2]) {
        least = std::min(least, slow_distance(rest(a, 2), rest(b, 2)) + 1);
    }
    return least;
}

const std::vector<std::string_view> words{
    "factor",         "fit",         "fill",    "kernel",  "kernel-x", "kernel-y",  "kernel-z", "max-dim", "preview",
    "target-spacing", "space-units", "spacing", "reverse", "manifest", "isotropic", "quiet"};

}  // namespace

TEST_CASE("the distance of two words is that of the definition", "[core]") {
    std::mt19937 random(1);
    for (int i = 0; i < 3000; ++i) {
        std::string a, b;
        for (std::string* word : {&a, &b}) {
            for (std::size_t n = random() % 7; n > 0; --n) word->push_back(static_cast<char>('a' + random() % 3));
        }
        CAPTURE(a, b);
        const std::size_t truth = slow_distance(a, b);
        for (const std::size_t most : {0U, 1U, 2U, 9U}) {
            CHECK(spelling_distance(a, b, most) == std::min<std::size_t>(truth, most + 1));
            CHECK(spelling_distance(b, a, most) == std::min<std::size_t>(truth, most + 1));
        }
    }
}

TEST_CASE("every word is found with any one letter wrong, and is itself never doubted", "[core]") {
    for (const std::string_view word : words) {
        CHECK(did_you_mean(word, words) == "; did you mean '" + std::string(word) + "'?");
        const auto check = [&](const std::string& mistyped) {
            CAPTURE(word, mistyped);
            if (std::find(words.begin(), words.end(), mistyped) != words.end()) return;
            if (mistyped.size() < 3) return;
            // Words with a letter for an axis are as near to each other.
            const std::string text = did_you_mean(mistyped, words);
            if (!word.starts_with("kernel")) CHECK(text.find("'" + std::string(word) + "'") != std::string::npos);
            if (word.starts_with("kernel")) CHECK(text.find("'kernel") != std::string::npos);
        };
        for (std::size_t at = 0; at < word.size(); ++at) {
            std::string text(word);
            check(text.substr(0, at) + text.substr(at + 1));
            check(text.substr(0, at) + "q" + text.substr(at));
            check(text.substr(0, at) + "q" + text.substr(at + 1));
            if (at > 0) std::swap(text[at - 1], text[at]);
            check(text);
        }
    }
}

TEST_CASE("what is suggested", "[core]") {
    const auto said = [](std::string_view given) { return did_you_mean(given, words, "--"); };
    CHECK(said("Factor") == "; did you mean '--factor'?");
    CHECK(said("SPACE_UNITS") == "; did you mean '--space-units'?");
    CHECK(said("space_unit") == "; did you mean '--space-units'?");
    CHECK(said("target") == "; did you mean '--target-spacing'?");  // begins with it
    CHECK(said("units") == "; did you mean '--space-units'?");      // has it as a part
    CHECK(said("dim") == "; did you mean '--max-dim'?");
    CHECK(said("fi") == "; did you mean '--fit' or '--fill'?");
    CHECK(said("kernel_") == "; did you mean '--kernel-x', '--kernel-y' or '--kernel-z'?");
    CHECK(said("preview-file") == "; did you mean '--preview'?");  // goes on
    CHECK(said("fitting").empty());
    CHECK(said("kern") == "; did you mean '--kernel'?");
    CHECK(said("f").empty());
    CHECK(said("").empty());
    CHECK(said("zebra").empty());
    const std::vector<std::string_view> alike{"bat", "cat", "hat", "rat"};
    CHECK(did_you_mean("mat", alike).empty());  // none of four is a better guess than another
    CHECK(did_you_mean("mat", std::vector<std::string_view>{"bat", "cat", "hat"}) ==
          "; did you mean 'bat', 'cat' or 'hat'?");
}
