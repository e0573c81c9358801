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
    // As find -print0 writes it.
    write_file(folder / "zeros", std::string_view("/x/a.tif\0/x/b.tif\0", 18));
    const Error zeros = error_of([&] { return lines_of(folder / "zeros"); });
    CHECK(zeros.code() == ErrorCode::corrupt);
    CHECK_THAT(zeros.what(), Contains("line 1 has a zero byte") && Contains("-print0"));
    // A name may look like a comment.
    const fs::path before = fs::current_path();
    fs::current_path(folder.path());
    write_file("#1.tif", tiff());
    write_file("list", "#1.tif\n#2.tif\n# slices\na.tif\n");
    const Strings lines = lines_of("list");
    fs::current_path(before);
    CHECK(lines == Strings{"#1.tif", "a.tif"});
}

TEST_CASE("a list may be in UTF-16", "[stack]") {
    const TemporaryFolder folder;
    const std::u16string names = u"\uFEFFa \u00E9.tif\r\n\u6F22\U0001F600.tif\r\n\r\n# no\r\n";
    std::u16string many = names;
    Strings expected{"a \xC3\xA9.tif", "\xE6\xBC\xA2\xF0\x9F\x98\x80.tif"};
    for (int i = 0; i < 20000; ++i) {  // more than is read at once
        many += u"\U0001F600\u00E9\u6F22";
        many += i % 1000 == 999 ? u"\n" : u"x";
    }
    for (int i = 0; i < 20; ++i) {
        std::string line;
        for (int k = 0; k < 1000; ++k) line += "\xF0\x9F\x98\x80\xC3\xA9\xE6\xBC\xA2x";
        line.pop_back();
        expected.push_back(line);
    }
    for (const bool low_byte_first : {true, false}) {
        std::string bytes;
        for (const char16_t unit : many) {
            const char low = static_cast<char>(unit & 0xFFU);
            const char high = static_cast<char>(unit >> 8U);
            bytes += low_byte_first ? low : high;
            bytes += low_byte_first ? high : low;
        }
        write_file(folder / "list", bytes);
        CHECK(lines_of(folder / "list") == expected);
    }
    // Halves of a character, and of a unit.
    write_file(folder / "list", std::string_view("\xFF\xFE"
                                                 "a\0\x3D\xD8"
                                                 "b\0\0\xDE\n\0\x3D\xD8"
                                                 "c",
                                                 13));
    CHECK(lines_of(folder / "list") == Strings{"a\xEF\xBF\xBD"
                                               "b\xEF\xBF\xBD",
                                               "\xEF\xBF\xBD"});
}

TEST_CASE("a list may come from standard input", "[stack]") {
    std::istringstream text("a\nb\n");
    std::streambuf* before = std::cin.rdbuf(text.rdbuf());
    const Strings paths = lines_of("-");
    std::cin.rdbuf(before);
    std::cin.clear();
    CHECK(paths == Strings{"a", "b"});
}
