#pragma once

// Things on their way from the workers to the calling thread. All of them are there before the run, so that a long run
// takes what a short one takes, however threads are timed.

#include <stack2nrrd/geometry.hpp>

#include <cstddef>
#include <vector>

namespace stack2nrrd {

/// Slice z has the place z mod size: nobody needs to be asked for it, and it is free again when slice z − size is done
/// with.
template <class Thing>
class Ring {
public:
    Ring(Index size, const Thing& thing) : things_(static_cast<std::size_t>(size), thing) {}

    [[nodiscard]] Thing& operator[](Index z) { return things_[static_cast<std::size_t>(z) % things_.size()]; }

private:
    std::vector<Thing> things_;
};

}  // namespace stack2nrrd
