#include "report.hpp"

#include "progress_text.hpp"
#include "system.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <span>

using namespace stack2nrrd;

namespace {

std::string number(double value) {
    std::array<char, 40> buffer{};
    return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

std::string sizes(const std::array<Index, 3>& size) {
    return std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]);
}

std::string triple(const Vector3& v) { return number(v[0]) + ", " + number(v[1]) + ", " + number(v[2]); }

std::string quoted(const std::string& word) { return stack2nrrd::command_text({&word, 1}); }

/// What a result may be called: the name of the source without suffix and slice number.
std::string result_name(const Stack& stack) {
    std::string name = stack.name;
    if (stack.kind != "folder") {
        name = name.substr(0, name.rfind('.'));
        name = name.substr(0, name.find_last_not_of("0123456789_-. ") + 1);
    }
    return name.empty() ? "volume" : name;
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_flag(std::string_view name) {
    const auto table = stack2nrrd::option_table();
    return std::any_of(table.begin(), table.end(), [&](const auto& o) { return o.name == name && o.value.empty(); });
}

/// "; air below 1234 (mode 1000) set to 0: 71.3 % of the samples"
std::string air_text(const Findings::Result& result) {
    if (!result.report || !result.report->air || !result.report->air->found) return "";
    const stack2nrrd::Air& air = *result.report->air;
    const auto all = static_cast<double>(std::max<std::int64_t>(1, air.all));
    std::array<char, 40> percent{};
    std::snprintf(percent.data(), percent.size(), "%.1f %%", 100 * static_cast<double>(air.samples) / all);
    return "; air below " + number(air.threshold) + (air.mode ? " (mode " + number(*air.mode) + ")" : "") + " set to " +
           number(air.darkest) + ": " + percent.data() + " of the samples";
}

/// What this factor makes instead of what was asked for; nothing if --memory does not allow it.
std::optional<ImportPlan> plan_of(const Findings& f, std::string_view factor) {
    Options options = *f.options;
    options.target = {};
    options.like.clear();
    options.like_grid.reset();
    if (options.mask.empty()) options.fill = 0;
    for (stack2nrrd::AxisOptions& axis : options.axes) axis.size.reset();
    try {
        set_option(options, "factor", factor);
        return plan_import(*f.stack, options);
    } catch (const stack2nrrd::Error&) {
        return std::nullopt;
    }
}

/// Size, bytes, spacing and memory, as a comment of a shell.
std::string comment_text(const ImportPlan& plan) {
    const VolumeInfo& volume = plan.volume();
    const Geometry& geometry = volume.geometry;
    return "  # " + sizes(volume.size) + ", " + memory_text(volume.bytes()) + ", spacing " +
           triple(spacings(geometry)) + (geometry.spacing_known ? " mm" : " source samples") + ", memory " +
           memory_text(plan.memory_bytes()) + "\n";
}

/// The commands that a user most likely wants next: what was given with an output, and with other factors.
std::string suggestions(const Findings& f, const Command& command) {
    constexpr std::array<std::string_view, 11> replaced{"returnparameterfile",
                                                        "processinformationaddress",
                                                        "manifest",
                                                        "output",
                                                        "info",
                                                        "json",
                                                        "quiet",
                                                        "force",
                                                        "progress",
                                                        "preview",
                                                        "report"};
    constexpr std::array<std::string_view, 8> reductions{"factor",         "size",      "fit",  "max-dim",
                                                         "target-spacing", "isotropic", "like", "pyramid"};
    std::string options;
    std::string asked;
    for (const auto& [name, value] : command.given) {
        if (is_one_of(replaced, name)) continue;
        const bool of_like = name == "fill" && f.options->mask.empty();
        std::string& text = is_one_of(reductions, name) || of_like ? asked : options;
        text += " --" + name;
        if (!is_flag(name)) text += " " + quoted(value);
    }
    if (!source_spacing(f)) options += " --spacing " + quoted("X,Y,Z");
    std::string inputs;
    for (const std::string& input : command.inputs) {
        if (inputs.empty() && input.starts_with('-')) inputs = " --";
        inputs += " " + quoted(input);
    }
    std::string text;
    const auto suggest = [&](const std::string& reduction, const char* name) {
        const std::string output = quoted(result_name(*f.stack) + "_" + name + ".nrrd");
        text += "  stack2nrrd" + options + reduction + " -o " + output + inputs + "\n";
    };
    if (!asked.empty() && !f.obstacle) {
        for (const Findings::Result& result : f.results) text += comment_text(*result.plan);
        suggest(asked, "reduced");
    }
    constexpr std::array<std::pair<const char*, const char*>, 3> lines{
        {{"full", "1"}, {"half", "2"}, {"quarter", "4"}}};
    for (const auto& [name, factor] : lines) {
        const std::optional<ImportPlan> plan = plan_of(f, factor);
        if (!plan) continue;
        text += comment_text(*plan);
        suggest(std::string_view(factor) == "1" ? "" : std::string(" --factor ") + factor, name);
    }
    return text;
}

/// Of a grid that is turned or bent.
std::string look_ups_text(const ImportPlan& plan) {
    const std::optional<LookUps> found = plan.look_ups();
    if (!found) return "";
    const VolumeInfo& volume = plan.volume();
    const double samples =
        static_cast<double>(volume.size[0]) * static_cast<double>(volume.size[1]) * static_cast<double>(volume.size[2]);
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(),
                  "look-up  %.3g places, %.3g a sample; scratch is read %.2g times; about %s once the source is read\n",
                  found->places, found->places / samples, found->times_read, duration_text(found->seconds).c_str());
    return text.data();
}

}  // namespace

std::string memory_text(std::int64_t bytes) {
    constexpr std::array<const char*, 5> units{"bytes", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    return number(std::round(value * 10) / 10) + " " + units[unit];
}

std::string info_text(const Findings& f, const Command& command) {
    const Stack& stack = *f.stack;
    const std::array<Index, 3> source{stack.image.width, stack.image.height, static_cast<Index>(stack.slices.size())};
    std::string text = "input    " + stack.name + " (" + stack.kind + "): ";
    if (stack.image.width > 0) {
        text += sizes(source) + ", " + std::string(sample_type_name(stack.image.type)) + ", " +
                colour_text(stack.image.colour, stack.image.channels()) + ", " + stack.image.format + "\n";
    } else {
        text += std::to_string(source[2]) + (source[2] == 1 ? " slice" : " slices") + ", none of which can be read\n";
    }
    const TakenPages& taken = stack.taken;
    if (taken.channels > 1) {
        text += "channel  " + std::to_string(taken.channel) + ", of 0 to " + std::to_string(taken.channels - 1) + "\n";
    }
    if (taken.times > 1) {
        text += "time     " + std::to_string(taken.time) + ", of 0 to " + std::to_string(taken.times - 1) + "\n";
    }
    const std::optional<Vector3> mm = source_spacing(f);
    text += "spacing  " + (mm ? triple(*mm) + " mm, from " + spacing_source(f) : std::string("unknown")) + "\n";
    for (const Findings::Result& result : f.results) {
        const VolumeInfo& volume = result.plan->volume();
        text += "output   " + sizes(volume.size) + ", " + std::string(sample_type_name(volume.type)) +
                (volume.channels > 1 ? ", " + colour_text(volume.colour, volume.channels) : "") + ", " +
                memory_text(volume.bytes()) +
                (f.results.size() > 1 && !result.file.empty() ? ", " + utf8_of(result.file.filename()) : "") + "\n";
        text += "         spacing " + triple(spacings(volume.geometry)) + ", origin " + triple(volume.geometry.origin) +
                (volume.geometry.spacing_known ? " mm" : ", in source samples") + "\n";
    }
    if (!f.results.empty()) {
        const ImportPlan& plan = *f.results.front().plan;
        text += "reads    " + std::to_string(plan.source_slices()) + " slices, about " +
                memory_text(plan.read_bytes()) + " of files\n";
        text += "memory   " + memory_text(plan.memory_bytes()) + " at most\n";
        if (const std::int64_t bytes = scratch_bytes(f); bytes > 0) {
            const bool is_beside = f.options->scratch.empty() && f.results.front().file.empty();
            text += "scratch  " + memory_text(bytes) +
                    (is_beside ? " beside the output" : " in " + utf8_of(plan.scratch_folder())) + "\n";
        }
        for (const Findings::Result& result : f.results) text += look_ups_text(*result.plan);
    }
    const auto list = [&](const char* label, const std::vector<std::string>& names) {
        if (names.empty()) return;
        constexpr std::size_t most = 10;
        text += label;
        for (std::size_t i = 0; i < std::min(most, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
        if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
        text += "\n";
    };
    const auto missing =
        std::count_if(stack.slices.begin(), stack.slices.end(), [](SliceRef s) { return s.missing(); });
    list(("missing  " + std::to_string(missing) + (missing == 1 ? " slice: " : " slices: ")).c_str(), stack.missing);
    list("left out ", stack.strays);
    for (const Problem& problem : problems_of(f)) {
        text += (problem.fatal ? "problem  " : "note     ") + problem.text + "\n";
    }
    const bool too_much = f.obstacle && f.obstacle->code == stack2nrrd::ErrorCode::limit;
    const bool named = f.results.empty() ? !too_much : !f.results.front().file.empty();
    if (!named) text += "\n" + suggestions(f, command);
    return text;
}

std::string run_text(const Findings& f) {
    std::array<char, 40> seconds{};
    std::snprintf(seconds.data(), seconds.size(), "%.2f s", f.seconds);
    std::string text;
    for (const Findings::Result& result : f.results) {
        const VolumeInfo& volume = result.plan->volume();
        if (!text.empty()) text += "; ";
        text += utf8_of(result.file) + ": " + sizes(volume.size) + ", " + std::string(sample_type_name(volume.type)) +
                ", " + memory_text(volume.bytes());
    }
    text += ", from " + std::to_string(f.results.front().plan->source_slices()) + " slices in " + seconds.data();
    if (peak_memory() > 0) text += ", peak memory " + memory_text(peak_memory());
    for (const Findings::Result& result : f.results) text += air_text(result);
    for (const Findings::Result& result : f.results) {
        const std::string clipped = result.report ? clipping_text(result) : "";
        if (!clipped.empty()) text += "; " + clipped;
    }
    return text;
}
