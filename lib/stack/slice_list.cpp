// The list of slices as a file, both ways.

#include "volume/list_header.hpp"

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/list_text.hpp"
#include "stack/pages.hpp"
#include "stack/volume_stack.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

// What a header says of the stack it was made of, so that an import of the list is the import of the stack.
constexpr std::string_view source_key = "stack2nrrd_list_source";
constexpr std::string_view missing_key = "stack2nrrd_list_missing";
constexpr std::string_view taken_key = "stack2nrrd_list_taken";

/// The options with which the list was written, which the import of the stack would get, too.
struct ListedOption {
    std::string_view key;
    std::string ListedOptions::*option;
};
constexpr std::string_view origin_key = "stack2nrrd_list_origin";
constexpr std::array<ListedOption, 3> listed_keys{{{"stack2nrrd_list_order", &ListedOptions::order},
                                                   {"stack2nrrd_list_spacing", &ListedOptions::spacing},
                                                   {origin_key, &ListedOptions::origin}}};

/// What a list calls the place of a slice: the number of its page. Slices of one file should be asked for together.
class PageNumbers {
public:
    explicit PageNumbers(const FileList& files) : files_(files) {}

    /// \throws Error inconsistent if there is no such slice.
    [[nodiscard]] Index number(SliceRef slice) {
        if (slice.place == 0) return 0;
        read(slice.file);
        const auto found = std::lower_bound(by_place_.begin(), by_place_.end(), slice.place,
                                            [](const Page& page, Index wanted) { return page.place < wanted; });
        if (found == by_place_.end() || found->place != slice.place) no_slice(slice.file, "a place that it had before");
        return found->number;
    }
    [[nodiscard]] Index place(std::int32_t file, Index number) {
        if (number == 0) return 0;
        read(file);
        const auto found = std::lower_bound(by_number_.begin(), by_number_.end(), number,
                                            [](const Page& page, Index wanted) { return page.number < wanted; });
        if (found == by_number_.end() || found->number != number) no_slice(file, "page " + std::to_string(number));
        return found->place;
    }

private:
    void read(std::int32_t file) {
        if (file == file_) return;
        InputFile input(files_.path(static_cast<std::size_t>(file)));
        by_number_ = codec_for(input).pages(input).slices;
        by_place_ = by_number_;
        std::sort(by_place_.begin(), by_place_.end(), [](const Page& a, const Page& b) { return a.place < b.place; });
        file_ = file;
    }
    [[noreturn]] void no_slice(std::int32_t file, const std::string& where) const {
        throw Error(ErrorCode::inconsistent, printable(files_.path(static_cast<std::size_t>(file))) +
                                                 ": holds no slice at " + where + "; make the list of slices again");
    }

    const FileList& files_;
    std::int32_t file_ = -1;
    std::vector<Page> by_number_;
    std::vector<Page> by_place_;
};

Manifest manifest_of(const Stack& stack) {
    Manifest manifest;
    manifest.size = {stack.image.width, stack.image.height, static_cast<Index>(stack.slices.size())};
    manifest.type = stack.image.type;
    manifest.colour = stack.image.colour;
    manifest.components = stack.image.components;
    manifest.component_axis = stack.components;
    manifest.files = stack.files;
    manifest.slices.reserve(stack.slices.size());
    PageNumbers pages(stack.files);
    bool gaps = false;
    for (const SliceRef slice : stack.slices) {
        gaps = gaps || slice.missing();
        if (slice.missing()) {
            manifest.slices.emplace_back();
        } else {
            manifest.slices.push_back({slice.file, pages.number(slice)});
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

namespace {

/// The origin in the form of ListedOptions. A header that knows no spacing is not asked for one.
std::optional<Vector3> parse_origin(std::string_view text) {
    const std::vector<std::string_view> fields = split(text, ',');
    Vector3 origin{};
    if (fields.size() != origin.size()) return std::nullopt;
    for (std::size_t a = 0; a < origin.size(); ++a) {
        const std::optional<double> number = parse_double(fields[a]);
        if (!number) return std::nullopt;
        origin[a] = *number;
    }
    return origin;
}

}  // namespace

void recall_stack(Stack& stack, const NrrdVolume& volume) {
    stack.other_inputs.push_back(volume.path);
    for (const auto& [key, value] : volume.key_values) {
        if (key == source_key) stack.name = value;
        for (const auto& [listed_key, option] : listed_keys) {
            if (key == listed_key) stack.listed.*option = value;
        }
        if (key == origin_key) stack.geometry.origin = parse_origin(value).value_or(stack.geometry.origin);
        if (key == taken_key) stack.taken = parse_taken(value).value_or(TakenPages{});
        if (key != missing_key) continue;
        for (const std::string_view label : split(value, ' ')) stack.missing.emplace_back(label);
    }
}

Stack listed_stack(NrrdVolume volume) {
    Stack stack;
    stack.kind = "manifest";
    stack.geometry = volume.geometry;
    recall_stack(stack, volume);
    {
        const std::vector<ManifestSlice> slices = manifest_slices(volume);
        stack.slices.resize(slices.size());
        for (std::size_t z = 0; z < slices.size(); ++z) stack.slices[z] = {slices[z].file, slices[z].page};
    }
    each_file_once(stack, std::move(volume.files));
    // A single file may have other pages than those that are listed, and so may files of several channels.
    const bool paged =
        stack.taken != TakenPages{} || stack.files.size() <= 1 ||
        std::any_of(stack.slices.begin(), stack.slices.end(), [](const SliceRef& slice) { return slice.place != 0; });
    PageNumbers pages(stack.files);
    for (SliceRef& slice : stack.slices) {
        if (!slice.missing()) slice.place = paged ? pages.place(slice.file, slice.place) : unread_place;
    }
    return stack;
}

std::string list_text(const Stack& stack, const Geometry& geometry, const ListedOptions& listed, const fs::path& nhdr) {
    Manifest manifest = manifest_of(stack);
    manifest.geometry = geometry;
    for (const auto& [key, option] : listed_keys) {
        if (!(listed.*option).empty()) manifest.notes.emplace_back(key, listed.*option);
    }
    return manifest_text(manifest, nhdr);
}

}  // namespace stack2nrrd
