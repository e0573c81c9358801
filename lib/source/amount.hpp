#pragma once

// How much a run will read.

#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <vector>

namespace stack2nrrd {

struct Amount {
    Index slices = 0;        ///< different ones
    std::int64_t bytes = 0;  ///< of files, about; of a caller's own source, those of the samples
};

/// Of the slices [z.first, z.end) of `slices`, which are those of `stack` in another order, the rows `rows`.
/// `backward`: they go back through a sequential volume.
[[nodiscard]] Amount amount_to_read(const Stack& stack, const std::vector<SliceRef>& slices, Range z, Range rows,
                                    bool backward);

}  // namespace stack2nrrd
