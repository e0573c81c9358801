// Files that somebody else has open: Windows may forbid what POSIX allows.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <windows.h>

#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// A file that this process has open, and what it lets others do meanwhile.
class Open {
public:
    Open(const fs::path& file, DWORD others, DWORD access = GENERIC_READ)
        : handle_(::CreateFileW(file.c_str(), access, others, nullptr, OPEN_EXISTING, 0, nullptr)) {
        REQUIRE(handle_ != INVALID_HANDLE_VALUE);
    }
    ~Open() { ::CloseHandle(handle_); }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    [[nodiscard]] std::string read() const {
        std::string text(100, '\0');
        DWORD got = 0;
        REQUIRE(::ReadFile(handle_, text.data(), static_cast<DWORD>(text.size()), &got, nullptr));
        text.resize(got);
        return text;
    }

private:
    HANDLE handle_;
};

struct Output {
    Arguments arguments;
    std::vector<std::string> names;
    std::string open;
};

const std::vector<Output>& outputs() {
    static const std::vector<Output> all{{{"-o", "v.nrrd"}, {"v.nrrd"}, "v.nrrd"},
                                         {{"-o", "v.nhdr"}, {"v.nhdr", "v.raw"}, "v.nhdr"},
                                         {{"-o", "v.nhdr"}, {"v.nhdr", "v.raw"}, "v.raw"},
                                         {{"-o", "v.nrrd", "--preview", "p.png"}, {"v.nrrd", "p.png"}, "p.png"},
                                         {{"--manifest", "m.nhdr"}, {"m.nhdr"}, "m.nhdr"}};
    return all;
}

Arguments forced(const Output& output) {
    Arguments all{"../stack", "--force", "--spacing", "1"};
    all.insert(all.end(), output.arguments.begin(), output.arguments.end());
    return all;
}

}  // namespace

TEST_CASE("an output that somebody reads and lets go is replaced, and the reader keeps what he has", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    const fs::path out = folder / "out";
    for (const Output& output : outputs()) {
        CAPTURE(output.arguments, output.open);
        fs::remove_all(out);
        fs::create_directory(out);
        for (const std::string& name : output.names) write_file(out / name, "old");
        {
            const Open reader(out / output.open, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
            const Result made = run_in(out, forced(output));
            CAPTURE(made.err);
            CHECK(made.status == 0);
            CHECK(reader.read() == "old");
            for (const std::string& name : output.names) CHECK(read_file(out / name) != "old");
        }
        // What could not go while it was read goes with the next run.
        CHECK(run_in(out, forced(output)).status == 0);
        check_holds(out, output.names);
    }
}

TEST_CASE("an output that somebody has open for himself is known before the run, and all stays", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    const fs::path out = folder / "out";
    for (const Output& output : outputs()) {
        for (const DWORD others : {DWORD{0}, DWORD{FILE_SHARE_READ}, DWORD{FILE_SHARE_READ | FILE_SHARE_WRITE}}) {
            CAPTURE(output.arguments, output.open, others);
            fs::remove_all(out);
            fs::create_directory(out);
            for (const std::string& name : output.names) write_file(out / name, "old");
            {
                const Open reader(out / output.open, others);
                Arguments all = forced(output);
                all.insert(all.end(), {"--progress", "json"});
                const Result refused = run_in(out, all);
                CAPTURE(refused.err);
                CHECK(refused.status == 5);
                check_sentence(refused, {output.open});
                CHECK(refused.err.find("{\"done\"") == std::string::npos);
                CHECK(reader.read() == "old");
            }
            check_holds(out, output.names);
            for (const std::string& name : output.names) CHECK(read_file(out / name) == "old");
        }
    }
}

TEST_CASE("a slice that somebody has open for himself cannot be read, and that is the reason", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    {
        const Open alone(folder / "stack" / slice_name(1), 0);
        const Result refused = run_in(folder.path(), {"stack", "-o", "v.nrrd"});
        CHECK(refused.status == 5);
        check_sentence(refused, {slice_name(1)});
        check_holds(folder.path(), {"stack"});
    }
    // Who reads, writes or removes it beside us is not kept from it.
    const Open shared(folder / "stack" / slice_name(1), FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                      GENERIC_READ | GENERIC_WRITE);
    CHECK(run_in(folder.path(), {"stack", "-o", "v.nrrd"}).status == 0);
}

TEST_CASE("a folder of OME-Zarr in which somebody reads is replaced, or stays whole", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 3);
    const Arguments run{"stack", "-o", "v.ome.zarr", "--spacing", "1", "--force"};
    REQUIRE(run_in(folder.path(), run).status == 0);
    const Bytes before = read_file(folder / "v.ome.zarr" / "zarr.json");
    for (const DWORD others : {DWORD{FILE_SHARE_READ}, DWORD{FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE}}) {
        Result made;
        {
            const Open reader(folder / "v.ome.zarr" / "zarr.json", others);
            made = run_in(folder.path(), run);
        }
        CAPTURE(others, made.err);
        CHECK((made.status == 0 || made.status == 5));
        if (made.status == 5) check_sentence(made, {"v.ome.zarr"});
        CHECK(read_file(folder / "v.ome.zarr" / "zarr.json") == before);
        REQUIRE(run_in(folder.path(), run).status == 0);
        check_holds(folder.path(), {"stack", "v.ome.zarr"});
    }
}
