#include "codec/codec.hpp"

#include "codec/foreign.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

constexpr std::array<const Codec*, 5> codecs{&tiff_codec, &png_codec, &jpeg_codec, &jpeg2000_codec, &bmp_codec};

constexpr Index longest_side = 1'000'000;

// Beyond this many bytes a slice that shrank more than suspicious_ratio is taken for a decompression bomb: a scan of
// that size has noise, and noise does not compress.
constexpr std::int64_t suspicious_bytes = std::int64_t{256} << 20;
constexpr double suspicious_ratio = 500;

std::string size_text(const ImageInfo& image) {
    return std::to_string(image.width) + " x " + std::to_string(image.height);
}

}  // namespace

void refuse(const InputFile& file, ErrorCode code, std::string_view sentence) {
    file.check();
    throw Error(code, file.shown() + ": " + std::string(sentence));
}

const Codec& codec_for(InputFile& file) {
    std::array<std::byte, 16> bytes{};
    const std::span<const std::byte> head(bytes.data(), file.read_at(0, bytes.data(), bytes.size()));
    file.check();
    if (head.empty())
        refuse(file, ErrorCode::corrupt, "is empty, an image was expected; copy it again from its source");
    for (const Codec* codec : codecs) {
        if (codec->matches(head)) return *codec;
    }
    std::array<std::byte, foreign_head> more{};
    const std::size_t size = file.read_at(0, more.data(), more.size());
    const std::string_view name = base_name(file.path());
    if (const ForeignKind* kind = foreign_kind(name, std::span(more.data(), size))) {
        refuse(file, ErrorCode::unsupported,
               "is " + std::string(kind->what) + ", a slice (" + codec_names() + ") was expected; " +
                   std::string(kind->advice));
    }
    refuse(file, ErrorCode::unsupported,
           "is not a " + codec_names() + " file, one of these was expected; convert it or leave it out");
}

std::string codec_names() {
    std::string names;
    for (std::size_t i = 0; i < codecs.size(); ++i) {
        names += (i == 0 ? "" : i + 1 == codecs.size() ? " or " : ", ") + std::string(codecs[i]->name);
    }
    return names;
}

void check_declared_size(const InputFile& file, const ImageInfo& image, std::int64_t stored_bits, double max_ratio) {
    if (image.width <= 0 || image.height <= 0) {
        refuse(file, ErrorCode::corrupt,
               "declares " + size_text(image) + " samples, at least 1 x 1 was expected; copy it again from its source");
    }
    if (image.width > longest_side || image.height > longest_side) {
        refuse(file, ErrorCode::limit,
               "declares " + size_text(image) + " samples, at most " + std::to_string(longest_side) +
                   " a side are read; cut it into parts if it is genuine");
    }
    const std::int64_t row_bytes = (image.width * stored_bits + 7) / 8;
    const std::int64_t stored = row_bytes * image.height;
    const std::int64_t delivered = static_cast<std::int64_t>(image.row_bytes()) * image.height;
    const auto file_bytes = static_cast<double>(file.bytes());
    if (std::max(stored, delivered) > suspicious_bytes &&
        static_cast<double>(std::max(stored, delivered)) > suspicious_ratio * file_bytes) {
        refuse(file, ErrorCode::limit,
               "declares " + size_text(image) + " samples (" + bytes_text(std::max(stored, delivered)) +
                   ") but holds " + bytes_text(file.bytes()) + ", at most " + number_text(suspicious_ratio) +
                   " times as much was expected; re-save it uncompressed if it is genuine");
    }
    if (static_cast<double>(stored) > max_ratio * file_bytes) {
        refuse(file, ErrorCode::corrupt,
               "is too short for the " + size_text(image) + " samples that it declares, " + bytes_text(stored) +
                   " before compression were expected and the file holds " + bytes_text(file.bytes()) +
                   "; copy it again from its source");
    }
}

Pages single_page(InputFile&) { return {{Page{}}, {}}; }

void check_single_page(const InputFile& file, std::int64_t place) {
    if (place == 0) return;
    refuse(file, ErrorCode::inconsistent, "has a single slice, more were expected; make the list of slices again");
}

void set_palette(Probe& probe, std::span<const PaletteColour> colours, Samples samples) {
    bool grey = true;
    bool identity = colours.size() == 256;
    probe.palette = 0xcbf29ce484222325;  // FNV-1a
    for (std::size_t i = 0; i < colours.size(); ++i) {
        const auto& [red, green, blue] = colours[i];
        grey = grey && red == green && green == blue;
        identity = identity && red == static_cast<std::byte>(i);
        for (const std::byte b : colours[i]) {
            probe.palette = (probe.palette ^ std::to_integer<std::uint64_t>(b)) * 0x100000001b3;
        }
    }
    probe.palette = std::max<std::uint64_t>(probe.palette, 1);
    probe.interpreted = !grey || !identity;
    const bool coloured = samples == Samples::shown && !grey;
    probe.image.colour = coloured ? Colour::rgb : Colour::grey;
    if (coloured) {
        probe.notes.emplace_back(
            "a palette colours its samples, and the colours are taken; --channel index takes the numbers behind them");
    }
}

std::optional<double> density_or_none(double value) {
    if (value == 0) return std::nullopt;
    return value;
}

Index rows_to_read(std::int64_t row_bytes) {
    constexpr std::int64_t good = std::int64_t{128} << 10;
    constexpr std::int64_t most = std::int64_t{512} << 10;
    const Index rows = good / row_bytes;
    if (rows >= row_batch) return rows / row_batch * row_batch;
    return row_batch * row_bytes <= most ? row_batch : std::max<Index>(rows, 1);
}

Range wanted_rows(const InputFile& file, const ImageInfo& image, Range rows) {
    if (rows.empty()) return {0, image.height};
    if (rows.first < 0 || rows.end > image.height) {
        refuse(file, ErrorCode::inconsistent,
               "has " + std::to_string(image.height) + " rows, " + std::to_string(rows.end) +
                   " were expected; check that all slices are of one size");
    }
    return rows;
}

}  // namespace stack2nrrd
