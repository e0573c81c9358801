#pragma once

#include "codec/codec.hpp"
#include "sidecar/description.hpp"

#include <stack2nrrd/stack.hpp>

namespace stack2nrrd {

/// Which samples are wanted.
[[nodiscard]] Samples samples_of(const FindOptions& options) noexcept;

/// Reads the header of every slice of `stack`, in parallel, and fills in what the headers say: stamps of the files,
/// places that are unread, Stack::image, Stack::decoder_bytes. What is wrong with them is added to Stack::problems. The
/// result does not depend on the number of threads. Returns what the first slice that can be read says
/// of its spacing.
FoundSpacing read_headers(Stack& stack, const FindOptions& options);

}  // namespace stack2nrrd
