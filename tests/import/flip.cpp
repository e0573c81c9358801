// Axes that are turned around: the same samples at the same places, counted from the other end.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::VolumeInfo;

/// The samples of a volume with axes turned around.
Bytes turned(const Bytes& bytes, const VolumeInfo& info, const std::array<bool, 3>& flip) {
    const std::size_t sample = static_cast<std::size_t>(info.channels) * stack2nrrd::sample_bytes(info.type);
    Bytes result;
    const auto at = [&](std::size_t a, Index i) { return flip[a] ? info.size[a] - 1 - i : i; };
    for (Index z = 0; z < info.size[2]; ++z) {
        for (Index y = 0; y < info.size[1]; ++y) {
            for (Index x = 0; x < info.size[0]; ++x) {
                const Index place = (at(2, z) * info.size[1] + at(1, y)) * info.size[0] + at(0, x);
                const auto first =
                    bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(place) * sample);
                result.insert(result.end(), first, first + static_cast<std::ptrdiff_t>(sample));
            }
        }
    }
    return result;
}

std::array<bool, 3> sides(int bits) { return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0}; }

std::string note(const VolumeInfo& info, const std::string& key) {
    for (const auto& [own, value] : info.notes) {
        if (own == key) return value;
    }
    return "(none)";
}

/// Where the geometry has a sample.
std::array<long double, 3> place(const VolumeInfo& info, const std::array<Index, 3>& at) {
    std::array<long double, 3> where{};
    for (std::size_t w = 0; w < 3; ++w) {
        where[w] = info.geometry.origin[w];
        for (std::size_t a = 0; a < 3; ++a) {
            where[w] += static_cast<long double>(info.geometry.direction[a][w]) * static_cast<long double>(at[a]);
        }
    }
    return where;
}

/// "" if `info` is `straight` with axes turned around.
std::string misplaced(const VolumeInfo& straight, const VolumeInfo& info, const std::array<bool, 3>& flip) {
    std::array<Index, 3> last{};
    for (std::size_t a = 0; a < 3; ++a) {
        if (info.size[a] != straight.size[a]) return "size";
        last[a] = flip[a] ? straight.size[a] - 1 : 0;
        for (std::size_t w = 0; w < 3; ++w) {
            const double d = straight.geometry.direction[a][w];
            if (info.geometry.direction[a][w] != (flip[a] ? -d : d)) return "direction";
        }
    }
    const std::array<long double, 3> origin = place(straight, last);
    for (std::size_t w = 0; w < 3; ++w) {
        // The last sample's place, of rounded numbers, and the exact one rounded once.
        if (std::abs(origin[w] - info.geometry.origin[w]) > 1e-13L * (1 + std::abs(origin[w]))) return "origin";
    }
    return "";
}

}  // namespace

TEST_CASE("a flipped result has the same samples, counted from the other end", "[import]") {
    const std::vector<Settings> all{
        {{"factor", "2"}},
        {{"factor", "8/3,1,3/2"}, {"crop", "2:20,1:15,3:16"}},
        {{"size", "40,9,11"}, {"align", "first"}},
        {{"factor", "3"}, {"slab", "1:4"}},
        {{"factor", "2"}, {"slab", "2:"}, {"step", "2"}},
        {{"factor", "5/2"}, {"reverse", "true"}, {"kernel", "box"}},
        {{"labels", "true"}, {"factor", "3"}},
        {{"crop", "3:,,:9"}},
        {{"max-dim", "7"}, {"type", "float32"}},
    };
    int grey = 0;
    for (const SampleType type : {SampleType::uint8, SampleType::int16, SampleType::uint32, SampleType::float32}) {
        Volume volume = phantom::noise({23, 17, 19}, type, 3, ++grey % 2 == 0 ? 1 : 3);
        if (type == SampleType::float32) volume.at(7, 8, 9) = std::numeric_limits<double>::quiet_NaN();
        support::TempFolder folder;
        support::write_volume(
            folder / "v.nrrd", volume, type,
            {.lines = "space: LPS\nspace directions: " + std::string(volume.channels > 1 ? "none " : "") +
                      "(.3,.4,0) (-.4,.3,0) (0,0,-.7)\nspace origin: (1.1,-70.3,9)\n"});
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        for (const Settings& settings : all) {
            if (type == SampleType::float32 && settings.front().first == "labels") continue;
            Options options = options_with(settings);
            if (volume.channels > 1) options.channel = stack2nrrd::Channel::all;
            options.threads = 1 + static_cast<unsigned>(grey) % 2;
            Options whole = options;
            whole.slab = {};
            VolumeInfo straight;
            const Bytes bytes = import_bytes(stack, whole, &straight);
            for (int bits = 1; bits < 8; ++bits) {
                CAPTURE(settings.front().second, bits, static_cast<int>(type));
                options.flip = whole.flip = sides(bits);
                VolumeInfo info;
                Bytes expected = turned(bytes, straight, whole.flip);
                CHECK((import_bytes(stack, whole, &info) == expected));
                CHECK(misplaced(straight, info, whole.flip).empty());
                if (options.slab == Range{}) continue;
                // A slab counts slices of the result.
                VolumeInfo part;
                Range slab = options.slab;
                slab.end = std::min(slab.end, info.size[2]);
                const std::int64_t slice = info.slice_bytes();
                expected = Bytes(expected.begin() + slab.first * slice, expected.begin() + slab.end * slice);
                CHECK((import_bytes(stack, options, &part) == expected));
                const auto first = place(info, {0, 0, slab.first});
                for (std::size_t w = 0; w < 3; ++w) CHECK(std::abs(first[w] - part.geometry.origin[w]) < 1e-12L);
                CHECK(part.geometry.direction == info.geometry.direction);
                CHECK(note(part, "stack2nrrd_options")
                          .find(" slab=" + std::to_string(slab.first) + ":" + std::to_string(slab.end)) !=
                      std::string::npos);
            }
        }
    }
}

TEST_CASE("only a flipped z needs a scratch file", "[import]") {
    const Source source(phantom::noise({9, 8, 7}, SampleType::uint8, 2), SampleType::uint8);
    for (int bits = 0; bits < 8; ++bits) {
        Options options;
        options.flip = sides(bits);
        const auto plan = stack2nrrd::plan_import(source.stack, options);
        CHECK(plan.scratch_bytes() == (options.flip[2] ? 9 * 8 * 7 : 0));
        CHECK((note(plan.volume(), "stack2nrrd_options").find("flip=") != std::string::npos) == (bits != 0));
    }
    Options options = options_with({{"flip", "z,x"}});
    CHECK(note(stack2nrrd::plan_import(source.stack, options).volume(), "stack2nrrd_options") ==
          "factor=1 align=cell flip=x,z");
}

TEST_CASE("the levels of a pyramid are flipped each", "[import]") {
    const Source source(phantom::noise({23, 17, 19}, SampleType::uint16, 4), SampleType::uint16);
    support::TempFolder folder;
    Options options = options_with({{"pyramid", "1,2,3"}, {"flip", "x,z"}});
    const auto levels = stack2nrrd::levels_of(source.stack, options, folder / "v.nrrd");
    std::vector<Options> each;
    for (const auto& level : levels) each.push_back(level.options);
    const auto plans = stack2nrrd::plan_imports(source.stack, each);
    auto sinks = stack2nrrd::output_sinks(levels);
    std::vector<stack2nrrd::PlannedOutput> outputs;
    for (std::size_t i = 0; i < plans.size(); ++i) outputs.push_back({plans[i], sinks[i].get()});
    (void)stack2nrrd::run_imports(outputs);
    sinks.clear();
    CHECK(folder.entries() == 3);
    for (const char* factor : {"1", "2", "3"}) {
        VolumeInfo info;
        const Bytes bytes = import_bytes(source.stack, options_with({{"factor", factor}}), &info);
        const support::Nrrd file = support::read_nrrd(folder / ("v_" + std::string(factor) + ".nrrd"));
        CHECK((file.samples == turned(bytes, info, {true, false, true})));
        CHECK(file.directions()[0][0] < 0);
        CHECK(file.directions()[2][2] < 0);
    }
}

TEST_CASE("extents of segments are turned around with their samples", "[import]") {
    support::TempFolder folder;
    Volume volume({23, 19, 17});
    for (Index z = 2; z <= 5; ++z)
        for (Index y = 3; y <= 4; ++y)
            for (Index x = 10; x <= 20; ++x) volume.at(x, y, z) = 9;
    support::write_volume(folder / "v.nrrd", volume, SampleType::uint8,
                          {.lines = "labels: \"i\" \"j\" \"k\"\nSegment0_Extent:=10 20 3 4 2 5\n"
                                    "Segmentation_ReferenceImageExtentOffset:=100 200 300\n"});
    const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
    for (int bits = 0; bits < 8; ++bits) {
        for (const char* slab : {"", "0:9", "8:"}) {
            Options options = options_with({{"labels", "true"}, {"crop", "1:22,,"}});
            if (*slab != '\0') stack2nrrd::set_option(options, "slab", slab);
            options.flip = sides(bits);
            VolumeInfo info;
            const Doubles samples = import_samples(stack, options, &info);
            std::array<Index, 6> found{100, -1, 100, -1, 100, -1};
            for (std::size_t i = 0; i < samples.size(); ++i) {
                if (samples[i] == 0) continue;
                const auto at = static_cast<Index>(i);
                const std::array<Index, 3> place{at % info.size[0], at / info.size[0] % info.size[1],
                                                 at / info.size[0] / info.size[1]};
                for (std::size_t a = 0; a < 3; ++a) {
                    found[2 * a] = std::min(found[2 * a], place[a]);
                    found[2 * a + 1] = std::max(found[2 * a + 1], place[a]);
                }
            }
            std::string expected = "0 -1 0 -1 0 -1";
            if (found[1] >= 0) {
                expected.clear();
                for (const Index i : found) expected += (expected.empty() ? "" : " ") + std::to_string(i);
            }
            CAPTURE(bits, slab);
            CHECK(note(info, "Segment0_Extent") == expected);
            CHECK(info.fields.labels == std::array<std::string, 3>{"i", "j", "k"});
            // It counts in samples of a grid that goes the other way.
            const bool kept = note(info, "Segmentation_ReferenceImageExtentOffset") != "(none)";
            CHECK(kept == (bits == 0));
        }
    }
}

TEST_CASE("flip takes the names of axes", "[import]") {
    CHECK(options_with({{"flip", "x"}}).flip == std::array<bool, 3>{true, false, false});
    CHECK(options_with({{"flip", "z, X"}}).flip == std::array<bool, 3>{true, false, true});
    for (const char* bad : {"w", "", "xy", "x,,z", "1", "x;y"}) {
        CAPTURE(bad);
        Options options;
        CHECK_THROWS_AS(stack2nrrd::set_option(options, "flip", bad), stack2nrrd::Error);
    }
}
