#pragma once

// A piece: what one data file of a NRRD volume holds.

#include "volume/nrrd_reader.hpp"

#include <cstddef>
#include <cstdint>

namespace stack2nrrd {

/// Where the samples begin in a data file.
struct Piece {
    std::int64_t offset =
        0;  ///< of the first byte behind what is to be skipped; gzip skips bytes later, decompressed ones
    std::int64_t surplus = 0;  ///< raw: bytes behind the samples that nobody asked to be skipped
};

/// \throws Error not_found: the sentence names the header, too; corrupt, io.
[[nodiscard]] InputFile open_piece(const NrrdVolume& volume, std::size_t index);

/// Applies line skip and byte skip, and checks that the rest of the file can hold the samples.
/// \throws Error corrupt, io.
[[nodiscard]] Piece locate_piece(const NrrdVolume& volume, InputFile& file);

/// Throws Error corrupt: "<file>: is a damaged data file, `what`; …".
[[noreturn]] void damaged_piece(const InputFile& file, const std::string& what);

}  // namespace stack2nrrd
