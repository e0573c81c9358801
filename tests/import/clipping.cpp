// What an output's type has no place for: counted exactly, said before the run and after it, written into the header.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/report.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace import_test;
using reference::Fraction;
using stack2nrrd::Report;
using stack2nrrd::Window;

/// How many samples are clipped by the truth: at least and at most, as its values are uncertain by the tolerance.
struct Counts {
    std::int64_t low_least = 0;
    std::int64_t low_most = 0;
    std::int64_t high_least = 0;
    std::int64_t high_most = 0;
};

Counts true_counts(const Source& source, const Recipe& r, SampleType type, const std::optional<Window>& window) {
    const reference::Result truth = reference::resample(source.volume, axes_of(r, source.volume.size));
    reference::Real tolerance = reference::tolerance(source.volume, source.type).absolute;
    if (window) {
        const auto range = static_cast<reference::Real>(support::highest(type)) - support::lowest(type);
        tolerance = support::is_float(source.type) ? tolerance * range / (window->high - window->low) : 4e-7L * range;
    }
    Counts counts;
    const reference::Real below = support::lowest(type) - 0.5L;
    const reference::Real above = support::highest(type) + 0.5L;
    for (reference::Real v : truth.value) {
        if (window) v = reference::windowed(v, window->low, window->high, type);
        counts.low_least += v < below - tolerance ? 1 : 0;
        counts.low_most += v < below + tolerance ? 1 : 0;
        counts.high_least += v >= above + tolerance ? 1 : 0;
        counts.high_most += v >= above - tolerance ? 1 : 0;
    }
    return counts;
}

void check_counts(const Report& report, const Counts& counts) {
    CHECK(report.clipped_low >= counts.low_least);
    CHECK(report.clipped_low <= counts.low_most);
    CHECK(report.clipped_high >= counts.high_least);
    CHECK(report.clipped_high <= counts.high_most);
}

Report report_of(const Stack& stack, const Options& options) {
    Report report;
    static_cast<void>(import_bytes(stack, options, nullptr, &report));
    return report;
}

/// Blocks of the highest value in air of the lowest: every kernel with negative lobes leaves the range.
Volume blocks(const phantom::Size& size, double low, double high) {
    Volume volume(size, 1, low);
    for (Index z = 0; z < size[2]; ++z)
        for (Index y = 0; y < size[1]; ++y)
            for (Index x = 0; x < size[0]; ++x)
                if ((x / 7 + y / 5 + z / 6) % 3 == 0) volume.at(x, y, z) = high;
    return volume;
}

double mean(const Doubles& samples) {
    double sum = 0;
    for (const double sample : samples) sum += sample;
    return sum / static_cast<double>(samples.size());
}

std::vector<std::string> warnings_after(const Stack& stack, Options options, Report* made = nullptr) {
    if (options.window_auto) options.window = stack2nrrd::survey_window(stack, options);
    const auto plan = stack2nrrd::plan_import(stack, options);
    const Report report = report_of(stack, options);
    if (made != nullptr) *made = report;
    stack2nrrd::Findings findings;
    findings.stack = &stack;
    findings.options = &options;
    findings.seconds = 1;
    findings.results = {{&plan, {}, report}};
    return stack2nrrd::run_warnings(findings);
}

std::int64_t warnings_with(const std::vector<std::string>& warnings, const std::string& part) {
    return std::count_if(warnings.begin(), warnings.end(),
                         [&](const std::string& warning) { return warning.find(part) != std::string::npos; });
}

const std::vector<SampleType> integers{SampleType::uint8,  SampleType::int8,  SampleType::uint16, SampleType::int16,
                                       SampleType::uint32, SampleType::int32, SampleType::int64,  SampleType::uint64};

}  // namespace

TEST_CASE("clipped samples are counted as the truth counts them, for all types", "[import]") {
    for (const SampleType from : support::all_types) {
        Volume volume = phantom::noise({15, 14, 12}, from, 31);
        if (from == SampleType::float32 || from == SampleType::float64) {
            for (std::size_t i = 0; i < volume.samples.size(); i += 3) volume.samples[i] *= 1e7;
            for (double& sample : volume.samples) sample = static_cast<float>(sample);
        }
        const Source source(volume, from);
        for (const SampleType to : integers) {
            for (const auto& [kernel, factor] :
                 {std::pair{"lanczos:3", Fraction{1, 1}}, std::pair{"lanczos:3", Fraction{3, 2}},
                  std::pair{"box", Fraction{2, 1}}, std::pair{"mitchell", Fraction{2, 1}}}) {
                const Recipe r = recipe(kernel, factor);
                Options options = options_of(r);
                options.type = to;
                INFO(stack2nrrd::sample_type_name(from)
                     << " to " << stack2nrrd::sample_type_name(to) << ", " << r.text());
                check_counts(report_of(source.stack, options), true_counts(source, r, to, std::nullopt));
            }
        }
    }
}

TEST_CASE("what a kernel pushes out of the type is counted", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::int16, SampleType::uint32}) {
        const Source source(blocks({33, 30, 28}, support::lowest(type), support::highest(type)), type);
        for (const char* kernel : {"lanczos:3", "ctmr", "mitchell", "kaiser:6,3.5,.97", "kaiser:8,3,.97", "hann:3",
                                   "box", "bspl3", "gauss:0.5,4", "kaiser:1,3,.001", "nearest"}) {
            const stack2nrrd::Kernel parsed = stack2nrrd::Kernel::parse(kernel);
            bool negative = false;
            for (double x = 0; x < parsed.support(); x += 0.01) negative = negative || parsed(x) < -1e-9;
            for (const Fraction factor : {Fraction{2, 1}, Fraction{5, 2}, Fraction{4, 1}}) {
                const Recipe r = recipe(kernel, factor);
                const Report report = report_of(source.stack, options_of(r));
                INFO(stack2nrrd::sample_type_name(type) << ' ' << r.text());
                check_counts(report, true_counts(source, r, type, std::nullopt));
                CHECK((report.clipped_low > 0) == negative);
                CHECK((report.clipped_high > 0) == negative);
            }
        }
    }
}

TEST_CASE("what lies outside of a window is counted", "[import]") {
    const Source words(phantom::noise({16, 14, 12}, SampleType::uint16, 17), SampleType::uint16);
    const Source floats(phantom::noise({16, 14, 12}, SampleType::float32, 18), SampleType::float32);
    const Source bytes(phantom::noise({16, 14, 12}, SampleType::uint8, 19), SampleType::uint8);
    struct Way {
        const Source* source;
        Window window;
    };
    for (const Way& way : {Way{&words, {0, 65535}}, Way{&words, {10000, 50000}}, Way{&floats, {-200, 300.5}},
                           Way{&bytes, {0, 255}}, Way{&bytes, {-100, 400}}, Way{&bytes, {5.5, 260.5}},
                           Way{&words, {30000, 30500}}, Way{&floats, {12, 12.001}}}) {
        for (const SampleType to : integers) {
            for (const Fraction factor : {Fraction{1, 1}, Fraction{2, 1}}) {
                const Recipe r = recipe("lanczos:3", factor);
                Options options = options_of(r);
                options.type = to;
                options.window = way.window;
                INFO(stack2nrrd::sample_type_name(way.source->type)
                     << " to " << stack2nrrd::sample_type_name(to) << ' ' << way.window.low << ',' << way.window.high);
                check_counts(report_of(way.source->stack, options), true_counts(*way.source, r, to, way.window));
            }
        }
    }
}

TEST_CASE("counts of clipped samples depend on nothing but the result", "[import]") {
    for (const SampleType type : {SampleType::uint8, SampleType::float32}) {
        const Source source(blocks({61, 47, 43}, 0, 255), type);
        for (const char* kernel : {"lanczos:3", "kaiser:4,3,.95"}) {
            for (const Fraction factor : {Fraction{2, 1}, Fraction{3, 2}}) {
                Options options = options_of(recipe(kernel, factor));
                options.type = SampleType::uint8;
                options.threads = 1;
                const Report whole = report_of(source.stack, options);
                CHECK(whole.clipped_low > 100);
                CHECK(whole.clipped_high > 100);
                const auto check = [&](const Report& report) {
                    CHECK(report.clipped_low == whole.clipped_low);
                    CHECK(report.clipped_high == whole.clipped_high);
                };
                for (const unsigned threads : {2U, 5U, 0U}) {
                    options.threads = threads;
                    check(report_of(source.stack, options));
                }
                options.threads = 2;
                const Index slices = stack2nrrd::plan_import(source.stack, options).volume().size[2];
                for (const Index thick : {1, 4}) {
                    Report sum;
                    for (Index z = 0; z < slices; z += thick) {
                        options.slab = {z, std::min(z + thick, slices)};
                        const Report slab = report_of(source.stack, options);
                        sum.clipped_low += slab.clipped_low;
                        sum.clipped_high += slab.clipped_high;
                    }
                    check(sum);
                }
            }
        }
    }
}

TEST_CASE("progress and header tell how many samples were clipped", "[import]") {
    const Source source(blocks({31, 27, 25}, 0, 255), SampleType::uint8);
    support::TempFolder folder;
    for (const char* name : {"out.nrrd", "out.nhdr"}) {
        for (const auto encoding : {stack2nrrd::Encoding::raw, stack2nrrd::Encoding::gzip}) {
            Options options = options_of(recipe("lanczos:3", {2, 1}));
            options.nrrd.encoding = encoding;
            options.nrrd.force = true;
            const auto plan = stack2nrrd::plan_import(source.stack, options);
            CHECK_FALSE(plan.clipping_advice().empty());
            const auto sink = stack2nrrd::nrrd_sink(folder / name, options.nrrd);
            stack2nrrd::Progress last;
            const Report report = stack2nrrd::run_import(plan, *sink, [&](const stack2nrrd::Progress& progress) {
                last = progress;
                return true;
            });
            CHECK(report.clipped_low > 0);
            CHECK(last.reports.front().clipped_low == report.clipped_low);
            CHECK(last.reports.front().clipped_high == report.clipped_high);
            const support::Nrrd nrrd = support::read_nrrd(folder / name);
            CHECK(std::stoll(nrrd.pair("stack2nrrd_clipped_low")) == report.clipped_low);
            CHECK(std::stoll(nrrd.pair("stack2nrrd_clipped_high")) == report.clipped_high);
        }
    }
}

TEST_CASE("the header speaks of clipping only where there can be any", "[import]") {
    const Source bytes(phantom::noise({9, 8, 7}, SampleType::uint8), SampleType::uint8);
    const Source doubles(phantom::noise({9, 8, 7}, SampleType::float64), SampleType::float64);
    const auto has_notes = [](const Source& source, const char* kernel, Fraction factor, std::optional<SampleType> type,
                              std::optional<Window> window = std::nullopt) {
        Options options = options_of(recipe(kernel, factor));
        options.type = type;
        options.window = window;
        const auto plan = stack2nrrd::plan_import(source.stack, options);
        CHECK(plan.clipping_advice().empty() == plan.volume().late_notes.empty());
        return !plan.volume().late_notes.empty();
    };
    CHECK(has_notes(bytes, "lanczos:3", {2, 1}, std::nullopt));
    CHECK_FALSE(has_notes(bytes, "lanczos:3", {1, 1}, std::nullopt));  // copies
    CHECK_FALSE(has_notes(bytes, "box", {2, 1}, std::nullopt));
    CHECK_FALSE(has_notes(bytes, "kaiser:1,3,.001", {2, 1}, SampleType::uint16));
    CHECK_FALSE(has_notes(bytes, "nearest", {2, 1}, std::nullopt));
    CHECK_FALSE(has_notes(bytes, "lanczos:3", {2, 1}, SampleType::float32));
    CHECK(has_notes(bytes, "box", {1, 1}, SampleType::int8));
    CHECK(has_notes(bytes, "box", {1, 1}, SampleType::uint8, Window{0, 100}));
    CHECK(has_notes(doubles, "box", {1, 1}, SampleType::int32));
    CHECK(has_notes(doubles, "box", {1, 1}, SampleType::float32));
    CHECK_FALSE(has_notes(doubles, "lanczos:3", {2, 1}, std::nullopt));
}

TEST_CASE("a type that does not hold the source's range is said before the run, once", "[import]") {
    for (const SampleType from : support::all_types) {
        const Source source(phantom::noise({4, 4, 4}, from), from);
        for (const SampleType to : support::all_types) {
            Options options;
            options.type = to;
            const bool beyond = !support::is_float(to) && (support::lowest(from) < support::lowest(to) ||
                                                           support::highest(from) > support::highest(to));
            const bool rounds =
                to == SampleType::float32 && !support::is_float(from) && stack2nrrd::sample_bytes(from) > 2;
            INFO(stack2nrrd::sample_type_name(from) << " to " << stack2nrrd::sample_type_name(to));
            const auto warnings = stack2nrrd::plan_import(source.stack, options).warnings();
            CHECK(warnings_with(warnings, "--window auto") == (beyond ? 1 : 0));
            CHECK(warnings_with(warnings, "16777216") == (rounds ? 1 : 0));
            options.window = Window{0, 100};
            const auto with_window = stack2nrrd::plan_import(source.stack, options).warnings();
            CHECK(warnings_with(with_window, "--type") == 0);
            options.window.reset();
            options.window_auto = true;
            CHECK(warnings_with(stack2nrrd::plan_import(source.stack, options).warnings(), "clipped") == 0);
        }
    }
    const Source bytes(phantom::noise({4, 4, 4}, SampleType::int16), SampleType::int16);
    Options options;
    options.type = SampleType::uint16;
    CHECK(warnings_with(stack2nrrd::plan_import(bytes.stack, options).warnings(), "samples below 0 will") == 1);
    options.type = SampleType::int8;
    CHECK(warnings_with(stack2nrrd::plan_import(bytes.stack, options).warnings(), "below -128 and above 127 will") ==
          1);
}

TEST_CASE("more than one sample in a hundred that was clipped is a warning", "[import]") {
    // 1000 samples, of which some are too large.
    for (const int large : {0, 1, 10, 11, 500}) {
        Volume volume({10, 10, 10}, 1, 7);
        for (int i = 0; i < large; ++i) volume.samples[static_cast<std::size_t>(i)] = i % 2 == 0 ? 300 : -20;
        const Source source(volume, SampleType::int16);
        Options options;
        options.type = SampleType::uint8;
        Report report;
        const std::vector<std::string> warnings = warnings_after(source.stack, options, &report);
        CHECK(report.clipped_low == large / 2);
        CHECK(report.clipped_high == large - large / 2);
        CHECK(warnings_with(warnings, "clipped") == (large > 10 ? 1 : 0));
        if (large == 11) CHECK(warnings_with(warnings, "1.1 % of the samples were beyond the range of uint8") == 1);
        if (large == 500) CHECK(warnings_with(warnings, "50.0 % of the samples") == 1);
        if (large == 500) CHECK(warnings_with(warnings, "250 below and 250 above") == 1);
    }
}

TEST_CASE("following the advice on clipping helps", "[import]") {
    // Blocks in air: uint8 clips what the kernel makes below 0, and the mean rises.
    const Source source(blocks({39, 36, 33}, 0, 200), SampleType::uint8);
    const double right = mean(source.volume.samples);
    Options options = options_of(recipe("lanczos:3", {3, 1}));
    const std::vector<std::string> warnings = warnings_after(source.stack, options);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings_with(warnings, "--type float32") == 1);
    CHECK(warnings_with(warnings, "--kernel box, or kaiser:1,3,.001") == 1);
    const double clipped = mean(import_samples(source.stack, options));
    const auto check = [&](const Options& advised) {
        Report report;
        const double advised_mean = mean(import_samples(source.stack, advised, nullptr, &report));
        CHECK(report.clipped_low + report.clipped_high == 0);
        CHECK(warnings_after(source.stack, advised).empty());
        CHECK(std::abs(advised_mean - right) < std::abs(clipped - right) / 3);
    };
    Options floats = options;
    floats.type = SampleType::float32;
    check(floats);
    check(options_of(recipe("box", {3, 1})));
    check(options_of(recipe("kaiser:1,3,.001", {3, 1})));

    // Sixteen bits into eight.
    const Source words(phantom::noise({20, 18, 16}, SampleType::uint16, 5), SampleType::uint16);
    options = options_of(recipe("box", {1, 1}));
    options.type = SampleType::uint8;
    std::vector<std::string> said = warnings_after(words.stack, options);
    REQUIRE(said.size() == 1);
    CHECK(warnings_with(said, "--window auto (or LO,HI)") == 1);
    CHECK(warnings_with(said, "--type uint16 keeps them") == 1);
    options.window = Window{0, 65535};
    CHECK(warnings_after(words.stack, options).empty());
    options.window = Window{20000, 40000};
    said = warnings_after(words.stack, options);
    REQUIRE(said.size() == 1);
    CHECK(warnings_with(said, "outside of the window") == 1);
    options.type = SampleType::float32;
    CHECK(warnings_after(words.stack, options).empty());
}

TEST_CASE("float64 that float32 does not hold is counted and said", "[import]") {
    Volume volume({8, 8, 8}, 1, 1);
    volume.at(0, 0, 0) = 1e300;
    volume.at(1, 0, 0) = -1e300;
    volume.at(2, 0, 0) = 3.5e38;
    volume.at(3, 0, 0) = std::numeric_limits<double>::infinity();
    volume.at(4, 0, 0) = -std::numeric_limits<double>::infinity();
    volume.at(5, 0, 0) = std::numeric_limits<double>::quiet_NaN();
    volume.at(6, 0, 0) = 3.4e38;
    const Source source(volume, SampleType::float64);
    Options options;
    options.type = SampleType::float32;
    Report report;
    const std::vector<std::string> warnings = warnings_after(source.stack, options, &report);
    CHECK(report.clipped_low == 1);
    CHECK(report.clipped_high == 2);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings_with(warnings, "became infinite: 1 below and 2 above it; --type float64 holds them") == 1);
    options.type = SampleType::float64;
    CHECK(warnings_after(source.stack, options, &report).empty());
    CHECK(report.clipped_low + report.clipped_high == 0);
    options.type = SampleType::int16;  // infinities are beyond every integer
    CHECK(warnings_with(warnings_after(source.stack, options, &report), "1.2 % of the samples") == 1);
    CHECK(report.clipped_low == 2);
    CHECK(report.clipped_high == 4);
    CHECK(report.nan_samples == 1);
}

TEST_CASE("64-bit integers that are clipped are counted, filtered or only picked", "[import]") {
    support::TempFolder folder;
    const std::array<std::int64_t, 8> samples{-9000000000000000000, -1, 0, 255, 256, 4294967296, 9007199254740993,
                                              9223372036854775807};
    support::write_volume(folder / "v.nrrd", {2, 2, 2}, 1, SampleType::int64, std::as_bytes(std::span(samples)));
    const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
    struct Way {
        SampleType type;
        std::int64_t low;
        std::int64_t high;
    };
    for (const Way& way :
         {Way{SampleType::uint8, 2, 4}, Way{SampleType::uint64, 2, 0}, Way{SampleType::int64, 0, 0},
          Way{SampleType::int32, 1, 3}, Way{SampleType::uint32, 2, 3}, Way{SampleType::float64, 0, 0}}) {
        for (const bool picked : {true, false}) {
            Options options;
            options.type = way.type;
            if (!picked) options.axes[2].size = 4;  // every slice twice
            for (auto& axis : options.axes) axis.kernel = stack2nrrd::Kernel::parse("box");
            INFO(stack2nrrd::sample_type_name(way.type) << (picked ? " picked" : " filtered"));
            const Report report = report_of(stack, options);
            CHECK(report.clipped_low == (picked ? 1 : 2) * way.low);
            CHECK(report.clipped_high == (picked ? 1 : 2) * way.high);
        }
    }
}

TEST_CASE("windows are right to the last, or refused", "[import]") {
    const Source bytes(phantom::noise({9, 8, 7}, SampleType::uint8), SampleType::uint8);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
    for (const Window& window : {Window{0, 5e-324}, Window{0, 1e-310}, Window{1, 1}, Window{2, 1}, Window{no_number, 1},
                                 Window{0, no_number}, Window{0, infinity}, Window{-infinity, 0},
                                 Window{-infinity, infinity}, Window{-1.7e308, 1.7e308}, Window{0, 1.7e308}}) {
        for (const SampleType to : support::all_types) {
            Options options;
            options.type = to;
            options.window = window;
            std::string sentence;
            INFO(window.low << ',' << window.high << ' ' << stack2nrrd::sample_type_name(to));
            CHECK(refusal([&] { static_cast<void>(stack2nrrd::plan_import(bytes.stack, options)); }, &sentence) ==
                  ErrorCode::invalid_argument);
            CHECK(sentence.starts_with("--window: "));
        }
    }
    for (const char* text : {"1,1", "2,1", "nan,1", "0,inf", "-inf,0", "0", "", "0,1,2", "a,b", "0,1e999"}) {
        Options options;
        INFO(text);
        CHECK(refusal([&] { stack2nrrd::set_option(options, "window", text); }) == ErrorCode::invalid_argument);
    }

    // Narrow ones far from 0, very narrow and very wide ones: as the truth has them.
    Volume volume({16, 15, 14}, 1, 0);
    Volume tiny = volume;
    Volume huge = volume;
    for (std::size_t i = 0; i < volume.samples.size(); ++i) {
        const auto part = static_cast<double>(i % 1000);
        volume.samples[i] = 1e9 + part * 1e-6;
        tiny.samples[i] = part * 1e-303;
        huge.samples[i] = (part - 500) * 1e287;
    }
    struct Way {
        const Volume* volume;
        Window window;
    };
    for (const Way& way : {Way{&volume, {1e9, 1e9 + 1e-3}}, Way{&tiny, {0, 1e-300}}, Way{&tiny, {1e-301, 1e-300}},
                           Way{&huge, {-5e289, 5e289}}, Way{&huge, {-1e290, 1e290}}}) {
        const Source source(*way.volume, SampleType::float64);
        for (const SampleType to : {SampleType::uint8, SampleType::int16, SampleType::float32, SampleType::float64}) {
            Options options = options_of(recipe("box", {1, 1}));
            options.type = to;
            options.window = way.window;
            INFO(way.window.low << ',' << way.window.high << ' ' << stack2nrrd::sample_type_name(to));
            Report report;
            const Doubles samples = import_samples(source.stack, options, nullptr, &report);
            CHECK(report.nan_samples == 0);
            std::int64_t wrong = 0;
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const reference::Real v =
                    reference::windowed(way.volume->samples[i], way.window.low, way.window.high, to);
                const double range = support::is_float(to) ? 1 : support::highest(to) - support::lowest(to);
                // Integers: off by one at a tie; floats: the last bits of the input.
                const reference::Real nearest = reference::rounded(v, to);
                wrong += std::fabs(samples[i] - nearest) <= (support::is_float(to) ? 4e-7L * range : 0) ||
                                 std::fabs(v - std::floor(v) - 0.5L) < 4e-7L * range
                             ? 0
                             : 1;
            }
            CHECK(wrong == 0);
        }
    }
}
