#pragma once

#include <stack2nrrd/sink.hpp>

#include <span>

namespace stack2nrrd {

/// Lets sinks that have finished publish, in reverse, so that the first comes last. If one throws, those that have
/// published withdraw, and it throws on.
void publish_all(std::span<Sink* const> sinks);

}  // namespace stack2nrrd
