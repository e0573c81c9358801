#pragma once

// What goes round between threads: buffers and tools. All of it is given before the run, so that a long run takes what
// a short one takes, however threads are timed.

#include <mutex>
#include <utility>
#include <vector>

namespace stack2nrrd {

template <class Thing>
class Pool {
public:
    void give(Thing thing) {
        const std::lock_guard lock(mutex_);
        free_.push_back(std::move(thing));
    }

    /// A new one if there is none left.
    [[nodiscard]] Thing take() {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) return {};
        Thing thing = std::move(free_.back());
        free_.pop_back();
        return thing;
    }

private:
    std::mutex mutex_;
    std::vector<Thing> free_;
};

}  // namespace stack2nrrd
