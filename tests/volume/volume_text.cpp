// Headers as editors, other systems and other writers leave them.

#include "volume_support.hpp"

#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

#include <string>

namespace stack2nrrd::volume_test {

namespace {

const std::string fields = "type: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n";

void check_samples(const std::filesystem::path& file) {
    const Read result = read_volume(file);
    CHECK(result.samples == bytes_of("abcdefgh"));
    CHECK(result.volume->size == std::array<Index, 3>{2, 2, 2});
}

std::string with_line_ends(std::string text, const std::string& end) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + end.size())) {
        text.replace(at, 1, end);
    }
    return text;
}

}  // namespace

TEST_CASE("a header may have a mark, CR LF, tabs, blanks and comments", "[volume]") {
    const support::TempFolder folder;
    write(folder / "v.raw", "abcdefgh");
    const std::string mark = "\xEF\xBB\xBF";
    for (const std::string& beginning : {std::string(), mark}) {
        for (const std::string& magic : {std::string("NRRD0004\n"), std::string("NRRD0004 \t\n")}) {
            for (const std::string& lines :
                 {fields, std::string("type:\tuint8\ndimension:3\nsizes:\t2\t2  2 \nencoding:   raw  \n"),
                  std::string("  type: uint8\n\t# a comment\n# type: double\n#\ndimension: 3 \nsizes: 2 2 "
                              "2\t\nencoding: raw\n")}) {
                for (const std::string& end : {std::string("\n"), std::string("\r\n")}) {
                    CAPTURE(beginning, magic, lines, end);
                    const std::string head = with_line_ends(beginning + magic + lines, end);
                    write(folder / "v.nrrd", head + end + "abcdefgh");
                    check_samples(folder / "v.nrrd");
                    write(folder / "v.nhdr", head + with_line_ends("data file: v.raw \n", end));
                    check_samples(folder / "v.nhdr");
                }
            }
        }
    }
}

TEST_CASE("blank lines stand between fields, but end a header that samples follow", "[volume]") {
    const support::TempFolder folder;
    write(folder / "v.raw", "abcdefgh");
    for (const std::string& text :
         {std::string(
              "NRRD0004\ntype: uint8\n\ndimension: 3\n\n\nsizes: 2 2 2\n  \nencoding: raw\n\ndata file: v.raw\n"),
          std::string("NRRD0004\n\ntype: uint8\r\n\r\ndimension: 3\nsizes: 2 2 2\nencoding: raw\ndata file: v.raw\n\n"),
          "NRRD0004\n" + fields + "\n\ndatafile: v.raw\n\nkey:=value\n\n# the end\n\n",
          "NRRD0004\n" + fields + "\n# where it is\n\n\ndata file: LIST 3\n\nv.raw\n\n"}) {
        CAPTURE(text);
        write(folder / "v.nhdr", text);
        check_samples(folder / "v.nhdr");
    }
    // Not where the samples begin, whatever they look like.
    write(folder / "v.nrrd", "NRRD0004\n" + fields + "\nabcdefgh");
    check_samples(folder / "v.nrrd");
    const std::string three = "type: uint8\ndimension: 3\nsizes: 3 3 3\nencoding: raw\n";
    write(folder / "v.nrrd", "NRRD0004\n" + three + "\nsizes: 2 2 2\nkey:=value\n...");
    CHECK(read_volume(folder / "v.nrrd").samples == bytes_of("sizes: 2 2 2\nkey:=value\n..."));
    write(folder / "v.nhdr", "NRRD0004\n" + three + "\n\x01izes: 2 2 2\nkey:=value\n...");
    CHECK(read_volume(folder / "v.nhdr").samples == bytes_of("\x01izes: 2 2 2\nkey:=value\n..."));
    write(folder / "v.nrrd", "NRRD0004\n" + three + "\n\n\n\n" + std::string(24, '\n'));
    CHECK(read_volume(folder / "v.nrrd").samples == bytes_of(std::string(27, '\n')));
    // A header cannot be at its end before it says what its samples are.
    write(folder / "v.nrrd", "NRRD0004\ntype: uint8\n\ndimension: 3\n\nsizes: 2 2 2\nencoding: raw\n\nabcdefgh");
    check_samples(folder / "v.nrrd");
    write(folder / "v.nrrd", "NRRD0004\ntype: uint8\n\nabcdefgh");
    const auto error = error_of(folder / "v.nrrd");
    REQUIRE(error);
    CHECK(std::string(error->what()).find("no field \"encoding\"") == std::string::npos);
    CHECK(std::string(error->what()).find("no field \"dimension\"") != std::string::npos);
}

TEST_CASE("a header in UTF-16 is refused by name", "[volume]") {
    const support::TempFolder folder;
    const std::string text = "NRRD0004\n" + fields + "data file: v.raw\n";
    for (const bool big : {false, true}) {
        for (const bool marked : {false, true}) {
            std::string wide = !marked ? "" : big ? "\xFE\xFF" : "\xFF\xFE";
            for (const char c : text) wide += big ? std::string{'\0', c} : std::string{c, '\0'};
            write(folder / "v.nhdr", wide);
            const auto error = error_of(folder / "v.nhdr");
            REQUIRE(error);
            CHECK(error->code() == ErrorCode::unsupported);
            CHECK(std::string(error->what()).find("UTF-16") != std::string::npos);
            CHECK(is_nrrd(std::as_bytes(std::span(wide))));
        }
    }
}

TEST_CASE("data files with names of another system are looked for beside the header", "[volume]") {
    const support::TempFolder folder;
    std::filesystem::create_directory(folder / "sub");
    write(folder / "v.raw", "abcdefgh");
    write(folder / "a b.raw", "abcdefgh");
    write(folder / "sub" / "w.raw", "abcdefgh");
    const auto remarks = [&](const std::string& name) {
        write(folder / "v.nhdr", "NRRD0004\n" + fields + "data file: " + name + "\n");
        CAPTURE(name);
        check_samples(folder / "v.nhdr");
        return read_nrrd((folder / "v.nhdr").string()).remarks;
    };
    CHECK(remarks("v.raw").empty());
    CHECK(remarks((folder / "v.raw").string()).empty());
    CHECK(remarks("sub/../v.raw").empty());
    std::vector<std::string> elsewhere{"C:\\scans\\v.raw",
                                       "c:/scans/v.raw",
                                       "/home/other/v.raw",
                                       "..\\x\\v.raw",
                                       "\\\\server\\share\\v.raw",
                                       "file:///C:/scans/v.raw",
                                       "file:///nowhere/v.raw",
                                       "file://host/share/a%20b.raw",
                                       "FILE:v.raw",
                                       "\"v.raw\"",
                                       "LIST 3\nC:\\scans\\v.raw",
                                       "LIST 3\n/gone/v.raw"};
    // Where '\' is no character of a name, and blanks at its end do not count, these are there.
    if (support::any_name_is_legal()) {
        elsewhere.insert(elsewhere.end(), {"sub\\w.raw", ".\\v.raw", "LIST 3\nv.raw  "});
    }
    for (const std::string& name : elsewhere) {
        CAPTURE(name);
        const auto told = remarks(name);
        REQUIRE(told.size() == 1);
        CHECK(told[0].find("does not exist; \"") != std::string::npos);
    }
    for (const char* name : {"p0.raw", "p1.raw"}) write(folder / name, std::string(name) == "p0.raw" ? "abcd" : "efgh");
    CHECK(remarks("D:\\data\\p%d.raw 0 1 1").size() == 1);
    CHECK(remarks("LIST\nD:\\p0.raw\nD:\\p1.raw")[0].find("and so for 1 more") != std::string::npos);
    CHECK(remarks("LIST\np0.raw\nD:\\p1.raw").size() == 1);
    // What is beside the header by another name, or nowhere, is not there.
    for (const std::string name : {"C:\\scans\\gone.raw", "/home/other/gone.raw", "gone.raw", "x/v.raw"}) {
        write(folder / "v.nhdr", "NRRD0004\n" + fields + "data file: " + name + "\n");
        const auto error = error_of(folder / "v.nhdr");
        REQUIRE(error);
        CHECK(error->code() == ErrorCode::not_found);
        CHECK(std::string(error->what()).find("v.nhdr: ") != std::string::npos);
    }
}

}  // namespace stack2nrrd::volume_test
