#include "sink/nrrd_header.hpp"

#include "core/text.hpp"

#include <bit>

namespace stack2nrrd {

namespace {

/// The longest shortest text of a double has 24 characters.
constexpr std::size_t number_width = 24;

std::string vector_text(const Vector3& v) {
    const auto text = [](double d) { return number_text(d + 0.0); };  // no "-0"
    return "(" + text(v[0]) + "," + text(v[1]) + "," + text(v[2]) + ")";
}

/// NRRD's names for the types; all of its readers know these.
std::string_view type_text(SampleType type) {
    switch (type) {
        case SampleType::float32: return "float";
        case SampleType::float64: return "double";
        default: return sample_type_name(type);
    }
}

std::string_view kind_text(Colour colour) {
    switch (colour) {
        case Colour::grey_alpha: return "2-vector";
        case Colour::rgb: return "RGB-color";
        case Colour::rgba: return "RGBA-color";
        case Colour::grey: break;
    }
    return "domain";
}

/// A key/value line is one line of text: line breaks and backslashes are escaped, as the format has it.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\') {
            result += "\\\\";
        } else if (c == '\n') {
            result += "\\n";
        } else {
            result += c;
        }
    }
    return printable(result);
}

}  // namespace

std::size_t range_width(const VolumeInfo& volume) noexcept {
    return static_cast<std::size_t>(volume.channels) * (number_width + 1) - 1;
}

NrrdHeader nrrd_header(const VolumeInfo& volume, Encoding encoding, std::string_view data_file) {
    const bool vector = volume.channels > 1;
    const auto axis = [&](std::string_view first, const std::string& rest) {
        return vector ? std::string(first) + " " + rest : rest;
    };
    std::string sizes;
    std::string directions;
    for (std::size_t a = 0; a < 3; ++a) {
        const char* blank = a == 0 ? "" : " ";
        sizes += blank + std::to_string(volume.size[a]);
        directions += blank + vector_text(volume.geometry.direction[a]);
    }

    NrrdHeader header;
    std::string& text = header.text;
    text = "NRRD0004\n";
    text += "type: " + std::string(type_text(volume.type)) + "\n";
    text += "dimension: " + std::string(vector ? "4" : "3") + "\n";
    text += "sizes: " + axis(std::to_string(volume.channels), sizes) + "\n";
    text += "space: left-posterior-superior\n";
    text += "space directions: " + axis("none", directions) + "\n";
    text += "centerings: " + axis("???", "cell cell cell") + "\n";
    text += "kinds: " + axis(kind_text(volume.colour), "domain domain domain") + "\n";
    if (sample_bytes(volume.type) > 1) {
        text += std::endian::native == std::endian::little ? "endian: little\n" : "endian: big\n";
    }
    text += encoding == Encoding::gzip ? "encoding: gzip\n" : "encoding: raw\n";
    if (volume.geometry.spacing_known) text += "space units: \"mm\" \"mm\" \"mm\"\n";
    text += "space origin: " + vector_text(volume.geometry.origin) + "\n";
    for (const auto& [key, value] : volume.notes) text += key + ":=" + escaped(value) + "\n";
    text += "min:=";
    header.min_at = text.size();
    text += std::string(range_width(volume), ' ') + "\nmax:=";
    header.max_at = text.size();
    text += std::string(range_width(volume), ' ') + "\n";
    // The name of the data file is the last line of a detached header; an attached one ends with an empty line.
    text += data_file.empty() ? "\n" : "data file: " + std::string(data_file) + "\n";
    return header;
}

}  // namespace stack2nrrd
