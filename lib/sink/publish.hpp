#pragma once

#include <stack2nrrd/sink.hpp>

#include <filesystem>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Names that differ in case only are one file on some systems, and are refused on all.
/// \throws Error invalid_argument if a file is named twice, under whatever name.
void check_different(const std::vector<std::filesystem::path>& files);

/// Lets sinks that have finished publish, in reverse, so that the first comes last. If one throws, those that have
/// published withdraw, and it throws on.
void publish_all(std::span<Sink* const> sinks);

}  // namespace stack2nrrd
