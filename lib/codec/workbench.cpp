#include "codec/workbench.hpp"

#include "core/compiler.hpp"

#include <algorithm>
#include <new>

namespace stack2nrrd {

/// Some more than asked for: packed slices differ a little in size, and each one that is larger than all before it
/// would cost new memory. The surplus is not touched, so that the system does not provide it, until a layout includes
/// it.
void Workbench::grow(std::size_t bytes) {
    largest_ = std::max(largest_, bytes);
    if (bytes > capacity_) {
        memory_.reset();  // before more is asked for: rooms hold nothing from one layout to the next
        capacity_ = 0;
        const std::size_t with_surplus = bytes + bytes / 8;
        memory_.reset(static_cast<std::byte*>(::operator new (with_surplus, std::align_val_t{cache_line})));
        capacity_ = with_surplus;
    }
    close_memory(memory_.get(), capacity_);
}

void Workbench::open(std::span<std::byte> room) noexcept { open_memory(room.data(), room.size()); }

void Workbench::Free::operator()(std::byte* memory) const noexcept {
    ::operator delete (memory, std::align_val_t{cache_line});
}

}  // namespace stack2nrrd
