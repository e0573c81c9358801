#pragma once

// The kinds of axes that NRRD has, and what an import makes of each.

#include <stack2nrrd/image.hpp>

#include <span>
#include <string>
#include <string_view>

namespace stack2nrrd {

enum class KindUse : std::uint8_t {
    place,       ///< an axis of space
    colour,      ///< its samples are a colour
    components,  ///< each of its samples is resampled by itself
    refused,     ///< a mean of its samples, each by itself, means nothing
};

struct NrrdKind {
    std::string_view name;  ///< as Teem writes it
    KindUse use = KindUse::components;
    int samples = 0;  ///< that such an axis has; 0: any number
    Colour colour = Colour::components;
    std::string_view why{};  ///< of a refused one
    bool in_space = false;   ///< do its components count along axes of space?
};

/// Kinds, other names that Teem reads included. `lower`: in lower case. nullptr for a name that is none.
[[nodiscard]] const NrrdKind* find_nrrd_kind(std::string_view lower);

/// All kinds, each once.
[[nodiscard]] std::span<const NrrdKind> nrrd_kinds();

}  // namespace stack2nrrd
