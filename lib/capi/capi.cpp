// The C ABI. Everything passes through guarded(): there exceptions end, and become a code and a text.

#include <stack2nrrd/stack2nrrd.h>

#include <stack2nrrd/stack2nrrd.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace s2n = stack2nrrd;
using s2n::Error;
using s2n::ErrorCode;

struct stack2nrrd_handle {
    std::vector<std::string> paths;
    bool is_list = false;
    std::vector<std::pair<std::string, std::string>> given;  ///< options in the order in which they were set
    s2n::Options options;

    std::optional<s2n::Stack> stack;
    s2n::FindOptions found_with;
    std::vector<s2n::ImportPlan> plans;
    std::filesystem::path output;  ///< of the last run, as are the rest; empty if it was into memory
    std::vector<s2n::Report> reports;
    double seconds = 0;
    std::string json;

    std::atomic<bool> in_use{false};
};

namespace {

static_assert(STACK2NRRD_UINT8 == static_cast<int>(s2n::SampleType::uint8));
static_assert(STACK2NRRD_INT8 == static_cast<int>(s2n::SampleType::int8));
static_assert(STACK2NRRD_UINT16 == static_cast<int>(s2n::SampleType::uint16));
static_assert(STACK2NRRD_INT16 == static_cast<int>(s2n::SampleType::int16));
static_assert(STACK2NRRD_UINT32 == static_cast<int>(s2n::SampleType::uint32));
static_assert(STACK2NRRD_INT32 == static_cast<int>(s2n::SampleType::int32));
static_assert(STACK2NRRD_FLOAT32 == static_cast<int>(s2n::SampleType::float32));
static_assert(STACK2NRRD_FLOAT64 == static_cast<int>(s2n::SampleType::float64));
static_assert(STACK2NRRD_INT64 == static_cast<int>(s2n::SampleType::int64));
static_assert(STACK2NRRD_UINT64 == static_cast<int>(s2n::SampleType::uint64));

int number_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument: return STACK2NRRD_INVALID_ARGUMENT;
        case ErrorCode::not_found: return STACK2NRRD_NOT_FOUND;
        case ErrorCode::unsupported: return STACK2NRRD_UNSUPPORTED;
        case ErrorCode::corrupt: return STACK2NRRD_CORRUPT;
        case ErrorCode::inconsistent: return STACK2NRRD_INCONSISTENT;
        case ErrorCode::missing_slices: return STACK2NRRD_MISSING_SLICES;
        case ErrorCode::limit: return STACK2NRRD_LIMIT;
        case ErrorCode::io: return STACK2NRRD_IO;
        case ErrorCode::changed: return STACK2NRRD_CHANGED;
        case ErrorCode::cancelled: return STACK2NRRD_CANCELLED;
    }
    return STACK2NRRD_BUG;
}

thread_local std::string last_error;
thread_local const char* last_error_text = "";

int failed(int code, const char* sentence, const std::string& details = {}) noexcept {
    try {
        last_error = sentence;
        if (!details.empty()) last_error += "\nDetails:\n" + details;
        last_error_text = last_error.c_str();
    } catch (...) {
        last_error_text = "the system has no more memory";
    }
    return code;
}

/// All that keeps a stack from being imported, if that is more than the error's sentence says.
std::string details_of(const stack2nrrd_handle* handle, const Error& error) {
    if (handle == nullptr || !handle->stack) return {};
    const std::vector<s2n::Problem>& problems = handle->stack->problems;
    const auto fatal = std::count_if(problems.begin(), problems.end(), [](const auto& p) { return p.fatal; });
    if (fatal < 2 || problems.front().text != error.what()) return {};
    std::string lines;
    for (std::ptrdiff_t i = 0; i < fatal; ++i) {
        lines += (i == 0 ? "" : "\n") + problems[static_cast<std::size_t>(i)].text;
    }
    return lines;
}

/// Does `action`; whatever it throws becomes a code and a text.
template <class Action>
int guarded(const stack2nrrd_handle* handle, Action action) noexcept {
    try {
        try {
            action();
            return STACK2NRRD_OK;
        } catch (const Error& error) {
            return failed(number_of(error.code()), error.what(), details_of(handle, error));
        }
    } catch (const std::bad_alloc&) {
        return failed(STACK2NRRD_LIMIT, "the system has no more memory; reduce more, or use fewer threads");
    } catch (const std::filesystem::filesystem_error& error) {
        return failed(STACK2NRRD_IO, error.what());
    } catch (const std::exception& error) {
        return failed(STACK2NRRD_BUG, error.what());
    } catch (...) {
        return failed(STACK2NRRD_BUG, "a bug in stack2nrrd: something that is no exception was thrown");
    }
}

/// The same with a handle, which is in use meanwhile.
template <class Action>
int with(stack2nrrd_handle* handle, Action action) noexcept {
    if (handle == nullptr) return failed(STACK2NRRD_INVALID_ARGUMENT, "the handle is NULL");
    if (handle->in_use.exchange(true)) {
        return failed(STACK2NRRD_INVALID_ARGUMENT, "the handle is in use by another call, which has to return first");
    }
    const int code = guarded(handle, action);
    if (code == STACK2NRRD_CHANGED) {
        handle->plans.clear();
        handle->stack.reset();
    }
    handle->in_use = false;
    return code;
}

void expect(bool there, const char* what) {
    if (!there) throw Error(ErrorCode::invalid_argument, std::string(what) + " is NULL");
}

std::filesystem::path path_of(const std::string& utf8) {
    return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
}

const s2n::Stack& stack_of(stack2nrrd_handle& h) {
    s2n::FindOptions before = h.found_with;
    before.threads = h.options.threads;  // which find the same
    if (!h.stack || before != static_cast<const s2n::FindOptions&>(h.options)) {
        h.plans.clear();
        h.stack.reset();
        h.stack = h.is_list ? find_stack(h.paths, h.options) : find_stack(path_of(h.paths.front()), h.options);
        h.found_with = h.options;
    }
    return *h.stack;
}

/// Of the results for h.output.
std::vector<s2n::Options> options_of(stack2nrrd_handle& h) {
    std::vector<s2n::Options> options;
    for (const s2n::Level& level : levels_of(stack_of(h), h.options, h.output)) options.push_back(level.options);
    return options;
}

/// What a run is planned for.
void set_output(stack2nrrd_handle& h, const std::filesystem::path& file) {
    if (h.output != file) h.plans.clear();
    h.output = file;
}

const std::vector<s2n::ImportPlan>& plans_of(stack2nrrd_handle& h) {
    const s2n::Stack& stack = stack_of(h);
    if (h.plans.empty()) h.plans = plan_imports(stack, options_of(h));
    return h.plans;
}

void open(std::vector<std::string> paths, bool is_list, stack2nrrd_handle** handle) {
    auto made = std::make_unique<stack2nrrd_handle>();
    made->paths = std::move(paths);
    made->is_list = is_list;
    *handle = made.release();
}

/// One sink for each result.
void run(stack2nrrd_handle& h, const std::vector<s2n::Sink*>& sinks, stack2nrrd_progress progress, void* user) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    std::optional<Clock::time_point> last_call;
    h.reports.clear();
    double part_done = 0;  // by a survey of the samples, if there is one
    const s2n::KeepGoing keep_going = [&](const s2n::Progress& state) {
        const Clock::time_point now = Clock::now();
        if (progress == nullptr || (last_call && now - *last_call < std::chrono::milliseconds(100))) return true;
        last_call = now;
        const std::string text = std::to_string(state.done) + " of " + std::to_string(state.total) + " slices";
        const double fraction =
            state.total == 0 ? 1.0 : static_cast<double>(state.done) / static_cast<double>(state.total);
        return progress(part_done + (1 - part_done) * fraction, text.c_str(), user) == 0;
    };
    if (plans_of(h).front().needs_window()) {
        h.plans = surveyed_plans(*h.stack, options_of(h), [&](s2n::Progress state) {
            state.total *= 2;
            return keep_going(state);
        });
        part_done = 0.5;
    }
    std::vector<s2n::PlannedOutput> outputs;
    for (std::size_t i = 0; i < sinks.size(); ++i) outputs.push_back({h.plans[i], sinks[i]});
    h.reports = run_imports(outputs, keep_going);
    h.seconds = std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int stack2nrrd_abi_version(void) { return STACK2NRRD_ABI_VERSION; }
const char* stack2nrrd_version(void) { return STACK2NRRD_VERSION; }
const char* stack2nrrd_last_error(void) { return last_error_text; }

int stack2nrrd_open(const char* path, stack2nrrd_handle** handle) {
    return guarded(nullptr, [&] {
        expect(handle != nullptr, "the place for the handle");
        *handle = nullptr;
        expect(path != nullptr, "the path");
        open({path}, false, handle);
    });
}

int stack2nrrd_open_list(const char* const* paths, size_t count, stack2nrrd_handle** handle) {
    return guarded(nullptr, [&] {
        expect(handle != nullptr, "the place for the handle");
        *handle = nullptr;
        expect(paths != nullptr || count == 0, "the list of paths");
        std::vector<std::string> list;
        for (size_t i = 0; i < count; ++i) {
            expect(paths[i] != nullptr, "a path of the list");
            list.emplace_back(paths[i]);
        }
        open(std::move(list), true, handle);
    });
}

int stack2nrrd_set(stack2nrrd_handle* handle, const char* name, const char* value) {
    return with(handle, [&] {
        expect(name != nullptr, "the name of the option");
        std::string wanted(name);
        std::replace(wanted.begin(), wanted.end(), '_', '-');
        std::vector<std::pair<std::string, std::string>> given;
        for (const auto& earlier : handle->given) {
            if (earlier.first != wanted) given.push_back(earlier);
        }
        s2n::Options options;
        if (value != nullptr) {
            given.emplace_back(wanted, value);
        } else {
            const auto table = s2n::option_table();
            const bool known = std::any_of(table.begin(), table.end(), [&](const auto& o) { return o.name == wanted; });
            if (!known) set_option(options, wanted, "");  // refuses it, in its own words
        }
        for (const auto& [key, text] : given) set_option(options, key, text);
        handle->plans.clear();
        handle->reports.clear();
        handle->options = options;
        handle->given = std::move(given);
    });
}

int stack2nrrd_plan(stack2nrrd_handle* handle, stack2nrrd_volume* volume) {
    return with(handle, [&] {
        expect(volume != nullptr, "the place for the volume");
        const s2n::ImportPlan& plan = plans_of(*handle).front();
        const s2n::VolumeInfo& info = plan.volume();
        *volume = {};
        for (std::size_t a = 0; a < 3; ++a) {
            volume->size[a] = info.size[a];
            volume->origin[a] = info.geometry.origin[a];
            for (std::size_t c = 0; c < 3; ++c) volume->direction[a][c] = info.geometry.direction[a][c];
        }
        volume->components = info.channels;
        volume->sample_type = static_cast<std::int32_t>(info.type);
        volume->spacing_known = info.geometry.spacing_known ? 1 : 0;
        volume->bytes = info.bytes();
        volume->memory_bytes = plan.memory_bytes();
        volume->source_slices = plan.source_slices();
    });
}

int stack2nrrd_info(stack2nrrd_handle* handle, const char** json) {
    return with(handle, [&] {
        expect(json != nullptr, "the place for the text");
        s2n::Findings findings;
        findings.stack = &stack_of(*handle);
        findings.options = &handle->options;
        try {
            const std::vector<s2n::Level> levels = levels_of(*handle->stack, handle->options, handle->output);
            const std::vector<s2n::ImportPlan>& plans = plans_of(*handle);
            for (std::size_t i = 0; i < plans.size(); ++i) findings.results.push_back({&plans[i], {}, {}});
            for (std::size_t i = 0; i < handle->reports.size(); ++i) {
                findings.results[i].file = levels[i].file;
                findings.results[i].report = handle->reports[i];
            }
        } catch (const Error& error) {
            findings.obstacle = s2n::Problem{error.code(), true, error.what()};
        }
        findings.seconds = handle->seconds;
        handle->json = info_json(findings);
        *json = handle->json.c_str();
    });
}

int stack2nrrd_read(stack2nrrd_handle* handle, void* samples, size_t bytes, stack2nrrd_progress progress, void* user) {
    return with(handle, [&] {
        expect(samples != nullptr, "the buffer");
        set_output(*handle, {});
        if (options_of(*handle).size() > 1) {
            throw Error(ErrorCode::invalid_argument,
                        "--pyramid: makes several volumes, but there is one buffer; write them, or read each with "
                        "--factor");
        }
        const auto sink = s2n::memory_sink({static_cast<std::byte*>(samples), bytes});
        run(*handle, {sink.get()}, progress, user);
    });
}

int stack2nrrd_write(stack2nrrd_handle* handle, const char* path, stack2nrrd_progress progress, void* user) {
    return with(handle, [&] {
        expect(path != nullptr, "the path");
        const std::filesystem::path file = path_of(path);
        const std::vector<s2n::Level> levels = levels_of(stack_of(*handle), handle->options, file);
        const std::vector<std::unique_ptr<s2n::Sink>> sinks = output_sinks(levels);
        std::vector<s2n::Sink*> pointers;
        for (const auto& sink : sinks) pointers.push_back(sink.get());
        check_outputs(*handle->stack, pointers);
        set_output(*handle, file);
        run(*handle, pointers, progress, user);
    });
}

int stack2nrrd_clipped(stack2nrrd_handle* handle, int64_t* low, int64_t* high) {
    return with(handle, [&] {
        expect(low != nullptr && high != nullptr, "the place for a number");
        if (handle->reports.empty()) {
            throw Error(ErrorCode::invalid_argument,
                        "no run has come to its end with these options, so nothing was counted; read or write first");
        }
        *low = *high = 0;
        for (const s2n::Report& report : handle->reports) {
            *low += report.clipped_low;
            *high += report.clipped_high;
        }
    });
}

int stack2nrrd_close(stack2nrrd_handle* handle) {
    if (handle == nullptr) return STACK2NRRD_OK;
    if (handle->in_use.exchange(true)) {
        return failed(STACK2NRRD_INVALID_ARGUMENT, "the handle is in use by another call, which has to return first");
    }
    delete handle;
    return STACK2NRRD_OK;
}
