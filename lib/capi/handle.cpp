#include "handle.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd::capi {

namespace {

constexpr std::array<std::pair<ErrorCode, int>, 10> codes{{{ErrorCode::invalid_argument, STACK2NRRD_INVALID_ARGUMENT},
                                                           {ErrorCode::not_found, STACK2NRRD_NOT_FOUND},
                                                           {ErrorCode::unsupported, STACK2NRRD_UNSUPPORTED},
                                                           {ErrorCode::corrupt, STACK2NRRD_CORRUPT},
                                                           {ErrorCode::inconsistent, STACK2NRRD_INCONSISTENT},
                                                           {ErrorCode::missing_slices, STACK2NRRD_MISSING_SLICES},
                                                           {ErrorCode::limit, STACK2NRRD_LIMIT},
                                                           {ErrorCode::io, STACK2NRRD_IO},
                                                           {ErrorCode::changed, STACK2NRRD_CHANGED},
                                                           {ErrorCode::cancelled, STACK2NRRD_CANCELLED}}};

thread_local std::string error_text;
thread_local const char* error_shown = "";

}  // namespace

int number_of(ErrorCode code) noexcept {
    for (const auto& [known, number] : codes) {
        if (known == code) return number;
    }
    return STACK2NRRD_BUG;
}

std::optional<ErrorCode> code_of(int number) noexcept {
    for (const auto& [code, known] : codes) {
        if (known == number) return code;
    }
    return std::nullopt;
}

int failed(int code, const char* sentence, const std::string& details) noexcept {
    try {
        error_text = sentence;
        if (!details.empty()) error_text += "\nDetails:\n" + details;
        error_shown = error_text.c_str();
    } catch (...) {
        error_shown = "the system has no more memory";
    }
    return code;
}

const char* last_error() noexcept { return error_shown; }

std::string details_of(const stack2nrrd_handle* handle, const Error& error) {
    if (handle == nullptr || !handle->stack) return {};
    const std::vector<Problem>& problems = handle->stack->problems;
    const auto fatal = std::count_if(problems.begin(), problems.end(), [](const auto& p) { return p.fatal; });
    if (fatal < 2 || problems.front().text != error.what()) return {};
    std::string lines;
    for (std::ptrdiff_t i = 0; i < fatal; ++i) {
        lines += (i == 0 ? "" : "\n") + problems[static_cast<std::size_t>(i)].text;
    }
    return lines;
}

void forget(stack2nrrd_handle& handle, bool files) noexcept {
    handle.plans.clear();
    handle.window.reset();
    handle.made.clear();
    handle.reports.clear();
    if (files) handle.stack.reset();
}

void expect(bool there, const char* what) {
    if (!there) throw Error(ErrorCode::invalid_argument, std::string(what) + " is NULL");
}

std::filesystem::path path_of(const std::string& utf8) {
    return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
}

const Stack& stack_of(stack2nrrd_handle& h) {
    FindOptions before = h.found_with;
    before.threads = h.options.threads;  // which find the same, as does the next
    before.retry = h.options.retry;
    if (!h.stack || before != static_cast<const FindOptions&>(h.options)) {
        forget(h, true);
        if (h.source != nullptr) {
            h.stack = stack_from(h.source, h.source_name);
        } else {
            h.stack = h.is_list ? find_stack(h.paths, h.options) : find_stack(path_of(h.paths.front()), h.options);
        }
        h.found_with = h.options;
    }
    return *h.stack;
}

void set_output(stack2nrrd_handle& h, const std::filesystem::path& file) {
    if (h.output != file) h.plans.clear();
    h.output = file;
}

std::vector<Options> options_of(stack2nrrd_handle& h) {
    std::vector<Options> options;
    for (Level& level : levels_of(stack_of(h), h.options, h.output)) {
        if (level.options.window_auto && !level.options.window) level.options.window = h.window;
        options.push_back(std::move(level.options));
    }
    return options;
}

const std::vector<ImportPlan>& plans_of(stack2nrrd_handle& h) {
    const Stack& stack = stack_of(h);
    if (h.plans.empty()) h.plans = plan_imports(stack, options_of(h));
    return h.plans;
}

}  // namespace stack2nrrd::capi
