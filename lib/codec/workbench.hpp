#pragma once

// Memory that a worker decodes in, and keeps from slice to slice. What is freed after a slice goes back to the system,
// which hands it out for the next one page by page, each cleared and each at the price of a fault.

#include "core/buffer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace stack2nrrd {

/// One worker's. It holds as much as the largest of its layouts, so that codecs can say beforehand what that will be.
class Workbench {
public:
    /// Sizes in bytes. The same value says what a decoder will need (bytes_of) and gets it (lay_out).
    template <std::size_t Count>
    using Sizes = std::array<std::size_t, Count>;
    template <std::size_t Count>
    using Rooms = std::array<std::span<std::byte>, Count>;

    /// Clears the bench and lays out rooms of these sizes, each of them from a cache line on. They hold leftovers, and
    /// are valid until the next call. \throws std::bad_alloc; the bench is empty then.
    template <std::size_t Count>
    [[nodiscard]] Rooms<Count> lay_out(const Sizes<Count>& sizes) {
        grow(total(sizes));
        Rooms<Count> rooms;
        std::size_t place = 0;
        for (std::size_t i = 0; i < Count; ++i) {
            rooms[i] = std::span(memory_.get() + place, sizes[i]);
            open(rooms[i]);
            place += with_fence(sizes[i]);
        }
        return rooms;
    }

    /// What such rooms take.
    template <std::size_t Count>
    [[nodiscard]] static std::int64_t bytes_of(const Sizes<Count>& sizes) {
        return static_cast<std::int64_t>(total(sizes));
    }

    /// What the largest layout so far took.
    [[nodiscard]] std::int64_t bytes() const noexcept { return static_cast<std::int64_t>(largest_); }

private:
    /// A byte or more behind each room belongs to nobody: where there is an address sanitizer, it watches them.
    [[nodiscard]] static std::size_t with_fence(std::size_t bytes) { return (bytes / cache_line + 1) * cache_line; }
    template <std::size_t Count>
    [[nodiscard]] static std::size_t total(const Sizes<Count>& sizes) {
        std::size_t sum = 0;
        for (const std::size_t size : sizes) sum += with_fence(size);
        return sum;
    }
    /// To at least so many bytes. No room is open then.
    void grow(std::size_t bytes);
    static void open(std::span<std::byte> room) noexcept;

    struct Free {
        void operator()(std::byte* memory) const noexcept;
    };
    std::unique_ptr<std::byte[], Free> memory_;
    std::size_t capacity_ = 0;
    std::size_t largest_ = 0;
};

}  // namespace stack2nrrd
