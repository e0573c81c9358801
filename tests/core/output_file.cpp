#include "core/output_file.hpp"

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::ErrorCode;
using stack2nrrd::OutputFile;

void put(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

std::string get(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

using support::refusal;

std::unique_ptr<OutputFile> written(const fs::path& path, bool replace, const std::string& text = "new") {
    auto file = std::make_unique<OutputFile>(path, replace);
    file->write(text);
    file->sync();
    return file;
}

/// The hidden file of that suffix in a folder; empty if there is none.
fs::path hidden(const support::TempFolder& folder, const std::string& suffix) {
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        if (entry.path().filename().string().ends_with(suffix)) return entry.path();
    }
    return {};
}

}  // namespace

TEST_CASE("a file appears whole or not at all", "[core]") {
    const support::TempFolder folder;
    for (const bool replace : {false, true}) {
        {
            OutputFile file(folder / "a", replace);
            file.write("hello");
            CHECK_FALSE(fs::exists(folder / "a"));
            for (const auto& entry : fs::directory_iterator(folder.path())) {
                CHECK(entry.path().filename().string().starts_with(".a."));
            }
        }
        CHECK(folder.entries() == 0);
        {
            OutputFile file(folder / "a", replace);
            file.write("hello ");
            file.write("world");
            file.write_at(6, "W");
            file.write("!");
            file.sync();
            CHECK_FALSE(fs::exists(folder / "a"));
            file.publish();
            file.settle();
            CHECK(get(folder / "a") == "hello World!");
        }
        CHECK(get(folder / "a") == "hello World!");
        CHECK(folder.entries() == 1);
        fs::remove(folder / "a");
    }
    CHECK(refusal([&] { OutputFile file(folder / "none" / "a", true); }) == ErrorCode::io);
    // Names as long as names can be, two of which begin alike.
    const std::string longest(254, 'n');
    {
        const auto one = written(folder / (longest + "1"), true, "1");
        const auto other = written(folder / (longest + "2"), true, "2");
        one->publish();
        other->publish();
    }
    CHECK(get(folder / (longest + "1")) == "1");
    CHECK(get(folder / (longest + "2")) == "2");
    CHECK(folder.entries() == 2);
}

TEST_CASE("a file is replaced only if it may be", "[core]") {
    const support::TempFolder folder;
    {
        const auto late = written(folder / "a", false);
        put(folder / "a", "old");
        CHECK(refusal([&] { late->publish(); }) == ErrorCode::invalid_argument);
        CHECK(get(folder / "a") == "old");
    }
    CHECK(get(folder / "a") == "old");
    written(folder / "a", true)->publish();
    CHECK(get(folder / "a") == "new");
    CHECK(folder.entries() == 1);
}

TEST_CASE("what cannot be put back is not thrown away", "[core]") {
    const support::TempFolder folder;
    put(folder / "a", "old");
    {
        const auto file = written(folder / "a", true);
        file->set_aside();  // as where the file system has no links
        fs::create_directories(folder / "a" / "b");
        CHECK(refusal([&] { file->publish(); }) == ErrorCode::io);
        file->withdraw();
        CHECK(get(hidden(folder, ".previous")) == "old");
    }
    CHECK(get(hidden(folder, ".previous")) == "old");
    fs::remove_all(folder / "a");
    OutputFile(folder / "a", true).sweep();
    CHECK(get(folder / "a") == "old");
}

TEST_CASE("what was published can be withdrawn", "[core]") {
    const support::TempFolder folder;
    put(folder / "a", "old");
    enum class Way { as_it_is, kept, aside, stand_in };
    for (const Way way : {Way::as_it_is, Way::kept, Way::aside, Way::stand_in}) {
        for (const bool published : {false, true}) {
            for (const bool hide : {false, true}) {
                const auto file = written(folder / "a", true);
                if (way == Way::kept) file->keep();
                if (way == Way::aside) file->set_aside();
                if (way == Way::stand_in) {
                    file->write_interim("short");
                    file->stand_in();
                }
                const bool away = way == Way::aside || (way == Way::kept && !support::has_hard_links());
                CHECK(get(folder / "a") == (away ? "" : way == Way::stand_in ? "short" : "old"));
                if (published) file->publish();
                if (published) CHECK(get(folder / "a") == "new");
                if (hide) file->hide();
                if (hide && published) CHECK_FALSE(fs::exists(folder / "a"));
                file->withdraw();
                CHECK(get(folder / "a") == "old");
            }
            CHECK(get(folder / "a") == "old");
            CHECK(folder.entries() == 1);
        }
        {
            const auto file = written(folder / "a", true);
            if (way == Way::aside) file->set_aside();
            if (way == Way::stand_in) {
                file->write_interim("short");
                file->stand_in();
            }
        }  // not published: the same without being asked
        CHECK(get(folder / "a") == "old");
        CHECK(folder.entries() == 1);
    }
    for (const bool replace : {false, true}) {
        const auto file = written(folder / "b", replace);
        file->publish();
        CHECK(get(folder / "b") == "new");
        file->withdraw();
        CHECK_FALSE(fs::exists(folder / "b"));
    }
    CHECK(folder.entries() == 1);
    // What cannot get its name leaves all as it was.
    fs::create_directories(folder / "d" / "full");
    CHECK(refusal([&] { written(folder / "d", true)->publish(); }) == ErrorCode::io);
    CHECK(fs::is_directory(folder / "d" / "full"));
    CHECK(folder.entries() == 2);
}

TEST_CASE("one file is written by one at a time", "[core]") {
    const support::TempFolder folder;
    {
        OutputFile first(folder / "a", true);
        CHECK(refusal([&] { OutputFile second(folder / "a", true); }) == ErrorCode::invalid_argument);
        CHECK_NOTHROW(OutputFile(folder / "b", true));
    }
    CHECK_NOTHROW(OutputFile(folder / "a", true));
    CHECK(folder.entries() == 0);
}

TEST_CASE("what a killed run has left is swept, and nothing else", "[core]") {
    const support::TempFolder folder;
    std::string own;  // the machine's part of a tag
    {
        const OutputFile file(folder / "a", true);
        const std::string name = hidden(folder, ".partial").filename().string();
        own = name.substr(3, name.find('-') - 3);
    }
    const auto sweep = [&] {
        OutputFile file(folder / "a", true);
        file.sweep();
    };
    put(folder / "a", "complete");
    put(folder / (".a." + own + "-1-2.partial"), "x");
    put(folder / (".a." + own + "-1-2.previous"), "x");
    put(folder / (".a." + own + "-1-2.interim"), "x");
    put(folder / ".a.lock", "");
    sweep();
    CHECK(folder.entries() == 1);
    // Of another output, of another program, of another machine as long as it may be under way there.
    const std::string foreign = ".a.0badcafe-1-2.partial";
    for (const std::string& name :
         {".b." + own + "-1-2.partial", ".a.b." + own + "-1-2.partial", std::string(".a.swp"), std::string(".a."),
          ".a." + own + "-1-2.part", std::string("a.partial"), std::string(".a.mine.partial"), foreign}) {
        put(folder / name, "x");
    }
    sweep();
    CHECK(folder.entries() == 9);
    fs::last_write_time(folder / foreign, fs::file_time_type::clock::now() - std::chrono::hours(24 * 6));
    sweep();
    CHECK(folder.entries() == 9);
    fs::last_write_time(folder / foreign, fs::file_time_type::clock::now() - std::chrono::hours(24 * 8));
    sweep();
    CHECK(folder.entries() == 8);
    // A name that a killed run has taken away is given back.
    fs::rename(folder / "a", folder / (".a." + own + "-1-2.previous"));
    sweep();
    CHECK(get(folder / "a") == "complete");
    CHECK(folder.entries() == 8);
}
