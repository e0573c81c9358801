#include <stack2nrrd/image.hpp>

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/spelling.hpp>

#include <array>
#include <vector>

namespace stack2nrrd {

namespace {

struct TypeEntry {
    std::string_view name;
    std::size_t bytes;
};

constexpr std::array<TypeEntry, 10> type_table{{{"uint8", 1},
                                                {"int8", 1},
                                                {"uint16", 2},
                                                {"int16", 2},
                                                {"uint32", 4},
                                                {"int32", 4},
                                                {"float32", 4},
                                                {"float64", 8},
                                                {"int64", 8},
                                                {"uint64", 8}}};

}  // namespace

std::size_t sample_bytes(SampleType type) noexcept { return type_table[static_cast<std::size_t>(type)].bytes; }

std::string_view sample_type_name(SampleType type) noexcept { return type_table[static_cast<std::size_t>(type)].name; }

SampleType parse_sample_type(std::string_view name) {
    const std::string wanted = lower_case(trimmed(name));
    for (std::size_t i = 0; i < type_table.size(); ++i) {
        if (type_table[i].name == wanted) return static_cast<SampleType>(i);
    }
    std::vector<std::string_view> names;
    for (const auto& entry : type_table) names.push_back(entry.name);
    throw Error(ErrorCode::invalid_argument,
                "'" + printable(name) +
                    "' is no sample type; use uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32 or "
                    "float64" +
                    did_you_mean(wanted, names));
}

std::string_view colour_name(Colour colour) noexcept {
    constexpr std::array<std::string_view, 5> names{"grey", "grey with alpha", "RGB", "RGBA", "components"};
    return names[static_cast<std::size_t>(colour)];
}

std::string colour_text(Colour colour, int channels) {
    const std::string name(colour_name(colour));
    if (colour != Colour::components) return name;
    return channels == 1 ? "1 component" : std::to_string(channels) + " " + name;
}

}  // namespace stack2nrrd
