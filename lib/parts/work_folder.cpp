#include "parts/work_folder.hpp"

#include "core/file.hpp"
#include "core/output_file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view plan_name = "plan.txt";
constexpr std::string_view stack_name = "stack.txt";
constexpr std::string_view naming_name = "naming.txt";
constexpr std::string_view named_name = "named.txt";

bool is_stage_name(std::string_view name) noexcept { return name == naming_name || name == named_name; }

constexpr std::int64_t most_text_bytes = std::int64_t{1} << 30;

void write_new(OutputFile& file, const std::string& text) {
    file.write(text);
    file.sync();
    publish_alone(file);
}

/// As it is shown in a message.
std::string short_line(std::string_view line) {
    constexpr std::size_t most = 160;
    std::string text = printable(line.substr(0, most));
    return "'" + text + (line.size() > most ? " ...'" : "'");
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace

WorkFolder::WorkFolder(const fs::path& output) : path_(followed(output)) {
    if (!path_.has_filename()) path_ = path_.parent_path();
    path_ += ".unfinished";
    plan_ = path_ / path_from_utf8(plan_name);
    stack_ = path_ / path_from_utf8(stack_name);
    naming_ = path_ / path_from_utf8(naming_name);
    named_ = path_ / path_from_utf8(named_name);
}

std::optional<std::string> WorkFolder::plan() const {
    if (!disk::exists(plan_)) return std::nullopt;
    return read_text(utf8(plan_), most_text_bytes);
}

std::string WorkFolder::stack() const {
    return disk::exists(stack_) ? read_text(utf8(stack_), most_text_bytes) : std::string();
}

std::optional<std::string> WorkFolder::line(std::string_view begin) const {
    const std::optional<std::string> text = plan();
    if (!text) return std::nullopt;
    for (const std::string_view line : lines_of(*text)) {
        if (line.starts_with(begin)) return std::string(line.substr(begin.size()));
    }
    return std::nullopt;
}

void WorkFolder::check(const std::string& plan) const {
    const std::optional<std::string> found = this->plan();
    const std::string shown = printable(utf8(path_));
    if (!found) {
        throw Error(ErrorCode::invalid_argument,
                    shown +
                        ": is not there, or has no plan.txt, the folder of an unfinished result was expected; make "
                        "its shards first");
    }
    const std::vector<std::string_view> then = lines_of(*found);
    const std::vector<std::string_view> now = lines_of(plan);
    auto [a, b] = std::mismatch(then.begin(), then.end(), now.begin(), now.end());
    if (a == then.end() && b == now.end()) return;
    // A window that only one of them has is shown alone.
    if (a != then.end() && b != now.end() && a->starts_with(window_line) != b->starts_with(window_line)) {
        if (a->starts_with(window_line)) {
            b = now.end();
        } else {
            a = then.end();
        }
    }
    const bool inputs = a != then.end() && b != now.end() && b->starts_with(inputs_line);
    // Options say more than the size that they lead to.
    const auto is_options = [](std::string_view line) { return line.starts_with(options_line); };
    const auto old_options = std::find_if(a, then.end(), is_options);
    const auto new_options = std::find_if(b, now.end(), is_options);
    const bool both = old_options != then.end() && new_options != now.end();
    const bool in_results = std::any_of(now.begin(), b == now.end() ? b : b + 1,
                                        [](std::string_view line) { return line.starts_with(result_line); });
    if (in_results && both && *old_options != *new_options) {
        a = old_options;
        b = new_options;
    }
    throw Error(inputs ? ErrorCode::changed : ErrorCode::invalid_argument,
                shown + ": was begun with " + (a == then.end() ? "less" : short_line(*a)) + ", but " +
                    (b == now.end() ? "less" : short_line(*b)) +
                    " is asked for now; give the same inputs and options again, or remove the folder to begin anew");
}

WorkFolder::Stage WorkFolder::stage() const {
    if (disk::exists(named_)) return Stage::named;
    return disk::exists(naming_) ? Stage::naming : Stage::making;
}

void WorkFolder::begin_naming() const {
    OutputFile file(naming_, true);
    write_new(file, "what has the names of the results is made of these parts\n");
}

bool WorkFolder::is_newer(const fs::path& file) const {
    return disk::look_surely(file).modified_ns > disk::look_surely(naming_).modified_ns;
}

void WorkFolder::forget_naming() const noexcept { disk::remove(naming_); }

void WorkFolder::begin(const std::string& plan, const std::string& stack) const {
    if (stage() == Stage::named) remove();
    constexpr int most_attempts = 200;  // ten seconds: it is a small file
    for (int attempt = 0; !disk::exists(plan_); ++attempt) {
        const std::error_code why = disk::make_folder(path_);
        constexpr int few_attempts = 3;  // Windows refuses a name that is just being removed
        if (why && why != std::errc::file_exists && attempt >= few_attempts) {
            throw Error(ErrorCode::io, printable(utf8(path_)) + ": cannot be made: " + why.message());
        }
        try {
            for_each_entry(path_, [&](const fs::path& name, bool) {
                const std::string text = utf8(name);
                const bool own = is_part_name(text) || text == plan_name || text == stack_name || is_stage_name(text);
                if (own || text.starts_with('.')) return;
                throw Error(ErrorCode::io, printable(utf8(path_)) + ": has other files in it (" + printable(text) +
                                               "), a name that is free was expected; give another output");
            });
            OutputFile file(plan_, false);  // from here on no other process makes one
            if (disk::exists(plan_)) break;
            for (const fs::path& old : own_files(false)) disk::remove(old);
            forget_naming();
            if (!stack.empty()) {
                OutputFile found(stack_, true);
                write_new(found, stack);
            }
            write_new(file, plan);
        } catch (const Error& error) {
            // Another one makes it at this moment, or just has; or has removed the folder, which was empty.
            const bool gone = !disk::exists(path_);
            if ((error.code() != ErrorCode::invalid_argument && !gone) || attempt == most_attempts) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
    check(plan);
}

fs::path WorkFolder::file_of(const Part& part) const { return path_ / path_from_utf8(part_name(part)); }

std::set<std::string> WorkFolder::names() const {
    std::set<std::string> names;
    for_each_entry(path_, [&](const fs::path& name, bool is_folder) {
        const std::string text = utf8(name);
        if (!is_folder && is_part_name(text)) names.insert(text);
    });
    return names;
}

void WorkFolder::remove(const Part& part) const noexcept { disk::remove(file_of(part)); }

std::vector<fs::path> WorkFolder::own_files(bool all) const {
    std::vector<fs::path> files;
    for_each_entry(path_, [&](const fs::path& name, bool is_folder) {
        std::string_view text;
        const std::string whole = utf8(name);
        text = whole;
        if (text.starts_with('.')) text.remove_prefix(1);
        const std::size_t end = text.find(".nrrd.");
        const bool hidden = text.size() < whole.size();
        const bool of_part =
            is_part_name(whole) || (hidden && end != text.npos && is_part_name(text.substr(0, end + 5)));
        const bool of_stack = text.starts_with(stack_name);
        const bool of_plan = all && hidden && (text.starts_with(plan_name) || text.starts_with(naming_name));
        if (!is_folder && (of_part || of_stack || of_plan)) files.push_back(path_ / name);
    });
    return files;
}

void WorkFolder::remove_if_named() const {
    if (stage() == Stage::named) return remove();
    // All but the folder itself is removed, perhaps. This fails unless it is empty.
    if (disk::look_at_name(path_).is_folder()) disk::remove(path_);
}

void WorkFolder::remove_if_empty() const noexcept {
    try {
        if (names().empty()) remove();
    } catch (...) {  // it stays, for the next run
    }
}

void WorkFolder::remove() const noexcept {
    try {
        (void)disk::rename(naming_, named_);  // if it has come so far
        disk::remove(plan_);
        for (const fs::path& file : own_files(true)) disk::remove(file);
        disk::remove(named_);
        disk::remove(path_);
    } catch (...) {  // it stays, without a plan, and is emptied by the next run
    }
}

}  // namespace stack2nrrd
