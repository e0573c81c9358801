// The window that is found, against one by sorting all samples.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/write_slices.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::Window;

/// By sorting what lies in `crop`, without the lowest value if more than 1 % have it. Shares are in hundredths of a
/// percent.
Window sorted_window(const Volume& volume, const std::array<Range, 3>& crop, std::size_t low_share = 1,
                     std::size_t high_share = 9999) {
    std::vector<double> samples;
    for (Index z = crop[2].first; z < crop[2].end; ++z)
        for (Index y = crop[1].first; y < crop[1].end; ++y)
            for (Index x = crop[0].first; x < crop[0].end; ++x)
                for (int c = 0; c < volume.channels; ++c)
                    if (std::isfinite(volume.at(x, y, z, c))) samples.push_back(volume.at(x, y, z, c));
    std::sort(samples.begin(), samples.end());
    Window window;
    const auto end = std::upper_bound(samples.begin(), samples.end(), samples.front());
    if (100 * (end - samples.begin()) > static_cast<std::ptrdiff_t>(samples.size())) {
        window.padding = samples.front();
        samples.erase(samples.begin(), end);
    }
    const std::size_t n = samples.size();
    std::size_t low = 0;
    while (10'000 * (low + 1) < low_share * n) ++low;
    std::size_t high = 0;
    while (10'000 * (high + 1) < high_share * n) ++high;
    window.low = samples[low];
    window.high = samples[high];
    return window;
}

void check_same(const Window& found, const Window& wanted) {
    CHECK(found.low == wanted.low);
    CHECK(found.high == wanted.high);
    CHECK(found.padding == wanted.padding);
}

/// Dark on the left, bright on the right, so that a crop matters.
Volume uneven(const phantom::Size& size, SampleType type, int channels = 1) {
    Volume volume = phantom::noise(size, type, 5, channels);
    for (std::size_t i = 0; i < volume.samples.size() / 2; ++i) {
        double& sample = volume.samples[i];
        sample = support::is_float(type) ? static_cast<double>(static_cast<float>(sample / 7)) : std::floor(sample / 7);
    }
    for (double& sample : volume.samples) {
        if (type == SampleType::float64) sample = static_cast<float>(sample);
    }
    return volume;
}

constexpr phantom::Size size{40, 31, 22};
constexpr std::array<Range, 3> all{{{0, 40}, {0, 31}, {0, 22}}};
constexpr std::array<Range, 3> part{{{3, 17}, {5, 30}, {4, 13}}};

}  // namespace

TEST_CASE("the window that is found is from the .01st to the 99.99th percentile", "[import]") {
    for (const SampleType type : support::all_types) {
        Volume volume = uneven(size, type);
        if (support::is_float(type)) {
            for (std::size_t i = 0; i < volume.samples.size(); i += 13)
                volume.samples[i] =
                    i % 2 == 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
        }
        const Source source(volume, type);
        for (const auto& crop : {all, part}) {
            Options options;
            for (std::size_t a = 0; a < 3; ++a) options.axes[a].crop = crop[a];
            stack2nrrd::set_option(options, "factor", "3/2");
            for (const unsigned threads : {1U, 4U}) {
                options.threads = threads;
                options.slab = threads == 1 ? Range{} : Range{1, 2};  // parts of a volume have one window
                INFO(stack2nrrd::sample_type_name(type) << ' ' << threads);
                check_same(stack2nrrd::survey_window(source.stack, options), sorted_window(volume, crop));
                Options others = options;
                stack2nrrd::set_option(others, "window", "auto:2.5,97");
                check_same(stack2nrrd::survey_window(source.stack, others), sorted_window(volume, crop, 250, 9700));
            }
        }
    }
}

TEST_CASE("a window that is found makes what the same window makes that is given", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::float32}) {
        const Source source(uneven(size, type), type);
        Options found;
        stack2nrrd::set_option(found, "window", "auto");
        stack2nrrd::set_option(found, "type", "uint8");
        stack2nrrd::set_option(found, "factor", "2");
        const auto open = stack2nrrd::plan_import(source.stack, found);
        CHECK(open.needs_window());
        CHECK(std::count_if(open.warnings().begin(), open.warnings().end(), [](const std::string& warning) {
                  return warning.starts_with("--window auto is found by ");
              }) == 1);
        Bytes nothing(static_cast<std::size_t>(open.volume().bytes()));
        CHECK(refusal([&] {
                  const auto sink = stack2nrrd::memory_sink(nothing);
                  static_cast<void>(stack2nrrd::run_import(open, *sink));
              }) == ErrorCode::invalid_argument);

        found.window = stack2nrrd::survey_window(source.stack, found);
        const auto plan = stack2nrrd::plan_import(source.stack, found);
        CHECK(!plan.needs_window());
        CHECK(plan.memory_bytes() <= open.memory_bytes());
        Options given = found;
        given.window_auto = false;
        stack2nrrd::VolumeInfo one;
        stack2nrrd::VolumeInfo other;
        CHECK((import_bytes(source.stack, found, &one) == import_bytes(source.stack, given, &other)));
        CHECK(one.notes == other.notes);
        // Taking the option back by another one.
        stack2nrrd::set_option(found, "window", "auto");
        CHECK(!found.window);
        stack2nrrd::set_option(found, "window", "1,2");
        CHECK(!found.window_auto);
    }
}

TEST_CASE("the window that is found is that of the channels taken", "[import]") {
    const Source source(uneven(size, SampleType::uint8, 3), SampleType::uint8);
    Options options;
    options.channel = stack2nrrd::Channel::all;
    check_same(stack2nrrd::survey_window(source.stack, options), sorted_window(source.volume, all));
    options.channel = stack2nrrd::Channel::c1;
    check_same(stack2nrrd::survey_window(source.stack, options),
               sorted_window(reference::channel(source.volume, 1), all));
    options.channel = stack2nrrd::Channel::luma;
    Volume luma = reference::luma(source.volume);
    for (double& sample : luma.samples) sample = std::floor(sample + 0.5);
    check_same(stack2nrrd::survey_window(source.stack, options), sorted_window(luma, all));
}

TEST_CASE("what stands for a slice that is missing is no sample of the source", "[import]") {
    Volume volume = uneven(size, SampleType::uint16);
    for (double& sample : volume.samples) sample = std::min(65535.0, sample + 500);
    Source source(volume, SampleType::uint16);
    std::filesystem::remove(source.folder / "slice_0009.tif");
    source.stack = stack2nrrd::find_stack(source.folder.path());
    Volume rest({size[0], size[1], size[2] - 1});
    for (Index z = 0; z < rest.size[2]; ++z)
        for (Index y = 0; y < size[1]; ++y)
            for (Index x = 0; x < size[0]; ++x) rest.at(x, y, z) = volume.at(x, y, z + (z >= 9 ? 1 : 0));
    Options options;
    options.missing = stack2nrrd::Missing::blank;
    check_same(stack2nrrd::survey_window(source.stack, options), sorted_window(rest, {all[0], all[1], {0, 21}}));
}

TEST_CASE("padding does not count in the window, and is reported", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::int16, SampleType::float32}) {
        Volume volume = uneven(size, type);
        for (std::size_t i = 0; i < volume.samples.size(); i += 3)
            volume.samples[i] = -1 + (type == SampleType::uint8 || type == SampleType::uint16);
        for (double& sample : volume.samples)
            sample = std::max(sample, -1.0 + (type == SampleType::uint8 || type == SampleType::uint16));
        const Source source(volume, type);
        Options options;
        stack2nrrd::set_option(options, "window", "auto");
        stack2nrrd::set_option(options, "type", "uint8");
        const auto plan = stack2nrrd::surveyed_plans(source.stack, {&options, 1}).front();
        INFO(stack2nrrd::sample_type_name(type));
        REQUIRE(plan.window());
        check_same(*plan.window(), sorted_window(volume, all));
        CHECK(plan.window()->padding == (type == SampleType::int16 || type == SampleType::float32 ? -1.0 : 0.0));
    }
}

TEST_CASE("a window that cannot be found is refused", "[import]") {
    const Source flat(Volume({9, 8, 7}, 1, 42), SampleType::uint8);
    std::string sentence;
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::survey_window(flat.stack, {})); }, &sentence) ==
          ErrorCode::invalid_argument);
    CHECK(sentence.find("42") != std::string::npos);
    const Source empty(Volume({9, 8, 7}, 1, std::numeric_limits<double>::quiet_NaN()), SampleType::float32);
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::survey_window(empty.stack, {})); }) ==
          ErrorCode::invalid_argument);

    const Source source(uneven(size, SampleType::float32), SampleType::float32);
    Index last = -1;
    Index total = 0;
    static_cast<void>(stack2nrrd::survey_window(source.stack, {}, [&](const stack2nrrd::Progress& progress) {
        CHECK(progress.done >= last);
        last = progress.done;
        total = progress.total;
        return true;
    }));
    CHECK(last == total);
    CHECK(total == 2 * size[2]);
    CHECK(refusal([&] {
              static_cast<void>(
                  stack2nrrd::survey_window(source.stack, {}, [](const stack2nrrd::Progress&) { return false; }));
          }) == ErrorCode::cancelled);
    Options options;
    options.memory = 1;
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::survey_window(source.stack, options)); }) == ErrorCode::limit);
    std::filesystem::resize_file(source.folder / "slice_0017.tif", 200);
    CHECK(refusal([&] { static_cast<void>(stack2nrrd::survey_window(source.stack, {})); }) == ErrorCode::changed);
}

TEST_CASE("samples that are rewritten between the passes of a survey are an error", "[import]") {
    // In place, with the size and the time kept: nothing but the samples tells.
    for (const SampleType type : {SampleType::float32, SampleType::uint32}) {
        const Volume before = uneven(size, type);
        for (const bool fewer : {true, false}) {
            if (fewer && type == SampleType::uint32) continue;  // all of its values count
            const Source source(before, type);
            Volume after = before;
            for (double& sample : after.samples) {
                sample = fewer ? std::numeric_limits<double>::quiet_NaN() : 12345;
            }
            // MinGW's standard library sets times to whole seconds only, so they are such from the start.
            const auto time = std::chrono::floor<std::chrono::seconds>(std::filesystem::file_time_type::clock::now());
            const auto set_times = [&] {
                for (const auto& entry : std::filesystem::directory_iterator(source.folder.path()))
                    std::filesystem::last_write_time(entry.path(), time);
            };
            set_times();
            const Stack stack = stack2nrrd::find_stack(source.folder.path());
            bool rewritten = false;
            std::string sentence;
            INFO(stack2nrrd::sample_type_name(type) << (fewer ? " NaN" : " a constant"));
            CHECK(refusal(
                      [&] {
                          const auto found =
                              stack2nrrd::survey_window(stack, {}, [&](const stack2nrrd::Progress& progress) {
                                  if (rewritten || progress.done < progress.total / 2) return true;
                                  rewritten = true;
                                  support::write_slices(source.folder.path(), after, type);
                                  set_times();
                                  return true;
                              });
                          static_cast<void>(found);
                      },
                      &sentence) == ErrorCode::changed);
            CHECK(rewritten);
            CHECK(sentence.find("changed between two passes") != std::string::npos);
        }
    }
}
