#include "volume/sample_reader.hpp"

#include "core/text.hpp"
#include "volume/piece.hpp"
#include "volume/piece_stream.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

std::size_t plane_count(const NrrdVolume& volume) {
    return volume.channels_last ? static_cast<std::size_t>(volume.channels()) : 1;
}

/// Bytes that are not packed can be read anywhere, so that few open files serve any number of channels.
std::size_t places_open(const NrrdVolume& volume) {
    constexpr std::size_t most_files = 16;
    if (volume.encoding != NrrdEncoding::raw) return plane_count(volume);
    return std::min({plane_count(volume), volume.files.size(), most_files});
}

std::size_t stored_row(const NrrdVolume& volume) { return volume.image().row_bytes() / plane_count(volume); }

std::size_t rows_at_once(const NrrdVolume& volume) {
    const auto row = static_cast<std::int64_t>(volume.image().row_bytes());
    return static_cast<std::size_t>(std::min(rows_to_read(row), volume.size[1]));
}

template <std::size_t size>
void reverse_bytes(std::byte* samples, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, samples += size) std::reverse(samples, samples + size);
}

void swap_bytes(std::byte* samples, std::size_t bytes, std::size_t sample_size) {
    switch (sample_size) {
        case 2: return reverse_bytes<2>(samples, bytes / 2);
        case 4: return reverse_bytes<4>(samples, bytes / 4);
        case 8: return reverse_bytes<8>(samples, bytes / 8);
        default: return;
    }
}

/// Every `step`-th place of `out` gets a sample.
template <std::size_t size>
void spread(const std::byte* in, std::size_t count, std::byte* out, std::size_t step) {
    for (std::size_t i = 0; i < count; ++i) std::memcpy(out + i * step * size, in + i * size, size);
}

void interleave(const std::byte* in, std::size_t count, std::byte* out, std::size_t step, std::size_t sample_size) {
    switch (sample_size) {
        case 1: return spread<1>(in, count, out, step);
        case 2: return spread<2>(in, count, out, step);
        case 4: return spread<4>(in, count, out, step);
        default: return spread<8>(in, count, out, step);
    }
}

}  // namespace

/// How many bookmarks each plane has.
std::size_t most_bookmarks(const NrrdVolume& volume) { return std::max<std::size_t>(4, 128 / plane_count(volume)); }

/// A place in the payload, with the file that holds it. Channels that are apart have one each, so that each goes
/// forward only: a compressed volume is then inflated once a channel, and never held.
struct SampleReader::Plane {
    std::optional<InputFile> file;
    std::unique_ptr<PieceStream> stream;  // refers to file
    std::size_t piece = nowhere;
    Piece start;
    std::int64_t position = 0;  // of stream, in bytes of samples
    /// Idle streams, in order. Half of those that are free are set on the way to a slice, at the beginnings
    /// of slices before it; going back from there uses them up. So all of a volume, then its last part, then the last
    /// of that are unpacked, and no slice more than a few times.
    struct Bookmark {
        std::int64_t position = 0;
        std::unique_ptr<PieceStream> stream;
    };
    std::vector<Bookmark> bookmarks;

    void close() {
        bookmarks.clear();
        stream.reset();
        file.reset();
        piece = nowhere;
    }
};

bool sequential(const NrrdVolume& volume) {
    if (volume.encoding == NrrdEncoding::raw || volume.encoding == NrrdEncoding::image_list) return false;
    const std::int64_t slice = volume.size[1] * static_cast<std::int64_t>(stored_row(volume));
    return volume.piece_bytes > slice;
}

std::int64_t decoder_bytes(const NrrdVolume& volume) {
    const auto planes = static_cast<std::int64_t>(plane_count(volume));
    const auto row = static_cast<std::int64_t>(volume.image().row_bytes());
    const std::int64_t streams = volume.encoding == NrrdEncoding::raw ? 64 << 10 : planes * piece_stream_bytes;
    return static_cast<std::int64_t>(rows_at_once(volume)) * row + row + streams;
}

std::int64_t bookmark_bytes(const NrrdVolume& volume) {
    return static_cast<std::int64_t>(plane_count(volume) * most_bookmarks(volume)) * stream_copy_bytes;
}

int backward_passes(const NrrdVolume& volume, Index slices) {
    const std::int64_t slice = volume.size[1] * static_cast<std::int64_t>(stored_row(volume));
    slices = std::min(slices, (volume.piece_bytes + slice - 1) / slice);
    int passes = 2;  // there, and back from bookmark to bookmark
    auto set = static_cast<Index>(most_bookmarks(volume)) / 2;
    for (; slices > set; set = std::max<Index>(set / 2, 2)) {
        slices = (slices + set - 1) / set;
        ++passes;
    }
    return passes;
}

SampleReader::SampleReader(std::shared_ptr<const NrrdVolume> volume, Opened opened, Course course)
    : volume_(std::move(volume)), opened_(std::move(opened)), course_(course) {
    if (volume_->encoding == NrrdEncoding::image_list) {
        throw Error(ErrorCode::invalid_argument,
                    printable(volume_->path) + ": is a list of images, a volume was expected; read it as a manifest");
    }
    apart_ = plane_count(*volume_);
    planes_.resize(places_open(*volume_));
    stored_row_ = stored_row(*volume_);
    rows_at_once_ = rows_at_once(*volume_);
    block_.resize(rows_at_once_ * volume_->image().row_bytes());
    if (volume_->channels_last) row_.resize(volume_->image().row_bytes());
}

SampleReader::~SampleReader() = default;

void SampleReader::open(Plane& plane, std::size_t piece) {
    plane.close();
    last_file_ = piece;
    plane.file.emplace(open_piece(*volume_, piece));
    if (opened_) opened_(piece, *plane.file);
    plane.start = locate_piece(*volume_, *plane.file);
    plane.piece = piece;
}

/// Brings the stream of a plane to `position` in `piece`.
void SampleReader::advance(Plane& plane, std::size_t piece, std::int64_t position) {
    if (piece != plane.piece) open(plane, piece);
    if (!plane.stream || position < plane.position) begin_before(plane, position);
    if (course_ == Course::backward) set_bookmarks(plane, position);
    skip_to(plane, position);
}

/// Gives a plane a stream that is at `position` or before it, as near as there is one.
void SampleReader::begin_before(Plane& plane, std::int64_t position) {
    std::vector<Plane::Bookmark>& bookmarks = plane.bookmarks;
    while (!bookmarks.empty() && bookmarks.back().position > position) bookmarks.pop_back();
    if (!bookmarks.empty()) {
        plane.position = bookmarks.back().position;
        if (plane.position < position) {
            plane.stream = bookmarks.back().stream->copy();
        } else {
            plane.stream = std::move(bookmarks.back().stream);
            bookmarks.pop_back();
        }
        return;
    }
    // The channels of one file: each begins behind the one before, whose stream is on the way to it.
    const bool is_first = &plane == planes_.data();
    if (!plane.stream && !is_first && volume_->files.size() == 1) {
        const Plane& before = *(&plane - 1);
        if (before.stream && before.position <= position) {
            plane.stream = before.stream->copy();
            plane.position = before.position;
            return;
        }
    }
    plane.stream = piece_stream(*volume_, *plane.file, plane.start);
    plane.position = 0;
}

void SampleReader::skip_to(Plane& plane, std::int64_t position) {
    plane.stream->skip(position - plane.position);
    unpacked_ += position - plane.position;
    plane.position = position;
}

/// On the way to `position`.
void SampleReader::set_bookmarks(Plane& plane, std::int64_t position) {
    const std::int64_t slice = volume_->size[1] * static_cast<std::int64_t>(stored_row_);
    const std::int64_t between = (position - plane.position) / slice;
    const auto room = static_cast<std::int64_t>(most_bookmarks(*volume_) - plane.bookmarks.size());
    const std::int64_t set = std::min(between, room == 1 ? 1 : room / 2);
    if (set == 0) return;
    const std::int64_t apart = (between + set - 1) / set;
    for (std::int64_t n = between / apart; n > 0; --n) {
        skip_to(plane, position - n * apart * slice);
        const bool is_there = !plane.bookmarks.empty() && plane.bookmarks.back().position == plane.position;
        if (!is_there) plane.bookmarks.push_back({plane.position, plane.stream->copy()});
    }
}

void SampleReader::finish(Plane& plane) {
    if (plane.position != volume_->piece_bytes) return;
    if (plane.stream->finish()) ++surplus_;
    plane.stream.reset();
}

/// Reads the bytes at `offset` of the payload; they may lie in several files.
void SampleReader::read(Plane& plane, std::int64_t offset, std::byte* samples, std::size_t size) {
    const std::int64_t piece_bytes = volume_->piece_bytes;
    while (size > 0) {
        const auto piece = static_cast<std::size_t>(offset / piece_bytes);
        const std::int64_t position = offset % piece_bytes;
        const auto part = static_cast<std::size_t>(std::min(static_cast<std::int64_t>(size), piece_bytes - position));
        if (volume_->encoding == NrrdEncoding::raw) {
            if (piece != plane.piece) open(plane, piece);
            const std::size_t got = plane.file->read_at(plane.start.offset + position, samples, part);
            if (got < part) damaged_piece(*plane.file, "it ends too early and more samples were expected");
        } else {
            advance(plane, piece, position);
            plane.stream->read(samples, part);
            plane.position += static_cast<std::int64_t>(part);
            unpacked_ += static_cast<std::int64_t>(part);
            finish(plane);
        }
        offset += static_cast<std::int64_t>(part);
        samples += part;
        size -= part;
    }
}

/// The row of the block with its channels side by side.
const std::byte* SampleReader::delivered(std::size_t row_in_block) {
    if (!volume_->channels_last) return block_.data() + row_in_block * stored_row_;
    const std::size_t sample = sample_bytes(volume_->type);
    for (std::size_t c = 0; c < apart_; ++c) {
        const std::byte* stored = block_.data() + (c * rows_at_once_ + row_in_block) * stored_row_;
        interleave(stored, stored_row_ / sample, row_.data() + c * sample, apart_, sample);
    }
    return row_.data();
}

void SampleReader::read_slice(Index z, Range rows, RowSink& sink) {
    const Index height = volume_->size[1];
    const Index depth = volume_->size[2];
    if (rows.empty()) rows = {0, height};
    if (z < 0 || z >= depth || rows.first < 0 || rows.end > height) {
        throw Error(ErrorCode::inconsistent, printable(volume_->path) + ": has " + std::to_string(depth) +
                                                 " slices of " + std::to_string(height) + " rows, slice " +
                                                 std::to_string(z) + " with " + std::to_string(rows.end) +
                                                 " rows was expected; start again");
    }
    const auto row_bytes = static_cast<std::int64_t>(stored_row_);
    const bool swap = volume_->endian != std::endian::native;
    for (Index y = rows.first; y < rows.end;) {
        const auto at_once = static_cast<Index>(rows_at_once_);
        const auto count = static_cast<std::size_t>(std::min(rows.end, (y / at_once + 1) * at_once) - y);
        const Index stored = volume_->bottom_up ? height - y - static_cast<Index>(count) : y;
        for (std::size_t c = 0; c < apart_; ++c) {
            std::byte* block = block_.data() + c * rows_at_once_ * stored_row_;
            const std::size_t size = count * stored_row_;
            read(planes_[c % planes_.size()], ((static_cast<Index>(c) * depth + z) * height + stored) * row_bytes,
                 block, size);
            if (swap) swap_bytes(block, size, sample_bytes(volume_->type));
        }
        if (apart_ == 1 && !volume_->bottom_up) {
            sink.rows(y, static_cast<Index>(count), block_.data());
        } else {
            for (std::size_t i = 0; i < count; ++i) {
                sink.row(y + static_cast<Index>(i), delivered(volume_->bottom_up ? count - 1 - i : i));
            }
        }
        y += static_cast<Index>(count);
    }
    for (std::size_t c = 0; c < planes_.size(); ++c) {
        Plane& plane = planes_[c];
        // Behind the last slice of a file, rows that nobody wants still count for its checksum.
        const std::int64_t end = (static_cast<Index>(c) * depth + z + 1) * height * row_bytes;
        if (plane.stream && end % volume_->piece_bytes == 0) {
            advance(plane, plane.piece, volume_->piece_bytes);
            finish(plane);
        }
        if (plane.file && plane.file->changed()) {
            throw Error(ErrorCode::changed, plane.file->shown() +
                                                ": was written to while it was read, the same file "
                                                "was expected; start again when nothing writes to it");
        }
    }
}

}  // namespace stack2nrrd
