#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

namespace stack2nrrd {

/// A number of bytes, or of what takes bytes. Sums and products that do not fit into 64 bits stay at `most`: sizes come
/// from command lines and from headers, and what overflows would look small.
class ByteCount {
public:
    static constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

    /// `count` ≥ 0.
    template <class Integer>
    constexpr ByteCount(Integer count) noexcept  // NOLINT(google-explicit-constructor): terms of a sum convert
        : count_(static_cast<std::uint64_t>(count) > static_cast<std::uint64_t>(most)
                     ? most
                     : static_cast<std::int64_t>(count)) {
        static_assert(std::is_integral_v<Integer>);
    }

    [[nodiscard]] constexpr std::int64_t value() const noexcept { return count_; }

    friend constexpr ByteCount operator+(ByteCount a, ByteCount b) noexcept {
        return a.count_ > most - b.count_ ? most : a.count_ + b.count_;
    }
    friend constexpr ByteCount operator*(ByteCount a, ByteCount b) noexcept {
        return b.count_ != 0 && a.count_ > most / b.count_ ? most : a.count_ * b.count_;
    }

private:
    std::int64_t count_;
};

}  // namespace stack2nrrd
