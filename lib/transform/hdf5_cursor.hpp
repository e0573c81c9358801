#pragma once

// Numbers of HDF5's structures, one after the other.

#include "transform/hdf5_file.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace stack2nrrd {

class Hdf5File::Cursor {
public:
    Cursor(const Hdf5File& file, std::span<const std::byte> bytes) : file_(&file), bytes_(bytes) {}

    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }
    [[nodiscard]] std::span<const std::byte> take(std::uint64_t count) {
        if (count > bytes_.size()) file_->damaged("has a structure that ends too early");
        const std::span<const std::byte> taken = bytes_.first(static_cast<std::size_t>(count));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }
    void skip(std::uint64_t count) { static_cast<void>(take(count)); }
    /// Little endian, of up to 8 bytes.
    [[nodiscard]] std::uint64_t number(std::size_t bytes) {
        std::uint64_t value = 0;
        const std::span<const std::byte> taken = take(bytes);
        for (std::size_t i = 0; i < bytes; ++i) value |= std::to_integer<std::uint64_t>(taken[i]) << (8 * i);
        return value;
    }
    [[nodiscard]] unsigned u8() { return static_cast<unsigned>(number(1)); }
    [[nodiscard]] unsigned u16() { return static_cast<unsigned>(number(2)); }
    [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    [[nodiscard]] std::uint64_t u64() { return number(8); }
    [[nodiscard]] std::string_view text(std::uint64_t count) {
        const std::span<const std::byte> taken = take(count);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }
    void expect(std::string_view signature) {
        if (text(signature.size()) != signature) file_->damaged("has something else where a structure was expected");
    }

private:
    const Hdf5File* file_;
    std::span<const std::byte> bytes_;
};

}  // namespace stack2nrrd
