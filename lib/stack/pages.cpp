#include "stack/pages.hpp"

#include "codec/codec.hpp"
#include "core/text.hpp"
#include "sidecar/description.hpp"

#include <stack2nrrd/error.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

namespace {

/// How the pages of a file are laid out: page = channel·per_channel + slice·per_slice + frame·per_frame.
struct Layout {
    Index slices = 0;
    Index per_slice = 1;
    Index channels = 1;
    Index frames = 1;
};

/// ImageJ numbers its pages by channel, then slice, then frame.
std::optional<Layout> imagej_layout(const ImageJDescription& imagej) {
    return Layout{imagej.slices, imagej.channels, imagej.channels, imagej.frames};
}

/// OME says in which order its axes vary. Channels may be the samples of one page.
std::optional<Layout> ome_layout(const OmeDescription& ome) {
    if (ome.dimension_order.size() != 5 || ome.samples_per_pixel < 1) return std::nullopt;
    const Index channels = ome.channels / ome.samples_per_pixel;
    Layout layout{ome.slices, 1, channels, ome.frames};
    for (const char axis : ome.dimension_order.substr(2)) {
        if (axis == 'Z') return layout;
        layout.per_slice *= axis == 'C' ? channels : ome.frames;
    }
    return std::nullopt;
}

/// Nothing where the description is none, or does not fit the pages that are there: then each page is a slice.
std::optional<Layout> layout_of(const std::string& description, std::size_t pages) {
    std::optional<Layout> layout;
    if (const auto imagej = parse_imagej(description)) {
        layout = imagej_layout(*imagej);
    } else if (const auto ome = parse_ome(description)) {
        layout = ome_layout(*ome);
    }
    if (!layout || layout->slices < 1 || layout->channels < 1 || layout->frames < 1) return std::nullopt;
    const auto count = static_cast<Index>(pages);
    const bool fits = layout->channels <= count && layout->frames <= count && layout->slices <= count &&
                      layout->channels * layout->frames * layout->slices == count;
    return fits ? layout : std::nullopt;
}

}  // namespace

bool holds_several_slices(const std::string& path_utf8) {
    try {
        InputFile file(path_utf8);
        return codec_for(file).pages(file).slices.size() > 1;
    } catch (const Error&) {
        return false;
    }
}

void expand_pages(Stack& stack) {
    if (stack.files.size() != 1 || stack.slices.size() != 1) return;
    std::optional<Pages> pages;
    std::string description;
    try {
        InputFile file(stack.files[0].path);
        const Codec& codec = codec_for(file);
        pages = codec.pages(file);
        description = codec.probe(file, pages->slices.front().place).description;
    } catch (const Error&) {
        return;  // reading the headers will say it, in its place among the problems
    }
    const std::string shown = printable(stack.files[0].path);
    for (const std::string& note : pages->notes) {
        stack.problems.push_back({ErrorCode::inconsistent, false, shown + ": " + note});
    }
    const auto take = [&](Index page) {
        stack.slices.push_back({static_cast<std::int32_t>(stack.places.size())});
        stack.places.push_back(pages->slices[static_cast<std::size_t>(page)].place);
    };
    stack.slices.clear();
    const auto count = static_cast<Index>(pages->slices.size());
    const std::optional<Layout> layout = layout_of(description, pages->slices.size());
    const Index slices = layout ? layout->slices : count;
    for (Index z = 0; z < slices; ++z) take(layout ? z * layout->per_slice : z);
    if (count > 1) stack.kind = "pages";
    if (slices != count) {
        stack.problems.push_back({ErrorCode::inconsistent, false,
                                  shown + ": holds " + std::to_string(layout->channels) + " channels and " +
                                      std::to_string(layout->frames) + " points in time; the first of each is taken"});
    }
}

}  // namespace stack2nrrd
