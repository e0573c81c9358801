#pragma once

#include <stack2nrrd/sink.hpp>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Names that differ in case only are one file on some systems, and are refused on all.
/// \throws Error invalid_argument if a file is named twice, under whatever name, or lies within a folder of them.
void check_different(const std::vector<std::filesystem::path>& files);

/// \throws Error invalid_argument if the suffix, in lower case, is none of the `known`: "..., `expected` was expected".
void check_suffix(const std::filesystem::path& file, std::initializer_list<std::string_view> known,
                  const char* expected);

/// \throws Error io if so many bytes are not free where the file will be.
void check_room(const std::filesystem::path& file, std::int64_t bytes);

/// Lets sinks that have finished publish, in reverse, so that the first comes last. If one throws, those that have
/// published withdraw, and it throws on.
void publish_all(std::span<Sink* const> sinks);

}  // namespace stack2nrrd
