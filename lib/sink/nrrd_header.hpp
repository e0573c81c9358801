#pragma once

// The text of a NRRD header. Field order and spelling are chosen so that Teem, ITK, VTK and pynrrd all read it.

#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <span>
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
    std::size_t samples_crc_at = 0;            ///< of the checksums of the samples; see SlabChecksums::text_width()
    std::size_t header_crc_line = 0;           ///< where the line begins that holds the checksum of all before it
    std::size_t header_crc_at = 0;             ///< of that, eight characters
};

/// `data_file`: base name of the samples' file; empty for an attached header, which then ends with its blank line.
[[nodiscard]] NrrdHeader nrrd_header(const VolumeInfo& volume, Encoding encoding, std::string_view data_file);

/// What is known only at the end; texts as they are in the header.
struct HeaderValues {
    std::span<const std::string> late_notes{};
    std::string min{};
    std::string max{};
    std::string samples_crc{};  ///< SlabChecksums::text()
};

/// Puts these into their places, and the checksum of the header into its own.
void complete_header(NrrdHeader& header, const HeaderValues& values);

/// Characters kept for `min:=` and for `max:=`.
[[nodiscard]] std::size_t range_width(const VolumeInfo& volume) noexcept;

}  // namespace stack2nrrd
