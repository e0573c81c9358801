// Files that are cut, changed or meant to do harm: samples or an Error, and nothing else.

#include "volume_support.hpp"

#include "core/text.hpp"
#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

#include <chrono>

namespace stack2nrrd::volume_test {

namespace {

/// What reading gives; nothing for an Error.
std::optional<Bytes> attempt(const std::filesystem::path& file) {
    try {
        return read_volume(file).samples;
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::vector<Recipe> small_recipes() {
    std::vector<Recipe> all;
    for (const char* encoding : {"raw", "gzip", "hex", "ascii"}) {
        Recipe recipe;
        recipe.encoding = encoding;
        recipe.channels = 3;
        all.push_back(recipe);
        recipe.channels_last = true;
        recipe.line_skip = 1;
        all.push_back(recipe);
    }
    return all;
}

}  // namespace

TEST_CASE("every beginning of a volume is refused or right", "[volume]") {
    const support::TempFolder folder;
    for (const Recipe& recipe : small_recipes()) {
        INFO(text_of(recipe));
        const Made made = make(folder.path(), recipe);
        const Bytes whole = read(made.header);
        int accepted = 0;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            write(folder / "cut.nrrd", std::span(whole).first(size));
            const auto samples = attempt(folder / "cut.nrrd");
            if (!samples) continue;
            ++accepted;
            // A last number that lost its last digits is a number. All else must be whole.
            if (recipe.encoding != "ascii") REQUIRE(*samples == made.delivered);
            REQUIRE(samples->size() == made.delivered.size());
        }
        CHECK(accepted <= 6);  // what ends with line breaks, or with digits of a number
    }
}

TEST_CASE("every beginning of a list is refused or right", "[volume]") {
    const support::TempFolder folder;
    for (const Layout layout : {Layout::list, Layout::list_of_slabs, Layout::pattern}) {
        Recipe recipe;
        recipe.layout = layout;
        const Made made = make(folder.path(), recipe);
        const Bytes whole = read(made.header);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            write(folder / "cut.nhdr", std::span(whole).first(size));
            const auto samples = attempt(folder / "cut.nhdr");
            // A list that lost its last names may still be a list of as many slabs, of the wrong size: refused then.
            if (samples) REQUIRE(*samples == made.delivered);
        }
    }
}

TEST_CASE("changed bytes do no harm", "[volume]") {
    const support::TempFolder folder;
    for (const Recipe& recipe : small_recipes()) {
        const Made made = make(folder.path(), recipe);
        const Bytes whole = read(made.header);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            for (const std::byte flip : {std::byte{0x01}, std::byte{0x10}, std::byte{0x80}}) {
                Bytes changed = whole;
                changed[i] ^= flip;
                write(folder / "bad.nrrd", changed);
                (void)attempt(folder / "bad.nrrd");
            }
        }
    }
    SUCCEED();
}

TEST_CASE("a header that declares what nothing can hold takes no memory", "[volume]") {
    const support::TempFolder folder;
    for (const char* encoding : {"raw", "gzip", "hex", "ascii"}) {
        for (const char* sizes : {"1000000 1000000 100000", "999999 999999 2", "1000000 1 1000000"}) {
            write(folder / "v.nrrd", "NRRD0001\ntype: uint8\ndimension: 3\nsizes: " + std::string(sizes) +
                                         "\nencoding: " + encoding + "\n\nabcdefgh");
            const auto error = error_of(folder / "v.nrrd");
            REQUIRE(error);
            CHECK((error->code() == ErrorCode::corrupt || error->code() == ErrorCode::limit));
        }
    }
    // Nor does a header of many lines take long.
    std::string keys = "NRRD0001\n";
    for (int i = 0; i < 100'000; ++i) keys += "key" + std::to_string(i) + ":=x\n";
    write(folder / "v.nrrd", keys);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(error_of(folder / "v.nrrd"));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("nothing waits for a pipe", "[volume]") {
    const support::TempFolder folder;
    if (!support::made_pipe(folder / "pipe")) return;
    CHECK(error_of(folder / "pipe")->code() == ErrorCode::corrupt);
    write(folder / "v.nhdr", "NRRD0001\ntype: uint8\ndimension: 2\nsizes: 2 2\nencoding: raw\ndata file: pipe\n");
    CHECK(error_of(folder / "v.nhdr")->code() == ErrorCode::corrupt);
}

}  // namespace stack2nrrd::volume_test
