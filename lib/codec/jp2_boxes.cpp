#include "codec/jp2_boxes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>

namespace stack2nrrd {

namespace {

constexpr std::int64_t most_boxes = 10'000;
constexpr std::int64_t most_box_bytes = 1 << 20;  // of those that are looked at; the longest, a palette, has 64 KiB

constexpr std::uint32_t box(const char (&name)[5]) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(name[i]);
    return value;
}

[[noreturn]] void damaged(const InputFile& file, const std::string& what) {
    refuse(file, ErrorCode::corrupt, "is a damaged JPEG 2000 file, " + what + "; copy it again from its source");
}

[[noreturn]] void unsupported(const InputFile& file, const std::string& feature, const char* instead) {
    refuse(file, ErrorCode::unsupported,
           "is a JPEG 2000 file with " + feature + ", which is not supported; " + instead);
}

/// What is inside of a box.
class Content {
public:
    Content(const InputFile& file, std::vector<std::byte> bytes) : file_(file), bytes_(std::move(bytes)) {}
    [[nodiscard]] std::uint32_t next(std::size_t size) {
        if (size > left()) damaged(file_, "a box of its header is too short");
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes_[at_++]);
        return value;
    }
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - at_; }

private:
    const InputFile& file_;
    std::vector<std::byte> bytes_;
    std::size_t at_ = 0;
};

struct Box {
    std::uint32_t type = 0;
    std::int64_t begin = 0, end = 0;  // of its content
};

/// Samples per metre as a fraction and a power of ten.
double resolution(Content& content, double numerator, double denominator) {
    const auto exponent = static_cast<std::int8_t>(content.next(1));
    return denominator == 0 ? 0 : numerator / denominator * std::pow(10, exponent);
}

class Boxes {
public:
    explicit Boxes(InputFile& file) : file_(file) {}

    Jp2Boxes read() {
        for_each(0, file_.bytes(), [this](const Box& b) { top_level(b); });
        if (result_.codestream == 0) damaged(file_, "it ends before its samples and some were expected");
        if (result_.components == 0) damaged(file_, "it has no header box (ihdr)");
        make_channels();
        return std::move(result_);
    }

private:
    template <class Take>
    void for_each(std::int64_t begin, std::int64_t end, Take take) {
        while (begin < end) {
            if (++boxes_ > most_boxes) {
                refuse(file_, ErrorCode::limit,
                       "has more than " + std::to_string(most_boxes) + " boxes, a few were expected; re-save it");
            }
            std::array<unsigned char, 16> head{};
            const std::size_t got = file_.read_at(begin, head.data(), head.size());
            file_.check();
            const auto number = [&](std::size_t at, std::size_t size) {
                std::uint64_t value = 0;
                for (std::size_t i = 0; i < size; ++i) value = value << 8 | head[at + i];
                return value;
            };
            // What comes behind the codestream does not matter.
            if (result_.codestream != 0 && (got < 8 || end - begin < 8)) return;
            if (got < 8 || end - begin < 8) damaged(file_, "it ends inside its header and samples were expected");
            std::uint64_t size = number(0, 4);
            Box b{static_cast<std::uint32_t>(number(4, 4)), begin + 8, end};
            if (size == 1) {
                b.begin += 8;
                size = number(8, 8);
                if (got < 16) damaged(file_, "it ends inside its header and samples were expected");
            }
            if (size != 0) {
                const auto head_bytes = static_cast<std::uint64_t>(b.begin - begin);
                if (size < head_bytes || size > static_cast<std::uint64_t>(end - begin)) {
                    if (result_.codestream != 0 && size >= head_bytes) return;
                    damaged(file_, "a box at byte " + std::to_string(begin) + " goes beyond its end");
                }
                b.end = begin + static_cast<std::int64_t>(size);
            }
            take(b);
            begin = b.end;
        }
    }

    Content content(const Box& b) {
        if (b.end - b.begin > most_box_bytes) {
            refuse(file_, ErrorCode::limit,
                   "has a header box of more than 1 MiB, less was expected; re-save it without it");
        }
        std::vector<std::byte> bytes(static_cast<std::size_t>(b.end - b.begin));
        const std::size_t got = file_.read_at(b.begin, bytes.data(), bytes.size());
        file_.check();
        bytes.resize(got);
        return {file_, std::move(bytes)};
    }

    void top_level(const Box& b) {
        switch (b.type) {
            case box("ftyp"): brand(content(b).next(4)); break;
            case box("jp2h"):
                if (result_.components != 0) damaged(file_, "it has two headers and one was expected");
                for_each(b.begin, b.end, [this](const Box& inner) { header(inner); });
                break;
            case box("jp2c"):
                if (result_.codestream != 0) {
                    unsupported(file_, "several codestreams", "save each slice as a file of its own");
                }
                result_.codestream = b.begin;
                result_.end = b.end;
                break;
            case box("moov"):
            case box("mdat"): brand(box("mjp2")); break;
            case box("mhdr"): brand(box("jpm ")); break;
            case box("ftbl"): unsupported(file_, "samples in fragments (ftbl)", "re-save it as plain JP2"); break;
            default: break;
        }
    }

    void brand(std::uint32_t name) {
        if (name == box("mjp2") || name == box("mj2s")) {
            unsupported(file_, "moving pictures (MJ2)", "save each slice as a JP2 or TIFF file");
        }
        if (name == box("jpm ")) {
            unsupported(file_, "pages of layers (JPM)", "save each slice as a JP2 or TIFF file");
        }
    }

    void header(const Box& b) {
        switch (b.type) {
            case box("ihdr"): {
                Content c = content(b);
                result_.height = c.next(4);
                result_.width = c.next(4);
                result_.components = c.next(2);
                if (result_.components == 0) damaged(file_, "it declares no components and one was expected");
                break;
            }
            case box("colr"): colour(content(b)); break;
            case box("pclr"): palette(content(b)); break;
            case box("cmap"): mapping(content(b)); break;
            case box("cdef"): definition(content(b)); break;
            case box("res "):
                for_each(b.begin, b.end, [this](const Box& inner) {
                    if (inner.type == box("resc") || (inner.type == box("resd") && !result_.density.x)) {
                        density(content(inner));
                    }
                });
                break;
            default: break;
        }
    }

    /// The first specification that can be understood counts.
    void colour(Content c) {
        if (result_.space != Jp2Boxes::untold) return;
        const std::uint32_t method = c.next(1);
        (void)c.next(2);
        if (method == 1) result_.space = c.next(4);
        if ((method != 2 && method != 3) || c.left() < 20) return;
        for (int i = 0; i < 4; ++i) (void)c.next(4);
        switch (c.next(4)) {  // of an ICC profile
            case box("RGB "): result_.space = Jp2Boxes::srgb; break;
            case box("GRAY"): result_.space = Jp2Boxes::grey; break;
            case box("CMYK"): result_.space = 12; break;
            case box("Lab "): result_.space = 14; break;
            case box("YCbr"): result_.space = 1; break;
            default: break;
        }
    }

    void palette(Content c) {
        Jp2Palette palette;
        const std::size_t count = c.next(2);
        palette.columns = c.next(1);
        if (count == 0 || count > 1024 || palette.columns == 0) damaged(file_, "its palette has an impossible size");
        std::vector<int> depths;
        for (std::size_t i = 0; i < palette.columns; ++i) {
            const std::uint32_t depth = c.next(1);
            if (depth >= 0x80) unsupported(file_, "a palette of signed entries", "re-save it as RGB");
            depths.push_back(static_cast<int>(depth) + 1);
            if (depths.back() != depths.front()) {
                unsupported(file_, "a palette of several depths", "re-save it as RGB");
            }
        }
        palette.bits = depths.front();
        if (palette.bits > 16) {
            unsupported(file_, "a palette of " + std::to_string(palette.bits) + "-bit entries", "re-save it as RGB");
        }
        for (std::size_t i = 0; i < count * palette.columns; ++i) {
            palette.entries.push_back(static_cast<std::uint16_t>(c.next(palette.bits > 8 ? 2 : 1)));
        }
        result_.palette = std::move(palette);
    }

    void mapping(Content c) {
        while (c.left() >= 4) {
            Jp2Channel channel;
            channel.component = c.next(2);
            const std::uint32_t method = c.next(1);
            const std::size_t column = c.next(1);
            if (method > 1) damaged(file_, "a channel of its palette is mapped in an unknown way");
            if (method == 1) channel.column = column;
            result_.channels.push_back(channel);
        }
    }

    void definition(Content c) {
        const std::size_t count = c.next(2);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t channel = c.next(2);
            const std::uint32_t type = c.next(2);
            const std::uint32_t colour = c.next(2);
            definitions_.push_back({channel, type, colour});
        }
    }

    void density(Content c) {
        const double down_over = c.next(2);
        const double down_under = c.next(2);
        const double across_over = c.next(2);
        const double across_under = c.next(2);
        const double down = resolution(c, down_over, down_under);
        const double across = resolution(c, across_over, across_under);
        result_.density = {density_or_none(across), density_or_none(down), FileDensity::Unit::metre};
    }

    void make_channels() {
        if (result_.palette.has_value() == result_.channels.empty()) {
            damaged(file_, "it has a palette or a mapping (cmap), and not both");
        }
        if (!result_.palette) {
            if (result_.components > 16384) damaged(file_, "it declares more components than there can be");
            for (std::size_t i = 0; i < result_.components; ++i) result_.channels.push_back({i, std::nullopt});
        }
        for (const Jp2Channel& channel : result_.channels) {
            if (channel.component >= result_.components ||
                (channel.column && *channel.column >= result_.palette->columns)) {
                damaged(file_, "a channel of its palette is mapped to a component or column that it does not have");
            }
        }
        for (const Definition& definition : definitions_) {
            if (definition.channel >= result_.channels.size()) {
                damaged(file_, "it defines a channel that it does not have");
            }
            Jp2Channel& channel = result_.channels[definition.channel];
            channel.kind = definition.type == 0   ? Jp2Channel::Kind::colour
                           : definition.type <= 2 ? Jp2Channel::Kind::opacity
                                                  : Jp2Channel::Kind::other;
            channel.colour = definition.colour == 0xFFFF ? 0 : static_cast<int>(definition.colour);
            result_.defines_channels = true;
        }
    }

    struct Definition {
        std::size_t channel;
        std::uint32_t type, colour;
    };

    InputFile& file_;
    Jp2Boxes result_;
    std::vector<Definition> definitions_;
    std::int64_t boxes_ = 0;
};

}  // namespace

Jp2Boxes read_jp2_boxes(InputFile& file) { return Boxes(file).read(); }

std::string jp2_space_name(std::uint32_t space) {
    switch (space) {
        case 0:
        case 15: return "bilevel";
        case 1:
        case 3:
        case 4: return "YCbCr";
        case 9: return "PhotoYCC";
        case 11: return "CMY";
        case 12: return "CMYK";
        case 13: return "YCCK";
        case 14: return "CIE L*a*b*";
        case 18: return "sYCC";
        case 19: return "CIE Jab";
        case 20: return "e-sRGB";
        case 21: return "ROMM-RGB";
        case 22: return "YPbPr";
        case 24: return "e-sYCC";
        default: return "unknown (" + std::to_string(space) + ")";
    }
}

}  // namespace stack2nrrd
