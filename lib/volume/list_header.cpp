#include "volume/list_header.hpp"

#include "core/file.hpp"
#include "core/nrrd_words.hpp"
#include "core/text.hpp"
#include "volume/bottom_up.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <functional>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

// Key/values of the list of images: slices without a file, by z from 0, and the page that each name means.
constexpr std::string_view gaps_key = "stack2nrrd_list_gaps";
constexpr std::string_view pages_key = "stack2nrrd_list_pages";

/// "3 7..9": numbers that follow each other as a run.
std::string runs_text(const std::vector<Index>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        text += (text.empty() ? "" : " ") + std::to_string(numbers[i]);
        if (last > i) text += ".." + std::to_string(numbers[last]);
        i = last + 1;
    }
    return text;
}

[[noreturn]] void bad_list(const NrrdVolume& volume, const std::string& what) {
    throw Error(ErrorCode::corrupt,
                printable(volume.path) + ": is a damaged list of slices, " + what + "; write it again with --manifest");
}

/// The reverse of runs_text(); no more than `most` numbers.
std::vector<Index> parse_runs(const NrrdVolume& volume, std::string_view text, std::size_t most) {
    std::vector<Index> numbers;
    for (const std::string_view word : split(text, ' ')) {
        if (word.empty()) continue;
        const std::size_t dots = word.find("..");
        const auto first = parse_integer(word.substr(0, dots));
        const auto last = dots == std::string_view::npos ? first : parse_integer(word.substr(dots + 2));
        if (!first || !last || *first < 0 || *last < *first ||
            static_cast<std::uint64_t>(*last - *first) >= most - numbers.size()) {
            bad_list(volume, "it has " + in_quotes(word) + " where numbers of slices or pages are due");
        }
        for (Index n = *first; n <= *last; ++n) numbers.push_back(n);
    }
    return numbers;
}

std::string name_in_list(const std::string& path_utf8, const fs::path& folder) {
    const fs::path absolute = disk::absolute(path_from_utf8(path_utf8)).lexically_normal();
    const fs::path relative = absolute.lexically_relative(folder);
    std::string name = utf8(relative.empty() ? absolute : relative);
    if (fs::path::preferred_separator != '/') std::replace(name.begin(), name.end(), '\\', '/');
    // Teem takes "-" for standard input and "c:…" for an absolute name.
    if (name == "-" || (name.size() > 1 && name[1] == ':' && !relative.empty())) name = "./" + name;
    if (name.find_first_of("\n\r") != std::string::npos) {
        throw Error(ErrorCode::invalid_argument,
                    printable(path_utf8) + ": has a line break in its name, one line was expected; rename it");
    }
    return name;
}

void check(const Manifest& manifest, const fs::path& file) {
    const auto refused = [&](const std::string& what) {
        throw Error(ErrorCode::invalid_argument, printable(utf8(file)) + ": cannot list these slices, " + what);
    };
    if (static_cast<Index>(manifest.slices.size()) != manifest.size[2]) refused("their number is not that of the size");
    if (!manifest.bare) return;
    for (const ManifestSlice& slice : manifest.slices) {
        if (slice.missing() || slice.page != 0) refused("samples that lie bare have no gaps and no pages");
    }
}

}  // namespace

std::string manifest_text(const Manifest& manifest, const fs::path& file) {
    check(manifest, file);
    const bool bottom_up = manifest.bare && manifest.bare->bottom_up;
    const Geometry geometry = bottom_up ? rows_reversed(manifest.geometry, manifest.size[1]) : manifest.geometry;
    std::string text = nrrd_axes(
        manifest.type, {manifest.colour, channel_count(manifest.colour, manifest.components), manifest.component_axis},
        manifest.size, geometry.direction);
    if (manifest.bare) {
        if (sample_bytes(manifest.type) > 1) {
            text += manifest.bare->endian == std::endian::little ? "endian: little\n" : "endian: big\n";
        }
        text += "encoding: raw\n";
        if (manifest.bare->byte_skip != 0) text += "byte skip: " + std::to_string(manifest.bare->byte_skip) + "\n";
    } else {
        text += "encoding: stack2nrrd-image\n";
    }
    if (geometry.spacing_known) text += "space units: \"mm\" \"mm\" \"mm\"\n";
    text += "space origin: " + nrrd_vector(geometry.origin) + "\n";

    bool says_unknown = false;
    for (const auto& [key, value] : manifest.notes) {
        text += nrrd_escaped(key) + ":=" + nrrd_escaped(value) + "\n";
        says_unknown = says_unknown || key == "stack2nrrd_spacing";
    }
    if (!geometry.spacing_known && !says_unknown) text += "stack2nrrd_spacing:=unknown\n";
    if (bottom_up) text += std::string(top_left_key) + ":=" + nrrd_vector(manifest.geometry.origin) + "\n";
    std::vector<Index> gaps;
    std::vector<Index> pages;
    for (std::size_t z = 0; z < manifest.slices.size(); ++z) {
        if (manifest.slices[z].missing()) {
            gaps.push_back(static_cast<Index>(z));
        } else {
            pages.push_back(manifest.slices[z].page);
        }
    }
    if (!gaps.empty()) text += std::string(gaps_key) + ":=" + runs_text(gaps) + "\n";
    if (std::any_of(pages.begin(), pages.end(), [](Index page) { return page != 0; })) {
        text += std::string(pages_key) + ":=" + runs_text(pages) + "\n";
    }

    // The names end the file: whatever follows, even an empty line, counts as a name for Teem.
    text += "data file: LIST\n";
    const fs::path folder = disk::absolute(file).lexically_normal().parent_path();
    for (const ManifestSlice& slice : manifest.slices) {
        if (!slice.missing()) {
            text += name_in_list(manifest.files.path(static_cast<std::size_t>(slice.file)), folder) + "\n";
        }
    }
    return text;
}

std::vector<ManifestSlice> manifest_slices(const NrrdVolume& volume) {
    if (volume.encoding != NrrdEncoding::image_list)
        bad_list(volume, "it is a volume and names of images were expected");
    const auto key_value = [&](std::string_view key) {
        for (const auto& [name, value] : volume.key_values) {
            if (name == key) return std::string_view(value);
        }
        return std::string_view();
    };
    const auto depth = static_cast<std::size_t>(volume.size[2]);
    const std::vector<Index> gaps = parse_runs(volume, key_value(gaps_key), depth);
    const std::vector<Index> pages = parse_runs(volume, key_value(pages_key), depth);
    const std::size_t names = volume.files.size();
    if (names + gaps.size() != depth) {
        bad_list(volume, "it has " + std::to_string(names) + " names and " + std::to_string(gaps.size()) + " gaps, " +
                             std::to_string(depth) + " were expected in all");
    }
    if (!pages.empty() && pages.size() != names) {
        bad_list(volume, "it has " + std::to_string(pages.size()) + " pages for " + std::to_string(names) + " names");
    }
    const bool in_order = std::adjacent_find(gaps.begin(), gaps.end(), std::greater_equal<>()) == gaps.end();
    if (!in_order || (!gaps.empty() && gaps.back() >= static_cast<Index>(depth))) {
        bad_list(volume, "its gaps are not in order or lie behind its last slice");
    }
    std::vector<ManifestSlice> slices;
    slices.reserve(depth);
    std::size_t next_gap = 0;
    std::size_t next_name = 0;
    for (std::size_t z = 0; z < depth; ++z) {
        if (next_gap < gaps.size() && gaps[next_gap] == static_cast<Index>(z)) {
            slices.push_back({});
            ++next_gap;
            continue;
        }
        slices.push_back({static_cast<std::int32_t>(next_name), pages.empty() ? 0 : pages[next_name]});
        ++next_name;
    }
    return slices;
}

}  // namespace stack2nrrd
