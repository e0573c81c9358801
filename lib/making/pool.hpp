#pragma once

// Tools that threads take and give back. All of them are given before the run, one for each thread.

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

    /// There must be one.
    [[nodiscard]] Thing take() {
        const std::lock_guard lock(mutex_);
        Thing thing = std::move(free_.back());
        free_.pop_back();
        return thing;
    }

private:
    std::mutex mutex_;
    std::vector<Thing> free_;
};

}  // namespace stack2nrrd
