#pragma once

// Warps to test with: turned grids, shears, and what bends.

#include "warp/twin.hpp"
#include "warp/warp_stage.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace warps {

struct Case {
    std::string name;
    Twin twin;                                                 ///< all but the kernel
    std::shared_ptr<const stack2nrrd::Transform> transform{};  ///< the same as twin.transform, for the library
};

/// The samples of a volume of `size`, 2 source samples apart, of a source with anisotropic spacing.
inline constexpr Triple reduced_size{19, 17, 15};

[[nodiscard]] std::vector<Case> cases();

/// What the library is asked for.
[[nodiscard]] stack2nrrd::WarpPlan plan_of(const Case& one);

}  // namespace warps
