#pragma once

// The sidecars of a stack: which of the files beside the slices describe just these slices.

#include "sidecar/sidecar.hpp"

#include <stack2nrrd/stack.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// A sidecar and how well it fits the slices. What both a sidecar and the slices say is compared.
struct FoundSidecar {
    std::string name;  ///< base name, as it is shown
    Sidecar content;
    std::optional<bool> same_names;  ///< prefix and index length
    std::optional<bool> same_size;   ///< width and height
    std::optional<bool> same_count;
    std::optional<bool> same_type;  ///< of the files

    [[nodiscard]] bool knows_spacing() const noexcept;
};

/// All that lie beside the slices of `stack`, the one that fits best first; of equally good ones the one whose format
/// knows more. Empty if the slices are in several folders. Files that look like sidecars and cannot be read are
/// reported as problems of `stack`, which needs its headers.
[[nodiscard]] std::vector<FoundSidecar> sidecars_of(Stack& stack);

/// The sidecar in the file `path`; nothing if it is none, or cannot be read.
[[nodiscard]] std::optional<Sidecar> read_sidecar(const std::string& path);

/// Is `name` that of a slice which `sidecar` describes: its prefix, a number of the right length, a suffix?
[[nodiscard]] bool has_name_of(std::string_view name, const Sidecar& sidecar);

/// Does `a`, which comes before `b` in that order, fit the slices no better than `b`?
[[nodiscard]] bool fit_equally(const FoundSidecar& a, const FoundSidecar& b) noexcept;

/// The numbers of the slices as their names have them.
struct SliceNumbers {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
    std::int64_t step = 0;  ///< from one slice to the next, never negative; 0 if it is not always the same
};

/// Nothing if the names form no series, or if there is but one.
[[nodiscard]] std::optional<SliceNumbers> numbers_of(const Stack& stack);

}  // namespace stack2nrrd
