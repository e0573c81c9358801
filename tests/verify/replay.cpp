// Whatever a volume is made with, it comes out again by its header alone.

#include "stack2nrrd/verify.hpp"

#include "import/grids.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"
#include "support/write_slices.hpp"

#include <stack2nrrd/error.hpp>

#include <fstream>
#include <limits>
#include <map>
#include <random>

namespace {

using namespace grid_test;
namespace fs = std::filesystem;
using stack2nrrd::Replay;

/// A BMP of 8 bits with four colours: what a sample is depends on whether it is taken as it is stored.
void write_palette_slice(const fs::path& file, const Volume& volume, std::int64_t z) {
    const auto width = static_cast<std::uint32_t>(volume.size[0]);
    const auto height = static_cast<std::uint32_t>(volume.size[1]);
    const std::uint32_t padded = (width + 3) / 4 * 4;
    std::string bmp("BM", 2);
    const auto put = [&](std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bmp += static_cast<char>(value >> (8 * i) & 255U);
    };
    for (const std::uint32_t value : {70 + padded * height, 0U, 70U, 40U, width, height}) put(value, 4);
    put(1, 2);
    put(8, 2);
    for (const std::uint32_t value : {0U, padded * height, 0U, 0U, 4U, 4U}) put(value, 4);
    for (const std::uint32_t colour : {0x202020U, 0xFF0000U, 0x00FF30U, 0x8080FFU}) put(colour, 4);
    for (std::int64_t y = volume.size[1] - 1; y >= 0; --y) {
        for (std::int64_t x = 0; x < padded; ++x) {
            bmp += x < width ? static_cast<char>(volume.at(x, y, z)) : '\0';
        }
    }
    std::ofstream(file, std::ios::binary) << bmp;
}

/// Sources of several kinds, with references, masks and transforms beside them.
struct Place {
    Place() {
        fs::create_directory(folder / "scan");
        support::write_slices(folder / "scan", phantom::blobs({21, 18, 16}, 10, 60000), SampleType::uint16);
        fs::create_directory(folder / "gap");
        support::write_slices(folder / "gap", phantom::noise({21, 18, 16}, SampleType::uint8, 2), SampleType::uint8);
        fs::remove(folder / "gap" / support::slice_name(5));
        fs::create_directory(folder / "colour");
        support::write_slices(folder / "colour", phantom::noise({21, 18, 16}, SampleType::uint8, 3, 3),
                              SampleType::uint8);
        Volume with_nan = phantom::noise({21, 18, 16}, SampleType::float32, 4);
        with_nan.at(5, 6, 7) = std::numeric_limits<double>::quiet_NaN();
        const std::string turned =
            "space: right-anterior-superior\nspace directions: (0,.02,0) (-.03,0,0) (0,0.001,.05)\n"
            "space origin: (1.1,-2.7,3e-3)\nspecimen:=a snail\n";
        support::write_volume(folder / "turned.nrrd", with_nan, SampleType::float32, {.lines = turned, .gzip = true});
        support::write_volume(folder / "vectors.nrrd", phantom::noise({21, 18, 16}, SampleType::int16, 5, 5),
                              SampleType::int16, {.last = true});
        support::write_volume(folder / "labels.nrrd", phantom::noise({21, 18, 16}, 0, 5, true, 6), SampleType::int64);
        fs::create_directory(folder / "palette");
        const Volume indices = phantom::noise({21, 18, 16}, 0, 3, true, 7);
        for (std::int64_t z = 0; z < 16; ++z) {
            write_palette_slice(folder / "palette" / ("p" + std::to_string(100 + z) + ".bmp"), indices, z);
        }
        Volume mask({21, 18, 16}, 1, 1);
        for (std::int64_t z = 0; z < 16; ++z) {
            for (std::int64_t x = 0; x < 9; ++x) mask.at(x, x, z) = 0;
        }
        support::write_volume(folder / "my mask.nrrd", mask, SampleType::uint8);
        Grid grid;
        grid.size = {9, 11, 7};
        grid.direction = {Vector3{0, .04, 0}, Vector3{-.05, 0, 0}, Vector3{0, 0, .06}};
        grid.origin = {.3, -.1, .1};
        write_grid(folder / "straight ref.nrrd", grid);
        grid.direction = {Vector3{.03, .02, 0}, Vector3{-.02, .03, .001}, Vector3{0, 0, .04}};
        grid.origin = {.1, .05, .1};
        write_grid(folder / "turned_ref.nrrd", grid);
        std::ofstream(folder / "turn.tfm", std::ios::binary)
            << "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\nParameters: .95 "
               "-.05 0 .06 .98 .02 0 0 1.03 .01 -.02 .03\nFixedParameters: 0 0 0\n";
        std::ofstream(folder / "shift.tfm", std::ios::binary)
            << "#Insight Transform File V1.0\n#Transform 0\nTransform: TranslationTransform_double_3_3\nParameters: "
               ".013 0 -.1\nFixedParameters:\n";
    }

    support::TempFolder folder;
};

const Place& place() {
    static const Place made;
    return made;
}

class Chooser {
public:
    explicit Chooser(std::uint32_t seed) : random_(seed) {}

    /// Sets each of some options, now and then, and which values they have.
    Settings run() {
        if (one_in(5)) return turned_or_bent();
        if (one_in(2)) choose("spacing", {".02", ".02,.021,.03", "20,21.5,0.3"});
        if (one_in(4) && has("spacing")) choose("space-units", {"um", "nm", "cm", "mm"});
        if (one_in(3)) choose("origin", {"1,2,3", "-.1,1e-3,0.333333333333"});
        if (one_in(3)) choose_size();
        if (one_in(2)) choose_factor();
        choose_kernel();
        if (one_in(6)) set("labels", "true");
        if (one_in(5)) set("align", "first");
        if (one_in(3)) choose("crop", {"2:15,,3:", ",1:17,0:13", "3:4,5:16,:", "0:20,0:17,0:16"});
        if (one_in(9)) choose("roi", {".2,.2,.2,.15,.1,.18", "8,8,8,5,6,7"});
        if (one_in(4)) choose("flip", {"x", "y,z", "z", "x,y,z"});
        if (one_in(5)) choose("step", {"2", "3"});
        if (one_in(5)) set("reverse", "true");
        if (one_in(5)) choose("slab", {"1:3", ":2", "2:", "0:4"});
        if (one_in(3)) choose("type", {"uint8", "int16", "uint32", "float32", "float64", "int64"});
        if (one_in(4)) choose("window", {"0,255", "100.5,40000", "-3,7", "auto", "auto:5,90"});
        if (one_in(3)) choose("channel", {"luma", "all", "0", "2", "first"});
        choose("missing", {"repeat", "blank", "close"});
        if (one_in(7)) choose("dehaze", {"auto", "3.0", "1", "5", "120.25"});
        if (one_in(6)) set("mask", "my mask.nrrd");
        if (one_in(6)) choose_like();
        if (one_in(6)) choose("transform", {"turn.tfm", "shift.tfm", "affine:1,0,0,.1,0,1,0,-.2,0,0,1,.3"});
        if (one_in(12)) choose("transform", {"turn.tfm", "shift.tfm"}, true);
        if (one_in(20)) set("header-only", "true");
        if (one_in(6)) choose("fill", {"3", "7", "100"});
        return std::move(settings_);
    }

    std::string one_of(const std::vector<std::string>& values) { return values[random_() % values.size()]; }

private:
    bool one_in(std::uint32_t n) { return random_() % n == 0; }
    void set(const std::string& name, const std::string& value) { settings_.emplace_back(name, value); }
    void choose(const std::string& name, const std::vector<std::string>& values, bool again = false) {
        if (again || !has(name)) set(name, one_of(values));
    }
    [[nodiscard]] bool has(const std::string& name) const {
        return std::any_of(settings_.begin(), settings_.end(), [&](const auto& s) { return s.first == name; });
    }
    /// What a chance among all options hardly makes: a grid of its own, and what decides how it is looked up.
    Settings turned_or_bent() {
        choose("spacing", {".02", ".02,.021,.03"});
        one_in(2) ? set("like", "turned_ref.nrrd") : set("transform", "turn.tfm");
        if (one_in(2)) choose("quality", {"max", "max", "smooth"});
        if (one_in(3)) choose("kernel-y", {"tent", "kaiser:6,3.7,.975"});
        if (one_in(4)) set("labels", "true");
        if (one_in(3)) choose("size", {"9,0,0", "30,31,0", "0,0,25"});
        if (one_in(3)) choose("factor", {"2", "3/2"});
        if (one_in(3)) choose("slab", {"1:3", "2:"});
        if (one_in(3)) choose("type", {"uint8", "float32"});
        if (one_in(3)) choose("crop", {"2:15,,3:", ",1:17,0:13"});
        choose("missing", {"repeat", "blank"});
        return std::move(settings_);
    }

    void choose_size() {
        const std::string name = one_of({"size", "max-dim", "target-spacing", "isotropic", "fit"});
        if (name == "size") choose(name, {"10,9,8", "0,0,5", "30,0,0", "12,25,7", "7,0,40"});
        if (name == "max-dim") choose(name, {"7", "13"});
        if (name == "target-spacing") choose(name, {".05", ".04,.07,.031"});
        if (name == "isotropic") set(name, "true");
        if (name == "fit") choose(name, {"3500", "6K"});
    }
    void choose_factor() { choose("factor", {"2", "3/2", "1.7,2,8/3", "7.3", "1,1,2", "1.000001", "2.718281828"}); }
    void choose_kernel() {
        if (one_in(2)) return;
        if (one_in(3)) choose("quality", {"fast", "max", "smooth", "standard"});
        if (one_in(3)) {
            choose("kernel", {"box", "ctmr", "tent", "kaiser:4,6,.9", "gauss:0.5,3", "nearest", "mode", "lanczos:2"});
        }
        if (one_in(3)) choose("kernel-x", {"tent", "cubic:1/3,1/3", "bspl3"});
        if (one_in(4)) choose("kernel-z", {"hann:3", "box", "blackman:2"});
    }
    void choose_like() {
        choose("like", {"straight ref.nrrd", "turned_ref.nrrd", "grid:6,7,8,.1,.1,.1,.04,0,0,0,.05,0,0,0,.06"});
    }

    std::mt19937 random_;
    Settings settings_;
};

/// The options, with names of files in the folder.
Options options_in(const support::TempFolder& folder, const Settings& settings) {
    Options options;
    for (const auto& [name, value] : settings) {
        const bool is_file = value.ends_with(".nrrd") || value.ends_with(".tfm");
        stack2nrrd::set_option(options, name, is_file ? (folder / value).string() : value);
    }
    return options;
}

std::string text_of(const Settings& settings) {
    std::string text;
    for (const auto& [name, value] : settings) text += " --" + name + " " + value;
    return text;
}

void make(const Stack& stack, const Options& options, const fs::path& file) {
    const auto plans = stack2nrrd::surveyed_plans(stack, {&options, 1});
    if (options.nrrd.encoding == stack2nrrd::Encoding::gzip) {
        (void)stack2nrrd::run_import(plans.front(), *stack2nrrd::nrrd_sink(file, options.nrrd));
        return;
    }
    // So that no disk has to be waited for.
    const VolumeInfo& volume = plans.front().volume();
    Bytes samples(static_cast<std::size_t>(volume.bytes()));
    (void)stack2nrrd::run_import(plans.front(), *stack2nrrd::memory_sink(samples));
    std::ofstream(file, std::ios::binary)
        << stack2nrrd::nrrd_header_text(volume)
        << std::string_view(reinterpret_cast<const char*>(samples.data()), samples.size());
}

Replay again(const fs::path& file, const fs::path& source) {
    Options options = stack2nrrd::replay_options(file, source);
    options.threads = 1;
    return stack2nrrd::replay(file, stack2nrrd::find_stack(source, options), options);
}

}  // namespace

TEST_CASE("a volume of any options comes out again by its header", "[verify]") {
    const support::TempFolder& folder = place().folder;
    const std::vector<std::string> sources{"scan",         "gap",         "colour", "turned.nrrd",
                                           "vectors.nrrd", "labels.nrrd", "palette"};
    std::map<std::string, int> seen;
    constexpr std::uint32_t wanted = 1500;
    std::uint32_t made = 0;
    for (std::uint32_t seed = 0; made < wanted && seed < 20 * wanted; ++seed) {
        Chooser chooser(seed);
        const fs::path source = folder / chooser.one_of(sources);
        const Settings settings = chooser.run();
        CAPTURE(seed, source.filename().string(), text_of(settings));
        const fs::path file = folder / "made.nrrd";
        try {
            Options options = options_in(folder, settings);
            options.threads = 2;
            options.nrrd.force = true;
            if (seed % 50 == 0) options.nrrd.encoding = stack2nrrd::Encoding::gzip;
            make(stack2nrrd::find_stack(source, options), options, file);
        } catch (const stack2nrrd::Error&) {
            continue;  // what does not go together
        }
        ++made;
        for (const auto& setting : settings) ++seen[setting.first];
        const Replay replay = again(file, source);
        CHECK(replay.same());
        CHECK(replay.samples > 0);
        CHECK(replay.keys.empty());
        for (const auto& problem : replay.problems) CHECK(problem.text.empty());
    }
    CHECK(made == wanted);
    for (const auto& option : stack2nrrd::option_table()) {
        const bool shapes = option.group == "Resampling" || option.group == "Crop" || option.group == "Metadata";
        CAPTURE(option.name);
        if (shapes && option.name != "pyramid") CHECK(seen[std::string(option.name)] > 0);
    }
}

TEST_CASE("a difference is told by its place and both values", "[verify]") {
    const support::TempFolder& folder = place().folder;
    for (const std::string source : {"scan", "vectors.nrrd", "turned.nrrd"}) {
        const fs::path file = folder / "made.nrrd";
        const Options options = options_with({{"factor", "1,1,2"}});
        const Stack stack = stack2nrrd::find_stack(folder / source, options);
        make(stack, options, file);
        CAPTURE(source);
        CHECK(again(file, folder / source).same());
        std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
        const VolumeInfo info = stack2nrrd::plan_import(stack, options).volume();
        const auto sample = static_cast<Index>(stack2nrrd::sample_bytes(info.type));
        const auto offset = static_cast<Index>(fs::file_size(file)) - info.bytes();
        for (const std::array<Index, 3>& at : {std::array<Index, 3>{20, 17, 7}, {3, 4, 5}}) {
            const Index number = (at[2] * info.size[1] + at[1]) * info.size[0] + at[0];
            const Index place_of = offset + (number * info.channels + info.channels - 1) * sample;
            bytes.seekg(place_of);
            const int byte = bytes.get();
            bytes.seekp(place_of);
            bytes.put(static_cast<char>(byte ^ 2));
        }
        bytes.close();
        const Replay replay = again(file, folder / source);
        CHECK_FALSE(replay.same());
        CHECK(replay.samples == info.bytes() / sample);
        CHECK(replay.different == 2);
        CHECK(replay.first == std::array<Index, 3>{3, 4, 5});
        CHECK(replay.first_channel == info.channels - 1);
        CHECK(replay.first_there != replay.first_made);
        CHECK(has(replay.problems.front().text, "3, 4, 5"));
        CHECK(has(replay.problems.front().text, replay.first_there));
        CHECK(has(replay.problems.front().text, replay.first_made));
    }
}

TEST_CASE("another grid, another input and another version are told", "[verify]") {
    support::TempFolder folder;
    fs::create_directory(folder / "scan");
    support::write_slices(folder / "scan", phantom::noise({12, 11, 10}, SampleType::uint8, 2), SampleType::uint8);
    const fs::path file = folder / "v.nrrd";
    make(stack2nrrd::find_stack(folder / "scan"), options_with({{"factor", "2"}}), file);
    std::ifstream in(file, std::ios::binary);
    const std::string good((std::istreambuf_iterator<char>(in)), {});
    const auto with = [&](const std::string& old, const std::string& other) {
        std::string text = good;
        const std::size_t at = text.find(old);
        REQUIRE(at != std::string::npos);
        text.replace(at, old.size(), other);
        std::ofstream(file, std::ios::binary) << text;
        return again(file, folder / "scan");
    };
    CHECK(with("scan", "scan").same());
    CHECK(has(with("(2,0,0)", "(3,0,0)").grid_difference, "at other places"));
    CHECK(has(with("origin: (0.5", "origin: (0.7").grid_difference, "at other places"));
    CHECK(has(with("type: uint8", "type: int8").grid_difference, "of type"));
    CHECK(has(with("factor=2", "factor=3").grid_difference, "samples, and made again"));
    const Replay older = with("stack2nrrd_version:=", "stack2nrrd_version:=0.0.");
    CHECK(older.same());
    REQUIRE(older.problems.size() == 1);
    CHECK_FALSE(older.problems.front().fatal);
    CHECK(has(older.problems.front().text, "stack2nrrd 0.0."));
    const Replay noted = with("stack2nrrd_kernel:=", "who:=me\nstack2nrrd_kernel:=");
    CHECK(noted.same());
    CHECK(noted.keys == std::vector<std::string>{"who"});

    std::ofstream(file, std::ios::binary) << good;
    std::ofstream(folder / "scan" / support::slice_name(2), std::ios::binary | std::ios::app) << "x";
    const Replay changed = again(file, folder / "scan");
    CHECK(changed.same());
    REQUIRE(changed.problems.size() == 1);
    CHECK(has(changed.problems.front().text, "other files"));
}

TEST_CASE("files that are named in a header are looked for, and missed by name", "[verify]") {
    support::TempFolder folder;
    fs::create_directory(folder / "in");
    fs::create_directory(folder / "out");
    support::write_volume(folder / "in/v.nrrd", phantom::noise({6, 5, 4}, SampleType::uint8), SampleType::uint8);
    support::write_volume(folder / "in/the mask.nrrd", Volume({6, 5, 4}, 1, 1), SampleType::uint8);
    Options options;
    options.mask = folder / "in/the mask.nrrd";
    make(stack2nrrd::find_stack(folder / "in/v.nrrd"), options, folder / "out/m.nrrd");
    CHECK(again(folder / "out/m.nrrd", folder / "in/v.nrrd").same());
    fs::rename(folder / "in/the mask.nrrd", folder / "out/the mask.nrrd");
    CHECK(again(folder / "out/m.nrrd", folder / "in/v.nrrd").same());
    fs::remove(folder / "out/the mask.nrrd");
    std::string sentence;
    CHECK(refusal([&] { (void)again(folder / "out/m.nrrd", folder / "in/v.nrrd"); }, &sentence) ==
          ErrorCode::not_found);
    CHECK(has(sentence, "--mask the mask.nrrd"));
    // The input by its name: beside the result, or not at all.
    CHECK(stack2nrrd::find_source_of(folder / "out/m.nrrd").empty());
    fs::rename(folder / "in/v.nrrd", folder / "out/v.nrrd");
    CHECK(stack2nrrd::find_source_of(folder / "out/m.nrrd") == folder / "out" / "v.nrrd");
}
