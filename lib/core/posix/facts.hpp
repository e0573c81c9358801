#pragma once

#include "core/file_system.hpp"

#include <sys/stat.h>

namespace stack2nrrd::disk {

[[nodiscard]] Facts facts_of(const struct stat& status) noexcept;

}  // namespace stack2nrrd::disk
