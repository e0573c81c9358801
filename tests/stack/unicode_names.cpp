// Names that are stored in one form of Unicode and typed, matched or listed in the other one.

#include "core/normal_form.hpp"
#include "slices.hpp"
#include "support/refusal.hpp"

using namespace stack2nrrd;
using namespace stack_test;

namespace {

const std::string nfc = "Sch\u00E4del_\u0439_\u304C_\uAC01";  // ä, Cyrillic short i, Japanese ga, Korean gak
const std::string nfd = "Scha\u0308del_\u0438\u0306_\u304B\u3099_\u1100\u1161\u11A8";

Strings slices_of(const std::string& stem) { return {stem + "_08.tif", stem + "_09.tif", stem + "_10.tif"}; }

/// A folder within `folder` that has slices, both with such a stem.
fs::path write_stack(const TemporaryFolder& folder, const std::string& stem) {
    const fs::path within = folder / stem;
    fs::create_directory(within);
    for (const std::string& name : slices_of(stem)) write_file(within / path_from_utf8(name), tiff());
    return within;
}

}  // namespace

TEST_CASE("letters with marks are composed", "[stack]") {
    CHECK(composed(nfd) == nfc);
    CHECK(composed(nfc) == nfc);
    CHECK(composed("plain_07.tif") == "plain_07.tif");
    CHECK(composed("e\u0323\u0302") == "\u1EC7");             // two marks
    CHECK(composed("x\u0308") == "x\u0308");                  // Unicode has no such character
    CHECK(composed("\u0308") == "\u0308");                    // a mark without a letter
    CHECK(composed("\u1100\u1161\u1161") == "\uAC00\u1161");  // a vowel behind a syllable
    CHECK(composed("a\xFF\xCC") == "a\xFF\xCC");              // broken
}

TEST_CASE("a name in one form of Unicode finds what is stored in the other one", "[stack]") {
    const auto [stored, typed] = GENERATE(std::pair(nfd, nfc), std::pair(nfc, nfd));
    const TemporaryFolder folder;
    const Strings expected = slices_of(stored);
    (void)write_stack(folder, stored);
    const auto found = [&](const std::string& input) {
        INFO(input);
        const Stack stack = find_stack(folder / typed / path_from_utf8(input));
        CHECK(stack.problems.empty());
        return names_of(stack);
    };
    CHECK(found("") == expected);
    CHECK(found(typed + "_09.tif") == expected);
    CHECK(found(typed + "_%02d.tif") == expected);
    CHECK(found("*" + typed.substr(3) + "_%02d.tif") == expected);
    CHECK(found(typed + "_*.tif") == expected);
    CHECK(found("Sch?del_*.tif") == expected);
    CHECK(names_of(find_stack(folder / "*" / path_from_utf8(typed + "_??.tif"))) == expected);
}

TEST_CASE("a list in one form of Unicode finds files that are stored in the other one", "[stack]") {
    const auto [stored, typed] = GENERATE(std::pair(nfd, nfc), std::pair(nfc, nfd));
    const TemporaryFolder folder;
    (void)write_stack(folder, stored);
    Strings paths;
    for (const std::string& name : slices_of(typed)) paths.push_back(folder.text(typed + "/" + name));
    for (const Order order : {Order::given, Order::natural}) {
        FindOptions options;
        options.order = order;
        CHECK(names_of(find_stack(paths, options)) == slices_of(stored));
    }
}

TEST_CASE("what is stored just so is meant, whatever looks the same", "[stack]") {
    const TemporaryFolder folder;
    write_file(folder / "\u00E4.tif", tiff());
    write_file(folder / "a\u0308.tif", tiff());
    if (fs::directory_iterator entries(folder.path()); std::distance(begin(entries), end(entries)) < 2) {
        WARN("skipped: this file system takes both names for one");
        return;
    }
    CHECK(find_stack(Strings{folder.text("\u00E4.tif")}).files.name(0) == "\u00E4.tif");
    CHECK(find_stack(Strings{folder.text("a\u0308.tif")}).files.name(0) == "a\u0308.tif");
    CHECK(names_of(find_stack(folder / "\u00E4.ti?")) == Strings{"\u00E4.tif"});

    // A third form, of which nothing is stored: one mark composed, the other one behind it.
    write_file(folder / "\u1E69.tif", tiff());
    write_file(folder / "s\u0323\u0307.tif", tiff());
    std::string sentence;
    const auto code = support::refusal([&] { (void)find_stack(folder / "\u1E63\u0307.tif"); }, &sentence);
    CHECK(code == ErrorCode::invalid_argument);
    CHECK_THAT(sentence, Contains("several look the same"));
}
