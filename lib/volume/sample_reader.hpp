#pragma once

// Slices of a NRRD volume as rows, in the form in which the codecs deliver those of an image.

#include "codec/codec.hpp"
#include "volume/nrrd_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Can slices be read only one after the other, from one reader? If not, several readers of one volume may work at the
/// same time, each on slices of its own. True for gzip, hex and ascii, unless each slice has a file of its own.
[[nodiscard]] bool sequential(const NrrdVolume& volume);

/// Upper bound of what a SampleReader of this volume takes; it does not depend on the number of slices.
[[nodiscard]] std::int64_t decoder_bytes(const NrrdVolume& volume);

/// The way in which slices of a volume are asked for.
enum class Course : std::uint8_t {
    forward,   ///< or in any order, if that is no matter of cost
    backward,  ///< from the last slice to the first: a sequential volume is then unpacked a few times, not once a slice
};

/// What a SampleReader takes besides, to go backward.
[[nodiscard]] std::int64_t bookmark_bytes(const NrrdVolume& volume);

/// How many times a sequential volume is unpacked to read `slices` of it backward, about.
[[nodiscard]] int backward_passes(const NrrdVolume& volume, Index slices);

/// Reads slices of a volume. Used by one thread at a time; it holds files open, so make few.
class SampleReader {
public:
    /// Is called with each data file that is opened, before it is read: the place to see whether it is still the one
    /// that was found. May throw.
    using Opened = std::function<void(std::size_t file, const InputFile&)>;

    explicit SampleReader(std::shared_ptr<const NrrdVolume> volume, Opened opened = {},
                          Course course = Course::forward);
    SampleReader(const SampleReader&) = delete;
    SampleReader& operator=(const SampleReader&) = delete;
    ~SampleReader();

    /// Pushes the rows [rows.first, rows.end) of slice z (all, if that is empty) into `sink`, in order: channels
    /// interleaved, native byte order. A sequential volume is read forward; to go back is
    /// to begin again. Behind the last slice of a compressed file its end and checksum are checked.
    /// \throws Error corrupt, io, not_found, inconsistent (no such slice or rows), changed (a file that was written to
    ///         while it was read), and whatever `sink` throws.
    void read_slice(Index z, Range rows, RowSink& sink);

    [[nodiscard]] bool sequential() const { return stack2nrrd::sequential(*volume_); }
    /// The number of the data file that was opened last, or could not be.
    [[nodiscard]] std::size_t last_file() const noexcept { return last_file_; }
    /// How many bytes of samples were unpacked so far, those on the way to others included.
    [[nodiscard]] std::int64_t unpacked_bytes() const noexcept { return unpacked_; }
    /// How many files so far had more samples behind the last one.
    [[nodiscard]] Index files_with_surplus() const noexcept { return surplus_; }

private:
    struct Plane;

    void read(Plane& plane, std::int64_t offset, std::byte* samples, std::size_t size);
    void open(Plane& plane, std::size_t piece);
    void advance(Plane& plane, std::size_t piece, std::int64_t position);
    void begin_before(Plane& plane, std::int64_t position);
    void skip_to(Plane& plane, std::int64_t position);
    void set_bookmarks(Plane& plane, std::int64_t position);
    void finish(Plane& plane);
    const std::byte* delivered(std::size_t row_in_block);

    std::shared_ptr<const NrrdVolume> volume_;
    Opened opened_;
    Course course_;
    std::size_t apart_ = 1;         // channels, if they are apart in the file
    std::vector<Plane> planes_;     // one for each of them, but for raw ones: these take turns
    std::size_t stored_row_ = 0;    // bytes of a row of one plane, as stored
    std::size_t rows_at_once_ = 0;  // in block_
    std::vector<std::byte> block_;  // stored rows: of plane 0, of plane 1, …
    std::vector<std::byte> row_;    // one delivered row, where it differs from the stored one
    Index surplus_ = 0;
    std::size_t last_file_ = 0;
    std::int64_t unpacked_ = 0;
};

}  // namespace stack2nrrd
