#include "volume/piece.hpp"

#include "codec/codec.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace stack2nrrd {

namespace {

/// The offset behind `lines` lines from `offset` on.
std::int64_t skip_lines(InputFile& file, std::int64_t offset, std::int64_t lines) {
    if (lines == 0) return offset;
    const std::int64_t declared = lines;
    std::vector<char> buffer(64 << 10);
    for (;;) {
        const std::size_t got = file.read_at(offset, buffer.data(), buffer.size());
        if (got == 0) {
            damaged_piece(file, "it ends after " + std::to_string(declared - lines) + " of " +
                                    std::to_string(declared) + " lines that are to be skipped");
        }
        for (const char* at = buffer.data(); at < buffer.data() + got;) {
            const auto* end =
                static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(buffer.data() + got - at)));
            if (end == nullptr) break;
            at = end + 1;
            if (--lines == 0) return offset + (at - buffer.data());
        }
        offset += static_cast<std::int64_t>(got);
    }
}

[[noreturn]] void too_short(const InputFile& file, std::int64_t available, std::int64_t needed, const char* form) {
    damaged_piece(file, "it has " + bytes_text(std::max<std::int64_t>(available, 0)) + " (" +
                            std::to_string(std::max<std::int64_t>(available, 0)) + ") for samples that take " +
                            bytes_text(needed) + " (" + std::to_string(needed) + ")" + form);
}

}  // namespace

InputFile open_piece(const NrrdVolume& volume, std::size_t index) {
    const std::string path = volume.files.path(index);
    try {
        return InputFile(path);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::not_found || path == volume.path) throw;
        throw Error(ErrorCode::not_found,
                    printable(volume.path) + ": names the data file " + in_quotes(path) +
                        ", which does not exist; put it there, or beside the header, or correct the name");
    }
}

Piece locate_piece(const NrrdVolume& volume, InputFile& file) {
    const std::int64_t begin = volume.attached_offset >= 0 ? volume.attached_offset : 0;
    Piece piece;
    piece.offset = skip_lines(file, begin, volume.line_skip);
    std::int64_t available = file.bytes() - piece.offset;
    const std::int64_t needed = volume.piece_bytes;
    switch (volume.encoding) {
        case NrrdEncoding::raw:
            if (volume.byte_skip >= 0) {
                if (volume.byte_skip > available || available - volume.byte_skip < needed) {
                    too_short(file, available - std::min(volume.byte_skip, available), needed, "");
                }
                piece.offset += volume.byte_skip;
                piece.surplus = available - volume.byte_skip - needed;
            } else {
                const std::int64_t behind = -(volume.byte_skip + 1);
                if (behind > available || available - behind < needed) {
                    too_short(file, available - std::min(behind, available), needed, "");
                }
                piece.offset = file.bytes() - behind - needed;
            }
            break;
        case NrrdEncoding::gzip: {
            // Deflate makes at most 1032 bytes out of one.
            const std::int64_t all = needed + std::max<std::int64_t>(volume.byte_skip, 0);
            if (all / 1032 > available) too_short(file, available, all, " even after decompression");
            break;
        }
        case NrrdEncoding::hex:
            available -= volume.byte_skip;
            piece.offset += volume.byte_skip;
            if (needed > available / 2) too_short(file, available, 2 * needed, " as hexadecimal digits");
            break;
        case NrrdEncoding::ascii: {
            // A digit and a blank each, but for the last.
            available -= volume.byte_skip;
            piece.offset += volume.byte_skip;
            const std::int64_t least = needed / volume.stored_bytes() * 2 - 1;
            if (least > available) too_short(file, available, least, " as text");
            break;
        }
        case NrrdEncoding::image_list: break;
    }
    return piece;
}

void damaged_piece(const InputFile& file, const std::string& what) {
    refuse(file, ErrorCode::corrupt, "has damaged samples, " + what + "; copy it again from its source");
}

}  // namespace stack2nrrd
