#pragma once

// The samples of one data file as a stream of bytes that goes forward only: gzip, hex, ascii.

#include "volume/piece.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace stack2nrrd {

/// The bytes of a file from an offset on, through a small buffer.
class ByteFeed {
public:
    ByteFeed(InputFile& file, std::int64_t offset) : file_(file), offset_(offset) {}
    /// Goes on where `other` is, with a buffer of its own, which it gets when it is needed.
    ByteFeed(const ByteFeed& other)
        : file_(other.file_), offset_(other.offset_ - static_cast<std::int64_t>(other.end_ - other.at_)) {}
    ByteFeed& operator=(const ByteFeed&) = delete;

    /// What is in the buffer; after a refill if there was nothing. Empty at the end of the file.
    /// \throws Error io.
    [[nodiscard]] std::span<unsigned char> peek();
    void drop(std::size_t count) noexcept { at_ += count; }
    /// The next byte, or -1 at the end of the file.
    [[nodiscard]] int take() {
        if (at_ == end_ && peek().empty()) return -1;
        return buffer_[at_++];
    }
    [[nodiscard]] const InputFile& file() const noexcept { return file_; }

    static constexpr std::size_t buffer_bytes = 64 << 10;

private:
    InputFile& file_;
    std::int64_t offset_;
    std::vector<unsigned char> buffer_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
};

class PieceStream {
public:
    PieceStream() = default;
    PieceStream& operator=(const PieceStream&) = delete;
    virtual ~PieceStream() = default;

    /// The next `size` bytes, a whole number of samples: in the file's byte order, or in the native one for ascii.
    /// \throws Error corrupt if there are fewer, io.
    virtual void read(std::byte* samples, std::size_t size) = 0;
    /// The same without keeping them.
    void skip(std::int64_t size);
    /// To be called behind the last sample: checks what ends the stream (the checksum of gzip). True if there are
    /// more samples, which are left alone.
    /// \throws Error corrupt, io.
    virtual bool finish() = 0;
    /// Another stream at the same place of the same file. Until it is read it takes no more than stream_copy_bytes.
    [[nodiscard]] virtual std::unique_ptr<PieceStream> copy() const = 0;

protected:
    PieceStream(const PieceStream&) = default;
};

/// The stream of a piece that is not raw. `file` has to outlive it.
/// \throws Error corrupt, io.
[[nodiscard]] std::unique_ptr<PieceStream> piece_stream(const NrrdVolume& volume, InputFile& file, const Piece& piece);

/// Upper bound of what one stream takes: its buffers, and the window of inflate.
inline constexpr std::int64_t piece_stream_bytes = 256 << 10;
/// And what a copy takes that is not read: the window of inflate, above all.
inline constexpr std::int64_t stream_copy_bytes = 48 << 10;

}  // namespace stack2nrrd
