#pragma once

// Grids that the tests of --like ask for.

#include "import/recipe.hpp"
#include "support/phantom.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

namespace grid_test {

using namespace import_test;
using reference::Fraction;
using stack2nrrd::Geometry;
using stack2nrrd::Vector3;
using stack2nrrd::VolumeInfo;
using Order = std::array<std::size_t, 3>;

inline constexpr std::array<Order, 6> orders{{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};

struct Grid {
    std::array<Index, 3> size{1, 1, 1};
    std::array<Vector3, 3> direction{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};
    Vector3 origin{0, 0, 0};
};

inline std::string number(double value) {
    std::array<char, 40> buffer{};
    return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

inline std::string vector_text(const Vector3& v) {
    return "(" + number(v[0]) + "," + number(v[1]) + "," + number(v[2]) + ")";
}

inline std::string geometry_text(const Grid& grid) {
    return "space: left-posterior-superior\nspace directions: " + vector_text(grid.direction[0]) + " " +
           vector_text(grid.direction[1]) + " " + vector_text(grid.direction[2]) +
           "\nspace origin: " + vector_text(grid.origin) + "\n";
}

/// A volume with this grid, of zeros.
inline void write_grid(const std::filesystem::path& file, const Grid& grid) {
    const std::vector<std::byte> zeros(static_cast<std::size_t>(grid.size[0] * grid.size[1] * grid.size[2]));
    support::write_volume(file, grid.size, 1, SampleType::uint8, zeros, {.lines = geometry_text(grid)});
}

inline Grid grid_of(const VolumeInfo& info) { return {info.size, info.geometry.direction, info.geometry.origin}; }

/// The same grid with its axes in another order and sense.
inline Grid rearranged(const Grid& grid, const Order& order, int turned) {
    Grid result;
    result.origin = grid.origin;
    for (std::size_t o = 0; o < 3; ++o) {
        result.size[o] = grid.size[order[o]];
        result.direction[o] = grid.direction[order[o]];
        if ((turned >> o) % 2 == 0) continue;
        for (std::size_t w = 0; w < 3; ++w) {
            result.origin[w] += result.direction[o][w] * static_cast<double>(result.size[o] - 1);
            result.direction[o][w] = -result.direction[o][w];
        }
    }
    return result;
}

/// And its samples.
inline Bytes rearranged(const Bytes& bytes, const VolumeInfo& info, const Order& order, int turned) {
    const std::size_t sample = static_cast<std::size_t>(info.channels) * stack2nrrd::sample_bytes(info.type);
    Bytes result;
    std::array<Index, 3> at{};
    const auto size = [&](std::size_t o) { return info.size[order[o]]; };
    for (at[2] = 0; at[2] < size(2); ++at[2]) {
        for (at[1] = 0; at[1] < size(1); ++at[1]) {
            for (at[0] = 0; at[0] < size(0); ++at[0]) {
                std::array<Index, 3> from{};
                for (std::size_t o = 0; o < 3; ++o) {
                    from[order[o]] = (turned >> o) % 2 == 0 ? at[o] : size(o) - 1 - at[o];
                }
                const Index place = (from[2] * info.size[1] + from[1]) * info.size[0] + from[0];
                const auto first =
                    bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(place) * sample);
                result.insert(result.end(), first, first + static_cast<std::ptrdiff_t>(sample));
            }
        }
    }
    return result;
}

inline bool has_grid(const VolumeInfo& info, const Grid& grid) {
    return info.size == grid.size && info.geometry.direction == grid.direction && info.geometry.origin == grid.origin;
}

inline std::string note(const VolumeInfo& info, const std::string& key) {
    for (const auto& [own, value] : info.notes) {
        if (own == key) return value;
    }
    return "(none)";
}

/// What a plan says against its options.
inline std::string complaint(const Stack& stack, const Options& options) {
    std::string sentence;
    (void)refusal([&] { (void)stack2nrrd::plan_import(stack, options); }, &sentence);
    return sentence;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline bool warns(const Stack& stack, const Options& options, const std::string& words) {
    const auto plan = stack2nrrd::plan_import(stack, options);
    return std::any_of(plan.warnings().begin(), plan.warnings().end(),
                       [&](const std::string& text) { return has(text, words); });
}

/// A source with a place: 0.0195 mm, unless another one is given.
inline Stack placed(const Source& source) {
    Stack stack = source.stack;
    stack.geometry.spacing_known = true;
    stack.geometry.direction = {Vector3{.0195, 0, 0}, Vector3{0, .0195, 0}, Vector3{0, 0, .0195}};
    return stack;
}

inline const Source& noise() {
    static const Source made(phantom::noise({23, 19, 17}, SampleType::uint16, 5), SampleType::uint16);
    return made;
}

}  // namespace grid_test
