#include "core/file.hpp"

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::ErrorCode;
using stack2nrrd::InputFile;

void put(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

using support::refusal;

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

TEST_CASE("small reads and large ones see the same bytes", "[core]") {
    const support::TempFolder folder;
    std::string text;
    for (int i = 0; i < 9001; ++i) text += static_cast<char>(i * i % 251);
    put(folder / "a", text);
    InputFile file(stack2nrrd::utf8(folder / "a"));
    std::vector<char> buffer(text.size() + 1);
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        const std::size_t offset = random() % (text.size() + 20);
        const std::size_t size = random() % (i % 3 == 0 ? buffer.size() : 1030);
        const std::size_t got = file.read_at(static_cast<std::int64_t>(offset), buffer.data(), size);
        const std::string expected = offset < text.size() ? text.substr(offset, size) : "";
        REQUIRE(std::string(buffer.data(), got) == expected);
    }
    CHECK_NOTHROW(file.check());
}

TEST_CASE("what is no file is not opened, and not waited for", "[core]") {
    const support::TempFolder folder;
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "none")); }) == ErrorCode::not_found);
    put(folder / "a", "x");
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "a" / "b")); }) == ErrorCode::not_found);
    CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder.path())); }) == ErrorCode::corrupt);
    CHECK(refusal([&] { InputFile file(""); }) == ErrorCode::not_found);
    if (support::made_pipe(folder / "pipe")) {
        CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "pipe")); }) == ErrorCode::corrupt);
    }
    if (support::has_devices()) CHECK(refusal([&] { InputFile file("/dev/null"); }) == ErrorCode::corrupt);
    if (support::made_link("loop", folder / "loop")) {
        CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "loop")); }) == ErrorCode::not_found);
    }
    if (support::modes_matter()) {
        fs::permissions(folder / "a", fs::perms::none);
        CHECK(refusal([&] { InputFile file(stack2nrrd::utf8(folder / "a")); }) == ErrorCode::io);
    }
}
