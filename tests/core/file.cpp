#include "core/file.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#if !defined(_WIN32)
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace {

namespace fs = std::filesystem;
using stack2nrrd::ErrorCode;
using stack2nrrd::InputFile;
using stack2nrrd::OutputFile;

void put(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

std::string get(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

template <class Action>
std::optional<ErrorCode> refusal(Action action) {
    try {
        action();
    } catch (const stack2nrrd::Error& error) {
        return error.code();
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("a file is read at any place", "[core]") {
    const support::TempFolder folder;
    put(folder / "a", "0123456789");
    InputFile file(stack2nrrd::utf8(folder / "a"));
    CHECK(file.bytes() == 10);
    std::array<char, 16> buffer{};
    CHECK(file.read_at(0, buffer.data(), 10) == 10);
    CHECK(std::string(buffer.data(), 10) == "0123456789");
    CHECK(file.read_at(7, buffer.data(), 16) == 3);
    CHECK(std::string(buffer.data(), 3) == "789");
    CHECK(file.read_at(10, buffer.data(), 1) == 0);
    CHECK(file.read_at(1000, buffer.data(), 1) == 0);
    CHECK_NOTHROW(file.check());
    CHECK_FALSE(file.changed());
    InputFile moved(std::move(file));
    CHECK(moved.read_at(2, buffer.data(), 1) == 1);
    CHECK(buffer[0] == '2');
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    put(folder / "a", "9876543210");
    CHECK(moved.changed());
    CHECK(moved.read_at(-1, buffer.data(), 1) == 0);
    CHECK(refusal([&] { moved.check(); }) == ErrorCode::io);
}

TEST_CASE("what is no file is not opened, and not waited for", "[core]") {
    const support::TempFolder folder;
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "none")); }) == ErrorCode::not_found);
    put(folder / "a", "x");
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "a" / "b")); }) == ErrorCode::not_found);
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder.path())); }) == ErrorCode::corrupt);
    CHECK(refusal([&] { InputFile file(""); }) == ErrorCode::not_found);
#if !defined(_WIN32)
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "pipe")); }) == ErrorCode::corrupt);
    CHECK(refusal([&] { InputFile file("/dev/null"); }) == ErrorCode::corrupt);
    fs::create_symlink("loop", folder / "loop");
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "loop")); }) == ErrorCode::not_found);
    if (::geteuid() != 0) {
        fs::permissions(folder / "a", fs::perms::none);
        CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "a")); }) == ErrorCode::io);
    }
#endif
}

TEST_CASE("a file appears whole or not at all", "[core]") {
    const support::TempFolder folder;
    for (const bool replace : {false, true}) {
        {
            OutputFile file(folder / "a", replace);
            file.write("hello");
            CHECK_FALSE(fs::exists(folder / "a"));
            CHECK(folder.entries() == 1);
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
            file.commit();
            CHECK(get(folder / "a") == "hello World!");
        }
        CHECK(get(folder / "a") == "hello World!");
        CHECK(folder.entries() == 1);
        fs::remove(folder / "a");
    }
    CHECK(refusal([&] { OutputFile file(folder / "none" / "a", true); }) == ErrorCode::io);
    // A name as long as names can be
    const std::string longest(255, 'n');
    {
        OutputFile file(folder / longest, true);
        file.write("x");
        file.sync();
        file.commit();
    }
    CHECK(get(folder / longest) == "x");
}

TEST_CASE("what stands under the name is replaced only if it may be", "[core]") {
    const support::TempFolder folder;
    OutputFile late(folder / "a", false);
    late.write("new");
    late.sync();
    put(folder / "a", "old");
    CHECK(refusal([&] { late.commit(); }) == ErrorCode::invalid_argument);
    CHECK(get(folder / "a") == "old");
    {
        OutputFile file(folder / "a", true);
        file.write("new");
        file.sync();
        file.commit();
    }
    CHECK(get(folder / "a") == "new");
}

TEST_CASE("a commit can be taken back", "[core]") {
    const support::TempFolder folder;
    put(folder / "a", "old");
    for (const bool aside : {false, true}) {
        {
            OutputFile file(folder / "a", true);
            file.write("new");
            file.sync();
            if (aside) {
                file.set_aside();
                CHECK_FALSE(fs::exists(folder / "a"));
            }
            file.commit();
            CHECK(get(folder / "a") == "new");
            file.revert();
            CHECK(get(folder / "a") == "old");
        }
        CHECK(get(folder / "a") == "old");
        CHECK(folder.entries() == 1);
    }
    {
        OutputFile file(folder / "a", true);
        file.write("new");
        file.sync();
        file.set_aside();
        file.revert();  // before it came to a commit
    }
    CHECK(get(folder / "a") == "old");
    CHECK(folder.entries() == 1);
    {
        OutputFile file(folder / "a", true);
        file.write("new");
        file.sync();
        file.set_aside();
        file.commit();
    }
    CHECK(get(folder / "a") == "new");
    CHECK(folder.entries() == 1);
    for (const bool replace : {false, true}) {
        OutputFile file(folder / "b", replace);
        file.write("new");
        file.sync();
        file.commit();
        CHECK(get(folder / "b") == "new");
        file.revert();
        CHECK_FALSE(fs::exists(folder / "b"));
    }
    {
        OutputFile file(folder / "b", true);
        file.revert();  // nothing to take back
    }
    CHECK(folder.entries() == 1);
    // What cannot get its name leaves all as it was.
    fs::create_directories(folder / "d" / "full");
    CHECK(refusal([&] {
              OutputFile file(folder / "d", true);
              file.write("x");
              file.sync();
              file.commit();
          }) == ErrorCode::io);
    CHECK(fs::is_directory(folder / "d" / "full"));
    CHECK(folder.entries() == 2);
}

#if !defined(_WIN32)

TEST_CASE("an output goes through a symbolic link", "[core]") {
    const support::TempFolder folder;
    fs::create_directory(folder / "there");
    fs::create_symlink("there/real", folder / "link");
    fs::create_symlink("link", folder / "chain");
    CHECK(stack2nrrd::followed(folder / "chain") == folder / "there" / "real");
    CHECK(stack2nrrd::followed(folder / "plain") == folder / "plain");
    for (const char* text : {"first", "second"}) {  // once to what does not exist yet
        {
            OutputFile file(folder / "chain", true);
            file.write(text);
            file.sync();
            file.commit();
        }
        CHECK(fs::is_symlink(folder / "link"));
        CHECK(fs::is_symlink(folder / "chain"));
        CHECK(get(folder / "there" / "real") == text);
    }
    fs::create_symlink("loop", folder / "loop");
    CHECK_NOTHROW(static_cast<void>(stack2nrrd::followed(folder / "loop")));
}

#endif
