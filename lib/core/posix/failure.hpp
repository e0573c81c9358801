#pragma once

#include <cerrno>
#include <system_error>

namespace stack2nrrd::disk {

/// What the system said last.
[[nodiscard]] inline std::error_code last_failure() noexcept { return {errno, std::generic_category()}; }

/// Does a call until no signal interrupts it. Gives what it gives: below 0 if it failed.
template <class Call>
auto uninterrupted(Call&& call) noexcept {
    for (;;) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) return result;
    }
}

}  // namespace stack2nrrd::disk
