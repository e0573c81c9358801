#pragma once

// Room for the numbers that the innermost loops work on. It begins at a cache line: a load of a whole line that is
// across two takes twice as long, and the sums along y took twice as long for it.

#include <cstddef>
#include <new>
#include <vector>

namespace stack2nrrd {

inline constexpr std::size_t cache_line = 64;

template <class T>
struct CacheLineAllocator {
    using value_type = T;

    CacheLineAllocator() noexcept = default;
    template <class U>
    explicit CacheLineAllocator(const CacheLineAllocator<U>& /*other*/) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{cache_line}));
    }
    void deallocate(T* items, std::size_t /*count*/) noexcept {
        ::operator delete (items, std::align_val_t{cache_line});
    }

    friend bool operator==(const CacheLineAllocator& /*a*/, const CacheLineAllocator& /*b*/) noexcept { return true; }
};

template <class T>
using Buffer = std::vector<T, CacheLineAllocator<T>>;

}  // namespace stack2nrrd
