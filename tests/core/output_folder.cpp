#include "core/output_folder.hpp"
#include "core/crc32c.hpp"

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/zarr_reader.hpp"

#include <stack2nrrd/error.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::ErrorCode;
using stack2nrrd::OutputFolder;
using support::refusal;

std::string get(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void make_old(const fs::path& folder, const std::string& text = "old") {
    fs::create_directories(folder / "sub");
    std::ofstream(folder / "sub" / "a") << text;
}

std::unique_ptr<OutputFolder> written(const fs::path& path, bool replace) {
    auto folder = std::make_unique<OutputFolder>(path, replace);
    folder->make("sub");
    folder->write("sub/a", "new");
    folder->sync("sub");
    folder->sync("");
    return folder;
}

}  // namespace

TEST_CASE("a folder appears whole or not at all", "[core]") {
    const support::TempFolder place;
    for (const bool replace : {false, true}) {
        {
            const auto folder = written(place / "f", replace);
            CHECK_FALSE(fs::exists(place / "f"));
        }
        CHECK(place.entries() == 0);
        written(place / "f", replace)->publish();
        CHECK(get(place / "f" / "sub" / "a") == "new");
        CHECK(place.entries() == 1);
        fs::remove_all(place / "f");
    }
}

TEST_CASE("a folder replaces another, and gives it back", "[core]") {
    const support::TempFolder place;
    make_old(place / "f");
    {
        const auto folder = written(place / "f", true);
        CHECK(get(place / "f" / "sub" / "a") == "old");
        folder->publish();
        CHECK(get(place / "f" / "sub" / "a") == "new");
        folder->withdraw();
        CHECK(get(place / "f" / "sub" / "a") == "old");
    }
    CHECK(get(place / "f" / "sub" / "a") == "old");
    CHECK(place.entries() == 1);
    {
        // Withdrawn where there was none before.
        const auto folder = written(place / "g", true);
        folder->publish();
        folder->withdraw();
        CHECK_FALSE(fs::exists(place / "g"));
    }
    written(place / "f", true)->publish();
    CHECK(get(place / "f" / "sub" / "a") == "new");
    CHECK(place.entries() == 1);
}

TEST_CASE("a folder takes no name that somebody else has taken meanwhile", "[core]") {
    const support::TempFolder place;
    {
        const auto folder = written(place / "f", false);
        make_old(place / "f");
        std::string sentence;
        CHECK(refusal([&] { folder->publish(); }, &sentence) == ErrorCode::invalid_argument);
        CHECK(sentence.find("has appeared") != std::string::npos);
    }
    CHECK(get(place / "f" / "sub" / "a") == "old");
    CHECK(place.entries() == 1);
}

TEST_CASE("a link to a folder stays a link", "[core]") {
    const support::TempFolder place;
    make_old(place / "real");
    if (!support::made_link("real", place / "f")) return;
    written(place / "f", true)->publish();
    CHECK(fs::is_symlink(place / "f"));
    CHECK(get(place / "real" / "sub" / "a") == "new");
    CHECK(place.entries() == 2);
}

TEST_CASE("what a killed run left of a folder is swept, and what it hid is put back", "[core]") {
    const support::TempFolder place;
    std::string tag;
    {
        const auto folder = written(place / "f", true);
        for (const auto& entry : fs::directory_iterator(place.path())) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".partial")) tag = name.substr(0, name.size() - 8);
        }
    }
    REQUIRE_FALSE(tag.empty());
    const std::string other = tag.substr(0, tag.size() - 8) + "01234567";  // the same machine, another run
    // A link in it leads out, and what is there stays.
    make_old(place / "mine");
    make_old(place / (other + ".partial"));
    (void)support::made_link(place / "mine", place / (other + ".partial") / "link");
    make_old(place / (other + ".previous"), "hidden");
    {
        OutputFolder folder(place / "f", true);
        folder.sweep();
        CHECK(get(place / "f" / "sub" / "a") == "hidden");
    }
    CHECK(get(place / "mine" / "sub" / "a") == "old");
    CHECK(place.entries() == 2);
}

TEST_CASE("CRC-32C is the one of RFC 3720", "[core]") {
    std::vector<std::byte> bytes(32, std::byte{0});
    CHECK(stack2nrrd::crc32c(bytes) == 0x8a9136aaU);
    for (std::byte& b : bytes) b = std::byte{0xff};
    CHECK(stack2nrrd::crc32c(bytes) == 0x62a8ab43U);
    for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i);
    CHECK(stack2nrrd::crc32c(bytes) == 0x46dd794eU);
    CHECK(support::slow_crc32c(bytes) == 0x46dd794eU);
    CHECK(stack2nrrd::crc32c({}) == 0);
}
