// --dehaze: what the program says, where its scratch file is, and what becomes of it.

#include "cli/dehaze_place.hpp"
#include "support/catch.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

nlohmann::json parsed(const Result& result) {
    CAPTURE(result.out, result.err);
    REQUIRE(result.status == 0);
    return nlohmann::json::parse(result.out);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace

TEST_CASE("what was taken for air is reported and recorded", "[cli]") {
    const DehazePlace place;
    const Result result = place.make({"-o", "v.nrrd", "--dehaze", "auto"});
    REQUIRE(result.status == 0);
    check_holds(place.out, {"v.nrrd"});
    const support::Nrrd made = support::read_nrrd(place.out / "v.nrrd");
    const std::string mode = trimmed(made.pair("stack2nrrd_dehaze_mode"));
    const std::string threshold = trimmed(made.pair("stack2nrrd_dehaze_threshold"));
    CHECK(std::stod(mode) == Approx(1000).margin(10));
    CHECK(std::stod(threshold) == Approx(1180).margin(40));
    CHECK(has(made.pair("stack2nrrd_options"), " dehaze=auto"));
    CHECK(
        has(result.err, "air below " + threshold + " (mode " + mode + ") set to " + trimmed(made.pair("min")) + ": 8"));
    // By itself, and in the sums.
    const nlohmann::json json = parsed(place.make({"-o", "w.nrrd", "--dehaze", "auto", "--json"}));
    REQUIRE(json["run"]["air"].size() == 1);
    const nlohmann::json& air = json["run"]["air"][0];
    CHECK(air["found"] == true);
    CHECK(air["mode"] == std::stod(mode));
    CHECK(air["threshold"] == std::stod(threshold));
    CHECK(air["darkest"] == std::stod(made.pair("min")));
    CHECK(air["samples"].get<double>() / (32. * 32 * 32) == Approx(air["share"].get<double>()));
    CHECK(air["share"].get<double>() == Approx(std::stod(made.pair("stack2nrrd_dehaze_share"))).margin(1e-6));
    const std::vector<double> samples = support::from_bytes(made.samples, made.type);
    CHECK(std::count(samples.begin(), samples.end(), std::stod(made.pair("min"))) >=
          air["samples"].get<std::int64_t>());
    // Without the option nothing of it.
    CHECK_FALSE(parsed(place.make({"-o", "x.nrrd", "--json"}))["run"].contains("air"));
    // A threshold that is given; one that looks like a level.
    CHECK(has(place.make({"-o", "y.nrrd", "--dehaze", "2000"}).err, "air below 2000 set to "));
    CHECK(place.make({"-o", "z.nrrd", "--dehaze", "3.0"}).status == 0);
    CHECK(has(support::read_nrrd(place.out / "z.nrrd").pair("stack2nrrd_options"), " dehaze=3.0"));
}

TEST_CASE("no air is reported, too, and changes nothing", "[cli]") {
    const DehazePlace place;
    const Result result = place.make({"-o", "v.nrrd", "--dehaze", "auto"}, "tissue.nrrd");
    CHECK(result.status == 0);
    CHECK(has(result.err, "warning: --dehaze: no air was found, and nothing was changed"));
    REQUIRE(place.make({"-o", "w.nrrd"}, "tissue.nrrd").status == 0);
    CHECK(support::read_nrrd(place.out / "v.nrrd").samples == support::read_nrrd(place.out / "w.nrrd").samples);
    CHECK(trimmed(support::read_nrrd(place.out / "v.nrrd").pair("stack2nrrd_dehaze_mode")) == "none");
    const nlohmann::json json = parsed(place.make({"-o", "x.nrrd", "--dehaze", "auto", "--json"}, "tissue.nrrd"));
    CHECK(json["run"]["air"][0]["found"] == false);
    CHECK(json["run"]["air"][0]["threshold"].is_null());
    CHECK(json["problems"].size() >= 1);
}

TEST_CASE("each level of a pyramid has its own air", "[cli]") {
    const DehazePlace place;
    const Arguments dehaze{"--dehaze", "auto", "--kernel", "box"};
    const auto with = [&](Arguments more) {
        more.insert(more.end(), dehaze.begin(), dehaze.end());
        return more;
    };
    const nlohmann::json json = parsed(place.make(with({"-o", "v.nrrd", "--pyramid", "1,2,4", "--json"})));
    CHECK(json["run"]["air"].size() == 3);
    REQUIRE(place.make(with({"-o", "v.ome.zarr", "--pyramid", "1,2,4", "--encoding", "raw"})).status == 0);
    for (const std::string factor : {"1", "2", "4"}) {
        REQUIRE(place.make(with({"-o", "one.nrrd", "--force", "--factor", factor})).status == 0);
        const support::Nrrd alone = support::read_nrrd(place.out / "one.nrrd");
        const support::Nrrd level = support::read_nrrd(place.out / ("v_" + factor + ".nrrd"));
        CHECK(alone.samples == level.samples);
        CHECK(alone.pair("stack2nrrd_dehaze_threshold") == level.pair("stack2nrrd_dehaze_threshold"));
    }
}

TEST_CASE("a threshold above all samples is a warning", "[cli]") {
    const DehazePlace place;
    const Result made = place.make({"-o", "v.nrrd", "--dehaze", "1e9"});
    CHECK(made.status == 0);
    CHECK(has(made.err, "--dehaze: the threshold is above all samples"));
    CHECK_FALSE(has(place.make({"-o", "w.nrrd", "--dehaze", "auto"}).err, "above all samples"));
}

TEST_CASE("the scratch file is reported before the run", "[cli]") {
    const DehazePlace place;
    const Result text = place.make({"-o", "v.nrrd", "--dehaze", "auto", "--factor", "2", "--info"});
    CHECK(has(text.out, "\nscratch  8 KiB in .\n"));
    const nlohmann::json json = parsed(place.make({"-o", "v.nrrd", "--dehaze", "auto", "--factor", "2", "--info",
                                                   "--json", "--scratch", place.scratch.string()}));
    CHECK(json["scratch_bytes"] == 16 * 16 * 16 * 2);
    CHECK(json["scratch_folder"] == place.scratch.string());
    const nlohmann::json levels =
        parsed(place.make({"-o", "v.nrrd", "--dehaze", "auto", "--pyramid", "1,2", "--info", "--json"}));
    CHECK(levels["scratch_bytes"] == 32 * 32 * 32 * 2 + 16 * 16 * 16 * 2);
    const nlohmann::json none = parsed(place.make({"-o", "v.nrrd", "--info", "--json"}));
    CHECK(none["scratch_bytes"] == 0);
    CHECK(none["scratch_folder"].is_null());
    CHECK_FALSE(has(place.make({"-o", "v.nrrd", "--info"}).out, "scratch"));
    check_holds(place.out, {});
}

TEST_CASE("air is looked for in whole results of amounts alone", "[cli]") {
    const DehazePlace place;
    struct Case {
        Arguments more;
        std::vector<std::string> parts;
    };
    for (const Case& c : {Case{{"--slab", "0:4"}, {"--dehaze", "--slab"}}, Case{{"--labels"}, {"--dehaze", "--labels"}},
                          Case{{"--kernel", "mode"}, {"--dehaze", "--kernel mode"}}}) {
        Arguments all{"-o", "v.nrrd", "--dehaze", "auto"};
        all.insert(all.end(), c.more.begin(), c.more.end());
        const Result result = place.make(all);
        CHECK(result.status == 2);
        check_sentence(result, c.parts);
    }
    support::Volume colours({5, 4, 3}, 3, 7);
    support::VolumeText rgb;
    rgb.kind = "RGB-color";
    support::write_volume(place.folder / "rgb.nrrd", colours, stack2nrrd::SampleType::uint8, rgb);
    const Result result = place.make({"-o", "v.nrrd", "--dehaze", "auto", "--channel", "all"}, "rgb.nrrd");
    CHECK(result.status == 2);
    check_sentence(result, {"--dehaze", "luma"});
    CHECK(place.make({"-o", "v.nrrd", "--dehaze", "5"}, "rgb.nrrd").status == 0);
}

TEST_CASE("a scratch folder that is no folder ends with status 5", "[cli]") {
    const DehazePlace place;
    const Result none = place.make({"-o", "v.nrrd", "--dehaze", "auto", "--scratch", (place.folder / "none").string()});
    CHECK(none.status == 5);
    check_sentence(none, {"none", "--scratch"});
    check_holds(place.out, {});
}

TEST_CASE("a run that is killed leaves nothing in the scratch folder", "[cli]") {
    const DehazePlace place;
    const fs::path stack = place.folder / "stack";
    write_stack(stack, 4, 1024, 1024);
    std::vector<fs::path> files;
    for (int i = 0; i < 400; ++i) files.push_back(stack / slice_name(i % 4));
    write_list(place.folder / "list", files);
    std::vector<StopSignal> ways = stop_signals();
    ways.push_back({"kill", killed, [](int process) {
                        kill_process(process);
                        return true;
                    }});
    for (const StopSignal& way : ways) {
        Program program{
            {"--files-from", (place.folder / "list").string(), "--order", "given", "--factor", "4", "--progress",
             "json", "--spacing", "1", "-o", "v.nrrd", "--dehaze", "auto", "--scratch", place.scratch.string()},
            place.out};
        bool sent = false;
        program.on_err = [&](const std::string& err, int process) {
            if (sent || !has(err, "{\"done\":")) return;
            sent = way.send(process);
        };
        const Result result = program.run();
        CAPTURE(way.name);
        CHECK(sent);
        CHECK(result.status == way.status);
        check_holds(place.scratch, {});
    }
}

TEST_CASE("a mask and a threshold are not in a list of slices", "[cli]") {
    const DehazePlace place;
    const fs::path stack = place.folder / "stack";
    write_stack(stack, 4, 32, 32);
    support::write_volume(place.folder / "mask.nrrd", support::Volume({32, 32, 4}, 1, 1),
                          stack2nrrd::SampleType::uint8);
    const Result result = run_in(place.out, {stack.string(), "--spacing", "1", "-o", "v.nrrd", "--manifest", "m.nhdr",
                                             "--dehaze", "9", "--mask", (place.folder / "mask.nrrd").string()});
    CHECK(result.status == 0);
    const std::size_t at = result.err.find("m.nhdr: lists the slices as they are, without ");
    REQUIRE(at != std::string::npos);
    CHECK(has(result.err.substr(at), "--mask"));
    CHECK(has(result.err.substr(at), "--dehaze"));
    const Result over = run_in(place.out, {stack.string(), "--spacing", "1", "-o", "../mask.nrrd", "--force", "--mask",
                                           (place.folder / "mask.nrrd").string()});
    CHECK(over.status == 2);
    check_sentence(over, {"mask.nrrd", "is one of the inputs"});
    CHECK(support::read_nrrd(place.folder / "mask.nrrd").sizes == std::vector<std::int64_t>{32, 32, 4});
}

TEST_CASE("memory for air and masks is planned, and does not grow with the slices", "[cli]") {
    if (is_sanitized()) return say_skipped("a sanitizer takes memory of its own");
    const DehazePlace place;
    const fs::path stack = place.folder / "stack";
    write_stack(stack, 4, 512, 512);
    std::vector<std::int64_t> peaks;
    for (const int slices : {100, 400}) {
        std::vector<fs::path> files;
        for (int i = 0; i < slices; ++i) files.push_back(stack / slice_name(i % 4));
        write_list(place.folder / "list", files);
        support::write_volume(place.folder / "mask.nrrd", support::Volume({512, 512, slices}, 1, 1),
                              stack2nrrd::SampleType::uint8);
        Arguments arguments{"--files-from",
                            (place.folder / "list").string(),
                            "--order",
                            "given",
                            "--spacing",
                            "1",
                            "-o",
                            "v.nrrd",
                            "--force",
                            "--dehaze",
                            "auto",
                            "--mask",
                            (place.folder / "mask.nrrd").string(),
                            "--threads",
                            "2"};
        Arguments planning = arguments;
        planning.insert(planning.end(), {"--info", "--json"});
        const auto planned = parsed(run_in(place.out, planning))["memory_bytes"].get<std::int64_t>();
        arguments.emplace_back("-q");
        Program program{arguments, place.out};
        program.patience = 120;
        const Result result = program.run();
        REQUIRE(result.status == 0);
        CAPTURE(slices, planned, result.peak_bytes);
        CHECK(result.peak_bytes < planned + (32 << 20));
        peaks.push_back(result.peak_bytes);
    }
    CHECK(peaks[1] < peaks[0] + (4 << 20));
}
