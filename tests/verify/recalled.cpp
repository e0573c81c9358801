// Options that come back out of a header.

#include "import/recalled_options.hpp"

#include "import/grids.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"

#include <stack2nrrd/error.hpp>

namespace {

using namespace grid_test;
using stack2nrrd::recalled_options;
using stack2nrrd::words_of;
using Notes = std::vector<std::pair<std::string, std::string>>;
using Words = std::vector<std::string>;

Notes notes(const std::string& options, const std::string& kernel = "lanczos:3") {
    return {{"stack2nrrd_version", "9.9"}, {"stack2nrrd_options", options}, {"stack2nrrd_kernel", kernel}};
}

std::filesystem::path as_named(std::string_view, const std::string& name) { return name; }

}  // namespace

TEST_CASE("words are what is between blanks that are not in quotes", "[verify]") {
    CHECK(words_of("").empty());
    CHECK(words_of("  ").empty());
    CHECK(words_of("a=1 b  c=2 ") == Words{"a=1", "b", "c=2"});
    CHECK(words_of("like=\"my atlas.nrrd\" x") == Words{"like=my atlas.nrrd", "x"});
    CHECK(words_of("mask=\"a \\\"b\\\" \\\\c\"") == Words{"mask=a \"b\" \\c"});
    CHECK(words_of("mask=\"\"") == Words{"mask="});
    CHECK(refusal([] { (void)words_of("mask=\"a b"); }) == ErrorCode::invalid_argument);
}

TEST_CASE("names of any kind come back", "[verify]") {
    support::TempFolder folder;
    for (const std::string name : {"plain.nrrd", "with blank.nrrd", " fill=7 labels.nrrd", "=.nrrd"}) {
        CAPTURE(name);
        const Stack stack = placed(noise());
        support::write_volume(folder / name, Volume({23, 19, 17}, 1, 1), SampleType::uint8);
        Options options;
        options.mask = folder / name;
        options.fill = 3;
        const VolumeInfo volume = stack2nrrd::plan_import(stack, options).volume();
        const Options again = recalled_options(volume.notes, "v", as_named);
        CHECK(again.mask == std::filesystem::path(name));
        CHECK(again.fill == 3);
        CHECK_FALSE(again.labels);
    }
}

TEST_CASE("what no option of this version is called is refused by name", "[verify]") {
    std::string sentence;
    const auto code = [&](const Notes& header) {
        return refusal([&] { (void)recalled_options(header, "v.nrrd", as_named); }, &sentence);
    };
    CHECK(code(notes("factor=2 align=cell")) == std::nullopt);
    CHECK(code({}) == ErrorCode::invalid_argument);
    CHECK(has(sentence, "v.nrrd: does not say how it was made"));
    CHECK(code(notes("factor=2 twist=3")) == ErrorCode::invalid_argument);
    CHECK(has(sentence, "v.nrrd"));
    CHECK(has(sentence, "'twist'"));
    CHECK(has(sentence, "stack2nrrd 9.9"));
    CHECK(code(notes("factor=x")) == ErrorCode::invalid_argument);
    CHECK(has(sentence, "--factor"));
    CHECK(code(notes("spacing=1,1,1")) == ErrorCode::invalid_argument);
    CHECK(code(notes("factor=2", "")) == ErrorCode::invalid_argument);
    CHECK(code(notes("factor=2", "box tent")) == ErrorCode::invalid_argument);
    CHECK(code(notes("factor=2", "boxes")) == ErrorCode::invalid_argument);
}
