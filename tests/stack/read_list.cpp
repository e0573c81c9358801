#include "stack/read_list.hpp"
#include "slices.hpp"

#include <iostream>
#include <sstream>

using namespace stack2nrrd;
using namespace stack_test;

namespace {

Strings lines_of(const std::filesystem::path& list) {
    Strings lines;
    read_list(list, [&](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

}  // namespace

TEST_CASE("a list has one path a line", "[stack]") {
    const TemporaryFolder folder;
    const auto read = [&](std::string_view text) {
        write_file(folder / "list", text);
        return lines_of(folder / "list");
    };
    CHECK(read("a\nb\n") == Strings{"a", "b"});
    CHECK(read("a\nb") == Strings{"a", "b"});
    CHECK(read("a\r\n\r\n# no\r\n b c \r\n") == Strings{"a", " b c "});
    CHECK(read("\xEF\xBB\xBF/x/\xC3\xA9.tif\n\xEF\xBB\xBFy\n") == Strings{"/x/\xC3\xA9.tif", "\xEF\xBB\xBFy"});
    CHECK(read("\xEF\xBB\xBF# no\n-a\n") == Strings{"-a"});
    CHECK(read("").empty());
    CHECK(read("\n\n").empty());
    CHECK(read(std::string(60000, 'a') + "\nb").size() == 2);
}

TEST_CASE("what is no list is refused", "[stack]") {
    const TemporaryFolder folder;
    CHECK(error_of([&] { return lines_of(folder / "none"); }).code() == ErrorCode::not_found);
    CHECK(error_of([&] { return lines_of(folder.path()); }).code() == ErrorCode::io);
    write_file(folder / "zeros", "a\n" + std::string(100000, '\0'));
    const Error error = error_of([&] { return lines_of(folder / "zeros"); });
    CHECK(error.code() == ErrorCode::corrupt);
    CHECK_THAT(error.what(), Contains("line 2"));
}

TEST_CASE("no name of a list is lost", "[stack]") {
    const TemporaryFolder folder;
    // find -print0, and what PowerShell's > writes.
    write_file(folder / "zeros", std::string_view("/x/a.tif\0/x/b.tif\0", 18));
    const Error zeros = error_of([&] { return lines_of(folder / "zeros"); });
    CHECK(zeros.code() == ErrorCode::corrupt);
    CHECK_THAT(zeros.what(), Contains("line 1 has a zero byte") && Contains("-print0"));
    write_file(folder / "wide", std::string_view("\xFF\xFE/\0a\0\n\0", 8));
    CHECK_THAT(error_of([&] { return lines_of(folder / "wide"); }).what(), Contains("UTF-16") && Contains("UTF-8"));
    // A name may look like a comment.
    const fs::path before = fs::current_path();
    fs::current_path(folder.path());
    write_file("#1.tif", tiff());
    write_file("list", "#1.tif\n#2.tif\n# slices\na.tif\n");
    const Strings lines = lines_of("list");
    fs::current_path(before);
    CHECK(lines == Strings{"#1.tif", "a.tif"});
}

TEST_CASE("a list may come from standard input", "[stack]") {
    std::istringstream text("a\nb\n");
    std::streambuf* before = std::cin.rdbuf(text.rdbuf());
    const Strings paths = lines_of("-");
    std::cin.rdbuf(before);
    std::cin.clear();
    CHECK(paths == Strings{"a", "b"});
}
