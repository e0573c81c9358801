// What is written beside the samples, and what must not be written over.

#include "import/outputs.hpp"

#include "import/plan_detail.hpp"
#include "import/provenance.hpp"

#include "core/file.hpp"
#include "core/output_file.hpp"
#include "core/text.hpp"
#include "sink/publish.hpp"
#include "stack/list_text.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

std::vector<std::unique_ptr<Sink>> output_sinks(std::span<const Level> levels) {
    std::vector<std::unique_ptr<Sink>> sinks;
    if (levels.empty()) return sinks;
    const Options& first = levels.front().options;
    if (first.format == Format::zarr) {
        return zarr_sinks(levels.front().file.parent_path(), levels.size(), first.zarr, first.threads);
    }
    check_output(levels.front().file, first.nrrd.force);
    check_suffix(followed(levels.front().file), {".nrrd", ".nhdr"}, ".nrrd, .nhdr, .ome.zarr or .zarr");
    for (const Level& level : levels) sinks.push_back(nrrd_sink(level.file, level.options.nrrd, first.threads));
    return sinks;
}

namespace {

/// Is `file` somewhere in `folder`?
bool is_within(const fs::path& folder, const fs::path& file) {
    for (fs::path above = disk::canonical(file); above.has_relative_path(); above = above.parent_path()) {
        if (disk::is_same(folder, above)) return true;
    }
    return false;
}

std::vector<fs::path> files_of(std::span<Sink* const> sinks) {
    std::vector<fs::path> files;
    for (const Sink* sink : sinks) {
        for (fs::path& file : sink->files()) files.push_back(std::move(file));
    }
    return files;
}

}  // namespace

void check_not_written(const FileList& files, const std::vector<std::string>& others, std::span<Sink* const> sinks) {
    if (files.empty() && others.empty()) return;
    for (const fs::path& output : files_of(sinks)) {
        const disk::Facts facts = disk::look_surely(output);
        if (!facts.exists()) continue;
        const bool is_folder = facts.is_folder();
        const auto check = [&](const std::string& input) {
            const fs::path path = path_from_utf8(input);
            if (is_folder ? !is_within(output, path) : !disk::is_same(output, path)) return;
            throw Error(ErrorCode::invalid_argument,
                        printable(utf8(output)) +
                            (is_folder ? ": has one of the inputs in it (" : ": is one of the inputs (") +
                            printable(input) + "), another file was expected; give another name");
        };
        for (std::size_t i = 0; i < files.size(); ++i) check(files.path(i));
        for (const std::string& input : others) check(input);
    }
}

void check_outputs(const Stack& stack, std::span<Sink* const> sinks) {
    check_different(files_of(sinks));
    check_not_written(stack.files, stack.other_inputs, sinks);
}

std::unique_ptr<Sink> manifest_sink(const Stack& stack, const Options& options, const fs::path& nhdr) {
    for (const Problem& problem : stack.problems) {
        if (problem.fatal) throw Error(problem.code, problem.text);
    }
    const std::string shown = printable(utf8(nhdr));
    if (stack.volume != nullptr || stack.source != nullptr) {
        throw Error(ErrorCode::invalid_argument,
                    shown + ": lists files of slices, the input is a " + stack.kind + "; give slices");
    }
    const Geometry geometry = source_geometry(stack, options);
    check_placed(geometry);
    const auto text = [&stack, geometry, listed = listed_options(stack, options), nhdr] {
        return list_text(stack, geometry, listed, nhdr);
    };
    std::unique_ptr<Sink> sink = text_sink(nhdr, text, options.nrrd.force);
    if (lower_case(utf8(nhdr.extension())) != ".nhdr") {
        throw Error(ErrorCode::invalid_argument,
                    shown + ": has another suffix, .nhdr was expected for a list of slices");
    }
    return sink;
}

void write_manifest(const Stack& stack, const Options& options, const fs::path& nhdr) {
    const std::unique_ptr<Sink> sink = manifest_sink(stack, options, nhdr);
    check_outputs(stack, std::array{sink.get()});
    sink->begin({});
    sink->finish();
    sink->publish();
}

}  // namespace stack2nrrd
