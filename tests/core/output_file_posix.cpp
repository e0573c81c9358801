// Output files where files have modes and owners, and names may be links and pipes.

#include "core/output_file.hpp"

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::ErrorCode;
using stack2nrrd::OutputFile;
using support::refusal;

void put(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

std::string get(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::unique_ptr<OutputFile> written(const fs::path& path, bool replace, const std::string& text = "new") {
    auto file = std::make_unique<OutputFile>(path, replace);
    file->write(text);
    file->sync();
    return file;
}

}  // namespace

TEST_CASE("a file keeps the mode of what it replaces", "[core]") {
    const support::TempFolder folder;
    const auto mode = [&] {
        struct stat status {};
        REQUIRE(::stat((folder / "a").c_str(), &status) == 0);
        return status.st_mode & 07777U;
    };
    for (const unsigned wanted : {0600U, 0444U, 0666U, 0755U, 0000U}) {
        put(folder / "a", "old");
        fs::permissions(folder / "a", fs::perms(wanted));
        written(folder / "a", true)->publish();
        CHECK(mode() == wanted);
        fs::remove(folder / "a");
    }
    const mode_t mask = ::umask(027);
    written(folder / "a", true)->publish();
    ::umask(mask);
    CHECK(mode() == 0640);
    if (::geteuid() != 0) return;
    REQUIRE(::chown((folder / "a").c_str(), 1234, 5678) == 0);
    written(folder / "a", true)->publish();
    struct stat status {};
    REQUIRE(::stat((folder / "a").c_str(), &status) == 0);
    CHECK(status.st_uid == 1234);
    CHECK(status.st_gid == 5678);
}

TEST_CASE("an output goes through a symbolic link", "[core]") {
    const support::TempFolder folder;
    fs::create_directory(folder / "there");
    fs::create_symlink("there/real", folder / "link");
    fs::create_symlink("link", folder / "chain");
    CHECK(stack2nrrd::followed(folder / "chain") == folder / "there" / "real");
    CHECK(stack2nrrd::followed(folder / "plain") == folder / "plain");
    for (const char* text : {"first", "second"}) {  // once to what does not exist yet
        written(folder / "chain", true, text)->publish();
        CHECK(fs::is_symlink(folder / "link"));
        CHECK(fs::is_symlink(folder / "chain"));
        CHECK(get(folder / "there" / "real") == text);
    }
    fs::create_symlink("loop", folder / "loop");
    CHECK_NOTHROW(static_cast<void>(stack2nrrd::followed(folder / "loop")));
}

TEST_CASE("what no output can be is known before anything is written", "[core]") {
    const support::TempFolder folder;
    const auto code = [&](const fs::path& path, bool replace = true) {
        return refusal([&] { stack2nrrd::check_output(path, replace); });
    };
    put(folder / "a", "old");
    CHECK_FALSE(code(folder / "a").has_value());
    CHECK(code(folder / "a", false) == ErrorCode::invalid_argument);
    CHECK_FALSE(code(folder / "new", false).has_value());
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    fs::create_directory(folder / "folder");
    fs::create_symlink("loop", folder / "loop");
    fs::create_symlink("pipe", folder / "to_pipe");
    fs::create_symlink("nowhere/x", folder / "to_nowhere");
    fs::create_symlink("not_yet", folder / "to_new");
    for (const fs::path& path :
         {folder / "pipe", folder / "folder", folder / "folder/", folder / "none/", folder / "loop", folder / "to_pipe",
          fs::path("/dev/null"), fs::path("-"), folder / ".", fs::path("/")}) {
        CAPTURE(path);
        CHECK(code(path) == ErrorCode::invalid_argument);
    }
    std::string deep = folder.path().string();
    while (deep.size() < 4080) deep += "/.";
    CHECK(code(deep + "/a") == ErrorCode::io);
    CHECK(code(folder / std::string(256, 'n')) == ErrorCode::io);
    for (const fs::path& path : {folder / "none/x", folder / "a/x", folder / "to_nowhere"}) {
        CAPTURE(path);
        CHECK(code(path) == ErrorCode::io);
    }
    CHECK_FALSE(code(folder / "to_new").has_value());
    CHECK_FALSE(code(folder / std::string(255, 'n')).has_value());
    CHECK(folder.entries() == 7);
}
