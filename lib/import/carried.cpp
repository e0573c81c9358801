#include "import/carried.hpp"

#include "core/text.hpp"
#include "volume/nrrd_reader.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string_view>

namespace stack2nrrd {

namespace {

using Detail = ImportPlan::Detail;

constexpr std::string_view offset_key = "Segmentation_ReferenceImageExtentOffset";
constexpr std::string_view conversion_key = "Segmentation_ConversionParameters";

/// Beginnings of keys that say something of the source's samples which is not true of the result's. Of DICOM those that
/// count slices and samples, or measure their distances, places and values.
constexpr std::array<std::string_view, 23> of_source_alone{
    "Segmentation_ReferenceImage",  // but for the offset of the extent, where that is known
    "NRRD_",                        // fields that ITK repeats as keys
    "ITK_original_",
    "0018|0050",
    "0018|0088",
    "0018|1164",
    "0018|2010",
    "0020|0032",
    "0020|0037",
    "0020|1041",
    "0028|0002",
    "0028|0008",
    "0028|0010",
    "0028|0011",
    "0028|0030",
    "0028|0034",
    "0028|0100",
    "0028|0101",
    "0028|0102",
    "0028|0103",
    "0028|0106",
    "0028|0107",
    "7fe0|0010"};

/// Of several components: gradients of diffusion, points in time.
constexpr std::array<std::string_view, 3> of_all_components{"DWMRI_", "MultiVolume.", "axis "};

bool begins_with_one_of(std::string_view key, std::span<const std::string_view> beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view b) { return key.starts_with(b); });
}

/// "Segment12_Extent": its number, and "Extent".
struct SegmentKey {
    Index number = 0;
    std::string_view property;
};

std::optional<SegmentKey> segment_key(std::string_view key) {
    constexpr std::string_view word = "Segment";
    const std::size_t line = key.find('_');
    if (!key.starts_with(word) || line == std::string_view::npos) return std::nullopt;
    const auto number = parse_integer(key.substr(word.size(), line - word.size()));
    if (!number || *number < 0) return std::nullopt;
    return SegmentKey{*number, key.substr(line + 1)};
}

std::vector<Index> integers(std::string_view text) {
    std::vector<Index> numbers;
    for (const std::string_view word : split(text, ' ')) {
        if (word.empty()) continue;
        const auto number = parse_integer(word);
        if (!number) return {};
        numbers.push_back(*number);
    }
    return numbers;
}

/// The first and the last output, counted in the slab along z, that may hold something of the source samples first …
/// last; nothing if none does. Taps move along with outputs, so that both are found by halving.
std::optional<std::array<Index, 2>> outputs_of(const AxisPlan& axis, Range outputs, Index first, Index last) {
    Taps taps;
    const auto first_that = [&](auto holds) {
        Index low = outputs.first;
        Index high = outputs.end;
        while (low < high) {
            const Index middle = low + (high - low) / 2;
            find_taps(axis, middle, taps);
            holds() ? high = middle : low = middle + 1;
        }
        return low;
    };
    const Index begin = first_that([&] { return taps.end() > first; });
    const Index end = first_that([&] { return taps.first > last; });
    if (begin >= end) return std::nullopt;
    return std::array{begin - outputs.first, end - 1 - outputs.first};
}

/// The slices of the plan that are samples first … last of the source: after gaps, step and reverse.
std::optional<std::array<Index, 2>> slices_of(const Detail& plan, Index first, Index last) {
    std::optional<std::array<Index, 2>> found;
    for (std::size_t z = 0; z < plan.slices->size(); ++z) {
        const Index index = (*plan.slices)[z].missing() ? -1 : static_cast<Index>((*plan.slices)[z].place);
        if (index < first || index > last) continue;
        const auto at = static_cast<Index>(z);
        found = {found ? (*found)[0] : at, at};
    }
    return found;
}

/// The extent of what the outputs may hold of `text`, which is that of source samples. Nothing if it is no extent.
std::optional<std::string> extent_text(const Detail& plan, std::string_view text) {
    constexpr std::string_view empty = "0 -1 0 -1 0 -1";  // as Slicer has it
    const std::vector<Index> extent = integers(text);
    if (extent.size() != 6) return std::nullopt;
    if (plan.warp) return std::nullopt;  // what is a box in the source is none in the result
    std::array<std::array<Index, 2>, 3> made{};
    for (std::size_t a = 0; a < 3; ++a) {
        std::optional<std::array<Index, 2>> range{{extent[2 * a], extent[2 * a + 1]}};
        if ((*range)[0] > (*range)[1]) return std::string(empty);
        if (a == 2) range = slices_of(plan, (*range)[0], (*range)[1]);
        const Range outputs = a == 2 ? plan.slab : Range{0, plan.axes[a].outputs};
        if (range) range = outputs_of(plan.axes[a], outputs, (*range)[0], (*range)[1]);
        if (!range) return std::string(empty);
        made[a] = *range;
    }
    if (plan.arrangement) {
        const std::array<std::array<Index, 2>, 3> source = made;
        for (std::size_t a = 0; a < 3; ++a) {
            const ArrangedAxis& axis = plan.arrangement->axes[a];
            made[a] = arranged(axis, plan.volume.size[axis.from], source[axis.from][0], source[axis.from][1]);
            if (made[a][0] >= axis.size) return std::string(empty);
        }
    }
    std::string result;
    for (const auto& [from, to] : made) {
        result += (result.empty() ? "" : " ") + std::to_string(from) + " " + std::to_string(to);
    }
    return result;
}

/// The place of the first sample in another image, if the samples still are the same; nothing if that image has none
/// of its samples there any more.
std::optional<std::string> offset_text(const Detail& plan, const Options& options, std::string_view text) {
    const std::vector<Index> offset = integers(text);
    const bool whole = options.step == 1 && !options.reverse;
    const bool copies = std::all_of(plan.axes.begin(), plan.axes.end(), [](const AxisPlan& a) { return a.copies(); });
    if (offset.size() != 3 || !whole || !copies || plan.warp) return std::nullopt;
    const Arrangement arrangement = plan.arrangement.value_or(Arrangement{});
    std::string result;
    for (std::size_t a = 0; a < 3; ++a) {
        const ArrangedAxis& axis = arrangement.axes[a];
        if (axis.from != a || axis.turned) return std::nullopt;
        const Index first = plan.axes[a].first.num + (a == 2 ? plan.slab.first : 0) - axis.before;
        result += (a == 0 ? "" : " ") + std::to_string(offset[a] + first);
    }
    return result;
}

/// Slicer's parameters, "name|value|description&" one behind the other: the grid of the reference image, which is
/// another one now, is emptied.
std::optional<std::string> conversion_text(std::string_view text) {
    constexpr std::string_view geometry = "Reference image geometry|";
    std::string result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size() - 1) + 1;
        std::string_view entry = text.substr(0, end);
        text.remove_prefix(end);
        if (entry.starts_with(geometry)) {
            const std::size_t description = entry.find('|', geometry.size());
            if (description == std::string_view::npos) return std::nullopt;
            result += geometry;
            entry.remove_prefix(description);
        }
        result += entry;
    }
    return result;
}

/// New numbers of the segments, counted from 0, since readers stop at the first that is not there. Where one layer is
/// taken, the segments of the others are gone.
std::map<Index, Index> kept_segments(const Stack& stack, std::optional<Index> layer) {
    std::map<Index, bool> kept;
    for (const auto& [key, value] : stack.notes) {
        const std::optional<SegmentKey> segment = segment_key(key);
        if (!segment) continue;
        bool& own = kept.try_emplace(segment->number, true).first->second;
        if (layer && segment->property == "Layer") own = own && parse_integer(value) == *layer;
    }
    std::map<Index, Index> numbers;
    for (const auto& [number, own] : kept) {
        if (!own) continue;
        const auto next = static_cast<Index>(numbers.size());
        numbers[number] = layer ? next : number;
    }
    return numbers;
}

class Carrier {
public:
    Carrier(const Stack& stack, const Options& options, const Detail& plan)
        : stack_(stack), options_(options), plan_(plan) {
        if (stack.image.colour == Colour::components && plan.volume.colour == Colour::grey) {
            component_ = static_cast<Index>(plan.channel);
        }
        segments_ = kept_segments(stack, component_);
    }

    Carried run() {
        for (const auto& [key, value] : stack_.notes) {
            if (!add(key, value)) carried_.left_out.push_back(key);
        }
        carried_.fields = stack_.fields;
        const bool changed = options_.window || options_.window_auto;
        if (changed) carried_.fields.sample_units.clear();
        if (changed || plan_.volume.type != stack_.image.type) {
            carried_.fields.old_min.clear();
            carried_.fields.old_max.clear();
        }
        return std::move(carried_);
    }

private:
    void keep(std::string key, std::string value) { carried_.notes.emplace_back(std::move(key), std::move(value)); }

    bool keep(const std::string& key, std::optional<std::string> value) {
        if (value) carried_.notes.emplace_back(key, std::move(*value));
        return value.has_value();
    }

    /// False if the key is left out.
    bool add(const std::string& key, const std::string& value) {
        if (const std::optional<SegmentKey> segment = segment_key(key)) return add_segment(*segment, value);
        if (key == offset_key) return keep(key, offset_text(plan_, options_, value));
        if (key == conversion_key) return keep(key, conversion_text(value));
        if (begins_with_one_of(key, of_source_alone)) return false;
        if (component_) {
            if (begins_with_one_of(key, of_all_components) || (key == "modality" && value == "DWMRI")) return false;
        }
        keep(axis_key(key), value);
        return true;
    }

    bool add_segment(const SegmentKey& segment, const std::string& value) {
        const auto number = segments_.find(segment.number);
        if (number == segments_.end()) return false;
        const std::string key = "Segment" + std::to_string(number->second) + "_" + std::string(segment.property);
        if (segment.property == "Extent") return keep(key, extent_text(plan_, value));
        keep(key, component_ && segment.property == "Layer" ? "0" : value);
        return true;
    }

    /// "axis 3 index values": the axis of components has become the first one.
    [[nodiscard]] std::string axis_key(const std::string& key) const {
        const std::string place = "axis " + std::to_string(stack_.components.place) + " ";
        const bool of_it = stack_.image.colour == Colour::components && key.starts_with(place);
        return of_it ? "axis 0 " + key.substr(place.size()) : key;
    }

    const Stack& stack_;
    const Options& options_;
    const Detail& plan_;
    std::optional<Index> component_;  ///< the one that is taken of several
    std::map<Index, Index> segments_;
    Carried carried_;
};

}  // namespace

Carried carried_header(const Stack& stack, const Options& options, const Detail& plan) {
    return Carrier(stack, options, plan).run();
}

bool is_segmentation(const Stack& stack) {
    return std::any_of(stack.notes.begin(), stack.notes.end(), [](const auto& note) {
        const std::optional<SegmentKey> segment = segment_key(note.first);
        return segment && (segment->property == "LabelValue" || segment->property == "ID");
    });
}

}  // namespace stack2nrrd
