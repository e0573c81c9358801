// Paths beyond the 260 characters that many programs of Windows stop at.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "core/file.hpp"
#include "support/catch.hpp"
#include "support/zarr_reader.hpp"

#include <windows.h>

#include <algorithm>

#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// The standard library's own iterator knows no long paths.
std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    WIN32_FIND_DATAW found{};
    const HANDLE search = ::FindFirstFileW((folder / L"*").c_str(), &found);
    REQUIRE(search != INVALID_HANDLE_VALUE);
    do {
        const std::wstring name(static_cast<const wchar_t*>(found.cFileName));
        if (name != L"." && name != L"..") names.push_back(stack2nrrd::utf8(name));
    } while (::FindNextFileW(search, &found));
    ::FindClose(search);
    std::sort(names.begin(), names.end());
    return names;
}

void remove_deep(const fs::path& path) {
    if ((::GetFileAttributesW(path.c_str()) & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        ::DeleteFileW(path.c_str());
        return;
    }
    for (const std::string& name : names_in(path)) remove_deep(path / stack2nrrd::path_from_utf8(name));
    ::RemoveDirectoryW(path.c_str());
}

/// A folder so deep that no name in it has less than 300 characters; it is written to by its name without a limit.
struct Deep {
    Folder top;
    std::string relative;
    fs::path unlimited;
    Deep() {
        for (int i = 0; i < 4; ++i) relative += (i == 0 ? "" : "\\") + std::string(75, static_cast<char>('a' + i));
        unlimited = fs::path(L"\\\\?\\" + top.path().wstring() + L"\\" + fs::path(relative).wstring());
        fs::create_directories(unlimited);
        write_stack(unlimited / "stack", 3);
    }
    ~Deep() { remove_deep(L"\\\\?\\" + top.path().wstring()); }
    Deep(const Deep&) = delete;
    Deep& operator=(const Deep&) = delete;
};

Bytes wanted() {
    Bytes samples;
    for (int i = 0; i < 3; ++i) samples += noise(2 * 16 * 12, static_cast<std::uint32_t>(i));
    return samples;
}

}  // namespace

TEST_CASE("long paths of folders, slices, patterns, globs and lists are read", "[cli]") {
    const Deep deep;
    std::string slashes = deep.relative;
    for (char& c : slashes) c = c == '\\' ? '/' : c;
    const std::string absolute = stack2nrrd::utf8(deep.top.path()) + "\\" + deep.relative + "\\stack";
    REQUIRE(absolute.size() > 300);
    for (const std::string& stack : {absolute, deep.relative + "\\stack", slashes + "/stack",
                                     deep.relative + "\\..\\" + std::string(75, 'd') + "\\stack"}) {
        for (const char* behind : {"", "\\slice_001.tif", "/slice_%03d.tif", "\\slice_*.tif"}) {
            CAPTURE(stack, behind);
            const Result made = run_in(deep.top.path(), {stack + behind, "-o", "v.nrrd", "--force"});
            CAPTURE(made.err);
            CHECK(made.status == 0);
            if (made.status == 0) CHECK(samples_of(deep.top / "v.nrrd") == wanted());
        }
    }
    // Names in a list are those of the working folder.
    write_file(deep.unlimited / "list", deep.relative + "\\stack\\slice_000.tif\r\n" + slashes +
                                            "/stack/slice_001.tif\r\n" + absolute + "\\slice_002.tif");
    const Result listed = run_in(deep.top.path(), {"--files-from", deep.relative + "\\list", "-o", "l.nrrd"});
    CAPTURE(listed.err);
    CHECK(listed.status == 0);
    CHECK(samples_of(deep.top / "l.nrrd") == wanted());
}

TEST_CASE("long paths are written to: volumes, pairs, previews, pages, lists and stores", "[cli]") {
    const Deep deep;
    const std::string out = deep.relative + "\\";
    for (const bool force : {false, true}) {
        for (const Arguments& output : std::vector<Arguments>{{"-o", out + "v.nrrd", "--preview", out + "v.png"},
                                                              {"-o", out + "w.nhdr", "--report", out + "w.html"},
                                                              {"--manifest", out + "m.nhdr"},
                                                              {"-o", out + "z.ome.zarr", "--pyramid", "1,2"}}) {
            Arguments all{out + "stack", "--spacing", "1"};
            all.insert(all.end(), output.begin(), output.end());
            if (force) all.emplace_back("--force");
            CAPTURE(all);
            const Result made = run_in(deep.top.path(), all);
            CAPTURE(made.err);
            CHECK(made.status == 0);
        }
        CHECK(samples_of(deep.unlimited / "v.nrrd") == wanted());
        CHECK(read_file(deep.unlimited / "w.raw") == wanted());
        CHECK(read_file(deep.unlimited / "v.png").starts_with("\x89PNG"));
        const std::vector<std::byte> level = support::read_zarr_array(deep.unlimited / "z.ome.zarr" / "0").samples;
        CHECK(Bytes(reinterpret_cast<const char*>(level.data()), level.size()) == wanted());
        CHECK(names_in(deep.unlimited) == std::vector<std::string>{"m.nhdr", "stack", "v.nrrd", "v.png", "w.html",
                                                                   "w.nhdr", "w.raw", "z.ome.zarr"});
    }
    const Result again = run_in(deep.top.path(), {out + "m.nhdr", "-o", "again.nrrd"});
    CAPTURE(again.err);
    CHECK(again.status == 0);
    CHECK(samples_of(deep.top / "again.nrrd") == wanted());
    const Result there = run_in(deep.top.path(), {out + "stack", "-o", out + "v.nrrd"});
    CHECK(there.status == 2);
    check_sentence(there, {"v.nrrd", "--force"});
    const Result nowhere = run_in(deep.top.path(), {out + "stack", "-o", out + "none\\v.nrrd"});
    CHECK(nowhere.status == 5);
    check_sentence(nowhere, {"none"});
    const Result too_long = run_in(deep.top.path(), {out + "stack", "-o", out + std::string(251, 'n') + ".nrrd"});
    CHECK(too_long.status == 5);
    check_sentence(too_long, {"too long"});
}
