#include <stack2nrrd/report.hpp>

#include "core/file.hpp"
#include "core/json.hpp"
#include "core/retry.hpp"
#include "core/text.hpp"
#include "report/numbers.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace stack2nrrd {

namespace {

std::string_view code_text(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_argument: return "invalid_argument";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::unsupported: return "unsupported";
        case ErrorCode::corrupt: return "corrupt";
        case ErrorCode::inconsistent: return "inconsistent";
        case ErrorCode::missing_slices: return "missing_slices";
        case ErrorCode::limit: return "limit";
        case ErrorCode::io: return "io";
        case ErrorCode::changed: return "changed";
        case ErrorCode::cancelled: break;
    }
    return "cancelled";
}

Json problems_json(const Findings& f) {
    Json problems = Json::array();
    constexpr int bug = 1;
    for (const Problem& problem : problems_of(f)) {
        const bool is_bug = f.status == bug && f.obstacle && f.obstacle->text == problem.text;
        const std::string_view code = is_bug ? "bug" : code_text(problem.code);
        problems.push_back(Json::object(
            {{"code", problem.fatal ? code : "warning"}, {"fatal", problem.fatal}, {"text", problem.text}}));
    }
    return problems;
}

/// The exit status of the program.
int status_of(const Findings& f) { return f.status.value_or(f.obstacle ? exit_status(f.obstacle->code) : 0); }

Json input_json(const Findings& f) {
    if (f.stack == nullptr) return nullptr;
    const Stack& stack = *f.stack;
    const std::optional<Vector3> mm = source_spacing(f);
    const bool is_read = stack.image.width > 0;  // any of the headers
    const auto if_read = [&](Json json) { return is_read ? std::move(json) : Json(nullptr); };
    const std::array<Index, 3> size{stack.image.width, stack.image.height, static_cast<Index>(stack.slices.size())};
    return Json::object({{"name", stack.name},
                         {"kind", stack.kind},
                         {"slices", stack.slices.size()},
                         {"size", if_read(size)},
                         {"type", if_read(sample_type_name(stack.image.type))},
                         {"channels", if_read(stack.image.channels())},
                         {"page_channels", stack.taken.channels},
                         {"page_channel", stack.taken.channel},
                         {"times", stack.taken.times},
                         {"time", stack.taken.time},
                         {"spacing", mm ? Json(*mm) : Json(nullptr)},
                         {"spacing_source", spacing_source(f)},
                         {"units", mm ? Json("mm") : Json(nullptr)},
                         {"missing", stack.missing},
                         {"strays", stack.strays},
                         {"sidecars", stack.sidecars},
                         {"format", if_read(stack.image.format)}});
}

Json output_json(const Findings::Result& result) {
    const VolumeInfo& volume = result.plan->volume();
    const std::optional<Window>& window = result.plan->window();
    Json json =
        Json::object({{"size", volume.size},
                      {"type", sample_type_name(volume.type)},
                      {"channels", volume.channels},
                      {"spacing", volume.geometry.spacing_known ? Json(spacings(volume.geometry)) : Json(nullptr)},
                      {"origin", volume.geometry.origin},
                      {"window", window ? Json(std::array{window->low, window->high}) : Json(nullptr)},
                      {"window_padding", window && window->padding ? Json(*window->padding) : Json(nullptr)},
                      {"bytes", volume.bytes()},
                      {"source_slices", result.plan->source_slices()}});
    if (!result.file.empty()) json.add("file", utf8(result.file));
    if (const std::optional<LookUps> found = result.plan->look_ups()) {
        json.add(
            "look_ups",
            Json::object({{"places", found->places}, {"times_read", found->times_read}, {"seconds", found->seconds}}));
    }
    return json;
}

/// Samples that became the darkest value, as a part of 1.
double share_of_air(const Air& air) {
    return air.all > 0 ? static_cast<double>(air.samples) / static_cast<double>(air.all) : 0;
}

bool has_run(const Findings& f) { return !f.results.empty() && f.results.front().report.has_value(); }

/// Of each result: what was taken for air.
Json air_json(const Findings& f) {
    Json list = Json::array();
    for (const Findings::Result& result : f.results) {
        const Air& air = result.report->air.value_or(Air{});
        list.push_back(Json::object({{"found", air.found},
                                     {"mode", air.mode ? Json(*air.mode) : Json(nullptr)},
                                     {"threshold", air.found ? Json(air.threshold) : Json(nullptr)},
                                     {"darkest", air.darkest},
                                     {"samples", air.samples},
                                     {"share", share_of_air(air)}}));
    }
    return list;
}

Json run_json(const Findings& f) {
    Report sum;
    for (const Findings::Result& result : f.results) {
        const Report& report = *result.report;
        sum.slices_read = std::max(sum.slices_read, result.plan->source_slices());
        sum.nan_samples += report.nan_samples;
        sum.clipped_low += report.clipped_low;
        sum.clipped_high += report.clipped_high;
        sum.rounded_integers = sum.rounded_integers || report.rounded_integers;
        sum.files_with_surplus = report.files_with_surplus;
        sum.reads_again = report.reads_again;
    }
    Json json = Json::object({{"seconds", f.seconds},
                              {"slices_read", sum.slices_read},
                              {"nan_samples", sum.nan_samples},
                              {"clipped_low", sum.clipped_low},
                              {"clipped_high", sum.clipped_high},
                              {"rounded_integers", sum.rounded_integers},
                              {"files_with_surplus", sum.files_with_surplus},
                              {"reads_again", sum.reads_again}});
    if (f.options->dehaze) json.add("air", air_json(f));
    if (f.peak_memory_bytes > 0) json.add("peak_memory_bytes", f.peak_memory_bytes);
    return json;
}

std::int64_t samples_of(const VolumeInfo& volume) {
    return volume.bytes() / static_cast<std::int64_t>(sample_bytes(volume.type));
}

/// Empty if few samples were clipped; of floats, none may be. Padding is meant to be.
std::string clipping_warning(const Findings::Result& result) {
    const std::optional<Window>& window = result.plan->window();
    const bool padded = window && window->padding;
    const std::int64_t clipped = (padded ? 0 : result.report->clipped_low) + result.report->clipped_high;
    if (clipped == 0) return "";
    const VolumeInfo& volume = result.plan->volume();
    const std::int64_t samples = samples_of(volume);
    const bool is_float = volume.type == SampleType::float32 || volume.type == SampleType::float64;
    if (!is_float && clipped <= samples / 100) return "";
    return percent_text(clipped, samples) + " of the samples were " +
           (window && !is_float ? "outside of the window"
                                : "beyond the range of " + std::string(sample_type_name(volume.type))) +
           " and " + (is_float ? "became infinite: " : "were clipped: ") + std::to_string(result.report->clipped_low) +
           " below and " + std::to_string(result.report->clipped_high) + " above it" +
           (result.plan->clipping_advice().empty() ? "" : "; " + result.plan->clipping_advice());
}

Json shard_json(const ShardFindings& found) {
    Json missing = Json::array();
    for (const Index shard : found.report.missing) missing.push_back(shard);
    return Json::object({{"index", found.shard.index},
                         {"count", found.shard.count},
                         {"slices_made", found.report.slices_made},
                         {"slices_kept", found.report.slices_kept},
                         {"missing", missing}});
}

}  // namespace

std::optional<Vector3> source_spacing(const Findings& f) {
    if (const auto& given = f.options->spacing) {
        Vector3 mm{};
        for (std::size_t a = 0; a < 3; ++a) mm[a] = multiply((*given)[a], f.options->space_unit_mm);
        return mm;
    }
    if (f.stack->geometry.spacing_known) return spacings(f.stack->geometry);
    return std::nullopt;
}

std::string spacing_source(const Findings& f) {
    return f.options->spacing ? "command line" : f.stack->geometry.spacing_source;
}

std::string clipping_text(const Findings::Result& result) {
    const Report& report = *result.report;
    const std::optional<Window>& window = result.plan->window();
    if (!window && report.clipped_low + report.clipped_high == 0) return "";
    const std::int64_t samples = samples_of(result.plan->volume());
    const auto counted = [&](std::int64_t n) {
        return std::to_string(n) + (n == 0 ? "" : " (" + percent_text(n, samples) + ")");
    };
    std::string text;
    if (window) {
        text = "window " + number_text(window->low) + " to " + number_text(window->high);
        if (window->padding) text += " without the padding " + number_text(*window->padding);
        text += ", ";
    }
    const bool padded = window && window->padding && report.clipped_low > 0;
    return text + "clipped samples: " + counted(report.clipped_low) + " below the range of the " +
           (window ? "window" : "type") + (padded ? " with the padding, " : ", ") + counted(report.clipped_high) +
           " above it";
}

std::int64_t scratch_bytes(const Findings& f) {
    std::int64_t bytes = 0;
    for (const Findings::Result& result : f.results) bytes += result.plan->scratch_bytes();
    return bytes;
}

std::vector<std::string> run_warnings(const Findings& f) {
    std::vector<std::string> warnings;
    if (!has_run(f)) return warnings;
    for (const Findings::Result& result : f.results) {
        const std::string name = f.results.size() == 1 ? "" : utf8(result.file.filename()) + ": ";
        if (result.report->nan_samples > 0) {
            warnings.push_back(name + std::to_string(result.report->nan_samples) +
                               " samples without a value (NaN) became 0; --type float32 keeps them");
        }
        const std::string clipped = clipping_warning(result);
        if (!clipped.empty()) warnings.push_back(name + clipped);
        if (result.report->air && !result.report->air->found) {
            warnings.push_back(name +
                               "--dehaze: no air was found, and nothing was changed: no peak at the dark end of the "
                               "histogram has an object above it; give a threshold if there is air, --dehaze T");
        }
        if (result.report->air && result.report->air->found && result.report->air->samples == result.report->air->all) {
            warnings.push_back(
                name +
                "--dehaze: the threshold is above all samples, so that all of them became one value; give a "
                "lower one");
        }
    }
    const auto is_rounded = [](const Findings::Result& result) { return result.report->rounded_integers; };
    if (std::any_of(f.results.begin(), f.results.end(), is_rounded)) {
        warnings.emplace_back(
            "the source has integers beyond 2^53 that float64 cannot hold exactly, so they were filtered as the "
            "nearest ones that it can");
    }
    if (const std::int64_t again = f.results.front().report->reads_again; again > 0) {
        warnings.push_back(again_text(again));
    }
    if (const Index surplus = f.results.front().report->files_with_surplus; surplus > 0) {
        const std::string files = std::to_string(surplus);
        warnings.push_back(files + (files == "1" ? " data file has" : " data files have") +
                           " more samples than the header declares, which were not read; check its field \"sizes\"");
    }
    return warnings;
}

std::vector<Problem> problems_of(const Findings& f) {
    std::vector<Problem> problems;
    if (f.stack == nullptr) {
        if (f.obstacle) problems.push_back(*f.obstacle);
        return problems;
    }
    for (const Problem& problem : f.stack->problems) {
        if (problem.fatal) problems.push_back(problem);
    }
    if (f.obstacle && (f.stack->problems.empty() || f.obstacle->text != f.stack->problems.front().text)) {
        problems.push_back({f.obstacle->code, true, f.obstacle->text});
    }
    // Further obstacles are reported with the first one.
    const std::optional<Problem> gaps = problem_of_gaps(*f.stack, *f.options);
    if (gaps && !(f.obstacle && f.obstacle->text == gaps->text)) problems.push_back(*gaps);
    if (!f.results.empty()) {
        for (const std::string& warning : plan_warnings(f))
            problems.push_back({ErrorCode::inconsistent, false, warning});
    } else {
        for (const Problem& problem : f.stack->problems) {
            if (!problem.fatal && !(problem.spacing && f.options->spacing)) problems.push_back(problem);
        }
    }
    for (const std::string& warning : run_warnings(f)) problems.push_back({ErrorCode::inconsistent, false, warning});
    return problems;
}

std::vector<std::string> plan_warnings(const Findings& f) {
    std::vector<std::string> warnings;
    for (const Findings::Result& result : f.results) {
        for (const std::string& warning : result.plan->warnings()) {
            if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(warning);
        }
    }
    return warnings;
}

std::string info_json(const Findings& f) {
    const ImportPlan* first = f.results.empty() ? nullptr : f.results.front().plan;
    Json json =
        Json::object({{"stack2nrrd", STACK2NRRD_VERSION},
                      {"input", input_json(f)},
                      {"output", first != nullptr ? output_json(f.results.front()) : Json(nullptr)},
                      {"read_bytes", first != nullptr ? Json(first->read_bytes()) : Json(nullptr)},
                      {"memory_bytes", first != nullptr ? Json(first->memory_bytes()) : Json(nullptr)},
                      {"scratch_bytes", first != nullptr ? Json(scratch_bytes(f)) : Json(nullptr)},
                      {"scratch_folder", scratch_bytes(f) > 0 ? Json(utf8(first->scratch_folder())) : Json(nullptr)},
                      {"problems", problems_json(f)},
                      {"status", status_of(f)}});
    if (f.results.size() > 1) {
        Json levels = Json::array();
        for (const Findings::Result& result : f.results) levels.push_back(output_json(result));
        json.add("levels", levels);
    }
    if (f.shard) json.add("shard", shard_json(*f.shard));
    if (has_run(f)) json.add("run", run_json(f));
    return json.indented() + "\n";
}

}  // namespace stack2nrrd
