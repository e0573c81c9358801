// The list of slices as a file, both ways.

#include "volume/manifest.hpp"

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/pages.hpp"
#include "stack/volume_stack.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <bit>
#include <map>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

// What a header says of the stack it was made of, so that an import of the list is the import of the stack.
constexpr std::string_view source_key = "stack2nrrd_list_source";
constexpr std::string_view missing_key = "stack2nrrd_list_missing";
constexpr std::string_view taken_key = "stack2nrrd_list_taken";

/// What a slice's place is called outside: the number of its page.
std::map<std::int64_t, Index> page_numbers(const Stack& stack) {
    std::map<std::int64_t, Index> numbers;
    if (stack.places.empty()) return numbers;
    InputFile file(stack.files[0].path);
    for (const Page& page : codec_for(file).pages(file).slices) numbers[page.place] = page.number;
    return numbers;
}

Manifest manifest_of(const Stack& stack) {
    Manifest manifest;
    manifest.size = {stack.image.width, stack.image.height, static_cast<Index>(stack.slices.size())};
    manifest.type = stack.image.type;
    manifest.colour = stack.image.colour;
    manifest.components = stack.image.components;
    manifest.component_axis = stack.components;
    manifest.geometry = stack.geometry;
    const std::map<std::int64_t, Index> pages = page_numbers(stack);
    bool gaps = false;
    for (const SliceRef slice : stack.slices) {
        const auto index = static_cast<std::size_t>(slice.index);
        gaps = gaps || slice.missing();
        if (slice.missing()) {
            manifest.slices.emplace_back();
        } else if (stack.places.empty()) {
            manifest.slices.push_back({stack.files[index].path, 0});
        } else {
            manifest.slices.push_back({stack.files[0].path, pages.at(stack.places[index])});
        }
    }
    const bool paged = std::any_of(manifest.slices.begin(), manifest.slices.end(),
                                   [](const ManifestSlice& slice) { return slice.page != 0; });
    if (stack.bare && !gaps && !paged) {
        manifest.bare = BareLayout{stack.bare->offset, stack.bare->big_endian ? std::endian::big : std::endian::little,
                                   stack.bare->bottom_up};
    }
    manifest.notes.emplace_back(source_key, stack.name);
    if (!stack.missing.empty()) {
        std::string labels;
        for (const std::string& label : stack.missing) labels += (labels.empty() ? "" : " ") + label;
        manifest.notes.emplace_back(missing_key, labels);
    }
    const std::string taken = taken_text(stack.taken);
    if (!taken.empty()) manifest.notes.emplace_back(taken_key, taken);
    return manifest;
}

}  // namespace

bool is_list_of_images(const NrrdVolume& volume) {
    return std::any_of(volume.key_values.begin(), volume.key_values.end(),
                       [](const auto& note) { return note.first == source_key; });
}

void recall_stack(Stack& stack, const NrrdVolume& volume) {
    for (const auto& [key, value] : volume.key_values) {
        if (key == source_key) stack.name = value;
        if (key == taken_key) stack.taken = parse_taken(value).value_or(TakenPages{});
        if (key != missing_key) continue;
        for (const std::string_view label : split(value, ' ')) stack.missing.emplace_back(label);
    }
}

Stack listed_stack(const NrrdVolume& volume) {
    Stack stack;
    stack.kind = "manifest";
    stack.geometry = volume.geometry;
    const std::vector<ManifestSlice> slices = manifest_slices(volume);
    StackBuilder builder(stack);
    for (const ManifestSlice& slice : slices) {
        if (slice.path.empty()) {
            builder.add_missing(1);
        } else {
            builder.add(slice.path);
        }
    }
    // A single file may have other pages than those that are listed.
    const bool paged =
        stack.files.size() == 1 ||
        std::any_of(slices.begin(), slices.end(), [](const ManifestSlice& slice) { return slice.page != 0; });
    if (paged) {
        if (stack.files.size() != 1) {
            throw Error(ErrorCode::inconsistent, volume.path + ": lists pages of " +
                                                     std::to_string(stack.files.size()) +
                                                     " files, pages of one were expected; make the list again");
        }
        InputFile file(stack.files[0].path);
        const Pages pages = codec_for(file).pages(file);
        stack.slices.clear();
        for (const ManifestSlice& slice : slices) {
            const auto found = std::lower_bound(pages.slices.begin(), pages.slices.end(), slice.page,
                                                [](const Page& page, Index number) { return page.number < number; });
            if (slice.path.empty()) {
                stack.slices.emplace_back();
            } else if (found == pages.slices.end() || found->number != slice.page) {
                throw Error(ErrorCode::inconsistent, volume.path + ": lists page " + std::to_string(slice.page) +
                                                         " of " + stack.files[0].path +
                                                         ", which is no slice; make the list again");
            } else {
                stack.slices.push_back({static_cast<std::int32_t>(stack.places.size())});
                stack.places.push_back(found->place);
            }
        }
    }
    recall_stack(stack, volume);
    return stack;
}

void write_manifest(const Stack& stack, const fs::path& nhdr, bool force) {
    for (const Problem& problem : stack.problems) {
        if (problem.fatal) throw Error(problem.code, problem.text);
    }
    const std::string shown = utf8(nhdr);
    if (stack.volume != nullptr) {
        throw Error(ErrorCode::invalid_argument, shown + ": lists slices, the input is a volume; give slices");
    }
    if (lower_case(utf8(nhdr.extension())) != ".nhdr") {
        throw Error(ErrorCode::invalid_argument,
                    shown + ": has another suffix, .nhdr was expected for a list of slices");
    }
    std::error_code failure;
    const fs::file_status status = fs::status(nhdr, failure);
    if (fs::exists(status) && (!force || !fs::is_regular_file(status))) {
        throw Error(ErrorCode::invalid_argument, shown + ": exists already; use --force to replace it");
    }
    const std::string text = manifest_text(manifest_of(stack), nhdr);
    OutputFile file(nhdr, force);
    file.write(text);
    file.sync();
    file.commit();
}

}  // namespace stack2nrrd
