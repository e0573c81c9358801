#pragma once

// A small reader of NRRD files that knows nothing of how the library writes them.

#include "support/volume.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace support {

[[nodiscard]] std::vector<std::byte> read_file(const std::filesystem::path& file);

/// Inflates exactly one gzip member that fills `bytes` to its end.
/// \throws std::runtime_error if there is more, less or anything wrong.
[[nodiscard]] std::vector<std::byte> inflate_one_member(const std::vector<std::byte>& bytes);

struct Nrrd {
    std::string text;  ///< the header as it stands, with its blank line
    std::string magic;
    std::vector<std::pair<std::string, std::string>> fields;  ///< in order
    std::vector<std::pair<std::string, std::string>> pairs;   ///< key/values in order, escapes resolved
    std::vector<std::string> lines;                           ///< all lines behind the magic
    std::vector<std::int64_t> sizes;
    stack2nrrd::SampleType type = stack2nrrd::SampleType::uint8;
    std::vector<std::byte> samples;  ///< little endian, as they are in the file, inflated

    /// "" if there is none.
    [[nodiscard]] std::string field(const std::string& name) const;
    [[nodiscard]] std::string pair(const std::string& key) const;
    [[nodiscard]] bool has_pair(const std::string& key) const;
    /// The vectors of `space directions` that are there ("none" is left out), and of `space origin`.
    [[nodiscard]] std::vector<std::array<double, 3>> directions() const;
    [[nodiscard]] std::array<double, 3> origin() const;
};

/// Reads an attached or detached NRRD, raw or gzip.
/// \throws std::runtime_error for anything that is not as it should be: also bytes behind the samples.
[[nodiscard]] Nrrd read_nrrd(const std::filesystem::path& file);

}  // namespace support
