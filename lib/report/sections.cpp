#include "report/sections.hpp"

#include "core/file.hpp"
#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "report/html.hpp"
#include "report/numbers.hpp"
#include "report/plot.hpp"
#include "sink/nrrd_header.hpp"
#include "sink/nrrd_sink.hpp"

#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>

namespace stack2nrrd {

namespace {

std::string sizes_text(const std::array<Index, 3>& size) {
    return std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]);
}

std::string triple_text(const Vector3& v) {
    return short_text(v[0]) + ", " + short_text(v[1]) + ", " + short_text(v[2]);
}

const char* unit_of(const Geometry& geometry) { return geometry.spacing_known ? " mm" : " source samples"; }

std::string result_text(const VolumeInfo& volume) {
    return sizes_text(volume.size) + ", " + std::string(sample_type_name(volume.type)) +
           (volume.channels > 1 ? ", " + colour_text(volume.colour, volume.channels) : "") + ", " +
           bytes_text(volume.bytes());
}

/// "3 (0.5 %)" of the numbers of the result.
std::string share_text(std::int64_t part, std::int64_t all) {
    return std::to_string(part) + " (" + percent_text(part, all) + ")";
}

std::string share_text(std::int64_t part, const VolumeInfo& volume) {
    return share_text(part, volume.bytes() / static_cast<std::int64_t>(sample_bytes(volume.type)));
}

/// The first ten, and how many there are besides.
std::string listing(const std::vector<std::string>& names) {
    constexpr std::size_t most = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) text += (i == 0 ? "" : ", ") + escaped(names[i]);
    if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

// -------------------------------------------------------------------------------------------------- histogram

/// The value of a note of the result, empty if it has none of that name.
std::string_view note_of(const VolumeInfo& volume, std::string_view key) {
    for (const auto& [name, value] : volume.notes) {
        if (name == key) return value;
    }
    return {};
}

/// The ends of the window in values of the result.
std::array<double, 2> window_ends(SampleType type) {
    return with_sample_type(type, [](auto sample) -> std::array<double, 2> {
        using Limits = std::numeric_limits<decltype(sample)>;
        if constexpr (!Limits::is_integer) return {0, 1};
        return {static_cast<double>(Limits::lowest()), static_cast<double>(Limits::max())};
    });
}

/// "100 and 600" of "100,600 -> the range of the type".
std::string ends_text(std::string_view note) {
    const std::size_t comma = note.find(',');
    return escaped(note.substr(0, comma)) + " and " + escaped(note.substr(comma + 1, note.find(" ->") - comma - 1));
}

std::string histogram_section(const PageFacts& facts) {
    const VolumeInfo& volume = facts.volume;
    const std::string_view window = note_of(volume, "stack2nrrd_window");
    const auto& air = facts.findings.results.front().report->air;
    std::vector<Mark> marks;
    Rows rows;
    if (!window.empty()) {
        const auto [low, high] = window_ends(volume.type);
        marks.push_back({low, "window"});
        marks.push_back({high, "window"});
        rows.emplace_back("window", "<span class=\"key window\"></span>" + short_text(low) + " and " +
                                        short_text(high) + " are the ends of the window, in the source " +
                                        ends_text(window));
    }
    if (air && air->found) {
        marks.push_back({air->threshold, "air"});
        rows.emplace_back("air", "<span class=\"key\"></span>below " + short_text(air->threshold) + ": set to " +
                                     short_text(air->darkest) + ", " + share_text(air->samples, air->all) +
                                     " of the samples" +
                                     (air->mode ? "; the most frequent value was " + short_text(*air->mode) : ""));
    }
    rows.emplace_back("lowest", escaped(facts.min));
    rows.emplace_back("highest", escaped(facts.max));
    if (facts.histogram.not_finite() > 0) {
        rows.emplace_back("without a number",
                          share_text(facts.histogram.not_finite(), volume) + " are NaN or infinite");
    }
    std::string plot = histogram_plot(facts.histogram, marks);
    if (plot.empty()) plot = "<p>No sample has a finite value.</p>\n";
    std::string html = table_section("Histogram", rows);
    return html.insert(html.find("<table>"), plot);
}

// ------------------------------------------------------------------------------------------ result and source

std::string geometry_section(const PageFacts& facts) {
    const VolumeInfo& volume = facts.volume;
    const Geometry& geometry = volume.geometry;
    const Vector3 step = spacings(geometry);
    Vector3 field{};
    for (std::size_t a = 0; a < 3; ++a) field[a] = step[a] * static_cast<double>(volume.size[a]);
    Rows rows{{"size", sizes_text(volume.size)},
              {"spacing", geometry.spacing_known
                              ? triple_text(step) + " mm"
                              : triple_text(step) + " source samples: the spacing is unknown; pass --spacing X,Y,Z"},
              {"field of view", triple_text(field) + unit_of(geometry)},
              {"origin", triple_text(geometry.origin) + unit_of(geometry)}};
    for (std::size_t a = 0; a < 3; ++a) {
        rows.emplace_back(std::string("direction of ") + "xyz"[a], triple_text(geometry.direction[a]));
    }
    return table_section(geometry.spacing_known ? "Geometry (LPS)" : "Geometry", rows);
}

std::string order_text(const Findings& f) {
    const Stack& stack = *f.stack;
    std::string text;
    if (stack.kind == "source") {
        text = "as the program gives them";
    } else if (stack.kind == "volume") {
        text = "as in the volume";
    } else if (f.options->order == Order::given || stack.listed.order == "given") {
        text = "as they were given, unchecked (--order given)";
    } else if (stack.kind == "manifest") {
        text = "as in the list";
    } else if (stack.files.size() == 1) {
        text = "as the pages of the file are";
    } else {
        text = "by the numbers in their names";
    }
    if (f.options->step != 1) text += "; every " + std::to_string(f.options->step) + "th (--step)";
    if (f.options->reverse) text += "; the last one first (--reverse)";
    return text;
}

std::string gaps_text(const Findings& f) {
    const auto& slices = f.stack->slices;
    const auto missing = std::count_if(slices.begin(), slices.end(), [](SliceRef s) { return s.missing(); });
    std::string text = std::to_string(missing) + (missing == 1 ? " slice: " : " slices: ") + listing(f.stack->missing);
    switch (f.options->missing) {
        case Missing::repeat: return text + "; replaced by the nearest slice that is there";
        case Missing::blank: return text + "; replaced by zeros";
        case Missing::close: return text + "; the slices beside them were moved together";
        case Missing::error: break;
    }
    return text;
}

std::string source_section(const Findings& f) {
    const Stack& stack = *f.stack;
    const std::array<Index, 3> size{stack.image.width, stack.image.height, static_cast<Index>(stack.slices.size())};
    Rows rows{{"name", escaped(stack.name) + " (" + escaped(stack.kind) + ")"}};
    if (!stack.files.empty()) {
        const std::size_t last = stack.files.size() - 1;
        std::string files =
            std::to_string(last + 1) + (last == 0 ? " file: " : " files: ") + escaped(stack.files.name(0));
        if (last > 0) files += " ... " + escaped(stack.files.name(last));
        rows.emplace_back("files", files);
    }
    rows.emplace_back("size", sizes_text(size));
    rows.emplace_back("samples", std::string(sample_type_name(stack.image.type)) + ", " +
                                     colour_text(stack.image.colour, stack.image.channels()) + ", " +
                                     escaped(stack.image.format));
    if (stack.taken.channels > 1) {
        rows.emplace_back(
            "channel", std::to_string(stack.taken.channel) + ", of 0 to " + std::to_string(stack.taken.channels - 1));
    }
    if (stack.taken.times > 1) {
        rows.emplace_back("time",
                          std::to_string(stack.taken.time) + ", of 0 to " + std::to_string(stack.taken.times - 1));
    }
    const std::optional<Vector3> mm = source_spacing(f);
    rows.emplace_back("spacing", mm ? triple_text(*mm) + " mm, from " + escaped(spacing_source(f)) : "unknown");
    rows.emplace_back("order", order_text(f));
    if (!stack.missing.empty()) rows.emplace_back("missing", gaps_text(f));
    if (!stack.strays.empty()) rows.emplace_back("left out", listing(stack.strays));
    if (!stack.sidecars.empty()) rows.emplace_back("described by", listing(stack.sidecars));
    return table_section("Source", rows);
}

std::string results_section(const Findings& f) {
    Rows rows;
    for (const Findings::Result& result : f.results) {
        const VolumeInfo& volume = result.plan->volume();
        rows.emplace_back(utf8(result.file), result_text(volume) + "; spacing " +
                                                 triple_text(spacings(volume.geometry)) + unit_of(volume.geometry));
    }
    return f.results.size() > 1 ? table_section("Results", rows) : "";
}

std::string making_section(const PageFacts& facts) {
    constexpr std::string_view prefix = "stack2nrrd_";
    Rows rows;
    for (const auto& [key, value] : facts.volume.notes) {
        if (key.starts_with(prefix)) rows.emplace_back(key.substr(prefix.size()), escaped(value));
    }
    return table_section("How it was made", rows);
}

std::string run_section(const PageFacts& facts) {
    const Findings& f = facts.findings;
    const Findings::Result& first = f.results.front();
    const Report& report = *first.report;
    Rows rows{{"duration", fixed_text(f.seconds, 2) + " s"},
              {"slices read", std::to_string(first.plan->source_slices())},
              {"threads", std::to_string(report.threads)},
              {"memory", "planned " + bytes_text(first.plan->memory_bytes()) +
                             (f.peak_memory_bytes > 0 ? ", peak " + bytes_text(f.peak_memory_bytes) : "")},
              {"clipped below", share_text(report.clipped_low, facts.volume)},
              {"clipped above", share_text(report.clipped_high, facts.volume)}};
    if (report.nan_samples > 0) {
        rows.emplace_back("without a value", share_text(report.nan_samples, facts.volume) + " NaN became 0");
    }
    rows.emplace_back("program", "stack2nrrd " STACK2NRRD_VERSION);
    return table_section("Run", rows);
}

// --------------------------------------------------------------------------------------------- header, command

std::string header_section(const PageFacts& facts) {
    const Options& options = *facts.findings.options;
    const std::filesystem::path& file = facts.findings.results.front().file;
    const bool zarr = lower_case(utf8(file.parent_path().extension())) == ".zarr";
    std::string data;
    if (!zarr && lower_case(utf8(file.extension())) == ".nhdr") {
        data = utf8(nrrd_samples_beside(file, options.nrrd.encoding).filename());
    }
    NrrdHeader header = nrrd_header(facts.volume, zarr ? Encoding::raw : options.nrrd.encoding, data);
    complete_header(header, {facts.late_notes, facts.min, facts.max, facts.samples_crc});
    return section(zarr ? "Header, if it were a NRRD" : "Header", "<pre>" + escaped_lines(header.text) + "</pre>\n");
}

std::string command_section(const Findings& f) {
    if (f.command.empty()) return "";
    return section("To make it again", "<pre class=\"command\">" + escaped_lines(f.command) + "</pre>\n");
}

std::string notes_section(const Findings& f) {
    std::string list;
    for (const Problem& problem : problems_of(f)) list += "<li>" + escaped(problem.text) + "</li>\n";
    return list.empty() ? "" : section("To note", "<ul class=\"notes\">\n" + list + "</ul>\n");
}

}  // namespace

std::string page_title(const PageFacts& facts) {
    const std::filesystem::path& file = facts.findings.results.front().file;
    const std::filesystem::path folder = file.parent_path();
    return utf8(lower_case(utf8(folder.extension())) == ".zarr" ? folder.filename() : file.filename());
}

std::string sections_before(const PageFacts& facts) {
    const Geometry& geometry = facts.volume.geometry;
    return "<header>\n<h1>" + escaped(page_title(facts)) + "</h1>\n<p class=\"soft\">" + result_text(facts.volume) +
           "; spacing " + triple_text(spacings(geometry)) + unit_of(geometry) + "; from " +
           escaped(facts.findings.stack->name) + "</p>\n</header>\n" + notes_section(facts.findings);
}

std::string sections_after(const PageFacts& facts) {
    const Findings& f = facts.findings;
    return histogram_section(facts) + geometry_section(facts) + source_section(f) + results_section(f) +
           making_section(facts) + run_section(facts) + header_section(facts) + command_section(f);
}

}  // namespace stack2nrrd
