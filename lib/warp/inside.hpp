#pragma once

// Which samples of a result look at the source, and which are outside of it.

#include "warp/mapping.hpp"
#include "warp/warp.hpp"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

namespace stack2nrrd {

/// A sample is inside if its centre is looked up within the cells of the source's wanted part, or 1e-6 of a sample
/// beside them, which is more than rounding takes away. Slices are worked out when they are asked for, once each as
/// long as they are asked for in order; from any thread.
class Inside {
public:
    /// Samples along each side of a cell.
    static constexpr Index cell = 8;

    struct Slice {
        std::vector<std::uint8_t> samples;  ///< 1 inside, 0 outside
        std::vector<std::uint8_t> cells;    ///< has a cell any that is inside?
    };

    /// `kept`: slices that are remembered.
    Inside(const Warp& warp, Index kept);

    [[nodiscard]] std::shared_ptr<const Slice> slice(Index k);
    /// Works out what is missing of some slices, beside other threads that do the same.
    void prepare(const Range& slices);

    [[nodiscard]] Index cells(std::size_t axis) const noexcept { return (warp_.size[axis] + cell - 1) / cell; }

    [[nodiscard]] static std::int64_t memory_bytes(const Warp& warp, Index kept, unsigned threads);

private:
    struct Entry {
        Index number = -1;
        bool is_wanted = false;  ///< somebody works it out
        std::shared_ptr<const Slice> slice;
    };

    [[nodiscard]] bool claim(Index k, bool wait, std::shared_ptr<const Slice>& found);
    std::shared_ptr<const Slice> make(Index k);

    Warp warp_;
    Mapping mapping_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Entry> entries_;  ///< slice k has the place k mod their number
};

}  // namespace stack2nrrd
