#pragma once

// Blocks of the finer grid: where its samples are looked up, and what is there.

#include "warp/brick_store.hpp"
#include "warp/mapping.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// How samples are looked up.
enum class LookUp : std::uint8_t {
    lanczos,  ///< lanczos:3 of 6 x 6 x 6; for a store of float32 or float64
    nearest,  ///< the sample floor(u + 1/2) of each axis, as it is
};

/// The place of a block's samples in memory.
struct BlockTarget {
    std::byte* samples = nullptr;  ///< channels interleaved, then x
    std::size_t row = 0;           ///< bytes from one row to the next
    std::size_t slice = 0;         ///< and from one slice to the next
};

/// For one thread at a time.
class BlockMaker {
public:
    virtual ~BlockMaker() = default;

    /// Makes the samples of a block of the finer grid. What a sample is does not depend on the block. NaN is left out,
    /// and the weights of the others scaled up, if at least a quarter of the whole weight is left; else it is NaN.
    /// \throws Error io.
    virtual void make(const SampleBox& block, const BlockTarget& target) = 0;
};

/// `mapping`: from the finer grid to the samples of `store`; both must outlive the result. `most`: samples of a block.
/// `finite`: has the store no NaN and nothing infinite? If that is not known, it is looked for in each block.
[[nodiscard]] std::unique_ptr<BlockMaker> block_maker(const Mapping& mapping, const BrickStore& store, LookUp look_up,
                                                      Index most, bool finite);

[[nodiscard]] std::int64_t block_maker_bytes(const BrickLayout& layout, LookUp look_up, Index most);

}  // namespace stack2nrrd
