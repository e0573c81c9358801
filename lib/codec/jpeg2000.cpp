// JPEG 2000: a codestream alone, or in the boxes of JP2. Samples are delivered as stored, whatever their depth: 12 bits
// are 0 to 4095. Tiles are decoded one by one, each as a codestream of its own, so that memory is that of one tile and
// one row of tiles.

#include "codec/j2k_tile.hpp"
#include "codec/jp2_boxes.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

namespace stack2nrrd {

namespace {

// Beyond this much, a decoder that takes more than bomb_ratio times the file's bytes is not fed.
constexpr std::int64_t bomb_bytes = std::int64_t{256} << 20;
constexpr std::int64_t bomb_ratio = 500;

constexpr std::string_view box_signature("\0\0\0\x0CjP  \r\n\x87\n", 12);
constexpr std::string_view stream_signature("\xFF\x4F\xFF\x51", 4);

bool begins_with(std::span<const std::byte> head, std::string_view signature) {
    return head.size() >= signature.size() && std::memcmp(head.data(), signature.data(), signature.size()) == 0;
}

bool matches(std::span<const std::byte> head) {
    return begins_with(head, box_signature) || begins_with(head, stream_signature);
}

[[noreturn]] void unsupported(const InputFile& file, const std::string& feature, const char* instead) {
    refuse(file, ErrorCode::unsupported,
           "is a JPEG 2000 file with " + feature + ", which is not supported; " + instead);
}

[[noreturn]] void damaged(const InputFile& file, const std::string& what) {
    refuse(file, ErrorCode::corrupt, "is a damaged JPEG 2000 file, " + what + "; copy it again from its source");
}

struct Layout {
    Probe probe;
    J2kHeader header;
    std::optional<Jp2Palette> palette;
    std::vector<Jp2Channel> channels;  // in the order in which they are delivered
    bool stored = false;               // the index into the palette is delivered
    std::int64_t most_tile_bytes = 0;  // compressed
};

Jp2Boxes read_boxes(InputFile& file) {
    std::array<std::byte, 4> head{};
    (void)file.read_at(0, head.data(), head.size());
    if (!begins_with(head, stream_signature)) return read_jp2_boxes(file);
    Jp2Boxes boxes;
    boxes.end = file.bytes();
    return boxes;
}

SampleType sample_type(const InputFile& file, int bits, bool is_signed) {
    if (bits <= 8) return is_signed ? SampleType::int8 : SampleType::uint8;
    if (bits <= 16) return is_signed ? SampleType::int16 : SampleType::uint16;
    constexpr int most_bits = 31;
    if (bits <= most_bits) return is_signed ? SampleType::int32 : SampleType::uint32;
    unsupported(file, std::to_string(bits) + "-bit samples", "re-save it with 31 bits or fewer");
}

void check_components(const InputFile& file, const Layout& layout) {
    const J2kComponent& first = layout.header.components.front();
    for (const J2kComponent& component : layout.header.components) {
        if (component.step_x != first.step_x || component.step_y != first.step_y) {
            unsupported(file, "subsampled components", "re-save it with all components in full size");
        }
        if (!layout.palette && (component.bits != first.bits || component.is_signed != first.is_signed)) {
            unsupported(file, "components of different depths", "re-save it with one depth");
        }
    }
    for (const Jp2Channel& channel : layout.channels) {
        const J2kComponent& component = layout.header.components[channel.component];
        if (channel.column ? component.is_signed : layout.palette && component.bits != layout.palette->bits) {
            unsupported(file, "a palette of another depth than its channels", "re-save it as RGB");
        }
    }
}

/// Puts the channels in the order of their colours, and says what they are.
void set_colour(const InputFile& file, std::uint32_t space, Layout& layout) {
    constexpr std::uint32_t cmyk = 12;
    if (space != cmyk && space != Jp2Boxes::untold && space != Jp2Boxes::srgb && space != Jp2Boxes::grey) {
        unsupported(file, jp2_space_name(space) + " colour", "re-save it as grey or RGB");
    }
    using Kind = Jp2Channel::Kind;
    std::vector<Jp2Channel>& channels = layout.channels;
    const auto count = [&](Kind kind) {
        return std::count_if(channels.begin(), channels.end(), [&](const Jp2Channel& c) { return c.kind == kind; });
    };
    const auto colours = count(Kind::colour);
    // Without a word on colour, three channels are red, green and blue if their coder mixed them as such.
    const bool is_rgb = space == Jp2Boxes::srgb ||
                        (space == Jp2Boxes::untold && (layout.palette || layout.header.style.transforms_colour));
    const bool is_known = space != cmyk && (colours == 1 || (colours == 3 && is_rgb));
    ImageInfo& image = layout.probe.image;
    if (!is_known || count(Kind::opacity) > 1 || count(Kind::other) > 0) {
        image.colour = Colour::components;
        image.components = static_cast<int>(channels.size());
        const std::string number = std::to_string(channels.size()) + " channels";
        layout.probe.choice = space == cmyk ? "CMYK colour in " + number : number + " of no declared colour";
        return;
    }
    std::stable_sort(channels.begin(), channels.end(), [](const Jp2Channel& a, const Jp2Channel& b) {
        if (a.kind != b.kind) return a.kind < b.kind;
        return a.kind == Kind::colour && a.colour < b.colour;
    });
    const bool has_alpha = count(Kind::opacity) == 1;
    if (colours == 1) {
        image.colour = has_alpha ? Colour::grey_alpha : Colour::grey;
    } else {
        image.colour = has_alpha ? Colour::rgba : Colour::rgb;
    }
}

/// A palette whose entries are all grey needs one channel only.
void drop_equal_channels(Layout& layout) {
    if (!layout.palette || channel_count(layout.probe.image.colour) < 3) return;
    const Jp2Palette& palette = *layout.palette;
    auto& channels = layout.channels;
    for (std::size_t c = 0; c < 3; ++c) {
        if (!channels[c].column || channels[c].component != channels[0].component) return;
        for (std::size_t i = 0; i < palette.size(); ++i) {
            const std::uint16_t* entry = &palette.entries[i * palette.columns];
            if (entry[*channels[c].column] != entry[*channels[0].column]) return;
        }
    }
    channels.erase(channels.begin() + 1, channels.begin() + 3);
    layout.probe.image.colour = channels.size() == 1 ? Colour::grey : Colour::grey_alpha;
}

/// What the palette means for the stack, and the index in its place if that is wanted.
void set_palette(Layout& layout, Samples samples) {
    if (!layout.palette || !layout.channels.front().column) return;
    Probe& probe = layout.probe;
    const Jp2Palette& palette = *layout.palette;
    const ImageInfo shown = probe.image;
    const std::size_t colours = channel_count(shown.colour) < 3 ? 1 : 3;
    std::vector<PaletteColour> entries(palette.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        for (std::size_t c = 0; c < 3; ++c) {
            const Jp2Channel& channel = layout.channels[colours == 1 ? 0 : c];
            const int value = channel.column ? palette.entries[i * palette.columns + *channel.column] : 0;
            entries[i][c] = static_cast<std::byte>(value >> std::max(palette.bits - 8, 0));
        }
    }
    set_palette(probe, entries, samples);
    // What its 8 bits do not distinguish.
    for (const std::uint16_t entry : palette.entries) probe.palette = (probe.palette ^ entry) * 0x100000001b3 | 1;
    probe.interpreted = true;
    layout.stored = samples == Samples::stored;
    if (!layout.stored) {
        probe.image = shown;
        return;
    }
    layout.channels = {{layout.channels.front().component, std::nullopt}};
    const J2kComponent& component = layout.header.components[layout.channels.front().component];
    probe.image.type = component.bits <= 8 ? SampleType::uint8 : SampleType::uint16;
}

/// Of what decode() holds; refuses what no honest file needs.
void plan_memory(const InputFile& file, Layout& layout) {
    const J2kHeader& header = layout.header;
    const ImageInfo& image = layout.probe.image;
    const J2kArea largest = header.samples(
        {0, 0, std::min(header.tile_width, header.grid.width()), std::min(header.tile_height, header.grid.height())});
    const std::int64_t tiles = header.columns() * header.rows();
    const J2kCost cost = j2k_cost(header, header.style, largest.width(), largest.height());
    const auto row_bytes = static_cast<std::int64_t>(image.row_bytes());
    constexpr std::int64_t most_steps = std::int64_t{1} << 28;
    if ((cost.bytes > bomb_bytes && cost.bytes / bomb_ratio > file.bytes()) ||
        cost.packets > (8 * file.bytes() + (1 << 20)) / tiles || cost.steps > most_steps) {
        refuse(file, ErrorCode::limit,
               "declares a coding that takes " + bytes_text(cost.bytes) + " and " + std::to_string(cost.packets) +
                   " packets a tile but holds " + bytes_text(file.bytes()) +
                   ", less was expected; re-save it if it is genuine");
    }
    // Noise takes hardly more than its samples.
    constexpr std::int64_t slack = std::int64_t{64} << 10;
    const std::int64_t sample_bytes_there =
        static_cast<std::int64_t>(header.components.size() * sample_bytes(image.type));
    layout.most_tile_bytes =
        std::min(file.bytes(), 2 * largest.width() * largest.height() * sample_bytes_there + slack);
    const std::int64_t parts = std::min(34 * tiles + 255 * 64, file.bytes() / 14);
    const std::int64_t rows = header.columns() > 1 ? largest.height() : std::min(rows_to_read(row_bytes), image.height);
    layout.probe.bench_bytes = Workbench::bytes_of<1>({static_cast<std::size_t>(rows * row_bytes)});
    layout.probe.decoder_bytes = cost.bytes + layout.most_tile_bytes + layout.probe.bench_bytes +
                                 3 * parts * static_cast<std::int64_t>(sizeof(J2kPart)) + 4 * tiles;
}

Layout read_layout(InputFile& file, Samples samples) {
    const Jp2Boxes boxes = read_boxes(file);
    Layout layout;
    layout.header = read_j2k_header(file, boxes.codestream, boxes.end);
    const J2kHeader& header = layout.header;
    ImageInfo& image = layout.probe.image;
    image.format = "JPEG 2000";
    const J2kArea area = header.samples(header.grid);
    image.width = area.width();
    image.height = area.height();
    const J2kComponent& first = header.components.front();
    const auto count = header.components.size();
    if (count > static_cast<std::size_t>(most_channels)) {
        unsupported(file, std::to_string(count) + " components", "re-save it with at most 4096");
    }
    // All components at once, whatever becomes of them.
    check_declared_size(file, image, static_cast<std::int64_t>(count) * std::max(first.bits, 8),
                        std::numeric_limits<double>::infinity());
    const bool has_boxes = boxes.components != 0;
    if (has_boxes &&
        (boxes.components != count || boxes.width != header.grid.width() || boxes.height != header.grid.height())) {
        damaged(file, "its boxes declare " + std::to_string(boxes.width) + " x " + std::to_string(boxes.height) +
                          " x " + std::to_string(boxes.components) + " samples and its codestream " +
                          std::to_string(header.grid.width()) + " x " + std::to_string(header.grid.height()) + " x " +
                          std::to_string(count));
    }
    layout.palette = boxes.palette;
    layout.channels = boxes.channels;
    for (std::size_t i = 0; !has_boxes && i < count; ++i) layout.channels.push_back({i, std::nullopt});
    check_components(file, layout);
    set_colour(file, boxes.space, layout);
    image.type = layout.palette ? sample_type(file, layout.palette->bits, false)
                                : sample_type(file, first.bits, first.is_signed);
    drop_equal_channels(layout);
    set_palette(layout, samples);
    layout.probe.density = boxes.density;
    plan_memory(file, layout);
    return layout;
}

/// One row of a tile as it is delivered, from `out` on.
template <class T>
void convert(const InputFile& file, const Layout& layout, const J2kSamples& tile, std::int64_t y, std::byte* out) {
    const auto width = static_cast<std::size_t>(tile.area().width());
    const std::size_t channels = layout.channels.size();
    for (std::size_t c = 0; c < channels; ++c) {
        const Jp2Channel& channel = layout.channels[c];
        const std::int32_t* in = tile.component(channel.component) + static_cast<std::size_t>(y) * width;
        for (std::size_t x = 0; x < width; ++x) {
            std::int32_t value = in[x];
            if (channel.column || layout.stored) {
                const Jp2Palette& palette = *layout.palette;
                const auto index = static_cast<std::size_t>(value);
                if (value < 0 || index >= palette.size()) {
                    damaged(file, "it has palette index " + std::to_string(value) + ", at most " +
                                      std::to_string(palette.size() - 1) + " was expected");
                }
                if (channel.column) value = palette.entries[index * palette.columns + *channel.column];
            }
            const T sample = static_cast<T>(value);
            std::memcpy(out + (x * channels + c) * sizeof(T), &sample, sizeof(T));
        }
    }
}

void convert(const InputFile& file, const Layout& layout, const J2kSamples& tile, std::int64_t y, std::byte* out) {
    switch (sample_bytes(layout.probe.image.type)) {
        case 1: convert<std::uint8_t>(file, layout, tile, y, out); break;
        case 2: convert<std::uint16_t>(file, layout, tile, y, out); break;
        default: convert<std::uint32_t>(file, layout, tile, y, out); break;
    }
}

class TileRows {
public:
    TileRows(InputFile& file, const Layout& layout, Workbench& bench) : file_(file), layout_(layout), bench_(bench) {
        parts_ = find_j2k_parts(file, layout.header);
    }

    /// Pushes those rows of the slice that are wanted and are in the row `row` of tiles.
    void push(std::int64_t row, Range wanted, RowSink& sink) {
        const J2kHeader& header = layout_.header;
        const std::int64_t top = header.samples(header.grid).y0;
        const J2kArea area = header.samples(header.tile(0, row));
        const Range rows{std::max(wanted.first, area.y0 - top), std::min(wanted.end, area.y1 - top)};
        if (rows.first >= rows.end) return;
        const std::size_t row_bytes = layout_.probe.image.row_bytes();
        if (header.columns() == 1) {
            push_from(decode(0, row), rows, sink);
            return;
        }
        const auto [room] = bench_.lay_out<1>({static_cast<std::size_t>(rows.size()) * row_bytes});
        const std::size_t stride = row_bytes / static_cast<std::size_t>(layout_.probe.image.width);
        const std::int64_t left = header.samples(header.grid).x0;
        for (std::int64_t column = 0; column < header.columns(); ++column) {
            if (header.samples(header.tile(column, row)).width() == 0) continue;
            const J2kSamples tile = decode(column, row);
            const std::size_t begin = static_cast<std::size_t>(tile.area().x0 - left) * stride;
            for (Index y = rows.first; y < rows.end; ++y) {
                convert(file_, layout_, tile, y + top - tile.area().y0,
                        room.data() + static_cast<std::size_t>(y - rows.first) * row_bytes + begin);
            }
        }
        sink.rows(rows.first, rows.size(), room.data());
    }

private:
    /// A tile as wide as the slice: its rows need not be gathered.
    void push_from(const J2kSamples& tile, Range rows, RowSink& sink) {
        const J2kHeader& header = layout_.header;
        const std::int64_t top = header.samples(header.grid).y0;
        const auto row_bytes = static_cast<std::int64_t>(layout_.probe.image.row_bytes());
        const Index at_once = std::min(rows_to_read(row_bytes), rows.size());
        const auto [room] = bench_.lay_out<1>({static_cast<std::size_t>(at_once * row_bytes)});
        for (Index y = rows.first; y < rows.end; y += at_once) {
            const Index count = std::min(at_once, rows.end - y);
            for (Index i = 0; i < count; ++i) {
                convert(file_, layout_, tile, y + i + top - tile.area().y0, room.data() + i * row_bytes);
            }
            sink.rows(y, count, room.data());
        }
    }

    J2kSamples decode(std::int64_t column, std::int64_t row) {
        const J2kHeader& header = layout_.header;
        const auto number = static_cast<std::uint32_t>(row * header.columns() + column);
        const auto [begin, end] = std::equal_range(parts_.begin(), parts_.end(), J2kPart{0, 0, number},
                                                   [](const J2kPart& a, const J2kPart& b) { return a.tile < b.tile; });
        if (begin == end) damaged(file_, "tile " + std::to_string(number) + " has no data");
        const J2kTile tile = read_j2k_tile(file_, header, {begin, end});
        const J2kArea area = header.samples(tile.grid);
        const J2kCost cost = j2k_cost(header, tile.style, area.width(), area.height());
        if (tile.data_bytes() + cost.bytes + static_cast<std::int64_t>(tile.head.size()) >
            layout_.probe.decoder_bytes) {
            refuse(file_, ErrorCode::limit,
                   "has a tile that takes more memory than its header lets expect, tile " + std::to_string(number) +
                       "; re-save it");
        }
        return {file_, header, tile};
    }

    InputFile& file_;
    const Layout& layout_;
    std::vector<J2kPart> parts_;
    Workbench& bench_;
};

Probe probe(InputFile& file, std::int64_t place, Samples samples) {
    check_single_page(file, place);
    Probe result = read_layout(file, samples).probe;
    file.check();
    return result;
}

void decode(InputFile& file, std::int64_t place, Samples samples, Range rows, Workbench& bench, RowSink& sink) {
    check_single_page(file, place);
    const Layout layout = read_layout(file, samples);
    const Range wanted = wanted_rows(file, layout.probe.image, rows);
    TileRows tiles(file, layout, bench);
    for (std::int64_t row = 0; row < layout.header.rows(); ++row) tiles.push(row, wanted, sink);
    file.check();
}

}  // namespace

const Codec jpeg2000_codec{"JPEG 2000", matches, single_page, probe, decode};

}  // namespace stack2nrrd
