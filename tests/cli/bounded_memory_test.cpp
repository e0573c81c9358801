// Promise 1: memory is predicted, and does not depend on the number of slices.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace cli_test;

namespace {

constexpr std::int64_t mebibyte = 1 << 20;

/// Sanitizers keep books in memory of their own: nothing can be said then.
bool memory_can_be_measured() {
    if (is_sanitized()) say_skipped("a sanitizer takes memory of its own");
    return !is_sanitized();
}

/// A list of slices many times over, and what importing it takes.
struct Lists {
    Folder folder;
    std::vector<fs::path> slices;

    void add(const Bytes& bytes, const std::string& suffix) {
        slices.push_back(folder / ("s" + std::to_string(slices.size()) + suffix));
        if (!bytes.empty()) write_file(slices.back(), bytes);
    }
    [[nodiscard]] Arguments arguments(int times, const Arguments& more) const {
        const fs::path list = folder / ("list" + std::to_string(times));
        write_list(list, slices, times);
        Arguments all{"--files-from", list.string(), "--order", "given", "--spacing", "1"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] std::int64_t planned(int times, const Arguments& more) const {
        Arguments all = arguments(times, more);
        all.insert(all.end(), {"-o", "v.nrrd", "--force", "--info", "--json"});
        const Result result = run_in(folder.path(), all);
        CAPTURE(result.out, result.err);
        REQUIRE(result.status == 0);
        return nlohmann::json::parse(result.out)["memory_bytes"].get<std::int64_t>();
    }
    /// Peak memory of a run, which stays below what was planned.
    [[nodiscard]] std::int64_t peak(int times, const Arguments& more) const {
        Arguments all = arguments(times, more);
        all.insert(all.end(), {"-o", "v.nrrd", "--force", "-q"});
        Program program{all, folder.path()};
        program.patience = 120;
        const Result result = program.run();
        CAPTURE(result.err, times, more);
        REQUIRE(result.status == 0);
        const std::int64_t plan = planned(times, more);
        CAPTURE(result.peak_bytes, plan);
        CHECK(result.peak_bytes < plan + 32 * mebibyte);
        CHECK(result.peak_bytes > mebibyte);
        return result.peak_bytes;
    }
};

/// The median of three runs: how threads happen to meet moves a single peak by a few pages of this small program.
std::int64_t typical_peak(const Lists& lists, int times, const Arguments& more) {
    std::array<std::int64_t, 3> peaks{};
    for (std::int64_t& peak : peaks) peak = lists.peak(times, more);
    std::sort(peaks.begin(), peaks.end());
    return peaks[1];
}

/// `more`: how many slices more there were, each of which takes its place in the list.
void check_alike(std::int64_t few, std::int64_t many, std::size_t more) {
    CAPTURE(few, many, more);
    constexpr double bytes_a_slice = 64;  // two places in lists, and as much while one of them grows
    CHECK(std::abs(static_cast<double>(many - few)) <=
          0.05 * static_cast<double>(few) + bytes_a_slice * static_cast<double>(more));
}

}  // namespace

TEST_CASE("twenty thousand slices take the memory of two hundred", "[cli]") {
    if (!memory_can_be_measured()) return;
    Lists lists;
    constexpr int side = 512;
    for (unsigned i = 0; i < 200; ++i) lists.add(tiff(side, side, noise(2 * side * side, i)), ".tif");
    for (const Arguments& more : std::vector<Arguments>{{"--factor", "4", "--threads", "2"}}) {
        check_alike(typical_peak(lists, 1, more), typical_peak(lists, 100, more), 99 * lists.slices.size());
    }
}

namespace {

constexpr int bytes_a_file = 96;  // beyond the name, with what of a heap is not used again: of many more files it is 60
constexpr int planned_a_file =
    80;  // likewise: what README and ImportPlan::memory_bytes() promise, and what grows by doubling
constexpr std::size_t name_bytes = std::string_view("slice_000000.tif").size();

/// `count` tiny files of their own, a list of them, and lists of slices that name them: as bare samples, and as images.
void write_distinct(const fs::path& folder, int count) {
    const fs::path slices = folder / "slices";
    fs::create_directories(slices);
    const Bytes bytes = tiff(2, 2, Bytes(8, 'x'));
    std::string list;
    for (int i = 0; i < count; ++i) {
        const std::string number = std::to_string(1'000'000 + i).substr(1);
        write_file(slices / ("slice_" + number + ".tif"), bytes);
        list += "slices/slice_" + number + ".tif\n";
    }
    write_file(folder / "list", list);
    const std::string header = "NRRD0004\ntype: uint16\ndimension: 3\nsizes: 2 2 " + std::to_string(count) +
                               "\nspace: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n";
    write_file(folder / "bare.nhdr", header + "endian: little\nencoding: raw\nbyte skip: -1\ndata file: LIST\n" + list);
    write_file(folder / "images.nhdr", header + "encoding: stack2nrrd-image\ndata file: LIST\n" + list);
}

}  // namespace

namespace {

/// A TIFF of so many pages of 2 x 2 samples of 16 bits.
Bytes tiny_pages(int count) {
    constexpr std::uint32_t samples = 8;
    constexpr std::uint32_t entries = 9;
    constexpr std::uint32_t page = samples + 2 + entries * 12 + 4;
    Bytes bytes = "II*";
    const auto put = [&](std::uint32_t value, int size) {
        for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> static_cast<unsigned>(8 * i));
    };
    put(0, 1);
    put(8 + samples, 4);
    for (int i = 0; i < count; ++i) {
        const std::uint32_t at = 8 + static_cast<std::uint32_t>(i) * page;
        bytes.append(samples, 'x');
        put(entries, 2);
        const std::array<std::array<std::uint32_t, 3>, entries> tags{{{256, 3, 2},
                                                                      {257, 3, 2},
                                                                      {258, 3, 16},
                                                                      {259, 3, 1},
                                                                      {262, 3, 1},
                                                                      {273, 4, at},
                                                                      {277, 3, 1},
                                                                      {278, 3, 2},
                                                                      {279, 4, samples}}};
        for (const auto& [tag, type, value] : tags) {
            put(tag, 2);
            put(type, 2);
            put(1, 4);
            put(value, 4);
        }
        put(i + 1 < count ? at + page + samples : 0, 4);
    }
    return bytes;
}

}  // namespace

TEST_CASE("a slice in a file of its own takes 96 bytes beyond its name, and the plan knows it", "[cli]") {
    if (!memory_can_be_measured()) return;
    const Folder folder;
    // So many that the list is most of what is taken: what the program itself takes hides a few thousand.
    constexpr int few = 6'000;
    constexpr int many = 4 * few;
    write_distinct(folder / "few", few);
    write_distinct(folder / "many", many);
    const std::vector<Arguments> inputs{
        {"slices"},
        {"slices/slice_*.tif"},
        {"slices/slice_%06d.tif"},
        {"--files-from", "list"},
        {"--files-from", "list", "--order", "given"},
        {"bare.nhdr"},
        {"images.nhdr"},
        {"slices/slice_000007.tif"},
    };
    const auto run_of = [&](const char* where, const Arguments& input, const Arguments& more) {
        Arguments all = input;
        all.insert(all.end(), {"--spacing", "1", "--threads", "2", "-o", "v.nrrd", "--force"});
        all.insert(all.end(), more.begin(), more.end());
        Program program{all, folder / where};
        program.patience = 120;
        return program.run();
    };
    const auto plan_of = [&](const char* where, const Arguments& input) {
        const Result result = run_of(where, input, {"--info", "--json"});
        CAPTURE(input, result.err);
        REQUIRE(result.status == 0);
        return nlohmann::json::parse(result.out)["memory_bytes"].get<std::int64_t>();
    };
    for (const Arguments& input : inputs) {
        std::array<std::int64_t, 2> peaks{};
        std::array<std::int64_t, 2> plans{};
        for (const std::size_t i : {0U, 1U}) {
            const char* where = i == 0 ? "few" : "many";
            plans[i] = plan_of(where, input);
            const Result result = run_of(where, input, {"-q"});
            CAPTURE(input, result.err);
            REQUIRE(result.status == 0);
            peaks[i] = result.peak_bytes;
            CAPTURE(peaks[i], plans[i]);
            CHECK(peaks[i] < plans[i]);
        }
        CAPTURE(input, peaks[0], peaks[1], plans[0], plans[1]);
        constexpr auto a_file = static_cast<std::int64_t>(bytes_a_file + name_bytes);
        CHECK(peaks[1] - peaks[0] <= (many - few) * a_file);
        CHECK(plans[1] - plans[0] <= (many - few) * static_cast<std::int64_t>(planned_a_file + name_bytes));
        CHECK(plans[1] - plans[0] >= (many - few) * static_cast<std::int64_t>(name_bytes));
    }
    // What the list takes cannot be kept below.
    const Result refused = run_of("many", {"slices"}, {"--memory", "18M"});
    CHECK(refused.status == 6);
    check_sentence(refused, {"--memory: 18.0 MiB are too few", "at least "});
    const std::size_t at = refused.err.find("at least ") + 9;
    const std::string least = refused.err.substr(at, refused.err.find(' ', at) - at);
    CHECK(run_of("many", {"slices"}, {"--memory", least}).status == 0);
    CHECK(run_of("few", {"slices"}, {"--memory", "18M"}).status == 0);
}

TEST_CASE("a page of a file of many takes less than 100 bytes, and the plan knows it", "[cli]") {
    if (!memory_can_be_measured()) return;
    const Folder folder;
    constexpr int few = 30'000;
    constexpr int many = 120'000;
    std::array<std::int64_t, 2> peaks{};
    std::array<std::int64_t, 2> plans{};
    for (const std::size_t i : {0U, 1U}) {
        const std::string name = i == 0 ? "few.tif" : "many.tif";
        write_file(folder / name, tiny_pages(i == 0 ? few : many));
        const Arguments all{name, "--spacing", "1", "--threads", "2", "-o", "v.nrrd", "--force"};
        Arguments info = all;
        info.insert(info.end(), {"--info", "--json"});
        const Result looked = run_in(folder.path(), info);
        CAPTURE(looked.err);
        REQUIRE(looked.status == 0);
        plans[i] = nlohmann::json::parse(looked.out)["memory_bytes"].get<std::int64_t>();
        Arguments quiet = all;
        quiet.emplace_back("-q");
        const Result result = run_in(folder.path(), quiet);
        CAPTURE(result.err);
        REQUIRE(result.status == 0);
        peaks[i] = result.peak_bytes;
        CAPTURE(peaks[i], plans[i]);
        CHECK(peaks[i] < plans[i]);
    }
    CAPTURE(peaks[0], peaks[1], plans[0], plans[1]);
    CHECK(peaks[1] - peaks[0] <= (many - few) * std::int64_t{100});
    CHECK(plans[1] - plans[0] <= (many - few) * std::int64_t{100});
    CHECK(plans[1] - plans[0] >= (many - few) * std::int64_t{32});
}

TEST_CASE("memory is bounded for all kinds of slices", "[cli]") {
    if (!memory_can_be_measured()) return;
    struct Kind {
        std::string name;
        std::function<void(Lists&, unsigned)> add;
        Arguments more;
    };
    constexpr int side = 512;
    constexpr std::size_t count = side * side;
    const auto with_nan = [](unsigned i) {
        Bytes samples(4 * count, '\0');
        for (std::size_t s = 0; s < count; ++s) {
            const float number = (s * 7 + i) % 11 == 0 ? std::nanf("") : static_cast<float>(s % 1000);
            std::memcpy(&samples[4 * s], &number, 4);
        }
        return samples;
    };
    const std::vector<Kind> kinds{
        {"float32 with NaN",
         [&](Lists& lists, unsigned i) { lists.add(tiff(side, side, with_nan(i), 32, 1, 3), ".tif"); },
         {}},
        {"PNG",
         [&](Lists& lists, unsigned i) {
             lists.add({}, ".png");
             write_png(lists.slices.back(), side, side, noise(2 * count, i), 16);
         },
         {}},
        {"tiled TIFF",
         [&](Lists& lists, unsigned i) {
             lists.add({}, ".tif");
             write_tiled_tiff(lists.slices.back(), side, side, noise(2 * count, i));
         },
         {}},
        {"RGB, all channels",
         [&](Lists& lists, unsigned i) { lists.add(tiff(side, side, noise(3 * count, i), 8, 3), ".tif"); },
         {"--channel", "all"}},
        {"BMP, gzip",
         [&](Lists& lists, unsigned i) { lists.add(bmp(side, side, noise(count, i)), ".bmp"); },
         {"--encoding", "gzip", "--level", "1"}},
        {"labels",
         [&](Lists& lists, unsigned i) { lists.add(bmp(side, side, noise(count, i)), ".bmp"); },
         {"--labels"}},
        {"with a preview",
         [&](Lists& lists, unsigned i) { lists.add(bmp(side, side, noise(count, i)), ".bmp"); },
         {"--preview", "v.png"}},
    };
    for (const Kind& kind : kinds) {
        CAPTURE(kind.name);
        Lists lists;
        for (unsigned i = 0; i < 20; ++i) kind.add(lists, i);
        Arguments more{"--factor", "4", "--threads", "2"};
        more.insert(more.end(), kind.more.begin(), kind.more.end());
        check_alike(typical_peak(lists, 4, more), typical_peak(lists, 40, more), 36 * lists.slices.size());
    }
}

TEST_CASE("2048 x 2048 of 16 bits, factor 2, lanczos:3, two threads: at most 200 MiB", "[cli]") {
    if (!memory_can_be_measured()) return;
    Lists lists;
    constexpr int side = 2048;
    for (unsigned i = 0; i < 4; ++i) lists.add(tiff(side, side, noise(2 * side * side, i)), ".tif");
    const std::int64_t peak = lists.peak(10, {"--factor", "2", "--kernel", "lanczos:3", "--threads", "2"});
    CHECK(peak <= 200 * mebibyte);
}

TEST_CASE("the peak memory that a run reports is its own", "[cli]") {
    if (!memory_can_be_measured()) return;
    const Folder folder;
    write_stack(folder / "stack", 4);
    // A large process starts a small one.
    std::vector<char> ballast(static_cast<std::size_t>(96 * mebibyte), 'x');
    const Result result = run_in(folder.path(), {"stack", "-o", "v.nrrd", "--json", "-q"});
    CHECK(ballast.back() == 'x');
    REQUIRE(nlohmann::json::accept(result.out));
    CHECK(nlohmann::json::parse(result.out)["run"]["peak_memory_bytes"].get<std::int64_t>() < 64 * mebibyte);
}
