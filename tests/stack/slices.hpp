#pragma once

// A folder of its own for each test, and slices to put into it: as small as they can be, and written here byte by byte.

#include "core/file.hpp"
#include "support/catch.hpp"

#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace stack_test {

namespace fs = std::filesystem;

/// An empty folder that goes away with all that is in it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::random_device random;
        path_ = fs::temp_directory_path() / ("stack2nrrd_stack_" + std::to_string(random()) + std::to_string(random()));
        fs::create_directories(path_);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    [[nodiscard]] const fs::path& path() const { return path_; }
    [[nodiscard]] fs::path operator/(std::string_view name) const { return path_ / stack2nrrd::path_from_utf8(name); }
    /// The path of `name` in here as a Stack and its messages give it.
    [[nodiscard]] std::string text(std::string_view name) const { return stack2nrrd::utf8(*this / name); }

private:
    fs::path path_;
};

inline void write_file(const fs::path& path, std::string_view bytes) {
    std::ofstream stream(path, std::ios::binary);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(stream.flush());
}

struct Slice {
    int width = 4;
    int height = 3;
    int bits = 8;
    int channels = 1;
    int orientation = 1;
    bool least_is_white = false;
};

/// An uncompressed little-endian TIFF of one strip.
inline std::string tiff(const Slice& slice = {}) {
    std::string bytes("II*\0\x08\0\0\0", 8);
    const auto put = [&](std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
    };
    const auto u = [](int value) { return static_cast<std::uint32_t>(value); };
    constexpr std::uint32_t tags = 11;
    const std::uint32_t behind = 8 + 2 + tags * 12 + 4;  // first the bits of each channel, then the samples
    const auto tag = [&](std::uint32_t number, std::uint32_t type, std::uint32_t count, std::uint32_t value) {
        put(number, 2);
        put(type, 2);
        put(count, 4);
        put(value, 4);
    };
    constexpr std::uint32_t as_short = 3;
    constexpr std::uint32_t as_long = 4;
    put(tags, 2);
    tag(256, as_short, 1, u(slice.width));
    tag(257, as_short, 1, u(slice.height));
    tag(258, as_short, u(slice.channels), slice.channels == 1 ? u(slice.bits) : behind);
    tag(259, as_short, 1, 1);                                                         // not compressed
    tag(262, as_short, 1, slice.channels > 1 ? 2U : slice.least_is_white ? 0U : 1U);  // RGB, or the sense of grey
    tag(273, as_long, 1, behind + 8);
    tag(274, as_short, 1, u(slice.orientation));
    tag(277, as_short, 1, u(slice.channels));
    tag(278, as_short, 1, u(slice.height));
    const std::uint32_t size = u(slice.width * slice.height * slice.channels * slice.bits / 8);
    tag(279, as_long, 1, size);
    tag(284, as_short, 1, 1);  // channels interleaved
    put(0, 4);
    for (int i = 0; i < 4; ++i) put(u(slice.bits), 2);
    bytes.append(size, '\x2A');
    return bytes;
}

/// A BMP of 8 bits with a palette: of greys, or of `colour` times the index.
inline std::string bmp(int width = 4, int height = 3, int colour = 0x010101) {
    std::string bytes = "BM";
    const auto put = [&](int value, int count) {
        for (int i = 0; i < count; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
    };
    const int size = (width + 3) / 4 * 4 * height;
    const int start = 14 + 40 + 256 * 4;
    for (const int value : {start + size, 0, start, 40, width, height}) put(value, 4);
    put(1, 2);
    put(8, 2);
    for (const int value : {0, size, 2835, 2835, 256, 0}) put(value, 4);
    for (int grey = 0; grey < 256; ++grey) put(grey * colour, 4);
    bytes.append(static_cast<std::size_t>(size), '\x2A');
    return bytes;
}

inline void write_slices(const TemporaryFolder& folder, const std::vector<std::string>& names,
                         const Slice& slice = {}) {
    for (const std::string& name : names) write_file(folder / name, tiff(slice));
}

/// Base names of the slices in their order; "-" where one is missing.
inline std::vector<std::string> names_of(const stack2nrrd::Stack& stack) {
    std::vector<std::string> names;
    for (const stack2nrrd::SliceRef& slice : stack.slices) {
        names.emplace_back(slice.missing() ? "-" : stack.files.name(static_cast<std::size_t>(slice.file)));
    }
    return names;
}

inline std::vector<stack2nrrd::Problem> problems_of(const stack2nrrd::Stack& stack, bool fatal) {
    std::vector<stack2nrrd::Problem> chosen;
    for (const stack2nrrd::Problem& problem : stack.problems) {
        if (problem.fatal == fatal) chosen.push_back(problem);
    }
    return chosen;
}

/// The Error that `find` throws; fails if it throws none.
template <class Find>
stack2nrrd::Error error_of(Find find) {
    try {
        (void)find();
    } catch (const stack2nrrd::Error& error) {
        return error;
    }
    FAIL("an Error was expected");
    throw 0;
}

using Strings = std::vector<std::string>;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

}  // namespace stack_test
