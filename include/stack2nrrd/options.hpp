#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/kernel.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/stack.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// How one axis is resampled.
struct AxisOptions {
    std::optional<Kernel> kernel;  ///< without one: lanczos:3, or mode for labels
    Rational factor{};             ///< ≥ 1; 2 means half as many samples
    std::optional<Index> size;     ///< samples instead of a factor; 0 = follow the ratio of the first axis that has one
    Range crop{};                  ///< in source samples; empty = all. What the kernel may read is not limited by it
};

/// Where output sample k lies on the source index axis, for a crop that begins at a and a step s.
enum class Align : std::uint8_t {
    cell,   ///< a + (k + ½)s − ½: cells are joined, the field of view is kept
    first,  ///< a + k·s: the first output sample lies on the first source sample
};

/// What stands for a slice that is missing.
enum class Missing : std::uint8_t {
    error,   ///< nothing: plan_import() throws
    repeat,  ///< the nearest slice that exists, the lower one if two are equally near
    blank,   ///< zeros
    close,   ///< nothing: the slices beside the gap become neighbours
};

/// Maps source value `low` to the lowest and `high` to the highest value of the output type (0 and 1 for floats).
struct Window {
    double low = 0;
    double high = 0;
};

/// A box in space, in LPS millimetres, or in source samples where the spacing is unknown: in the space of the header.
struct Box {
    Vector3 centre{};
    Vector3 half{};  ///< half of its size along each of its edges
    std::array<Vector3, 3> edges{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};  ///< directions; any length
};

/// Everything that can be asked of an import: how slices are found, and what is made of them. A plain struct: set the
/// fields, or use set_option(). find_stack() takes it as it is.
struct Options : FindOptions {
    std::array<AxisOptions, 3> axes{};
    /// Instead of crops: the source samples whose centres lie in the box or on its border (within a millionth of a
    /// sample). Its edges must run along the axes of the source, in any order; what it has beyond the source is cut
    /// off.
    std::optional<Box> roi;
    Align align = Align::cell;
    Index step = 1;        ///< take every step-th slice before anything else; no filtering
    bool reverse = false;  ///< last slice first (after step)
    Missing missing = Missing::error;
    std::optional<Vector3> spacing;  ///< of the source slices, in units of space_unit_mm; overrides what was found
    Rational space_unit_mm{};        ///< the unit of `spacing`, in millimetres
    std::optional<Vector3> origin;   ///< LPS mm, centre of the first source sample
    std::optional<SampleType> type;  ///< of the output; without one, the source's
    std::optional<Window> window;
    bool window_auto = false;  ///< `window` shall be what survey_window() finds
    Range slab{};              ///< make these output slices only; empty = all. Values and places stay the same
    /// Factors of several results, see levels_of(): whole numbers in ascending order. Empty: one result.
    std::vector<Index> pyramid{};
    bool pyramid_auto = false;  ///< `pyramid` shall be 1, 2, 4, … until no axis has more than 256 samples
    std::uint64_t memory = 0;   ///< cap in bytes; 0 = none
    NrrdOptions nrrd{};
};

/// One entry of the vocabulary that all faces share (program, C, Python, Slicer).
struct OptionInfo {
    std::string_view name;    ///< "kernel-x"
    std::string_view value;   ///< "SPEC"; empty for a flag, which takes "true" or "false"
    std::string_view preset;  ///< what holds without the option, as text; may be empty
    std::string_view group;   ///< "Input", "Output", "Resampling", "Crop", "Metadata", "Running"
    std::string_view help;
};

/// All options that set_option() knows, in the order in which help shows them.
[[nodiscard]] STACK2NRRD_EXPORT std::span<const OptionInfo> option_table() noexcept;

/// Sets one option from text. In names `_` and `-` are the same.
/// \throws Error invalid_argument for an unknown name or a value that does not fit; the sentence names both.
STACK2NRRD_EXPORT void set_option(Options& options, std::string_view name, std::string_view value);

}  // namespace stack2nrrd
