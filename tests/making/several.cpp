// run_imports(): several results from one reading, each as its own run makes it.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/own_source.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::ImportPlan;
using stack2nrrd::PlannedOutput;
using stack2nrrd::Report;
using support::OwnSource;

std::vector<Options> all_with(const std::vector<Settings>& all, const Settings& common = {}) {
    std::vector<Options> result;
    for (Settings settings : all) {
        settings.insert(settings.end(), common.begin(), common.end());
        result.push_back(options_with(settings));
    }
    return result;
}

bool same(const Report& a, const Report& b) {
    const auto fields = [](const Report& r) {
        return std::tuple(r.slices_read, r.threads, r.nan_samples, r.clipped_low, r.clipped_high, r.rounded_integers,
                          r.files_with_surplus);
    };
    return fields(a) == fields(b);
}

/// A result with all that is known of it: its file, header and all, and what was reported.
struct Made {
    Bytes file;
    Index slices_read = 0;
    std::int64_t nan = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;
    bool rounded = false;

    friend bool operator==(const Made&, const Made&) = default;
};

Made made(const std::filesystem::path& file, const Report& report) {
    return {support::read_file(file), report.slices_read,  report.nan_samples,
            report.clipped_low,       report.clipped_high, report.rounded_integers};
}

std::vector<Made> made_alone(const Stack& stack, const std::vector<Options>& all) {
    std::vector<Made> result;
    const support::TempFolder out;
    for (const Options& options : all) {
        const auto name = out / (std::to_string(result.size()) + ".nrrd");
        const auto sink = stack2nrrd::nrrd_sink(name, options.nrrd, options.threads);
        result.push_back(made(name, stack2nrrd::run_import(stack2nrrd::plan_import(stack, options), *sink)));
    }
    return result;
}

std::vector<Made> made_together(const Stack& stack, const std::vector<Options>& all) {
    const support::TempFolder out;
    const std::vector<ImportPlan> plans = stack2nrrd::plan_imports(stack, all);
    REQUIRE(plans.size() == all.size());
    std::vector<std::unique_ptr<stack2nrrd::Sink>> sinks;
    std::vector<PlannedOutput> outputs;
    for (std::size_t i = 0; i < all.size(); ++i) {
        sinks.push_back(stack2nrrd::nrrd_sink(out / (std::to_string(i) + ".nrrd"), all[i].nrrd, all[i].threads));
        outputs.push_back({plans[i], sinks.back().get()});
    }
    std::vector<Report> last;
    const std::vector<Report> reports = stack2nrrd::run_imports(outputs, [&](const stack2nrrd::Progress& progress) {
        last = progress.reports;
        return true;
    });
    REQUIRE(reports.size() == all.size());
    CHECK(std::equal(last.begin(), last.end(), reports.begin(), reports.end(), same));  // complete in the last call
    std::vector<Made> result;
    for (std::size_t i = 0; i < all.size(); ++i) {
        result.push_back(made(out / (std::to_string(i) + ".nrrd"), reports[i]));
    }
    return result;
}

/// The least memory that does, as the refusal of a byte has it.
std::string least_memory(const Stack& stack, std::vector<Options> all) {
    all.front().memory = 1;
    std::string sentence;
    CHECK(refusal([&] { (void)stack2nrrd::plan_imports(stack, all); }, &sentence) == ErrorCode::limit);
    const std::size_t at = sentence.find("at least ") + 9;
    return sentence.substr(at, sentence.find(' ', at) - at);
}

void check_together(const Stack& stack, const std::vector<Settings>& all, const Settings& common = {}) {
    const std::vector<Made> expected = made_alone(stack, all_with(all, common));
    for (const char* threads : {"1", "2", "5"}) {
        Settings more = common;
        more.emplace_back("threads", threads);
        std::vector<Options> options = all_with(all, more);
        for (const bool capped : {false, true}) {
            if (capped) stack2nrrd::set_option(options.front(), "memory", least_memory(stack, options));
            const std::vector<Made> together = made_together(stack, options);
            for (std::size_t i = 0; i < all.size(); ++i) {
                INFO("result " << i << ", " << threads << " threads" << (capped ? ", capped" : ""));
                CHECK((together[i].file == expected[i].file));
                CHECK((together[i] == expected[i]));
            }
        }
    }
}

const std::vector<Settings> plain{
    {{"factor", "1"}},
    {{"factor", "2"}},
    {{"factor", "4"}, {"encoding", "gzip"}},
    {{"factor", "3/2"}, {"kernel", "ctmr"}, {"align", "first"}},
    {{"factor", "3"}, {"slab", "4:6"}},
    {{"factor", "2"}, {"labels", "true"}},
    {{"factor", "5/2"}, {"kernel", "nearest"}, {"crop", ",,11:23"}},
    {{"factor", "2"}, {"type", "uint8"}, {"window", "100,20000"}},
    {{"factor", "2"}, {"kernel", "box"}, {"crop", "3:20,5:17,4:19"}},
    {{"factor", "2,1,1"}, {"type", "float64"}, {"spacing", "0.1,0.2,0.5"}, {"origin", "1,2,3"}},
    {{"factor", "1"}, {"crop", "3:20,7:15,2:21"}},
};

}  // namespace

TEST_CASE("results that are made together are those of their own runs", "[making]") {
    const Source source(phantom::noise({27, 22, 23}, SampleType::uint16), SampleType::uint16);
    check_together(source.stack, plain);
    check_together(source.stack, plain, {{"reverse", "true"}});
}

TEST_CASE("levels that share converted rows, wider than what is converted at a time", "[making]") {
    const std::vector<Settings> levels{
        {{"factor", "2"}}, {{"factor", "4"}, {"kernel", "gauss:1,3"}}, {{"factor", "8"}}, {{"factor", "13/5"}}};
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::int32, SampleType::float32}) {
        Volume volume = phantom::noise({1203, 70, 17}, type, 3);
        if (type == SampleType::float32) volume.at(1100, 35, 8) = std::numeric_limits<double>::quiet_NaN();
        const Source source(volume, type);
        check_together(source.stack, levels);
        check_together(source.stack, levels, {{"crop", "50:1150,,"}});  // their columns differ, their rows do not
    }
}

TEST_CASE("floats with NaN, and a window that was found", "[making]") {
    Volume volume = phantom::noise({27, 22, 23}, SampleType::float32, 5);
    for (std::size_t i = 0; i < volume.samples.size(); i += 7)
        volume.samples[i] = std::numeric_limits<double>::quiet_NaN();
    for (Index z = 6; z < 13; ++z) {  // nothing but NaN
        for (Index y = 0; y < 22; ++y)
            for (Index x = 0; x < 9; ++x) volume.at(x, y, z) = std::numeric_limits<double>::quiet_NaN();
    }
    const Source source(volume, SampleType::float32);
    const auto window = stack2nrrd::survey_window(source.stack, options_with({{"crop", "2:20,,"}}));
    const std::string found = std::to_string(window.low) + "," + std::to_string(window.high);
    check_together(source.stack, {{{"factor", "2"}},
                                  {{"factor", "2"}, {"type", "uint8"}},
                                  {{"factor", "3"}, {"type", "int16"}, {"window", found}},
                                  {{"factor", "1"}, {"type", "uint16"}, {"window", "-5,5"}},
                                  {{"labels", "true"}, {"factor", "2"}}});
}

TEST_CASE("64-bit integers, copied and filtered, from a volume that is unpacked once", "[making]") {
    std::vector<std::uint64_t> samples(17 * 13 * 12);
    std::uint64_t state = 88172645463325252ULL;
    for (std::uint64_t& sample : samples) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        sample = state;
    }
    const support::TempFolder folder;
    for (const SampleType type : {SampleType::uint64, SampleType::int64}) {
        support::write_volume(folder / "v.nrrd", {17, 13, 12}, 1, type, std::as_bytes(std::span(samples)),
                              {.gzip = true});
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        for (const Settings& common : {Settings{}, Settings{{"reverse", "true"}}}) {
            check_together(stack,
                           {{{"factor", "1"}, {"crop", "2:15,,3:11"}},
                            {{"factor", "2"}},
                            {{"labels", "true"}, {"factor", "3"}},
                            {{"factor", "3/2"}, {"type", "float32"}},
                            {{"factor", "1"}, {"slab", "7:8"}}},
                           common);
        }
    }
}

TEST_CASE("single slices of a volume that is read backward", "[making]") {
    const support::TempFolder folder;
    support::write_volume(folder / "v.nrrd", phantom::noise({30, 20, 15}, SampleType::uint8), SampleType::uint8,
                          {.gzip = true});
    const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
    check_together(stack, {{{"slab", "9:10"}}, {{"slab", "2:3"}}, {{"slab", "12:13"}}}, {{"reverse", "true"}});
}

TEST_CASE("gaps are filled for all", "[making]") {
    const auto source = std::make_shared<OwnSource>(phantom::noise({12, 9, 14}, SampleType::uint8), SampleType::uint8);
    source->blanks = {0, 5, 6, 13};
    const Stack stack = stack2nrrd::stack_from(source);
    for (const char* missing : {"blank", "repeat", "close"}) {
        check_together(stack, {{{"factor", "2"}}, {{"labels", "true"}}, {{"factor", "3"}, {"slab", "2:3"}}},
                       {{"missing", missing}});
    }
}

TEST_CASE("each slice is decoded once, and only what somebody wants", "[making]") {
    for (const bool in_order : {false, true}) {
        for (const char* threads : {"1", "3"}) {
            const auto source =
                std::make_shared<OwnSource>(phantom::noise({27, 40, 30}, SampleType::uint8), SampleType::uint8);
            source->in_order = in_order;
            std::atomic<Index> first = 40;
            std::atomic<Index> end = 0;
            source->instead = [&](Index z, Range rows, stack2nrrd::RowSink& sink) {
                if (rows.first < first) first = rows.first;
                if (rows.end > end) end = rows.end;
                source->push(z, rows, sink);
            };
            const Stack stack = stack2nrrd::stack_from(source);
            const Settings common{{"threads", threads}};
            (void)made_together(stack, all_with(plain, common));
            std::vector<Index> read = source->read();
            if (!in_order) std::sort(read.begin(), read.end());
            std::vector<Index> all(30);
            for (Index z = 0; z < 30; ++z) all[static_cast<std::size_t>(z)] = z;
            CHECK((read == all));
            // Two parts with nothing between them.
            first = 40;
            end = 0;
            (void)made_together(
                stack, all_with({{{"crop", ",5:9,2:5"}}, {{"crop", ",12:20,17:19"}, {"kernel", "box"}}}, common));
            read = source->read();
            read.erase(read.begin(), read.begin() + 30);
            if (!in_order) std::sort(read.begin(), read.end());
            CHECK((read == std::vector<Index>{2, 3, 4, 17, 18}));
            CHECK(first == 5);
            CHECK(end == 20);
        }
    }
}

TEST_CASE("plans of several readings are not run together", "[making]") {
    const Source source(phantom::noise({12, 9, 8}, SampleType::uint8), SampleType::uint8);
    const auto code = [&](const std::vector<Settings>& all) {
        std::string sentence;
        const auto refused = refusal([&] { (void)stack2nrrd::plan_imports(source.stack, all_with(all)); }, &sentence);
        CHECK((!refused || sentence.find("expected") != std::string::npos));
        return refused;
    };
    constexpr auto invalid = ErrorCode::invalid_argument;
    CHECK(code({}) == invalid);
    CHECK_FALSE(code({{{"factor", "2"}}, {{"factor", "3"}}}).has_value());
    CHECK(code({{}, {{"step", "2"}}}) == invalid);
    CHECK(code({{{"reverse", "true"}}, {}}) == invalid);
    CHECK(code({{}, {}, {{"missing", "blank"}}}) == invalid);
    CHECK_FALSE(code({{{"step", "2"}}, {{"step", "2"}}}).has_value());

    // What is refused leaves the sinks alone.
    struct Untouched final : stack2nrrd::Sink {
        void begin(const stack2nrrd::VolumeInfo&) override { FAIL("begun"); }
        void write_slice(Index, std::span<const std::byte>) override {}
        void finish() override {}
    } a, b;
    const auto run = [](const std::vector<PlannedOutput>& outputs) {
        return refusal([&] { (void)stack2nrrd::run_imports(outputs); });
    };
    const ImportPlan one = stack2nrrd::plan_import(source.stack);
    const ImportPlan other = stack2nrrd::plan_import(source.stack);
    CHECK(run({{one, &a}, {other, &b}}) == invalid);
    CHECK(run({{one, &a}, {one, &a}}) == invalid);
    CHECK(run({{one, nullptr}}) == invalid);
    const auto plans = stack2nrrd::plan_imports(
        source.stack, all_with({{{"factor", "2"}}, {{"window", "auto"}}, {{"factor", "2"}, {"slab", "1:2"}}}));
    CHECK(run({{plans[0], &a}, {plans[1], &b}}) == invalid);
    CHECK(stack2nrrd::run_imports({}).empty());
    // Some of them will do, in any order, and one plan may have two sinks.
    Bytes first(static_cast<std::size_t>(plans[2].volume().bytes()));
    Bytes second(static_cast<std::size_t>(plans[0].volume().bytes()));
    Bytes third = second;
    const auto sinks = {stack2nrrd::memory_sink(first), stack2nrrd::memory_sink(second),
                        stack2nrrd::memory_sink(third)};
    const std::vector<PlannedOutput> outputs{{plans[2], sinks.begin()->get()},
                                             {plans[0], (sinks.begin() + 1)->get()},
                                             {plans[0], (sinks.begin() + 2)->get()}};
    (void)stack2nrrd::run_imports(outputs);
    CHECK((second == import_bytes(source.stack, options_with({{"factor", "2"}}))));
    CHECK((third == second));
    CHECK((first == import_bytes(source.stack, options_with({{"factor", "2"}, {"slab", "1:2"}}))));
}

TEST_CASE("the memory of results that are made together is that of all, and can be capped", "[making]") {
    const Source source(phantom::noise({300, 200, 43}, SampleType::uint16), SampleType::uint16);
    std::vector<Options> all =
        all_with({{{"factor", "1"}}, {{"factor", "3/2"}}, {{"factor", "1"}, {"labels", "true"}}}, {{"threads", "4"}});
    const auto plans = stack2nrrd::plan_imports(source.stack, all);
    std::int64_t largest = 0;
    std::int64_t sum = 0;
    for (const Options& options : all) {
        const std::int64_t own = stack2nrrd::plan_import(source.stack, options).memory_bytes();
        largest = std::max(largest, own);
        sum += own;
    }
    for (const ImportPlan& plan : plans) {
        CHECK(plan.memory_bytes() == plans[0].memory_bytes());
        CHECK(plan.memory_bytes() > largest);
        CHECK(plan.memory_bytes() < sum);  // code, list and readers are there once
    }
    const std::string least = least_memory(source.stack, all);
    stack2nrrd::set_option(all.front(), "memory", least);
    const auto bound = static_cast<std::int64_t>(all.front().memory);
    for (const ImportPlan& plan : stack2nrrd::plan_imports(source.stack, all)) CHECK(plan.memory_bytes() <= bound);
    all.front().memory -= 1 << 20;
    CHECK(refusal([&] { (void)stack2nrrd::plan_imports(source.stack, all); }) == ErrorCode::limit);
    // What the others say of threads and memory is of no account.
    all.front().memory += 1 << 20;
    all[1].memory = 1;
    all[1].threads = 1;
    CHECK_NOTHROW(stack2nrrd::plan_imports(source.stack, all));
}
