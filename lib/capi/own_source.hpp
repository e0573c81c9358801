#pragma once

#include <stack2nrrd/stack2nrrd.h>
#include <stack2nrrd/source.hpp>

#include <memory>

namespace stack2nrrd::capi {

/// A copy with every field of this version, and nothing in it that makes no sense. \throws Error invalid_argument.
[[nodiscard]] stack2nrrd_source checked_source(const stack2nrrd_source& given);

/// Its slices. `checked.user` must exist longer than they do.
[[nodiscard]] std::shared_ptr<const Source> source_of(const stack2nrrd_source& checked);

}  // namespace stack2nrrd::capi
