// stack_from(): a program's own slices make what the same slices make that are read from files.

#include "import/recipe.hpp"
#include "support/but_for_inputs.hpp"
#include "support/catch.hpp"
#include "support/own_source.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using support::OwnSource;

std::string text_of(const Settings& settings) {
    std::string text;
    for (const auto& [name, value] : settings) text += "--" + name + " " + value + " ";
    return text;
}

/// The file that an import writes, header and all.
Bytes file_of(const Stack& stack, const Options& options) {
    const support::TempFolder out;
    const auto plan = stack2nrrd::plan_import(stack, options);
    const auto sink = stack2nrrd::nrrd_sink(out / "v.nrrd", options.nrrd, options.threads);
    stack2nrrd::run_import(plan, *sink);
    return support::but_for_inputs(support::read_file(out / "v.nrrd"));
}

/// The own counterpart of a stack of files.
Stack own_stack(const Source& files, std::shared_ptr<OwnSource> source) {
    Stack stack = stack2nrrd::stack_from(std::move(source), files.stack.name);
    stack.geometry = files.stack.geometry;
    return stack;
}

bool ascend(const std::vector<Index>& slices) {
    return std::adjacent_find(slices.begin(), slices.end(), std::greater_equal<>()) == slices.end();
}

}  // namespace

TEST_CASE("own samples of all types make the file that slices in files make", "[making]") {
    for (const SampleType type : support::all_types) {
        Volume volume = phantom::noise({21, 17, 14}, type, 4);
        if (support::is_float(type)) {
            for (std::size_t i = 0; i < volume.samples.size(); i += 31)
                volume.samples[i] = std::numeric_limits<double>::quiet_NaN();
        }
        const Source files(volume, type);
        std::vector<Settings> all{{{"factor", "2"}, {"spacing", "0.25,0.5,1"}, {"origin", "1,-2,3"}},
                                  {{"factor", "3/2"}, {"kernel", "ctmr"}, {"crop", "3:20,1:11,2:13"}},
                                  {{"factor", "1"}, {"crop", ",2:5,"}, {"slab", "3:9"}, {"encoding", "gzip"}},
                                  {{"kernel", "box"}, {"factor", "8/3"}, {"slab", "1:3"}, {"type", "uint8"}},
                                  {{"labels", "true"}, {"factor", "2,3,2"}},
                                  {{"kernel", "nearest"}, {"factor", "3"}, {"step", "2"}, {"reverse", "true"}}};
        for (const Settings& settings : all) {
            Options options = options_with(settings);
            options.threads = 1;
            const Bytes expected = file_of(files.stack, options);
            for (const bool in_order : {false, true}) {
                if (in_order && options.reverse) continue;
                for (const unsigned threads : in_order ? std::vector{1U, 3U} : std::vector{1U, 2U, 4U}) {
                    const auto source = std::make_shared<OwnSource>(volume, type);
                    source->in_order = in_order;
                    options.threads = threads;
                    INFO(text_of(settings) << in_order << ' ' << threads);
                    CHECK((file_of(own_stack(files, source), options) == expected));
                    CHECK_FALSE(source->shared);
                    std::vector<Index> read = source->read();
                    if (in_order) {
                        CHECK(ascend(read));
                        CHECK(source->readers == 1);
                    } else {
                        std::sort(read.begin(), read.end());
                        CHECK(std::adjacent_find(read.begin(), read.end()) == read.end());
                    }
                }
            }
        }
    }
}

TEST_CASE("a window is found in own samples, too", "[making]") {
    for (const SampleType type : {SampleType::uint16, SampleType::float32}) {
        const Volume volume = phantom::noise({21, 17, 14}, type, 9);
        const Source files(volume, type);
        for (const bool in_order : {false, true}) {
            const auto source = std::make_shared<OwnSource>(volume, type);
            source->in_order = in_order;
            Options options = options_with({{"window", "auto"}, {"type", "uint8"}, {"threads", "3"}});
            const auto expected = stack2nrrd::survey_window(files.stack, options);
            const auto window = stack2nrrd::survey_window(own_stack(files, source), options);
            CHECK(window.low == expected.low);
            CHECK(window.high == expected.high);
            // Floats are surveyed twice, each time with a reader that is new.
            if (in_order) CHECK(source->readers == (type == SampleType::uint16 ? 1 : 2));
            options.window = window;
            CHECK((file_of(own_stack(files, source), options) == file_of(files.stack, options)));
        }
    }
}

TEST_CASE("own colours, and the channels of them", "[making]") {
    for (const int channels : {2, 3, 4}) {
        const Volume volume = phantom::noise({9, 7, 6}, SampleType::uint8, 3, channels);
        const Source files(volume, SampleType::uint8);
        for (const char* channel : {"luma", "first", "all", "1"}) {
            const auto source = std::make_shared<OwnSource>(volume, SampleType::uint8);
            Options options = options_with({{"channel", channel}, {"factor", "3/2"}, {"threads", "2"}});
            INFO(channels << ' ' << channel);
            CHECK((file_of(own_stack(files, source), options) == file_of(files.stack, options)));
        }
    }
}

TEST_CASE("own components are resampled each by itself", "[making]") {
    constexpr int components = 7;
    Volume volume({8, 6, 5}, components);
    for (std::size_t i = 0; i < volume.samples.size(); ++i) volume.samples[i] = static_cast<double>(i * 7919 % 1001);
    const support::TempFolder folder;
    support::write_volume(folder / "v.nrrd", volume, SampleType::int16, {.kind = "vector"});
    const Stack expected = stack2nrrd::find_stack(folder / "v.nrrd");
    const auto source =
        std::make_shared<OwnSource>(expected.image, 5, support::to_bytes(volume.samples, SampleType::int16));
    const Stack stack = stack2nrrd::stack_from(source);
    for (const char* factor : {"1", "2", "3/2"}) {
        const Options options = options_with({{"factor", factor}, {"threads", "2"}});
        stack2nrrd::VolumeInfo info;
        CHECK((import_bytes(stack, options, &info) == import_bytes(expected, options)));
        CHECK(info.channels == components);
        CHECK(info.colour == stack2nrrd::Colour::components);
    }
}

TEST_CASE("the place of own slices is that of the stack or of the options", "[making]") {
    const auto source = std::make_shared<OwnSource>(phantom::noise({6, 5, 4}, SampleType::uint8), SampleType::uint8);
    Stack stack = stack2nrrd::stack_from(source, "camera");
    CHECK(stack.kind == "source");
    CHECK(stack.name == "camera");
    CHECK(stack.slices.size() == 4);
    CHECK_FALSE(stack.geometry.spacing_known);
    const auto plan = stack2nrrd::plan_import(stack, options_with({{"factor", "2"}}));
    CHECK_FALSE(plan.volume().geometry.spacing_known);
    CHECK(plan.source_slices() == 4);
    CHECK(plan.read_bytes() == 6 * 5 * 4);
    stack.geometry.spacing_known = true;
    stack.geometry.direction = {{{0, 0.25, 0}, {0, 0, 0.5}, {2, 0, 0}}};
    stack.geometry.origin = {10, 20, 30};
    // Output 0 lies half a source sample on, along each axis.
    const auto geometry = stack2nrrd::plan_import(stack, options_with({{"factor", "2"}})).volume().geometry;
    CHECK(geometry.direction == std::array<stack2nrrd::Vector3, 3>{{{0, 0.5, 0}, {0, 0, 1}, {4, 0, 0}}});
    CHECK(geometry.origin == stack2nrrd::Vector3{11, 20.125, 30.25});
    const Options given = options_with({{"spacing", "0.25,0.5,2"}, {"origin", "1,2,3"}});
    CHECK(stack2nrrd::plan_import(stack, given).volume().geometry.origin == stack2nrrd::Vector3{1, 2, 3});
}

TEST_CASE("blank slices are gaps, and not read", "[making]") {
    const Volume volume = phantom::noise({8, 6, 9}, SampleType::uint16);
    const auto made_of = [&](const std::vector<int>& slices) {  // -1: zeros
        Volume other({8, 6, static_cast<std::int64_t>(slices.size())});
        for (std::size_t z = 0; z < slices.size(); ++z) {
            if (slices[z] < 0) continue;
            std::copy_n(volume.samples.begin() + slices[z] * 48, 48,
                        other.samples.begin() + static_cast<std::ptrdiff_t>(z) * 48);
        }
        return std::make_shared<OwnSource>(other, SampleType::uint16);
    };
    struct Row {
        const char* missing;
        std::vector<int> slices;
    };
    const std::vector<Row> rows{
        {"repeat", {2, 2, 2, 3, 3, 5, 5, 7, 7}}, {"blank", {-1, -1, 2, 3, -1, 5, -1, 7, -1}}, {"close", {2, 3, 5, 7}}};
    for (const bool in_order : {false, true}) {
        for (const unsigned threads : {1U, 3U}) {
            const auto source = std::make_shared<OwnSource>(volume, SampleType::uint16);
            source->blanks = {0, 1, 4, 6, 8};
            source->in_order = in_order;
            const Stack stack = stack2nrrd::stack_from(source);
            CHECK((stack.missing == std::vector<std::string>{"0..1", "4", "6", "8"}));
            std::string sentence;
            CHECK(refusal([&] { (void)stack2nrrd::plan_import(stack); }, &sentence) == ErrorCode::missing_slices);
            CHECK(sentence.find("0..1, 4, 6, 8") != std::string::npos);
            for (const Row& row : rows) {
                if (in_order && row.missing == std::string("repeat")) continue;
                for (const char* kernel : {"lanczos:3", "mode"}) {
                    const Options options = options_with({{"missing", row.missing},
                                                          {"kernel", kernel},
                                                          {"factor", "2"},
                                                          {"threads", std::to_string(threads)}});
                    INFO(row.missing << ' ' << kernel << ' ' << threads);
                    const Doubles samples = import_samples(stack, options);
                    const Doubles expected = import_samples(stack2nrrd::stack_from(made_of(row.slices)), options);
                    // Zeros that were filtered are zeros but for the last bits, and may round the other way at ties.
                    const double off =
                        row.missing == std::string("blank") && kernel == std::string("lanczos:3") ? 1 : 0;
                    REQUIRE(samples.size() == expected.size());
                    double most = 0;
                    for (std::size_t i = 0; i < samples.size(); ++i)
                        most = std::max(most, std::abs(samples[i] - expected[i]));
                    CHECK(most <= off);
                }
            }
            const std::vector<Index> read = source->read();
            CHECK(std::none_of(read.begin(), read.end(), [&](Index z) { return source->is_blank(z); }));
        }
    }
    // There is nothing but gaps.
    const auto nothing = std::make_shared<OwnSource>(volume, SampleType::uint16);
    for (Index z = 0; z < 9; ++z) nothing->blanks.insert(z);
    const Stack stack = stack2nrrd::stack_from(nothing);
    CHECK((import_bytes(stack, options_with({{"missing", "blank"}})) == Bytes(8 * 6 * 9 * 2)));
    for (const char* missing : {"error", "close", "repeat"}) {
        CHECK(refusal([&] {
                  (void)stack2nrrd::plan_import(stack, options_with({{"missing", missing}}));
              }) == ErrorCode::missing_slices);
    }
    Stack empty = stack;
    empty.slices.clear();
    CHECK(refusal([&] {
              (void)stack2nrrd::plan_import(empty, options_with({{"missing", "blank"}}));
          }) == ErrorCode::missing_slices);
    CHECK(nothing->read().empty());
}

TEST_CASE("a source that goes forward only is not asked to go back", "[making]") {
    const auto source = std::make_shared<OwnSource>(phantom::noise({8, 6, 9}, SampleType::uint8), SampleType::uint8);
    source->in_order = true;
    Stack stack = stack2nrrd::stack_from(source);
    const auto sentence_of = [&](const Settings& settings) {
        std::string sentence;
        const auto code = refusal([&] { (void)stack2nrrd::plan_import(stack, options_with(settings)); }, &sentence);
        CHECK(code.value_or(ErrorCode::invalid_argument) == ErrorCode::invalid_argument);
        return sentence;
    };
    CHECK(sentence_of({{"reverse", "true"}}).find("leave out --reverse") != std::string::npos);
    CHECK(sentence_of({{"missing", "repeat"}}).empty());  // there is no gap
    CHECK(sentence_of({{"step", "3"}}).empty());
    source->blanks = {4};
    stack = stack2nrrd::stack_from(source);
    CHECK(sentence_of({{"missing", "repeat"}}).find("--missing repeat") != std::string::npos);
    CHECK(sentence_of({{"missing", "blank"}}).empty());
    CHECK(sentence_of({{"missing", "repeat"}, {"step", "3"}}).empty());  // the gap is not among the slices taken
    CHECK(source->read().empty());
}

TEST_CASE("the plan counts the readers of a source", "[making]") {
    const auto source = std::make_shared<OwnSource>(phantom::noise({8, 6, 9}, SampleType::uint8), SampleType::uint8);
    const auto memory = [&](std::int64_t reader, bool in_order) {
        source->bytes_of_reader = reader;
        source->in_order = in_order;
        return stack2nrrd::plan_import(stack2nrrd::stack_from(source), options_with({{"threads", "3"}})).memory_bytes();
    };
    constexpr std::int64_t bytes = 5'000'000;
    CHECK(memory(bytes, false) - memory(0, false) == 3 * bytes);
    CHECK(memory(bytes, true) - memory(0, true) == bytes);
    CHECK(refusal([&] { (void)memory(std::numeric_limits<std::int64_t>::max(), false); }) == ErrorCode::limit);
    // A cap leaves room for fewer.
    source->bytes_of_reader = 100'000'000;
    source->in_order = false;
    Options capped = options_with({{"threads", "4"}, {"memory", "250M"}});
    stack2nrrd::Report report;
    (void)import_bytes(stack2nrrd::stack_from(source), capped, nullptr, &report);
    CHECK(report.threads == 2);
    CHECK(source->readers == 2);
}

TEST_CASE("what no stack can be made from is refused", "[making]") {
    const auto code = [](const auto& change) {
        const auto source =
            std::make_shared<OwnSource>(phantom::noise({8, 6, 9}, SampleType::uint8), SampleType::uint8);
        change(*source);
        std::string sentence;
        const auto refused = refusal([&] { (void)stack2nrrd::stack_from(source, "camera"); }, &sentence);
        CHECK((!refused || sentence.starts_with("camera: ")));
        CHECK((!refused || sentence.find("expected") != std::string::npos));
        return refused;
    };
    constexpr auto invalid = ErrorCode::invalid_argument;
    CHECK(refusal([] { (void)stack2nrrd::stack_from(nullptr); }) == invalid);
    CHECK_FALSE(code([](OwnSource&) {}).has_value());
    for (const Index bad : {Index{0}, Index{-1}, std::numeric_limits<Index>::min()}) {
        CHECK(code([&](OwnSource& s) { s.slices_ = bad; }) == invalid);
        CHECK(code([&](OwnSource& s) { s.image_.width = bad; }) == invalid);
        CHECK(code([&](OwnSource& s) { s.image_.height = bad; }) == invalid);
    }
    for (const Index huge : {Index{1'000'001}, Index{1} << 40, std::numeric_limits<Index>::max()}) {
        CHECK(code([&](OwnSource& s) { s.slices_ = huge; }) == ErrorCode::limit);
        CHECK(code([&](OwnSource& s) { s.image_.width = huge; }) == ErrorCode::limit);
        CHECK(code([&](OwnSource& s) { s.image_.height = huge; }) == ErrorCode::limit);
    }
    const auto components = [&](int count) {
        return code([&](OwnSource& s) {
            s.image_.colour = stack2nrrd::Colour::components;
            s.image_.components = count;
        });
    };
    CHECK(components(0) == invalid);
    CHECK(components(-3) == invalid);
    CHECK(components(stack2nrrd::most_channels + 1) == invalid);
    CHECK_FALSE(components(stack2nrrd::most_channels).has_value());
}

TEST_CASE("the smallest and the largest slices", "[making]") {
    const auto one = std::make_shared<OwnSource>(Volume({1, 1, 1}, 1, 77), SampleType::uint8);
    for (const char* factor : {"1", "2", "1000"}) {
        CHECK((import_bytes(stack2nrrd::stack_from(one), options_with({{"factor", factor}})) == Bytes{std::byte{77}}));
    }
    // As large as can be: planned in numbers that hold, and refused where they do not fit. Nothing is read.
    const auto huge = std::make_shared<OwnSource>(Volume({1, 1, 1}), SampleType::uint8);
    huge->image_.width = huge->image_.height = huge->slices_ = 1'000'000;
    huge->image_.type = SampleType::float64;
    const Stack stack = stack2nrrd::stack_from(huge);
    for (const char* factor : {"1", "2", "1000", "1000000"}) {
        const auto refused = refusal([&] {
            const auto plan = stack2nrrd::plan_import(stack, options_with({{"factor", factor}, {"threads", "2"}}));
            CHECK(plan.memory_bytes() > 1'000'000);
            CHECK(plan.read_bytes() == 8'000'000'000'000'000'000);
        });
        CHECK(refused.value_or(ErrorCode::limit) == ErrorCode::limit);
    }
    CHECK(refusal([&] {
              (void)stack2nrrd::plan_import(stack, options_with({{"memory", "64M"}}));
          }) == ErrorCode::limit);
    CHECK(huge->read().empty());
}
