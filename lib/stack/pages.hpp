#pragma once

#include "sidecar/description.hpp"

#include <stack2nrrd/stack.hpp>

#include <optional>
#include <string>

namespace stack2nrrd {

/// Where `stack` is one file that holds several slices, makes those of one channel at one time the slices of the stack,
/// and says what was taken if `options` do not choose. Returns what the file says of its spacing: its first page may
/// tell for all others.
std::optional<FoundSpacing> expand_pages(Stack& stack, const FindOptions& options);

/// What `options` choose and the stack does not have becomes a fatal problem.
void check_choice(Stack& stack, const FindOptions& options);

/// False also for files that are no images, or broken ones.
[[nodiscard]] bool holds_several_slices(const std::string& path_utf8);

/// As a list of slices keeps it; empty if there was nothing to choose from.
[[nodiscard]] std::string taken_text(const TakenPages& taken);
/// Nothing if `text` is not of that kind.
[[nodiscard]] std::optional<TakenPages> parse_taken(std::string_view text);

}  // namespace stack2nrrd
