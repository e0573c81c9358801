#include "core/nrrd_words.hpp"

#include "core/text.hpp"

namespace stack2nrrd {

namespace {

/// NRRD's names for the types; all of its readers know these.
std::string_view type_name(SampleType type) {
    switch (type) {
        case SampleType::float32: return "float";
        case SampleType::float64: return "double";
        default: return sample_type_name(type);
    }
}

/// The kind of the axis that holds the channels.
std::string kind_name(const NrrdChannels& channels) {
    switch (channels.colour) {
        case Colour::grey_alpha: return "2-vector";
        case Colour::rgb: return channels.axis.kind == "3-color" ? "3-color" : "RGB-color";
        case Colour::rgba: return channels.axis.kind == "4-color" ? "4-color" : "RGBA-color";
        case Colour::components: return channels.axis.kind;
        case Colour::grey: break;
    }
    return "domain";
}

}  // namespace

std::string nrrd_vector(const Vector3& v) {
    const auto text = [](double d) { return number_text(d + 0.0); };  // no "-0"
    return "(" + text(v[0]) + "," + text(v[1]) + "," + text(v[2]) + ")";
}

std::string nrrd_axes(SampleType type, const NrrdChannels& channels, const std::array<Index, 3>& size,
                      const std::array<Vector3, 3>& direction) {
    const bool vector = channels.colour != Colour::grey;
    const auto axis = [&](std::string_view first, const std::string& rest) {
        return vector ? std::string(first) + " " + rest : rest;
    };
    std::string sizes;
    std::string directions;
    for (std::size_t a = 0; a < 3; ++a) {
        const char* blank = a == 0 ? "" : " ";
        sizes += blank + std::to_string(size[a]);
        directions += blank + nrrd_vector(direction[a]);
    }
    const bool framed = channels.colour == Colour::components && channels.axis.measurement_frame;
    std::string text = framed ? "NRRD0005\n" : "NRRD0004\n";
    text += "type: " + std::string(type_name(type)) + "\n";
    text += "dimension: " + std::string(vector ? "4" : "3") + "\n";
    text += "sizes: " + axis(std::to_string(channels.count), sizes) + "\n";
    text += "space: left-posterior-superior\n";
    text += "space directions: " + axis("none", directions) + "\n";
    text += "centerings: " + axis("???", "cell cell cell") + "\n";
    text += "kinds: " + axis(kind_name(channels), "domain domain domain") + "\n";
    return text;
}

std::string nrrd_escaped(std::string_view text) {
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
    return result;
}

}  // namespace stack2nrrd
