// The folder of an unfinished result: who begins it, who may go on, and what is removed.

#include "parts/work_folder.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace stack2nrrd;
namespace fs = std::filesystem;

const std::string plan = "stack2nrrd 1\nshards: 3\ninputs: 5 files\nresult 0: 7\n";

void write(const fs::path& file) { std::ofstream(file) << "x"; }

/// The code and the sentence that check(text) throws.
std::pair<ErrorCode, std::string> refusal(const WorkFolder& folder, const std::string& text) {
    try {
        folder.begin(text, "a stack\n");
    } catch (const Error& error) {
        return {error.code(), error.what()};
    }
    return {ErrorCode::cancelled, ""};
}

}  // namespace

TEST_CASE("a work folder belongs to its plan", "[parts]") {
    const support::TempFolder place;
    const WorkFolder folder(place.path() / "v.nrrd");
    CHECK(folder.path() == place.path() / "v.nrrd.unfinished");
    CHECK_FALSE(folder.plan());
    CHECK_THROWS_AS(folder.check(plan), Error);
    folder.begin(plan, "a stack\n");
    CHECK(folder.plan() == plan);
    CHECK(folder.stack() == "a stack\n");
    CHECK(folder.line("shards: ") == "3");
    CHECK_FALSE(folder.line("window: "));
    CHECK_NOTHROW(folder.begin(plan, {}));
    CHECK_NOTHROW(folder.check(plan));
    struct Other {
        std::string text;
        ErrorCode code;
        std::string says;
    };
    const std::vector<Other> others{
        {"stack2nrrd 1\nshards: 4\ninputs: 5 files\nresult 0: 7\n", ErrorCode::invalid_argument, "'shards: 4'"},
        {"stack2nrrd 2\nshards: 4\ninputs: 5 files\nresult 0: 7\n", ErrorCode::invalid_argument, "'stack2nrrd 2'"},
        {"stack2nrrd 1\nshards: 3\ninputs: 6 files\nresult 0: 7\n", ErrorCode::changed, "'inputs: 5 files'"},
        {"stack2nrrd 1\nshards: 3\ninputs: 5 files\n", ErrorCode::invalid_argument, "'result 0: 7'"},
        {plan + "more\n", ErrorCode::invalid_argument, "'more'"}};
    for (const Other& other : others) {
        const auto [code, says] = refusal(folder, other.text);
        CAPTURE(other.text, says);
        CHECK(code == other.code);
        CHECK(says.find(other.says) != std::string::npos);
        CHECK(says.find("v.nrrd.unfinished") != std::string::npos);
    }
    CHECK(folder.plan() == plan);
}

TEST_CASE("many may begin a work folder at once", "[parts]") {
    const support::TempFolder place;
    const WorkFolder folder(place.path() / "v.nrrd");
    std::vector<std::string> failures(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& failure : failures) {
            threads.emplace_back([&] { failure = refusal(folder, plan).second; });
        }
    }
    for (const std::string& failure : failures) CHECK(failure.empty());
    CHECK(folder.plan() == plan);
}

TEST_CASE("a work folder is removed with all that is its own, and nothing else", "[parts]") {
    const support::TempFolder place;
    const WorkFolder folder(place.path() / "v.ome.zarr");
    folder.begin(plan, "a stack\n");
    const Part part{0, {0, 4}};
    for (const char* own : {".0-000000-000004.nrrd.abc-1-2.partial", ".0-000000-000004.nrrd.lock", ".plan.txt.lock"}) {
        write(folder.path() / own);
    }
    write(folder.file_of(part));
    CHECK(folder.names().size() == 1);
    folder.remove_if_empty();
    CHECK(fs::exists(folder.file_of(part)));
    folder.remove(part);
    CHECK(folder.names().empty());
    write(folder.path() / "notes.txt");
    folder.remove_if_empty();
    CHECK(fs::exists(folder.path() / "notes.txt"));
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
    // Somebody's own folder of that name is not taken for one.
    CHECK(refusal(folder, plan).second.find("notes.txt") != std::string::npos);
    fs::remove(folder.path() / "notes.txt");
    // Parts without a plan are what a removal left that was interrupted: they are nobody's.
    write(folder.file_of(part));
    CHECK(refusal(folder, plan).second.empty());
    CHECK(folder.names().empty());
    folder.remove();
    CHECK_FALSE(fs::exists(folder.path()));
}

TEST_CASE("a work folder knows how far its end has come", "[parts]") {
    const support::TempFolder place;
    const WorkFolder folder(place.path() / "v.nrrd");
    using Stage = WorkFolder::Stage;
    const Part part{0, {0, 4}};
    CHECK(folder.stage() == Stage::making);
    folder.begin(plan, "a stack\n");
    CHECK(folder.stage() == Stage::making);
    folder.begin_naming();
    CHECK(folder.stage() == Stage::naming);
    CHECK_NOTHROW(folder.begin(plan, {}));
    CHECK(folder.stage() == Stage::naming);
    folder.forget_naming();
    CHECK(folder.stage() == Stage::making);
    folder.begin_naming();
    folder.remove();
    CHECK_FALSE(fs::exists(folder.path()));
    // A removal that was interrupted: whatever is there still is of no use.
    for (const bool has_plan : {false, true}) {
        folder.begin(plan, "a stack\n");
        write(folder.file_of(part));
        write(folder.path() / "named.txt");
        if (!has_plan) fs::remove(folder.path() / "plan.txt");
        CHECK(folder.stage() == Stage::named);
        folder.begin(plan, "a stack\n");
        CHECK(folder.stage() == Stage::making);
        CHECK(folder.names().empty());
        folder.remove();
    }
}

TEST_CASE("a work folder's name may be somebody else's", "[parts]") {
    const support::TempFolder place;
    const WorkFolder folder(place.path() / "v.nrrd");
    write(folder.path());
    folder.remove_if_named();
    CHECK(fs::is_regular_file(folder.path()));
    CHECK_FALSE(refusal(folder, plan).second.empty());
    CHECK(fs::is_regular_file(folder.path()));
    fs::remove(folder.path());
    fs::create_directory(folder.path());
    folder.remove_if_named();
    CHECK_FALSE(fs::exists(folder.path()));
    // On a larger disk, behind a link.
    fs::create_directory(place.path() / "large");
    std::error_code no_links;
    fs::create_directory_symlink("large", folder.path(), no_links);
    if (no_links) return;
    folder.remove_if_named();
    CHECK(refusal(folder, plan).second.empty());
    CHECK(fs::exists(place.path() / "large" / "plan.txt"));
    CHECK_NOTHROW(folder.check(plan));
}
