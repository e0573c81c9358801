// --like, --flip and open crops, as a user has them.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

constexpr std::int64_t mebibyte = 1 << 20;

Arguments operator+(Arguments left, const Arguments& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// A volume of zeros with this geometry.
void write_reference(const fs::path& file, const std::array<int, 3>& size, const std::string& directions,
                     const std::string& origin) {
    const auto samples =
        static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(size[2]);
    write_file(file, "NRRD0004\ntype: uint8\ndimension: 3\nsizes: " + std::to_string(size[0]) + " " +
                         std::to_string(size[1]) + " " + std::to_string(size[2]) +
                         "\nspace: left-posterior-superior\nspace directions: " + directions +
                         "\nspace origin: " + origin + "\nencoding: raw\n\n" + Bytes(samples, '\0'));
}

std::int64_t planned_memory(const Folder& folder, const Arguments& arguments) {
    const Result result = run_in(folder.path(), arguments + Arguments{"--info", "--json"});
    REQUIRE(result.status == 0);
    return nlohmann::json::parse(result.out)["memory_bytes"].get<std::int64_t>();
}

}  // namespace

TEST_CASE("another order of axes takes the memory that was planned, and leaves nothing but the result", "[cli]") {
    if (is_sanitized()) return say_skipped("a sanitizer takes memory of its own");
    const Folder folder;
    constexpr int width = 400;
    constexpr int height = 300;
    constexpr int count = 200;
    fs::create_directories(folder / "s");
    fs::create_directories(folder / "scratch");
    for (int z = 0; z < count; ++z) {
        const std::string name = slice_name(z);
        write_file(folder / "s" / name, tiff(width, height, noise(2 * width * height, static_cast<unsigned>(z))));
    }
    const Arguments input{"s", "-q", "--force", "--spacing", "1", "--threads", "2"};
    REQUIRE(run_in(folder.path(), input + Arguments{"-o", "straight.nrrd"}).status == 0);
    const Bytes straight = samples_of(folder / "straight.nrrd");
    // x of the result is the source's z, y its x turned around, z its y.
    write_reference(folder / "r.nrrd", {count, width, height}, "(0,0,1) (-1,0,0) (0,1,0)",
                    "(" + std::to_string(width - 1) + ",0,0)");
    Bytes expected(straight.size(), '\0');
    std::size_t to = 0;
    for (int y = 0; y < height; ++y) {
        for (int x = width - 1; x >= 0; --x) {
            for (int z = 0; z < count; ++z, to += 2) {
                const std::size_t from =
                    2 * ((static_cast<std::size_t>(z) * height + static_cast<std::size_t>(y)) * width +
                         static_cast<std::size_t>(x));
                expected[to] = straight[from];
                expected[to + 1] = straight[from + 1];
            }
        }
    }
    for (const char* memory : {"1G", "60M", "40M"}) {
        CAPTURE(memory);
        const Arguments all =
            input + Arguments{"--like", "r.nrrd", "--memory", memory, "--scratch", "scratch", "-o", "like.nrrd"};
        const Result result = run_in(folder.path(), all);
        CAPTURE(result.err);
        REQUIRE(result.status == 0);
        CHECK(samples_of(folder / "like.nrrd") == expected);
        CHECK(result.peak_bytes < planned_memory(folder, all) + 8 * mebibyte);
        CHECK(fs::is_empty(folder / "scratch"));
    }
    check_holds(folder.path(), {"s", "scratch", "straight.nrrd", "r.nrrd", "like.nrrd"});
    const Result lost =
        run_in(folder.path(), input + Arguments{"--like", "r.nrrd", "--scratch", "nowhere", "-o", "l.nrrd"});
    CHECK(lost.status == 5);
    check_sentence(lost, {"nowhere", "scratch", "--scratch"});
}

TEST_CASE("a flipped z is read back from beside the output", "[cli]") {
    const Folder folder;
    write_stack(folder / "s", 9);
    const Arguments input{"s", "-q", "--spacing", "1"};
    REQUIRE(run_in(folder.path(), input + Arguments{"-o", "a.nrrd"}).status == 0);
    REQUIRE(run_in(folder.path(), input + Arguments{"-o", "b.nrrd", "--flip", "z"}).status == 0);
    const Bytes a = samples_of(folder / "a.nrrd");
    const Bytes b = samples_of(folder / "b.nrrd");
    const std::size_t slice = a.size() / 9;
    for (std::size_t z = 0; z < 9; ++z) CHECK(a.substr(z * slice, slice) == b.substr((8 - z) * slice, slice));
    check_holds(folder.path(), {"s", "a.nrrd", "b.nrrd"});
}

TEST_CASE("a reference is not the output", "[cli]") {
    const Folder folder;
    write_stack(folder / "s", 5);
    write_reference(folder / "r.nrrd", {8, 6, 3}, "(2,0,0) (0,2,0) (0,0,2)", "(0.5,0.5,0.5)");
    const Bytes before = read_file(folder / "r.nrrd");
    const Result result = run_in(folder.path(), {"s", "--spacing", "1", "--like", "r.nrrd", "--force", "-o", "r.nrrd"});
    CHECK(result.status == 2);
    check_sentence(result, {"r.nrrd: is one of the inputs"});
    CHECK(read_file(folder / "r.nrrd") == before);
}

TEST_CASE("open ends are shown as what they are", "[cli]") {
    const Folder folder;
    write_stack(folder / "s", 9);
    for (const Arguments& more : std::vector<Arguments>{{"--json"}, {}}) {
        const Result info = run_in(
            folder.path(), Arguments{"s", "--info", "--crop", "10:,:5,:", "--slab", "2:", "--spacing", "1"} + more);
        REQUIRE(info.status == 0);
        CHECK(info.out.find("922337") == std::string::npos);
        if (more.empty()) CHECK(info.out.find("output   6 x 5 x 7") != std::string::npos);
        if (more.empty()) continue;
        const auto json = nlohmann::json::parse(info.out);
        CHECK(json["output"]["size"] == nlohmann::json::array({6, 5, 7}));
        CHECK(json["output"]["origin"] == nlohmann::json::array({10.0, 0.0, 2.0}));
    }
    REQUIRE(run_in(folder.path(), {"s", "-q", "--crop", "10:,:5,:", "--slab", "2:", "-o", "v.nrrd"}).status == 0);
    const Bytes file = read_file(folder / "v.nrrd");
    CHECK(file.find("922337") == std::string::npos);
    CHECK(file.find("stack2nrrd_crop:=10:16,0:5,0:9\n") != std::string::npos);
    CHECK(file.find(" slab=2:9") != std::string::npos);
    check_sentence(run_in(folder.path(), {"s", "--crop", "16:,,", "-o", "w.nrrd"}),
                   {"the crop 16: does not lie within 0:16"});
}

TEST_CASE("the scratch file of a folder that is named with a slash is beside it", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 6);
    const Result made = run_in(folder.path(), {"stack", "--spacing", "1", "--flip", "z", "-o", "v.ome.zarr/"});
    CAPTURE(made.err);
    CHECK(made.status == 0);
    CHECK(fs::exists(folder / "v.ome.zarr" / "zarr.json"));
}

TEST_CASE("a result that lies within a displacement has nothing of what is beyond its end", "[cli]") {
    // Everything that is moved comes from the bright part of the source; what is not moved would come from the dark
    // one.
    const Folder folder;
    constexpr int width = 140;
    constexpr int side = 40;
    const auto write_source = [&](const std::string& name, char dark, char bright) {
        Bytes samples(std::size_t{width} * side * side, dark);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            if (i % width >= 100) samples[i] = bright;
        }
        write_file(folder / name,
                   "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 140 40 40\nspace: left-posterior-superior\n"
                   "space directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (-12,-12,-12)\nencoding: raw\n\n" +
                       samples);
    };
    write_source("s.nrrd", 0, static_cast<char>(200));
    write_source("labels.nrrd", 3, 7);
    write_reference(folder / "r.nrrd", {8, 8, 8}, "(2,0,0) (0,2,0) (0,0,2)", "(0,0,0)");
    std::string vectors;
    for (int i = 0; i < 8 * 8 * 8; ++i) vectors += "100 0 0\n";
    write_file(folder / "field.nrrd",
               "NRRD0004\ntype: float\ndimension: 4\nsizes: 3 8 8 8\nspace: left-posterior-superior\n"
               "space directions: none (2,0,0) (0,2,0) (0,0,2)\nspace origin: (0,0,0)\n"
               "kinds: vector domain domain domain\nencoding: ascii\n\n" +
                   vectors);
    // From the first sample to the last: three cells, and one more on each side.
    std::string spline = "#Insight Transform File V1.0\nTransform: BSplineTransform_double_3_3\nParameters:";
    for (int i = 0; i < 3 * 216; ++i) spline += i < 216 ? " 100" : " 0";
    const std::string cell = std::to_string(14. / 3);
    const std::string first = std::to_string(-14. / 3);
    spline += "\nFixedParameters: 6 6 6 " + first + " " + first + " " + first + " " + cell + " " + cell + " " + cell +
              " 1 0 0 0 1 0 0 0 1\n";
    write_file(folder / "spline.tfm", spline);
    write_file(folder / "both.tfm",
               "#Insight Transform File V1.0\nTransform: TranslationTransform_double_3_3\n"
               "Parameters: 0 0 0.25\nFixedParameters:\n");
    for (const Arguments& through :
         std::vector<Arguments>{{"field.nrrd"}, {"spline.tfm"}, {"field.nrrd", "--transform", "both.tfm"}}) {
        for (const Arguments& more : std::vector<Arguments>{{}, {"--quality", "max"}, {"--kernel", "gauss:1,3"}}) {
            CAPTURE(through, more);
            const Arguments all =
                Arguments{"s.nrrd", "--like", "r.nrrd", "-q", "--force", "-o", "v.nrrd", "--transform"};
            const Result result = run_in(folder.path(), all + through + more);
            CAPTURE(result.err);
            REQUIRE(result.status == 0);
            CHECK(samples_of(folder / "v.nrrd") == Bytes(512, static_cast<char>(200)));
        }
        Arguments all{"labels.nrrd", "--labels", "--like", "r.nrrd", "-q", "--force", "-o", "v.nrrd", "--transform"};
        REQUIRE(run_in(folder.path(), all + through).status == 0);
        CHECK(samples_of(folder / "v.nrrd") == Bytes(512, 7));
    }
}
