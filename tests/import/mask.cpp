// A mask: where it is 0, the source counts as another value. What is made is what a source makes that has that value.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/own_source.hpp"
#include "support/phantom.hpp"
#include "support/write_slices.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace import_test;
namespace fs = std::filesystem;

constexpr phantom::Size size{67, 13, 11};

/// 0 in about half of the places, in runs and alone.
Volume mask_of(phantom::Size of, SampleType type = SampleType::uint8, int channels = 1, std::uint32_t seed = 7) {
    const Volume noise = phantom::noise(of, 0, 1000, true, seed, channels);
    Volume mask(of, channels);
    for (std::size_t i = 0; i < mask.samples.size(); ++i) {
        const bool in_run = (i / 40) % 3 == 0;
        const bool alone = noise.samples[i] > 700;
        mask.samples[i] = in_run || alone ? 1 + std::fmod(noise.samples[i], 100) : 0;
    }
    if (type == SampleType::float32) mask.samples[3] = std::numeric_limits<double>::quiet_NaN();
    return mask;
}

/// The rule: where all channels of the mask are 0, all channels of the source are `fill`.
Volume masked(const Volume& volume, const Volume& mask, double fill, int channels_that_count = 0) {
    Volume result = volume;
    const auto channels = static_cast<std::size_t>(mask.channels);
    const std::size_t count = channels_that_count == 0 ? channels : static_cast<std::size_t>(channels_that_count);
    for (std::size_t i = 0; i < mask.samples.size() / channels; ++i) {
        bool is_set = false;
        for (std::size_t c = 0; c < count; ++c) is_set = is_set || !(mask.samples[i * channels + c] == 0);
        for (std::size_t c = 0; !is_set && c < static_cast<std::size_t>(volume.channels); ++c) {
            result.samples[i * static_cast<std::size_t>(volume.channels) + c] = fill;
        }
    }
    return result;
}

Options with_mask(Settings settings, const fs::path& mask, const std::string& fill = "0") {
    settings.emplace_back("mask", mask.string());
    settings.emplace_back("fill", fill);
    return options_with(settings);
}

/// Slices z of a volume.
Volume slices_of(const Volume& volume, const std::vector<std::int64_t>& zs) {
    Volume result({volume.size[0], volume.size[1], static_cast<std::int64_t>(zs.size())}, volume.channels);
    const auto slice = result.samples.size() / zs.size();
    for (std::size_t i = 0; i < zs.size(); ++i) {
        std::copy_n(volume.samples.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(zs[i]) * slice),
                    slice, result.samples.begin() + static_cast<std::ptrdiff_t>(i * slice));
    }
    return result;
}

std::string text_of(const Settings& settings) {
    std::string text;
    for (const auto& [name, value] : settings) text += "--" + name + " " + value + " ";
    return text;
}

std::string complaint(const Stack& stack, const Options& options, ErrorCode code = ErrorCode::invalid_argument) {
    std::string sentence;
    CHECK(refusal([&] { (void)stack2nrrd::plan_import(stack, options); }, &sentence) == code);
    return sentence;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// `slice` of a folder goes.
void remove_slice(const fs::path& folder, std::int64_t number) { fs::remove(folder / support::slice_name(number)); }

}  // namespace

TEST_CASE("a masked source makes what a source makes that has the fill", "[import]") {
    const support::TempFolder folder;
    const Volume mask = mask_of(size);
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    support::VolumeText gzip;
    gzip.gzip = true;
    support::write_volume(folder / "mask_gz.nrrd", mask, SampleType::uint16, gzip);
    fs::create_directory(folder / "pages");
    support::write_slices(folder / "pages", mask, SampleType::uint8);
    const std::vector<Settings> ways{
        {},
        {{"factor", "2"}},
        {{"factor", "5/3,2,3"}, {"kernel", "kaiser:6,3.5,.97"}},
        {{"crop", "13:57,4:9,2:9"}},
        {{"crop", "64:65,,3:4"}, {"factor", "1,2,1"}},
        {{"reverse", ""}, {"factor", "2"}},
        {{"step", "3"}, {"factor", "2,2,1"}},
        {{"step", "2"}, {"reverse", ""}, {"slab", "1:3"}},
        {{"threads", "1"}, {"factor", "3"}},
        {{"kernel", "mode"}, {"factor", "3"}},
    };
    for (const SampleType type : support::all_types) {
        const double fill = support::is_float(type) ? -2.5 : type == SampleType::int8 ? -7 : 101;
        const Volume volume = phantom::noise(size, type, 5);
        const Source plain(volume, type);
        const Source wanted(masked(volume, mask, fill), type);
        for (const Settings& way : ways) {
            for (const char* name : {"mask.nrrd", "mask_gz.nrrd", "pages"}) {
                CAPTURE(stack2nrrd::sample_type_name(type), text_of(way), name);
                const Options options = with_mask(way, folder / name,
                                                  type == SampleType::int8  ? "-7"
                                                  : support::is_float(type) ? "-2.5"
                                                                            : "101");
                CHECK(import_bytes(plain.stack, options) == import_bytes(wanted.stack, options_with(way)));
            }
        }
    }
}

TEST_CASE("any sample but 0 is within a mask", "[import]") {
    const support::TempFolder folder;
    const Volume volume = phantom::noise(size, SampleType::uint16, 6);
    const Source plain(volume, SampleType::uint16);
    for (const SampleType type : support::all_types) {
        Volume mask = mask_of(size, type);
        if (support::is_float(type)) {
            mask.samples[7] = -0.;
            mask.samples[8] = 1e-30;
        }
        if (support::lowest(type) < 0) mask.samples[9] = -1;
        support::write_volume(folder / "mask.nrrd", mask, type);
        const Source wanted(masked(volume, mask, 9), SampleType::uint16);
        CAPTURE(stack2nrrd::sample_type_name(type));
        CHECK(import_bytes(plain.stack, with_mask({{"factor", "2"}}, folder / "mask.nrrd", "9")) ==
              import_bytes(wanted.stack, options_with({{"factor", "2"}})));
    }
    // Colours: any of them. Alpha is none.
    for (const int channels : {2, 3, 4}) {
        const Volume mask = mask_of(size, SampleType::uint8, channels, 3);
        const fs::path pages = folder / ("pages" + std::to_string(channels));
        fs::create_directory(pages);
        support::write_slices(pages, mask, SampleType::uint8);
        const int colours = channels == 2 ? 1 : 3;
        const Source wanted(masked(volume, mask, 9, colours), SampleType::uint16);
        CAPTURE(channels);
        CHECK(import_bytes(plain.stack, with_mask({}, pages, "9")) == import_bytes(wanted.stack, {}));
    }
}

TEST_CASE("a mask is taken as it is stored: the index into a palette", "[import]") {
    // Index 0 is shown white, and 1 red.
    const support::TempFolder folder;
    fs::create_directory(folder / "pages");
    const phantom::Size of{8, 3, 2};
    const Volume mask = mask_of(of);
    for (std::int64_t z = 0; z < of[2]; ++z) {
        std::string bmp("BM", 2);
        const auto put = [&](std::uint32_t value, int count) {
            for (int i = 0; i < count; ++i) bmp += static_cast<char>(value >> (8 * i) & 255U);
        };
        for (const std::uint32_t value : {86U, 0U, 62U, 40U, 8U, 3U}) put(value, 4);  // file, 0, samples, header, size
        put(1, 2);
        put(8, 2);
        for (const std::uint32_t value : {0U, 24U, 0U, 0U, 2U, 2U, 0xFFFFFFU, 0xFF0000U}) put(value, 4);  // two colours
        for (std::int64_t y = of[1] - 1; y >= 0; --y) {
            for (std::int64_t x = 0; x < of[0]; ++x) bmp += mask.at(x, y, z) == 0 ? '\0' : '\1';
        }
        std::ofstream(folder / "pages" / ("m" + std::to_string(z) + ".bmp"), std::ios::binary) << bmp;
    }
    const Volume volume = phantom::noise(of, SampleType::uint16, 2);
    const Source plain(volume, SampleType::uint16);
    const Source wanted(masked(volume, mask, 9), SampleType::uint16);
    CHECK(import_bytes(plain.stack, with_mask({}, folder / "pages", "9")) == import_bytes(wanted.stack, {}));
}

TEST_CASE("all channels of a source are filled where it is masked", "[import]") {
    const support::TempFolder folder;
    const Volume mask = mask_of(size);
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    for (const int channels : {2, 3, 4}) {
        const Volume volume = phantom::noise(size, SampleType::uint8, 8, channels);
        const Source plain(volume, SampleType::uint8);
        const Source wanted(masked(volume, mask, 200), SampleType::uint8);
        for (const Settings& way : {Settings{{"channel", "all"}}, Settings{{"channel", "luma"}, {"factor", "2"}}}) {
            CAPTURE(channels, text_of(way));
            // Which channels are taken is decided when a stack is found, too; here all are there.
            CHECK(import_bytes(plain.stack, with_mask(way, folder / "mask.nrrd", "200")) ==
                  import_bytes(wanted.stack, options_with(way)));
        }
    }
}

TEST_CASE("gaps, steps and order of the source are those of its mask", "[import]") {
    const support::TempFolder folder;
    const Volume mask = mask_of(size);
    const Volume volume = phantom::noise(size, SampleType::uint16, 9);
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    support::VolumeText gzip;
    gzip.gzip = true;
    support::write_volume(folder / "mask_gz.nrrd", mask, SampleType::uint8, gzip);
    Source source(volume, SampleType::uint16);
    // 3, 4 and 8 of 0 to 10 go.
    for (const std::int64_t z : {3, 4, 8}) remove_slice(source.folder.path(), z);
    const Stack gappy = stack2nrrd::find_stack(source.folder.path());
    REQUIRE(gappy.slices.size() == 11);
    for (const double fill : {0., 77.}) {
        struct Way {
            std::string missing;
            Volume wanted;
        };
        Volume blank = volume;
        for (const std::int64_t z : {3, 4, 8}) {
            for (std::int64_t y = 0; y < size[1]; ++y) {
                for (std::int64_t x = 0; x < size[0]; ++x) blank.at(x, y, z) = 0;
            }
        }
        const std::vector<std::int64_t> kept{0, 1, 2, 5, 6, 7, 9, 10};
        const std::vector<Way> ways{
            {"blank", masked(blank, mask, fill)},
            {"repeat", masked(slices_of(volume, {0, 1, 2, 2, 5, 5, 6, 7, 7, 9, 10}), mask, fill)},
            {"close", masked(slices_of(volume, kept), slices_of(mask, kept), fill)}};
        for (const Way& way : ways) {
            // A missing slice is 0 without any rounding, which slices in files may have: it is compared with itself.
            const bool is_missing = way.missing == "blank" && fill == 0;
            const Source wanted(way.wanted, SampleType::uint16);
            Stack all_there = wanted.stack;
            if (is_missing) {
                for (const std::int64_t z : {3, 4, 8}) remove_slice(wanted.folder.path(), z);
                all_there = stack2nrrd::find_stack(wanted.folder.path());
            }
            for (const Settings& more :
                 {Settings{}, Settings{{"factor", "2"}}, Settings{{"step", "2"}, {"reverse", ""}}}) {
                for (const char* name : {"mask.nrrd", "mask_gz.nrrd"}) {
                    Settings all = more;
                    all.emplace_back("missing", way.missing);
                    CAPTURE(fill, text_of(all), name);
                    CHECK(import_bytes(gappy, with_mask(all, folder / name, std::to_string(static_cast<int>(fill)))) ==
                          import_bytes(all_there, options_with(is_missing ? all : more)));
                }
            }
        }
    }
    // A mask of the slices that are there is of another size: it is not known which is which.
    support::write_volume(folder / "few.nrrd", slices_of(mask, {0, 1, 2, 5, 6, 7, 9, 10}), SampleType::uint8);
    const std::string sentence =
        complaint(gappy, with_mask({{"missing", "close"}}, folder / "few.nrrd"), ErrorCode::inconsistent);
    CHECK(has(sentence, "67 x 13 x 8"));
    CHECK(has(sentence, "67 x 13 x 11"));
}

TEST_CASE("gaps of a mask are replaced as those of its source", "[import]") {
    const Volume mask = mask_of(size);
    const Volume volume = phantom::noise(size, SampleType::uint16, 10);
    const Source source(volume, SampleType::uint16);
    const Source pages(mask, SampleType::uint8);
    for (const std::int64_t z : {2, 6}) remove_slice(pages.folder.path(), z);
    const fs::path& folder = pages.folder.path();
    CHECK(has(complaint(source.stack, with_mask({}, folder), ErrorCode::missing_slices), "--missing repeat or blank"));
    CHECK(
        has(complaint(source.stack, with_mask({{"missing", "close"}}, folder), ErrorCode::missing_slices), "--mask: "));
    // What is not read is not missed.
    CHECK_NOTHROW(stack2nrrd::plan_import(source.stack, with_mask({{"step", "5"}}, folder)));
    Volume blank = mask;
    for (const std::int64_t z : {2, 6}) {
        for (std::int64_t y = 0; y < size[1]; ++y) {
            for (std::int64_t x = 0; x < size[0]; ++x) blank.at(x, y, z) = 0;
        }
    }
    const Source wanted(masked(volume, blank, 3), SampleType::uint16);
    CHECK(import_bytes(source.stack, with_mask({{"missing", "blank"}}, folder, "3")) == import_bytes(wanted.stack, {}));
    const Source repeated(masked(volume, slices_of(mask, {0, 1, 1, 3, 4, 5, 5, 7, 8, 9, 10}), 3), SampleType::uint16);
    CHECK(import_bytes(source.stack, with_mask({{"missing", "repeat"}}, folder, "3")) ==
          import_bytes(repeated.stack, {}));
}

TEST_CASE("a masked volume that goes forward only is read once, in order", "[import]") {
    const support::TempFolder folder;
    const Volume mask = mask_of(size);
    const Volume volume = phantom::noise(size, SampleType::uint16, 11);
    support::VolumeText gzip;
    gzip.gzip = true;
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    support::write_volume(folder / "mask_gz.nrrd", mask, SampleType::uint8, gzip);
    support::write_volume(folder / "volume.nrrd", volume, SampleType::uint16);
    support::write_volume(folder / "volume_gz.nrrd", volume, SampleType::uint16, gzip);
    support::write_volume(folder / "wanted.nrrd", masked(volume, mask, 5), SampleType::uint16);
    const Stack wanted = stack2nrrd::find_stack(folder / "wanted.nrrd");
    for (const char* name : {"volume.nrrd", "volume_gz.nrrd"}) {
        for (const char* its_mask : {"mask.nrrd", "mask_gz.nrrd"}) {
            for (const Settings& way : {Settings{{"factor", "2"}}, Settings{{"reverse", ""}},
                                        Settings{{"reverse", ""}, {"factor", "2"}, {"threads", "3"}}}) {
                CAPTURE(name, its_mask, text_of(way));
                CHECK(import_bytes(stack2nrrd::find_stack(folder / name), with_mask(way, folder / its_mask, "5")) ==
                      import_bytes(wanted, options_with(way)));
            }
        }
    }
    // A source of a program's own.
    const auto own = std::make_shared<support::OwnSource>(volume, SampleType::uint16);
    own->in_order = true;
    CHECK(import_bytes(stack2nrrd::stack_from(own), with_mask({{"factor", "2"}}, folder / "mask.nrrd", "5")) ==
          import_bytes(wanted, options_with({{"factor", "2"}})));
    CHECK_FALSE(own->shared);
    const std::vector<Index> read = own->read();
    CHECK(std::is_sorted(read.begin(), read.end()));
    CHECK(read.size() == 11);
}

TEST_CASE("a fill that the source's type does not hold is refused", "[import]") {
    const support::TempFolder folder;
    support::write_volume(folder / "mask.nrrd", mask_of(size), SampleType::uint8);
    struct Case {
        SampleType type;
        std::vector<std::string> good, bad;
    };
    const std::vector<Case> cases{
        {SampleType::uint8, {"0", "255"}, {"-1", "256", ".5", "1e30"}},
        {SampleType::int8, {"-128", "127"}, {"-129", "128"}},
        {SampleType::int16, {"-32768", "32767"}, {"32768", "-1.5"}},
        {SampleType::uint32, {"4294967295"}, {"4294967296", "-1"}},
        {SampleType::float32, {"-1.5", "3e38"}, {"1e39"}},
        {SampleType::float64, {"-1e300"}, {}},
    };
    for (const Case& c : cases) {
        const Source source(phantom::noise(size, c.type, 1), c.type);
        for (const std::string& fill : c.good) {
            CAPTURE(stack2nrrd::sample_type_name(c.type), fill);
            CHECK_NOTHROW(stack2nrrd::plan_import(source.stack, with_mask({}, folder / "mask.nrrd", fill)));
        }
        for (const std::string& fill : c.bad) {
            CAPTURE(stack2nrrd::sample_type_name(c.type), fill);
            const std::string sentence = complaint(source.stack, with_mask({}, folder / "mask.nrrd", fill));
            CHECK(has(sentence, "--fill: "));
            CHECK(has(sentence, std::string(stack2nrrd::sample_type_name(c.type))));
        }
    }
    const Source source(phantom::noise(size, SampleType::uint8, 1), SampleType::uint8);
    CHECK(has(complaint(source.stack, options_with({{"fill", "3"}})), "no use without"));
    CHECK_NOTHROW(stack2nrrd::plan_import(source.stack, options_with({{"fill", "0"}})));
}

TEST_CASE("what is said of a mask", "[import]") {
    const support::TempFolder folder;
    const Volume mask = mask_of(size);
    const Source source(phantom::noise(size, SampleType::uint8, 1), SampleType::uint8);
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    // In the header of the result.
    const auto plan = stack2nrrd::plan_import(source.stack, with_mask({}, folder / "mask.nrrd", "3"));
    bool is_noted = false;
    for (const auto& [key, value] : plan.volume().notes) {
        is_noted = is_noted || (key == "stack2nrrd_options" && has(value, " mask=mask.nrrd fill=3"));
    }
    CHECK(is_noted);
    // What it takes.
    const auto without = stack2nrrd::plan_import(source.stack, {});
    CHECK(plan.memory_bytes() > without.memory_bytes());
    CHECK(plan.read_bytes() - without.read_bytes() == size[0] * size[1] * size[2]);
    // Its size, and whether it is there.
    support::write_volume(folder / "small.nrrd", mask_of({67, 12, 11}), SampleType::uint8);
    CHECK(has(complaint(source.stack, with_mask({}, folder / "small.nrrd"), ErrorCode::inconsistent), "67 x 12 x 11"));
    (void)complaint(source.stack, with_mask({}, folder / "none.nrrd"), ErrorCode::not_found);
    // Its grid, where both are known.
    const auto warned = [&](const std::string& lines, const Settings& settings) {
        support::VolumeText text;
        text.lines = lines;
        support::write_volume(folder / "placed.nrrd", mask, SampleType::uint8, text);
        const auto warnings =
            stack2nrrd::plan_import(source.stack, with_mask(settings, folder / "placed.nrrd")).warnings();
        return std::any_of(warnings.begin(), warnings.end(), [](const std::string& w) { return has(w, "--mask: "); });
    };
    const std::string grid = "space: left-posterior-superior\nspace directions: (2,0,0) (0,2,0) (0,0,3)\n";
    const std::string turned = "space: left-posterior-superior\nspace directions: (-2,0,0) (0,2,0) (0,0,3)\n";
    CHECK_FALSE(warned("", {{"spacing", "2,2,3"}}));
    CHECK_FALSE(warned(grid + "space origin: (1,2,3)\n", {}));
    CHECK_FALSE(warned(grid + "space origin: (1,2,3)\n", {{"spacing", "2,2,3"}}));
    CHECK_FALSE(warned(grid + "space origin: (1,2,3)\n", {{"spacing", "2,2,3"}, {"origin", "1,2,3"}}));
    CHECK(warned(grid + "space origin: (1,2,3)\n", {{"spacing", "2,2,3"}, {"origin", "1,2,4"}}));
    CHECK(warned(grid + "space origin: (0,0,0)\n", {{"spacing", "2,2,4"}}));
    CHECK(warned(turned + "space origin: (0,0,0)\n", {{"spacing", "2,2,3"}}));
    // Of one reading.
    const std::vector<Options> two{with_mask({}, folder / "mask.nrrd", "3"), options_with({})};
    std::string sentence;
    CHECK(refusal([&] { (void)stack2nrrd::plan_imports(source.stack, two); }, &sentence) ==
          ErrorCode::invalid_argument);
    CHECK(has(sentence, "--mask"));
}

TEST_CASE("a mask that changes is noticed, and is not written over", "[import]") {
    const support::TempFolder folder;
    const Source source(phantom::noise(size, SampleType::uint8, 1), SampleType::uint8);
    const Volume mask = mask_of(size);
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    const fs::path pages = folder / "pages";
    fs::create_directory(pages);
    support::write_slices(pages, mask, SampleType::uint8);
    for (const fs::path& name : {folder / "mask.nrrd", pages}) {
        const auto plan = stack2nrrd::plan_import(source.stack, with_mask({}, name));
        const fs::path file = fs::is_directory(name) ? name / support::slice_name(4) : name;
        std::ofstream(file, std::ios::app) << "more";
        Bytes bytes(static_cast<std::size_t>(plan.volume().bytes()));
        const auto sink = stack2nrrd::memory_sink(bytes);
        std::string sentence;
        CHECK(refusal([&] { (void)stack2nrrd::run_import(plan, *sink); }, &sentence) == ErrorCode::changed);
        CHECK(has(sentence, file.filename().string()));
    }
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    const auto plan = stack2nrrd::plan_import(source.stack, with_mask({}, folder / "mask.nrrd"));
    stack2nrrd::NrrdOptions force;
    force.force = true;
    const auto sink = stack2nrrd::nrrd_sink(folder / "mask.nrrd", force);
    std::string sentence;
    CHECK(refusal([&] { (void)stack2nrrd::run_import(plan, *sink); }, &sentence) == ErrorCode::invalid_argument);
    CHECK(has(sentence, "is one of the inputs"));
}

TEST_CASE("labels outside of a mask are the fill", "[import]") {
    const support::TempFolder folder;
    const Volume mask = mask_of(size);
    support::write_volume(folder / "mask.nrrd", mask, SampleType::uint8);
    const Volume labels = phantom::noise(size, 0, 4, true, 12);
    const Source plain(labels, SampleType::uint8);
    const Source wanted(masked(labels, mask, 9), SampleType::uint8);
    const Settings way{{"labels", ""}, {"factor", "2"}};
    CHECK(import_bytes(plain.stack, with_mask(way, folder / "mask.nrrd", "9")) ==
          import_bytes(wanted.stack, options_with(way)));
}
