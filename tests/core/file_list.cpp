// Files by name, in little memory.

#include "support/catch.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/file_list.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace stack2nrrd;

namespace {

/// Paths of all kinds, in any order, some of them several times.
std::vector<std::string> paths(std::size_t count) {
    std::mt19937 random(1);
    std::vector<std::string> result(count);
    for (std::string& path : result) {
        const std::vector<std::string> folders{"",
                                               "/",
                                               "a/",
                                               "./a/",
                                               "/long/" + std::string(random() % 300, 'f') + "/",
                                               "r" + std::to_string(random() % 5000) + "/"};
        path = folders[random() % folders.size()] + std::string(random() % 40, 'n') + std::to_string(random() % 1000);
    }
    result[count / 2] = "";
    result[count / 3] = std::string(32'000, 'x') + "/" + std::string(700, 'y');
    return result;
}

}  // namespace

TEST_CASE("a list gives back the paths that were added", "[core]") {
    const std::vector<std::string> added = paths(20'000);
    FileList list;
    CHECK(list.empty());
    for (const std::string& path : added) list.add(path);
    REQUIRE(list.size() == added.size());
    bool same = true;
    for (std::size_t i = 0; i < added.size(); ++i) {
        same = same && list.path(i) == added[i] && list.name(i).find('/') == std::string_view::npos &&
               (list.folder(i).empty() || list.folder(i).back() == '/');
    }
    CHECK(same);
}

TEST_CASE("what is done to a copy of a list does nothing to the list", "[core]") {
    FileList list;
    for (const std::string& path : paths(5'000)) list.add(path);
    FileList copy = list;
    FileList picked = list.picked({7, 3, 7});
    copy.add("more");
    picked.add("other/more");
    copy.set_stamps(std::vector<FileStamp>(copy.size(), FileStamp{3, 4}));
    CHECK(list.size() == 5'000);
    CHECK(list.stamp(4'999) == FileStamp{});
    CHECK(copy.stamp(5'000) == FileStamp{3, 4});
    CHECK(copy.path(5'000) == "more");
    CHECK(copy.path(4'999) == list.path(4'999));
    REQUIRE(picked.size() == 4);
    CHECK(picked.path(0) == list.path(7));
    CHECK(picked.path(1) == list.path(3));
    CHECK(picked.path(2) == list.path(7));
    CHECK(picked.path(3) == "other/more");
    list = {};
    CHECK(copy.path(5'000) == "more");
    CHECK(picked.path(3) == "other/more");
}

TEST_CASE("a list takes 26 bytes a file beyond its name, and folders once", "[core]") {
    constexpr std::size_t count = 100'000;
    FileList list;
    std::int64_t names = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = "slice_" + std::to_string(i) + ".tif";
        names += static_cast<std::int64_t>(name.size());
        list.add(std::string(100, 'f') + "/" + name);
    }
    std::vector<std::uint32_t> all(count);
    for (std::uint32_t i = 0; i < count; ++i) all[i] = i;
    list = list.picked(all);
    list.set_stamps(std::vector<FileStamp>(count));
    CHECK(list.memory_bytes() >= names);
    CHECK(list.memory_bytes() - names <= static_cast<std::int64_t>(count) * 26 + (64 << 10));
}

TEST_CASE("the first file of a folder has its path in one piece", "[core]") {
    FileList list;
    for (const char* path : {"a/1", "a/2", "b/1", "3", "a/3", "", "/", "c/"}) list.add(path);
    for (const std::size_t first : {0U, 2U, 3U, 6U, 7U}) {
        CAPTURE(first);
        REQUIRE(list.path_view(first));
        CHECK(*list.path_view(first) == list.path(first));
    }
    for (const std::size_t other : {1U, 4U, 5U}) CHECK_FALSE(list.path_view(other));
    CHECK(list.path(4) == "a/3");
    CHECK(list.name(0) == "1");
    CHECK(list.folder(2) == "b/");
}

TEST_CASE("a path that comes again at once is stored once", "[core]") {
    FileList list;
    const std::string path = "folder/" + std::string(200, 'n');
    for (int i = 0; i < 100'000; ++i) list.add(path);
    CHECK(list.size() == 100'000);
    CHECK(list.path(99'999) == path);
    CHECK(list.memory_bytes() < 100'000 * 8 + (128 << 10));
}

TEST_CASE("a path that no system has is refused", "[core]") {
    FileList list;
    CHECK_THROWS_AS(list.add(std::string(32'768, 'x')), Error);
    CHECK(list.empty());
}
