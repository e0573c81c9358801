// Header lines of a volume in the header of its copy: what is still true, and nothing else.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/sink.hpp>

#include <array>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::Channel;
using stack2nrrd::VolumeInfo;
using Extent = std::array<Index, 6>;

std::string text_of(const Extent& e) {
    std::string text;
    for (const Index i : e) text += (text.empty() ? "" : " ") + std::to_string(i);
    return text;
}

Extent extent_of(const std::string& text) {
    Extent e{};
    std::istringstream words(text);
    for (Index& i : e) words >> i;
    return e;
}

bool has(const VolumeInfo& volume, const std::string& key) {
    return std::any_of(volume.notes.begin(), volume.notes.end(), [&](const auto& note) { return note.first == key; });
}

std::string note(const VolumeInfo& volume, const std::string& key) {
    for (const auto& [own, value] : volume.notes) {
        if (own == key) return value;
    }
    return "(none)";
}

VolumeInfo planned(const std::filesystem::path& file, const Options& options) {
    return stack2nrrd::plan_import(stack2nrrd::find_stack(file), options).volume();
}

bool warns(const std::filesystem::path& file, const Options& options, const std::string& words) {
    const auto plan = stack2nrrd::plan_import(stack2nrrd::find_stack(file), options);
    return std::any_of(plan.warnings().begin(), plan.warnings().end(),
                       [&](const std::string& text) { return text.find(words) != std::string::npos; });
}

Options labels_by(const std::string& factor) {
    Options options;
    options.labels = true;
    stack2nrrd::set_option(options, "factor", factor);
    return options;
}

}  // namespace

TEST_CASE("extents of segments hold all of their samples, whatever is done", "[import]") {
    support::TempFolder folder;
    std::mt19937 random(5);
    const auto below = [&](std::size_t n) { return static_cast<Index>(random() % n); };
    constexpr std::array<std::int64_t, 3> size{23, 19, 17};
    int seen = 0;
    int gone = 0;
    for (int round = 0; round < 120; ++round) {
        Extent extent{};
        for (std::size_t a = 0; a < 3; ++a) {
            extent[2 * a] = below(static_cast<std::size_t>(size[a]));
            extent[2 * a + 1] = extent[2 * a] + below(static_cast<std::size_t>(size[a] - extent[2 * a]));
        }
        Volume volume(size);
        for (Index z = extent[4]; z <= extent[5]; ++z)
            for (Index y = extent[2]; y <= extent[3]; ++y)
                for (Index x = extent[0]; x <= extent[1]; ++x) volume.at(x, y, z) = 200;
        support::write_volume(folder / "v.nrrd", volume, SampleType::uint8,
                              {.lines = "Segment0_Extent:=" + text_of(extent) + "\n"});
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        Options options;
        const std::array<std::string, 6> kernels{"mode", "nearest", "lanczos:3", "box", "gauss:1,3", "tent"};
        stack2nrrd::set_option(options, "kernel", kernels[random() % kernels.size()]);
        const std::array<std::string, 5> factors{"1", "2", "3/2", "7", "3"};
        stack2nrrd::set_option(options, "factor", factors[random() % factors.size()]);
        if (random() % 4 == 0) stack2nrrd::set_option(options, "size", "9,31,5");
        stack2nrrd::set_option(options, "align", random() % 2 == 0 ? "cell" : "first");
        if (random() % 2 == 0) stack2nrrd::set_option(options, "crop", "3:19,2:18,1:16");
        options.reverse = random() % 2 == 0;
        options.step = 1 + below(3);
        if (options.step != 1 && options.axes[2].crop.end > 0) options.axes[2].crop = {};
        if (random() % 3 == 0) options.slab = {0, 1};
        VolumeInfo info;
        const Doubles samples = import_samples(stack, options, &info);
        const Extent found = extent_of(note(info, "Segment0_Extent"));
        if (found[1] < found[0]) CHECK(text_of(found) == "0 -1 0 -1 0 -1");
        gone += found[1] < found[0] ? 1 : 0;
        Volume made(info.size);
        made.samples = samples;
        std::int64_t outside = 0;
        for (Index z = 0; z < info.size[2]; ++z)
            for (Index y = 0; y < info.size[1]; ++y)
                for (Index x = 0; x < info.size[0]; ++x) {
                    const std::array<Index, 3> at{x, y, z};
                    bool inside = true;
                    for (std::size_t a = 0; a < 3; ++a)
                        inside = inside && found[2 * a] <= at[a] && at[a] <= found[2 * a + 1];
                    if (made.at(x, y, z) != 0) ++seen;
                    if (made.at(x, y, z) != 0 && !inside) ++outside;
                }
        CAPTURE(round, text_of(extent), text_of(found));
        CHECK(outside == 0);
        for (std::size_t a = 0; a < 3; ++a) CHECK(found[2 * a + 1] < info.size[a]);
    }
    CHECK(seen > 1000);
    CHECK(gone > 3);
    CHECK(gone < 60);
}

TEST_CASE("extents of segments are no larger than need be", "[import]") {
    support::TempFolder folder;
    const auto extent = [&](const std::string& text, const Options& options) {
        support::write_volume(folder / "v.nrrd", Volume({40, 40, 40}, 1, 1), SampleType::uint8,
                              {.lines = "Segment0_Extent:=" + text + "\n"});
        return note(planned(folder / "v.nrrd", options), "Segment0_Extent");
    };
    CHECK(extent("4 11 4 11 4 11", labels_by("1")) == "4 11 4 11 4 11");
    CHECK(extent("4 11 4 11 4 11", labels_by("2")) == "2 5 2 5 2 5");
    CHECK(extent("5 10 4 12 0 39", labels_by("2")) == "2 5 2 6 0 19");
    CHECK(extent("4 11 4 11 4 11", labels_by("4,2,1")) == "1 2 2 5 4 11");
    Options crop = labels_by("1");
    stack2nrrd::set_option(crop, "crop", "4:20,6:20,0:9");
    CHECK(extent("4 11 4 11 4 11", crop) == "0 7 0 5 4 8");
    stack2nrrd::set_option(crop, "crop", "20:30,,");
    CHECK(extent("4 11 4 11 4 11", crop) == "0 -1 0 -1 0 -1");
    Options back = labels_by("1");
    back.reverse = true;
    CHECK(extent("0 3 0 3 0 3", back) == "0 3 0 3 36 39");
    back.step = 3;  // 0, 3, 6 … 39, and backwards
    CHECK(extent("0 3 0 3 0 3", back) == "0 3 0 3 12 13");
    CHECK(extent("0 3 0 3 1 2", back) == "0 -1 0 -1 0 -1");
    CHECK(extent("0 -1 0 -1 0 -1", labels_by("2")) == "0 -1 0 -1 0 -1");
    CHECK(extent("1 2 3", labels_by("2")) == "(none)");
    CHECK(extent("a b c d e f", labels_by("2")) == "(none)");
}

TEST_CASE("what a segmentation says of the grid of another image is made to fit or left out", "[import]") {
    support::TempFolder folder;
    const std::string before = "Collapse labelmaps|1|Merge them.&";
    const std::string behind = "Smoothing factor|0.5|How much|&";
    support::write_volume(
        folder / "v.nrrd", Volume({10, 10, 10}, 1, 1), SampleType::uint8,
        {.lines = "Segment0_ID:=A\nSegment0_Layer:=0\nSegment0_LabelValue:=1\nSegment0_Name:=a bone\n"
                  "Segmentation_ReferenceImageExtentOffset:=5 6 7\nSegmentation_ReferenceImageGeometry:=1;2;3\n"
                  "Segmentation_ContainedRepresentationNames:=Binary labelmap|Closed surface|\n"
                  "Segmentation_ConversionParameters:=" +
                  before + "Reference image geometry|1;0;0;0;0;9;0;9;|Grid of the labelmap.&" + behind + "\n"});
    const VolumeInfo half = planned(folder / "v.nrrd", labels_by("2"));
    CHECK(note(half, "Segment0_Name") == "a bone");
    CHECK(note(half, "Segmentation_ContainedRepresentationNames") == "Binary labelmap|Closed surface|");
    CHECK(note(half, "Segmentation_ConversionParameters") ==
          before + "Reference image geometry||Grid of the labelmap.&" + behind);
    CHECK_FALSE(has(half, "Segmentation_ReferenceImageExtentOffset"));
    CHECK_FALSE(has(half, "Segmentation_ReferenceImageGeometry"));
    CHECK(warns(folder / "v.nrrd", labels_by("2"), "left out: Segmentation_ReferenceImageExtentOffset"));
    Options crop = labels_by("1");
    stack2nrrd::set_option(crop, "crop", "1:9,2:9,3:9");
    CHECK(note(planned(folder / "v.nrrd", crop), "Segmentation_ReferenceImageExtentOffset") == "6 8 10");
    crop.reverse = true;
    CHECK_FALSE(has(planned(folder / "v.nrrd", crop), "Segmentation_ReferenceImageExtentOffset"));

    Options linear;
    stack2nrrd::set_option(linear, "factor", "2");
    CHECK(warns(folder / "v.nrrd", linear, "--labels keeps them"));
    CHECK_FALSE(warns(folder / "v.nrrd", labels_by("2"), "--labels keeps them"));
    CHECK_FALSE(warns(folder / "v.nrrd", Options{}, "--labels keeps them"));
}

TEST_CASE("of the layers of a segmentation one takes its own segments along", "[import]") {
    support::TempFolder folder;
    std::string lines;
    for (const auto& [number, layer] : std::vector<std::pair<int, int>>{{0, 0}, {1, 1}, {2, 0}, {3, 1}}) {
        const std::string segment = "Segment" + std::to_string(number);
        lines += segment + "_ID:=S" + std::to_string(number) + "\n" + segment + "_Extent:=0 3 0 3 0 3\n" + segment +
                 "_LabelValue:=" + std::to_string(number + 1) + "\n" + segment + "_Layer:=" + std::to_string(layer) +
                 "\n";
    }
    support::write_volume(folder / "v.nrrd", Volume({4, 4, 4}, 2, 1), SampleType::uint8,
                          {.kind = "list", .lines = lines});
    const VolumeInfo all = planned(folder / "v.nrrd", labels_by("2"));
    CHECK(all.channels == 2);
    CHECK(note(all, "Segment3_ID") == "S3");
    CHECK(note(all, "Segment3_Layer") == "1");
    Options second = labels_by("2");
    second.channel = Channel::c1;
    const VolumeInfo one = planned(folder / "v.nrrd", second);
    CHECK(one.channels == 1);
    CHECK(note(one, "Segment0_ID") == "S1");
    CHECK(note(one, "Segment1_ID") == "S3");
    CHECK(note(one, "Segment1_LabelValue") == "4");
    CHECK(note(one, "Segment1_Layer") == "0");
    CHECK(note(one, "Segment1_Extent") == "0 1 0 1 0 1");
    CHECK_FALSE(has(one, "Segment2_ID"));
}

TEST_CASE("key/values of components go with the components", "[import]") {
    support::TempFolder folder;
    const std::string lines =
        "modality:=DWMRI\nDWMRI_b-value:=1000\nDWMRI_gradient_0000:=0 0 0\nDWMRI_gradient_0001:=1 0 0\n"
        "axis 0 index type:=numeric\naxis 0 index values:=0 1 2\naxis 3 index values:=5 6 7\n"
        "MultiVolume.NumberOfFrames:=3\nmine:=yes\n";
    for (const bool last : {false, true}) {
        support::write_volume(folder / "v.nrrd", Volume({4, 4, 4}, 3, 1), SampleType::int16,
                              {.kind = "list", .last = last, .lines = lines});
        const VolumeInfo all = planned(folder / "v.nrrd", {});
        CHECK(note(all, "DWMRI_gradient_0001") == "1 0 0");
        CHECK(note(all, "modality") == "DWMRI");
        CHECK(note(all, "MultiVolume.NumberOfFrames") == "3");
        if (last) CHECK_FALSE(has(all, "axis 3 index values"));
        if (!last) CHECK(note(all, "axis 0 index values") == "0 1 2");
        Options second;
        second.channel = Channel::c1;
        const VolumeInfo one = planned(folder / "v.nrrd", second);
        for (const std::string key : {"DWMRI_b-value", "DWMRI_gradient_0000", "modality", "axis 0 index values",
                                      "axis 0 index type", "axis 3 index values", "MultiVolume.NumberOfFrames"}) {
            CHECK_FALSE(has(one, key));
        }
        CHECK(note(one, "mine") == "yes");
    }
}

TEST_CASE("key/values that nobody knows are carried over byte by byte", "[import]") {
    support::TempFolder folder;
    const std::string lines =
        "a key with blanks:= a value with blanks \nk:=a\\nb\\\\n\\\\\nempty:=\nLatin \xB5:=\xB5m \xFF\xFE\n"
        "utf8 \xC3\xA4:=\xE2\x82\xAC\ntab:=a\tb\ncolons:=a: b := c\nback\\\\slash:=1\nline\\nbreak:=2\n"
        "#not a comment:=x\nSegments:=3\nSegmentX_Extent:=1 2\naxis of evil:=none\nmin:=5\nmax:=6\nMin:=7\n";
    support::write_volume(folder / "v.nrrd", phantom::noise({4, 4, 4}, SampleType::uint8), SampleType::uint8,
                          {.lines = lines});
    const auto plan = stack2nrrd::plan_import(stack2nrrd::find_stack(folder / "v.nrrd"), labels_by("2"));
    stack2nrrd::run_import(plan, *stack2nrrd::nrrd_sink(folder / "w.nrrd"));
    const std::string header = support::read_nrrd(folder / "w.nrrd").text;
    std::istringstream wanted(lines);
    for (std::string line; std::getline(wanted, line);) {
        CAPTURE(line);
        const bool kept = line[0] != '#' && line != "min:=5" && line != "max:=6";
        CHECK((header.find("\n" + line + "\n") != std::string::npos) == kept);
    }
    // And once more.
    const auto again = stack2nrrd::plan_import(stack2nrrd::find_stack(folder / "w.nrrd"), {});
    stack2nrrd::run_import(again, *stack2nrrd::nrrd_sink(folder / "x.nrrd"));
    const std::string copy = support::read_nrrd(folder / "x.nrrd").text;
    const auto carried = [](const std::string& text) {
        const std::size_t first = text.find("a key with");
        return text.substr(first, text.find("stack2nrrd_header_crc32") - first);
    };
    CHECK(carried(copy) == carried(header));
}

TEST_CASE("what DICOM and ITK say of places and distances is left out", "[import]") {
    support::TempFolder folder;
    support::write_volume(folder / "v.nrrd", Volume({4, 4, 4}, 1, 1), SampleType::uint8,
                          {.lines = "0028|0030:=0.5\\\\0.5\n0018|0050:=2\n0020|0032:=1\\\\2\\\\3\n0010|0010:=nobody\n"
                                    "ITK_original_spacing:=1 1 1\nNRRD_thicknesses[2]:=2\nNRRDish:=1\n"});
    const VolumeInfo info = planned(folder / "v.nrrd", {});
    CHECK_FALSE(has(info, "0028|0030"));
    CHECK_FALSE(has(info, "0018|0050"));
    CHECK_FALSE(has(info, "0020|0032"));
    CHECK_FALSE(has(info, "ITK_original_spacing"));
    CHECK_FALSE(has(info, "NRRD_thicknesses[2]"));
    CHECK(note(info, "0010|0010") == "nobody");
    CHECK(note(info, "NRRDish") == "1");
}

TEST_CASE("fields that stay true are carried over, others are left out", "[import]") {
    support::TempFolder folder;
    const auto header = [&](const Options& options, const std::string& kind = "vector") {
        support::write_volume(
            folder / "v.nrrd", phantom::noise({4, 4, 4}, SampleType::uint16, 7, 3), SampleType::uint16,
            {.kind = kind,
             .lines = "space: right-anterior-superior\nspace directions: none (1,0,0) (0,1,0) (0,0,1)\n"
                      "measurement frame: (0,1,0) (-1,0,0) (0,0,1)\ncontent: a (small) thing: of mine\n"
                      "sample units: Hounsfield units\nold min: -1000\nold max: 3000\nthicknesses: nan 2 2 2\n"
                      "labels: \"v\" \"left\" \"the \\\"front\\\"\" \"\"\ncenterings: ??? cell cell node\n"});
        stack2nrrd::NrrdOptions force;
        force.force = true;
        const auto plan = stack2nrrd::plan_import(stack2nrrd::find_stack(folder / "v.nrrd"), options);
        stack2nrrd::run_import(plan, *stack2nrrd::nrrd_sink(folder / "w.nrrd", force));
        return support::read_nrrd(folder / "w.nrrd");
    };
    const support::Nrrd all = header(options_of(recipe("box", {2, 1})));
    CHECK(all.magic == "NRRD0005");
    CHECK(all.field("measurement frame") == "(0,-1,0) (1,0,0) (0,0,1)");
    CHECK(all.field("content") == "a (small) thing: of mine");
    CHECK(all.field("sample units") == "Hounsfield units");
    CHECK(all.field("old min") == "-1000");
    CHECK(all.field("labels") == "\"v\" \"left\" \"the \\\"front\\\"\" \"\"");
    CHECK(all.field("thicknesses").empty());
    CHECK(all.field("centerings") == "??? cell cell cell");
    Options one;
    one.channel = Channel::c1;
    one.type = SampleType::float32;
    const support::Nrrd grey = header(one);
    CHECK(grey.magic == "NRRD0004");
    CHECK(grey.field("measurement frame").empty());
    CHECK(grey.field("labels") == "\"left\" \"the \\\"front\\\"\" \"\"");
    CHECK(grey.field("sample units") == "Hounsfield units");
    CHECK(grey.field("old min").empty());
    one.window = stack2nrrd::Window{0, 9};
    CHECK(header(one).field("sample units").empty());
    Options colour;
    colour.channel = Channel::all;
    CHECK(header(colour, "RGB-color").field("measurement frame").empty());
    CHECK(header(colour, "RGB-color").magic == "NRRD0004");
}
