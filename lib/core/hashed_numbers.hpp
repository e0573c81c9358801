#pragma once

// Numbers that are found by a hash of their meaning: some ten bytes each, where a map of the standard library takes
// eighty.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace stack2nrrd {

class HashedNumbers {
public:
    static constexpr std::uint32_t none = UINT32_MAX;

    /// The number with that hash for which `is(number)` holds, or none.
    template <class Is>
    [[nodiscard]] std::uint32_t find(std::size_t hash, Is&& is) const {
        if (slots_.empty()) return none;
        for (std::size_t at = hash;; ++at) {
            const std::uint32_t number = slots_[at & (slots_.size() - 1)];
            if (number == none || is(number)) return number;
        }
    }

    /// Adds a number that is not there. `hash_of(number)`: as it was added.
    template <class HashOf>
    void add(std::uint32_t number, HashOf&& hash_of) {
        if (3 * ++count_ > 2 * slots_.size()) {
            const std::vector<std::uint32_t> old = std::move(slots_);
            slots_.assign(old.empty() ? 16 : 2 * old.size(), none);
            for (const std::uint32_t other : old) {
                if (other != none) put(other, hash_of(other));
            }
        }
        put(number, hash_of(number));
    }

    [[nodiscard]] std::size_t memory_bytes() const noexcept { return slots_.size() * sizeof(std::uint32_t); }

private:
    void put(std::uint32_t number, std::size_t hash) {
        while (slots_[hash & (slots_.size() - 1)] != none) ++hash;
        slots_[hash & (slots_.size() - 1)] = number;
    }

    std::vector<std::uint32_t> slots_;  // as many as a power of two
    std::size_t count_ = 0;
};

}  // namespace stack2nrrd
