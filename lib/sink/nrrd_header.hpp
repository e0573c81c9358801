#pragma once

// The text of a NRRD header. Field order and spelling are chosen so that Teem, ITK, VTK and pynrrd all read it.

#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// A header, and where in it the numbers go that are known only at the end.
struct NrrdHeader {
    std::string text;
    std::size_t min_at = 0;  ///< offset of the value of `min:=`, range_width() characters
    std::size_t max_at = 0;
    std::vector<std::size_t> late_notes_at{};  ///< of the values of VolumeInfo::late_notes, late_note_width characters
};

/// `data_file`: base name of the samples' file; empty for an attached header, which then ends with its blank line.
[[nodiscard]] NrrdHeader nrrd_header(const VolumeInfo& volume, Encoding encoding, std::string_view data_file);

/// Characters kept for `min:=` and for `max:=`.
[[nodiscard]] std::size_t range_width(const VolumeInfo& volume) noexcept;

}  // namespace stack2nrrd
