#pragma once

// Where the spacing comes from: files beside the slices, then the slices themselves, else it is unknown.
// The command line comes before both, when an import is planned.

#include "sidecar/description.hpp"

#include <stack2nrrd/stack.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// Fills in Stack::geometry and Stack::sidecars of a stack with its headers read; takes the sidecars out of
/// Stack::strays. What contradicts the slices, or is known along some axes only, becomes a problem that is not fatal.
/// Does nothing if the spacing is known already, or if no slice can be read. `of_slices`: what the headers say.
void find_spacing(Stack& stack, const FoundSpacing& of_slices);

/// In mm, along x, y, z; nothing where it is not told.
using SpacingMm = std::array<std::optional<double>, 3>;

[[nodiscard]] SpacingMm spacing_of(const Geometry& geometry) noexcept;

/// "--spacing 0.02,0.02,Z", or "--spacing 0.02" if all three are the same.
[[nodiscard]] std::string as_option(const SpacingMm& mm);

/// The warning, if two sources differ by more than 0.1 % where both are known: the first one is used.
[[nodiscard]] std::optional<std::string> disagreement(const SpacingMm& used, std::string_view source,
                                                      const SpacingMm& other, std::string_view other_source);

}  // namespace stack2nrrd
