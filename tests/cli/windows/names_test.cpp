// Names as Windows has them: beyond the code page, in lists of PowerShell and Notepad, in any case, and of devices.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "core/file.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

namespace {

const std::string bone =
    "Sch\xC3\xA4"
    "del \xE6\x96\x87 \xF0\x9F\xA6\xB4";  // within the code page, beyond it, beyond 16 bits

Bytes wanted(int count) {
    Bytes samples;
    for (int i = 0; i < count; ++i) samples += noise(2 * 16 * 12, static_cast<std::uint32_t>(i));
    return samples;
}

/// In UTF-16, as `>` of PowerShell and "Unicode" of Notepad write it.
Bytes utf16(const std::string& text, bool little) {
    Bytes bytes;
    for (const wchar_t c : L'\xFEFF' + stack2nrrd::path_from_utf8(text).wstring()) {
        const char high = static_cast<char>(c >> 8), low = static_cast<char>(c & 0xFF);
        bytes += little ? low : high;
        bytes += little ? high : low;
    }
    return bytes;
}

}  // namespace

TEST_CASE("names beyond the code page are folders, slices, outputs and sidecars", "[cli]") {
    const Folder folder;
    write_stack(folder / bone, 3);
    const Result made = run_in(folder.path(), {bone, "-o", bone + ".nhdr", "--preview", bone + ".png", "--report",
                                               bone + ".html", "--manifest", bone + " list.nhdr", "--spacing", "1"});
    CAPTURE(made.err);
    CHECK(made.status == 0);
    CHECK(made.err.find(bone + ".nhdr: 16 x 12 x 3") != std::string::npos);
    CHECK(read_file(folder / (bone + ".raw")) == wanted(3));
    CHECK(read_file(folder / (bone + ".nhdr")).ends_with("data file: " + bone + ".raw\n"));
    for (const char* suffix : {".nhdr", ".raw", ".png", ".html", " list.nhdr"}) {
        CAPTURE(suffix);
        CHECK(fs::exists(folder / (bone + suffix)));
    }
    for (const std::string& input : {bone + ".nhdr", bone + " list.nhdr", bone + "\\" + slice_name(1), bone + "/*.tif",
                                     bone + "\\slice_%03d.tif"}) {
        CAPTURE(input);
        const Result again = run_in(folder.path(), {input, "-o", "again.nrrd", "--force"});
        CAPTURE(again.err);
        CHECK(again.status == 0);
        CHECK(samples_of(folder / "again.nrrd") == wanted(3));
    }
}

TEST_CASE("lists in UTF-16 and UTF-8, with CRLF, backslashes and drives", "[cli]") {
    const Folder folder;
    write_stack(folder / bone, 3);
    const std::string absolute = stack2nrrd::utf8(folder / bone);
    const std::string text = "# made by Windows\r\n\r\n" + bone + "\\" + slice_name(0) + "\r\n" + absolute + "\\" +
                             slice_name(1) + "\r\n" + bone + "/" + slice_name(2);
    for (const Bytes& bytes : {text, text + "\r\n", "\xEF\xBB\xBF" + text, utf16(text, true), utf16(text, false),
                               utf16(text + "\r\n", true)}) {
        CAPTURE(bytes.substr(0, 4), bytes.size());
        write_file(folder / "list", bytes);
        const Result made =
            run_in(folder.path(), {"--files-from", "list", "--order", "given", "-o", "v.nrrd", "--force"});
        CAPTURE(made.err);
        CHECK(made.status == 0);
        CHECK(samples_of(folder / "v.nrrd") == wanted(3));
        Program piped{{"--files-from", "-", "--order", "given", "-o", "w.nrrd", "--force"}, folder.path(), bytes};
        CHECK(piped.run().status == 0);
        CHECK(samples_of(folder / "w.nrrd") == wanted(3));
    }
    // In the code page: no text that a name could be taken from.
    write_file(folder / "list",
               "Sch\xE4"
               "del\\slice_000.tif\r\n");
    const Result refused = run_in(folder.path(), {"--files-from", "list", "-o", "x.nrrd"});
    CHECK(refused.status == 4);
    check_sentence(refused, {"list: line 1", "UTF-8"});
    CHECK(refused.err.find("a bug in") == std::string::npos);
}

TEST_CASE("case does not matter in the names of folders, slices and outputs", "[cli]") {
    const Folder folder;
    write_stack(folder / "Stack", 3);
    for (const char* input : {"stack", "STACK\\SLICE_*.TIF", "stack/Slice_%03d.tif", "stack\\SLICE_001.TIF"}) {
        CAPTURE(input);
        const Result made = run_in(folder.path(), {input, "-o", "v.nrrd", "--force"});
        CAPTURE(made.err);
        CHECK(made.status == 0);
        CHECK(samples_of(folder / "v.nrrd") == wanted(3));
    }
    const Result there = run_in(folder.path(), {"stack", "-o", "V.NRRD"});
    CHECK(there.status == 2);
    check_sentence(there, {"V.NRRD", "--force"});
    const Result over = run_in(folder.path(), {"stack\\*.tif", "-o", "w.nhdr", "--manifest", "W.NHDR"});
    CHECK(over.status == 2);
    check_sentence(over, {"twice"});
    check_holds(folder.path(), {"Stack", "v.nrrd"});
}

TEST_CASE("a name that is a device, a stream, or loses its end is no output", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    for (const char* name : {"NUL", "nul.nrrd", "CON.nrrd", "com1.nrrd", "v.nrrd:s.nrrd", "a<b.nrrd", "a|b.nrrd"}) {
        CAPTURE(name);
        const Result result = run_in(folder.path(), {"stack", "-o", name, "--force"});
        CHECK((result.status == 2 || result.status == 5));
        check_sentence(result, {});
        check_holds(folder.path(), {"stack"});
    }
}
