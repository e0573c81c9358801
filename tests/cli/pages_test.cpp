// A TIFF of several channels and points in time: which of its pages are taken, and what is said.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"
#include "support/write_pages.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace cli_test;
using nlohmann::json;

namespace {

constexpr int slices = 5, channels = 3, times = 2;

const std::string imagej =
    "ImageJ=1.53c\nimages=30\nchannels=3\nslices=5\nframes=2\nhyperstack=true\nspacing=3\nunit=um\n";

int value_of(int z, int c, int t) { return 1000 * t + 100 * z + 10 * c + 7; }

/// In ImageJ's order; the first `count` of them.
std::vector<support::FlatPage> pages(std::size_t count = 30) {
    std::vector<support::FlatPage> result;
    for (int t = 0; t < times; ++t) {
        for (int z = 0; z < slices; ++z) {
            for (int c = 0; c < channels; ++c) {
                support::FlatPage page;
                page.value = static_cast<std::uint16_t>(value_of(z, c, t));
                result.push_back(page);
            }
        }
    }
    result.resize(count);
    return result;
}

/// One value for each slice of what was made; fails if a slice has more.
std::vector<int> values(const fs::path& nrrd) {
    const Bytes samples = samples_of(nrrd);
    const auto at = [&](std::size_t i) {
        return static_cast<unsigned char>(samples[2 * i]) + 256 * static_cast<unsigned char>(samples[2 * i + 1]);
    };
    constexpr std::size_t slice = 4 * 3;
    std::vector<int> result;
    for (std::size_t z = 0; z < samples.size() / (2 * slice); ++z) {
        result.push_back(at(z * slice));
        for (std::size_t i = 0; i < slice; ++i) CHECK(at(z * slice + i) == result.back());
    }
    return result;
}

std::vector<int> expected(int c, int t, int count = slices) {
    std::vector<int> result;
    for (int z = 0; z < count; ++z) result.push_back(value_of(z, c, t));
    return result;
}

Arguments with(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

}  // namespace

TEST_CASE("each channel and each point in time of a TIFF can be had", "[cli]") {
    const Folder folder;
    support::write_pages(folder / "a.tif", pages(), imagej);
    support::write_pages_without_directories(folder / "b.tif", pages(), imagej);
    for (const std::string file : {"a.tif", "b.tif"}) {
        for (int c = 0; c < channels; ++c) {
            for (int t = 0; t < times; ++t) {
                CAPTURE(file, c, t);
                const Arguments choice{"--channel", std::to_string(c), "--time", std::to_string(t), "--spacing", "1"};
                const Result made = run_in(folder.path(), with({file, "-o", "v.nrrd", "--force"}, choice));
                CHECK(made.status == 0);
                CHECK(made.err.find("is taken") == std::string::npos);
                CHECK(values(folder / "v.nrrd") == expected(c, t));
                const std::string said = " channel=" + std::to_string(c) + " time=" + std::to_string(t);
                CHECK(read_file(folder / "v.nrrd").find(said) != Bytes::npos);

                // Once listed, there is nothing left to choose; the same choice does no harm.
                CHECK(run_in(folder.path(), with({file, "--manifest", "m.nhdr", "--force"}, choice)).status == 0);
                for (const Arguments& again : {choice, Arguments{"--spacing", "1"}}) {
                    const Result listed = run_in(folder.path(), with({"m.nhdr", "-o", "w.nrrd", "--force"}, again));
                    CAPTURE(listed.err);
                    CHECK(listed.status == 0);
                    CHECK(listed.err.find("is taken") == std::string::npos);
                    CHECK(read_file(folder / "w.nrrd") == read_file(folder / "v.nrrd"));
                }
            }
        }
    }
    check_sentence(run_in(folder.path(), {"m.nhdr", "--channel", "1", "-o", "x.nrrd"}),
                   {"channel 2", "--channel asks for 1"});
    check_sentence(run_in(folder.path(), {"m.nhdr", "--time", "0", "-o", "x.nrrd"}), {"time 1", "--time asks for 0"});
}

TEST_CASE("without a choice the first channel and time are taken, and it is said", "[cli]") {
    const Folder folder;
    support::write_pages(folder / "a.tif", pages(), imagej);
    const Result made = run_in(folder.path(), {"a.tif", "-o", "v.nrrd"});
    CHECK(made.status == 0);
    CHECK(made.err.find("a.tif: holds 3 channels, the first is taken; choose one with --channel 0 to 2") !=
          std::string::npos);
    CHECK(made.err.find("a.tif: holds 2 points in time, the first is taken; choose one with --time 0 to 1") !=
          std::string::npos);
    CHECK(values(folder / "v.nrrd") == expected(0, 0));
    const Result chosen = run_in(folder.path(), {"a.tif", "--channel", "first", "--time=0", "-o", "w.nrrd"});
    CHECK(chosen.err.find("is taken") == std::string::npos);
    CHECK(read_file(folder / "w.nrrd") == read_file(folder / "v.nrrd"));

    // What stands in the first page alone counts for all channels.
    const json info =
        json::parse(run_in(folder.path(), {"a.tif", "--channel", "2", "--time", "1", "--info", "--json"}).out);
    const json& input = info["input"];
    CHECK(input["spacing"] == json({0.0005, 0.0005, 0.003}));
    CHECK(input["page_channels"] == 3);
    CHECK(input["page_channel"] == 2);
    CHECK(input["times"] == 2);
    CHECK(input["time"] == 1);
    CHECK(input["slices"] == 5);
    const Result shown = run_in(folder.path(), {"a.tif", "--channel", "2", "--info"});
    CHECK(shown.out.find("channel  2, of 0 to 2\n") != std::string::npos);
    CHECK(shown.out.find("time     0, of 0 to 1\n") != std::string::npos);
}

TEST_CASE("a channel or a point in time that is not there is refused", "[cli]") {
    const Folder folder;
    support::write_pages(folder / "a.tif", pages(), imagej);
    write_stack(folder / "plain", 3);
    REQUIRE(run_in(folder.path(), {"plain", "-o", "plain.nrrd"}).status == 0);
    struct Case {
        Arguments arguments;
        std::vector<std::string> named;
    };
    const std::vector<Case> cases{
        {{"a.tif", "--channel", "3"}, {"a.tif", "0 to 2", "--channel asks for 3"}},
        {{"a.tif", "--channel", "2147483647"}, {"a.tif", "0 to 2", "--channel asks for 2147483647"}},
        {{"a.tif", "--channel", "all"}, {"a.tif", "3 channels", "--channel all", "--channel 0 to 2"}},
        {{"a.tif", "--time", "2"}, {"a.tif", "0 to 1", "--time asks for 2"}},
        {{"plain", "--time", "1"}, {"has no points in time", "--time asks for 1"}},
        {{"plain.nrrd", "--time", "1"}, {"has no points in time", "--time asks for 1"}},
        {{"plain", "--channel", "1"}, {"--channel: 1", "are grey and have one channel", "leave it out"}},
        {{"plain", "--channel", "-1"}, {"--channel", "-1"}},
        {{"plain", "--channel", "2147483648"}, {"--channel", "2147483648"}},
        {{"plain", "--time", "-1"}, {"--time", "-1"}},
        {{"plain", "--time", "first"}, {"--time", "first"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.arguments);
        const Result result = run_in(folder.path(), with(c.arguments, {"-o", "v.nrrd"}));
        CHECK(result.status == 2);
        check_sentence(result, c.named);
    }
    CHECK(run_in(folder.path(), {"a.tif", "--channel", "all", "--manifest", "m.nhdr"}).status == 2);
    CHECK(run_in(folder.path(), {"plain", "--time", "0", "-o", "v.nrrd"}).status == 0);
    check_holds(folder.path(), {"a.tif", "plain", "plain.nrrd", "v.nrrd"});
}

TEST_CASE("colours of a chosen channel become luma", "[cli]") {
    const Folder folder;
    std::vector<support::FlatPage> coloured = pages();
    for (support::FlatPage& page : coloured) page.colour = true;
    support::write_pages(folder / "a.tif", coloured, imagej);
    CHECK(run_in(folder.path(), {"a.tif", "--channel", "2", "-o", "v.nrrd"}).status == 0);
    CHECK(values(folder / "v.nrrd") == expected(2, 0));
}

TEST_CASE("channels of one slice each can be listed, too", "[cli]") {
    const Folder folder;
    std::vector<support::FlatPage> three = pages(3);
    support::write_pages(folder / "a.tif", three, "ImageJ=1.53c\nimages=3\nchannels=3\nhyperstack=true\n");
    // Programs that know nothing but pages save slices so.
    CHECK(run_in(folder.path(), {"a.tif", "--info"}).out.find("--channel 0 to 2; if they are slices, say so") !=
          std::string::npos);
    for (const std::string c : {"0", "1", "2"}) {
        CAPTURE(c);
        REQUIRE(run_in(folder.path(), {"a.tif", "--channel", c, "-o", "v.nrrd", "--manifest", "m.nhdr", "--force"})
                    .status == 0);
        const Result listed = run_in(folder.path(), {"m.nhdr", "-o", "w.nrrd", "--force"});
        CHECK(listed.status == 0);
        CHECK(listed.err.find("is taken") == std::string::npos);
        CHECK(read_file(folder / "w.nrrd") == read_file(folder / "v.nrrd"));
        CHECK(values(folder / "v.nrrd") == std::vector<int>{value_of(0, std::stoi(c), 0)});
    }
}

TEST_CASE("an acquisition that was interrupted has gaps where it ends", "[cli]") {
    const Folder folder;
    const std::string ome = R"(<OME><Image><Pixels DimensionOrder="XYCZT" Type="uint16" SizeX="4" SizeY="3" )"
                            R"(SizeZ="5" SizeC="3" SizeT="2"/></Image></OME>)";
    support::write_pages(folder / "a.tif", pages(20), ome);  // time 1: two slices of each channel, none of others
    const Result whole = run_in(folder.path(), {"a.tif", "--channel", "2", "-o", "v.nrrd"});
    CHECK(whole.status == 0);
    CHECK(whole.err.find("a.tif: holds 20 pages, its OME text declares 30") != std::string::npos);
    CHECK(values(folder / "v.nrrd") == expected(2, 0));

    const Arguments second{"a.tif", "--channel", "1", "--time", "1", "--spacing", "1", "--force"};
    const Result refused = run_in(folder.path(), with(second, {"-o", "w.nrrd"}));
    CHECK(refused.status == 3);
    check_sentence(refused, {"a.tif", "slices are missing: 2..4", "--missing"});
    CHECK(run_in(folder.path(), with(second, {"--missing", "close", "-o", "w.nrrd"})).status == 0);
    CHECK(values(folder / "w.nrrd") == expected(1, 1, 2));
    CHECK(run_in(folder.path(), with(second, {"--manifest", "m.nhdr"})).status == 0);
    CHECK(run_in(folder.path(), {"m.nhdr", "--missing", "close", "--spacing", "1", "-o", "x.nrrd"}).status == 0);
    CHECK(read_file(folder / "x.nrrd") == read_file(folder / "w.nrrd"));

    support::write_pages(folder / "b.tif", pages(15), ome);
    const Result nothing = run_in(folder.path(), {"b.tif", "--time", "1", "-o", "y.nrrd"});
    CHECK(nothing.status == 3);
    check_sentence(nothing, {"b.tif", "holds no page of channel 0 at time 1"});

    // ImageJ writes all or nothing.
    for (std::size_t count = 2; count < 30; ++count) {
        support::write_pages(folder / "c.tif", pages(count), imagej);
        const Result part = run_in(folder.path(), {"c.tif", "-o", "y.nrrd"});
        CHECK(part.status == 4);
        check_sentence(part, {"c.tif: holds " + std::to_string(count) + " pages", "ImageJ text declares 30 images"});
    }
    check_holds(folder.path(), {"a.tif", "b.tif", "c.tif", "m.nhdr", "v.nrrd", "w.nrrd", "x.nrrd"});
}

TEST_CASE("thumbnails and smaller copies are no slices, and are named", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "thumbs");
    support::FlatPage small;
    small.width = 2;
    small.reduced = true;
    for (int z = 0; z < 4; ++z) {
        support::FlatPage page;
        page.value = static_cast<std::uint16_t>(z);
        support::write_pages(folder / ("thumbs/t" + std::to_string(z) + ".tif"), {small, page}, "");
    }
    const Result made = run_in(folder.path(), {"thumbs", "-o", "v.nrrd"});
    CHECK(made.status == 0);
    CHECK(made.err.find("page 1 (2 x 3, reduced) is left out (in 4 files, first t0.tif)") != std::string::npos);
    CHECK(values(folder / "v.nrrd") == std::vector<int>{0, 1, 2, 3});

    std::vector<support::FlatPage> all = pages();
    all.insert(all.begin(), small);  // its words stand in the thumbnail
    all.push_back(small);
    support::write_pages(folder / "a.tif", all, imagej);
    const Result second = run_in(folder.path(), {"a.tif", "--channel", "1", "--time", "1", "-o", "w.nrrd"});
    CHECK(second.status == 0);
    CHECK(second.err.find("a.tif: page 1 (2 x 3, reduced) is left out") != std::string::npos);
    CHECK(second.err.find("a.tif: page 32 (2 x 3, reduced) is left out") != std::string::npos);
    CHECK(values(folder / "w.nrrd") == expected(1, 1));
}

TEST_CASE("a page of another size between others is refused, behind them it is named", "[cli]") {
    const Folder folder;
    std::vector<support::FlatPage> five(5);
    for (std::size_t odd = 1; odd < 4; ++odd) {
        std::vector<support::FlatPage> some = five;
        some[odd].width = 3;
        support::write_pages(folder / "a.tif", some, "");
        const Result made = run_in(folder.path(), {"a.tif", "-o", "v.nrrd"});
        CHECK(made.status == 3);
        check_sentence(made, {"a.tif: page " + std::to_string(odd + 1) + " of 5 is 3 x 3", "4 x 3"});
    }
    five[4].width = 3;
    support::write_pages(folder / "a.tif", five, "");
    const Result made = run_in(folder.path(), {"a.tif", "-o", "v.nrrd"});
    CHECK(made.status == 0);
    CHECK(made.err.find("a.tif: page 5 (3 x 3) is left out") != std::string::npos);
    CHECK(values(folder / "v.nrrd").size() == 4);
}

TEST_CASE("one file a slice may have a page for each channel", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "z");
    const std::string text = "ImageJ=1.53c\nimages=3\nchannels=3\nhyperstack=true\n";
    const auto write = [&](int z, std::size_t count, const std::string& words) {
        std::vector<support::FlatPage> three(count);
        for (std::size_t c = 0; c < count; ++c) {
            three[c].value = static_cast<std::uint16_t>(value_of(z, static_cast<int>(c), 0));
        }
        support::write_pages(folder / ("z/z_" + std::to_string(z) + ".tif"), three, words);
    };
    for (int z = 0; z < slices; ++z) write(z, 3, text);
    for (int c = 0; c < channels; ++c) {
        const Arguments choice{"--channel", std::to_string(c), "--force"};
        for (const std::string input : {"z", "z/z_%d.tif", "z/z_*.tif", "z/z_3.tif"}) {
            CAPTURE(c, input);
            CHECK(run_in(folder.path(), with({input, "-o", "v.nrrd"}, choice)).status == 0);
            CHECK(values(folder / "v.nrrd") == expected(c, 0));
        }
        CHECK(run_in(folder.path(), with({"z", "-o", "v.nrrd", "--manifest", "m.nhdr"}, choice)).status == 0);
        const Result listed = run_in(folder.path(), {"m.nhdr", "-o", "w.nrrd", "--force"});
        CHECK(listed.status == 0);
        CHECK(listed.err.find("is taken") == std::string::npos);
        CHECK(read_file(folder / "w.nrrd") == read_file(folder / "v.nrrd"));
    }
    const Result first = run_in(folder.path(), {"z", "-o", "v.nrrd", "--force"});
    CHECK(first.err.find("z_0.tif: holds 3 channels, the first is taken; choose one with --channel 0 to 2") !=
          std::string::npos);
    CHECK(values(folder / "v.nrrd") == expected(0, 0));
    CHECK(run_in(folder.path(), {"z", "--channel", "3", "-o", "x.nrrd"}).status == 2);

    // Files that are not alike.
    write(2, 2, "ImageJ=1.53c\nimages=2\nchannels=2\nhyperstack=true\n");
    check_sentence(run_in(folder.path(), {"z", "-o", "x.nrrd"}), {"z_2.tif: has 2 channels", "3 channels and"});
    write(2, 1, "");
    check_sentence(run_in(folder.path(), {"z", "-o", "x.nrrd"}), {"z_2.tif: has 1 channel", "3 channels and"});
    write(2, 3, "");
    check_sentence(run_in(folder.path(), {"z", "-o", "x.nrrd"}), {"z_2.tif: holds 3 slices, one was expected"});
    check_holds(folder.path(), {"z", "m.nhdr", "v.nrrd", "w.nrrd"});
}

TEST_CASE("pages of several files are joined in the order given, and not otherwise", "[cli]") {
    const Folder folder;
    const std::vector<std::size_t> counts{4, 1, 5};
    std::vector<int> all;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        std::vector<support::FlatPage> some(counts[i]);
        for (support::FlatPage& page : some) {
            page.value = static_cast<std::uint16_t>(all.size());
            all.push_back(page.value);
        }
        names.push_back("a_" + std::to_string(i * i * 3) + ".tif");  // 0, 3, 12
        const std::string count = std::to_string(counts[i]);
        support::write_pages(folder / names.back(), some, "ImageJ=1.53c\nimages=" + count + "\nslices=" + count + "\n");
    }
    const Result refused = run_in(folder.path(), with(names, {"-o", "v.nrrd"}));
    CHECK(refused.status == 3);
    check_sentence(refused, {"a_0.tif: holds 4 slices, and 1 more file", "a_0.tif a_3.tif a_12.tif --order given"});
    const Result made =
        run_in(folder.path(), with(names, {"--order", "given", "-o", "v.nrrd", "--manifest", "m.nhdr"}));
    CHECK(made.status == 0);
    CHECK(values(folder / "v.nrrd") == all);
    CHECK(run_in(folder.path(), {"m.nhdr", "--order", "given", "-o", "w.nrrd"}).status == 0);
    CHECK(read_file(folder / "w.nrrd") == read_file(folder / "v.nrrd"));
    const Arguments turned{names[2], names[0], names[2], "--order", "given", "-o", "v.nrrd", "--force"};
    CHECK(run_in(folder.path(), turned).status == 0);
    CHECK(values(folder / "v.nrrd") == std::vector<int>{5, 6, 7, 8, 9, 0, 1, 2, 3, 5, 6, 7, 8, 9});
    // What is joined is one volume.
    support::write_pages(folder / "t.tif", pages(30), imagej);
    check_sentence(run_in(folder.path(), {"t.tif", "t.tif", "--order", "given", "-o", "x.nrrd"}),
                   {"t.tif: holds 2 points in time", "--time"});
    check_sentence(run_in(folder.path(), {"t.tif", names[0], "--time", "0", "--order", "given", "-o", "x.nrrd"}),
                   {names[0] + ": is of 1 channel"});
}

TEST_CASE("a folder of files with many slices each is refused with a way out", "[cli]") {
    const Folder folder;
    fs::create_directory(folder / "many");
    for (int i = 0; i < 3; ++i) support::write_pages(folder / ("many/m" + std::to_string(i) + ".tif"), pages(6), "");
    const Result result = run_in(folder.path(), {"many", "-o", "v.nrrd"});
    CHECK(result.status == 3);
    check_sentence(result, {"m0.tif", "holds 6 slices", "give a file of many slices alone"});
    check_holds(folder.path(), {"many"});
}
