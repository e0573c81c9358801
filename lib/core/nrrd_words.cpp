#include "core/nrrd_words.hpp"

#include "core/text.hpp"

namespace stack2nrrd {

std::string nrrd_vector(const Vector3& v) {
    const auto text = [](double d) { return number_text(d + 0.0); };  // no "-0"
    return "(" + text(v[0]) + "," + text(v[1]) + "," + text(v[2]) + ")";
}

std::string_view nrrd_type(SampleType type) {
    switch (type) {
        case SampleType::float32: return "float";
        case SampleType::float64: return "double";
        default: return sample_type_name(type);
    }
}

std::string_view nrrd_kind(Colour colour) {
    switch (colour) {
        case Colour::grey_alpha: return "2-vector";
        case Colour::rgb: return "RGB-color";
        case Colour::rgba: return "RGBA-color";
        case Colour::grey: break;
    }
    return "domain";
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
    return printable(result);
}

}  // namespace stack2nrrd
