// Reads that fail: tried again where that is wanted, and never taken for an answer where they are not. A library that
// is loaded before the C library lets them fail (faults.c).

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <csignal>
#include <map>
#include <string>
#include <vector>

using namespace cli_test;

#if defined(STACK2NRRD_FAULTS)

namespace {

constexpr const char* not_here = "sanitizers have calls of their own";

/// Which call fails: the `at`-th on a path with `path` in it, and as many as `times`; 0: all that follow.
struct Fault {
    std::string call;
    int at = 1;
    int error = EIO;
    int times = 1;
    std::string path = "slice_";
};

struct Place {
    Folder folder;
    Place() {
        write_stack(folder / "tiff", 6);
        fs::create_directory(folder / "png");
        fs::create_directory(folder / "bare");
        for (int z = 0; z < 6; ++z) {
            const auto name = "slice_" + std::to_string(z);
            write_png(folder / ("png/" + name + ".png"), 16, 12, noise(192, static_cast<std::uint32_t>(z)));
            fs::copy_file(folder / "tiff" / slice_name(z), folder / "bare" / name);
        }
        REQUIRE(run_in(folder.path(), {"tiff", "-o", "slice_raw.nrrd"}).status == 0);
        REQUIRE(run_in(folder.path(), {"tiff", "-o", "slice_gzip.nrrd", "--encoding", "gzip"}).status == 0);
    }
    [[nodiscard]] Program program(Arguments arguments, const Fault& fault) const {
        Program program{std::move(arguments), folder.path()};
        program.set = {{"LD_PRELOAD", STACK2NRRD_FAULTS},
                       {"FAULT_CALL", fault.call},
                       {"FAULT_AT", std::to_string(fault.at)},
                       {"FAULT_ERRNO", std::to_string(fault.error)},
                       {"FAULT_TIMES", std::to_string(fault.times)},
                       {"FAULT_PATH", fault.path},
                       {"FAULT_COUNT", (folder / "count").string()}};
        return program;
    }
    /// How many calls of a kind a run made.
    [[nodiscard]] int count(const std::string& call) const {
        const std::string text = "\n" + read_file(folder / "count");
        return std::stoi(text.substr(text.find("\n" + call + " ") + call.size() + 2));
    }
};

const std::vector<std::string>& inputs() {
    static const std::vector<std::string> all{"tiff", "png", "bare", "slice_raw.nrrd", "slice_gzip.nrrd"};
    return all;
}

}  // namespace

TEST_CASE("a read that fails once is tried again, and the bytes are the same", "[sweep]") {
    if (is_sanitized()) return say_skipped(not_here);
    const Place place;
    std::size_t next = 0;
    for (const std::string& input : inputs()) {
        const Arguments plain{input, "-o", "a.nrrd", "--factor", "2", "--threads", "1", "--force"};
        Arguments again = plain;
        again[2] = "b.nrrd";
        again.insert(again.end(), {"--retry", "1", "--json"});
        REQUIRE(place.program(plain, {"pread", 0}).run().status == 0);
        for (const std::string call : {"open", "pread"}) {
            const int count = place.count(call);
            REQUIRE(count > 1);
            for (const int at : {1, count / 2, count}) {
                const int error = std::vector<int>{EIO, ESTALE, ETIMEDOUT}[next++ % 3];
                CAPTURE(input, call, at, count, error);
                const Fault fault{call, at, error};
                const Result failed = place.program(plain, fault).run();
                CHECK(failed.status == 5);
                check_sentence(failed, {"slice_", call == "open" ? "cannot be opened" : "cannot be read"});
                const Result result = place.program(again, fault).run();
                CAPTURE(result.err);
                CHECK(result.status == 0);
                CHECK(result.err.find("1 read failed, and did not when tried again") != std::string::npos);
                CHECK(read_file(place.folder / "a.nrrd") == read_file(place.folder / "b.nrrd"));
                const bool of_run = nlohmann::json::parse(result.out)["run"]["reads_again"] == 1;
                if (at == 1 || at == count) CHECK(of_run == (at == count));  // the first is in the search
            }
        }
    }
    for (const std::string call : {"list", "stat"}) {
        const Fault fault{call, 1, EIO, 1, "tiff"};
        CHECK(place.program({"tiff", "-o", "a.nrrd", "--force"}, fault).run().status == 5);
        CHECK(place.program({"tiff", "-o", "b.nrrd", "--force", "--retry", "1"}, fault).run().status == 0);
    }
}

TEST_CASE("a read that keeps failing fails", "[sweep]") {
    if (is_sanitized()) return say_skipped(not_here);
    const Place place;
    const Arguments arguments{"tiff", "-o", "v.nrrd", "--threads", "1", "--retry", "2"};
    const Result twice = place.program(arguments, {"pread", 20, EIO, 2}).run();
    CHECK(twice.status == 0);
    fs::remove(place.folder / "v.nrrd");
    for (const int at : {1, 20}) {
        const Result result = place.program(arguments, {"pread", at, EIO, 0}).run();
        CHECK(result.status == 5);
        check_sentence(result, {"slice_", "cannot be read", "Input/output error"});
        CHECK_FALSE(fs::exists(place.folder / "v.nrrd"));
    }
    // What is no fault of the disk or the network is not tried again.
    const Result denied = place.program(arguments, {"open", 1, EACCES, 1}).run();
    CHECK(denied.status == 5);
    check_sentence(denied, {"slice_", "Permission denied"});
}

TEST_CASE("a run that waits to read again can be stopped", "[sweep]") {
    if (is_sanitized()) return say_skipped(not_here);
    if (!is_installed("timeout")) return say_skipped("timeout (coreutils) is not installed");
    const Place place;
    REQUIRE(place.program({"tiff", "-o", "v.nrrd", "--threads", "1"}, {"pread", 0}).run().status == 0);
    fs::remove(place.folder / "v.nrrd");
    for (const int at : {1, place.count("pread")}) {  // while headers are read, and at the last slice
        for (const std::string threads : {"1", "3"}) {
            CAPTURE(at, threads);
            Program program =
                place.program({"tiff", "-o", "v.nrrd", "--threads", threads, "--retry", "1000"}, {"pread", at, EIO, 0});
            program.wrapper = {"timeout", "--preserve-status", "-k", "30", "-s", "INT", "1"};
            const Result result = program.run();
            CAPTURE(result.err);
            CHECK(result.status == 130);
            CHECK_FALSE(fs::exists(place.folder / "v.nrrd"));
        }
    }
}

TEST_CASE("a disk that gives no answer is not taken for one", "[sweep]") {
    if (is_sanitized()) return say_skipped(not_here);
    const Place place;
    // A slice without a suffix that cannot be read was left out as if it were no image; an input that cannot be looked
    // at was "not there"; the first bytes of a volume that cannot be read were "no volume".
    for (const std::string& input : inputs()) {
        const Arguments arguments{input, "-o", "v.nrrd", "--threads", "1", "--force"};
        const std::string path = input.starts_with("slice_") ? input : input + "/slice_";
        REQUIRE(place.program(arguments, {"pread", 0, EIO, 1, path}).run().status == 0);
        const Bytes right = read_file(place.folder / "v.nrrd");
        std::map<std::string, int> counts;
        for (const std::string call : {"open", "pread", "list", "stat"}) counts[call] = place.count(call);
        for (const auto& [call, count] : counts) {
            for (int at = 1; at <= count; at += 1 + count / 12) {
                CAPTURE(input, call, at, count);
                const Result result = place.program(arguments, {call, at, EIO, 1, path}).run();
                CAPTURE(result.err);
                CHECK((result.status == 5 || (result.status == 0 && call == "stat")));
                if (result.status != 0) check_sentence(result, {"Input/output error"});
                CHECK(read_file(place.folder / "v.nrrd") == right);
            }
        }
        CHECK(place.program(arguments, {"stat", 1, EIO, 1, input}).run().status == 5);
    }
    // The folder of a Zarr whose metadata cannot be read was "no Zarr group".
    REQUIRE(run_in(place.folder.path(), {"tiff", "-o", "v.ome.zarr"}).status == 0);
    const Result result = place.program({"tiff", "-o", "v.ome.zarr", "--force"}, {"pread", 1, EIO, 1, "zarr"}).run();
    CHECK(result.status == 5);
    check_sentence(result, {"v.ome.zarr", "cannot be read"});
}

#else

TEST_CASE("a read that fails once is tried again, and the bytes are the same", "[sweep]") {
    say_skipped("failing reads: this C library does not let its own be replaced");
}

#endif
