#pragma once

#include <system_error>

namespace stack2nrrd::disk {

/// What a code of GetLastError() means.
[[nodiscard]] std::error_code failure_of(unsigned long code) noexcept;
[[nodiscard]] std::error_code last_failure() noexcept;

}  // namespace stack2nrrd::disk
