#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// Receives the rows of a slice from top to bottom. It may throw; let the exception pass.
class STACK2NRRD_EXPORT RowSink {
public:
    virtual ~RowSink() = default;
    /// The rows y … y + count − 1, one after the other in memory. `samples`: count × width × channels, the last one
    /// fastest, that is count × ImageInfo::row_bytes() bytes; native byte order; valid during the call. They need not
    /// be aligned to the sample type.
    virtual void rows(Index y, Index count, const std::byte* samples) = 0;
    /// One row.
    void row(Index y, const std::byte* samples) { rows(y, 1, samples); }
};

/// Reads slices of a source for one thread at a time. It may keep tools and memory from slice to slice.
class STACK2NRRD_EXPORT SliceReader {
public:
    SliceReader() = default;
    SliceReader(const SliceReader&) = delete;
    SliceReader& operator=(const SliceReader&) = delete;
    virtual ~SliceReader();

    /// Pushes the rows [rows.first, rows.end) of slice `z` into `sink`: each of them once, in ascending order, one or
    /// several at a time. The library checks this, but for the number of bytes, which it cannot see.
    ///
    /// A cancelled run ends when all readers have returned: their next push of rows throws. A reader that waits for
    /// something else delays the end of the run, and KeepGoing is not called while all threads are in such readers. A
    /// reader that may wait for long must therefore give up by itself.
    /// \throws whatever keeps the slice from being read, and whatever `sink` throws. Of several failed slices the first
    ///         in order is reported; run_import() passes its exception on unchanged, but for std::bad_alloc, which
    ///         becomes Error limit. A reader that has thrown is not used again.
    virtual void read(Index z, Range rows, RowSink& sink) = 0;

    /// How many compressed files had more samples than their header declares, up to now. See Report. Default: 0.
    [[nodiscard]] virtual Index files_with_surplus() const noexcept { return 0; }
};

/// Where the rows of slices come from: image files, a volume, or your own program (see stack_from()). A source has the
/// slices 0 … slices() − 1, all of one size, type and colour. Its functions may be called from any thread, also from
/// several at once, and must not change what they report.
class STACK2NRRD_EXPORT Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source();

    /// Size, type and colour of every slice. Must stay the same after stack_from(), as must slices().
    [[nodiscard]] virtual ImageInfo image() const = 0;
    [[nodiscard]] virtual Index slices() const = 0;
    /// Is slice `z` missing? It is then not read, and Options::missing decides what replaces it. Default: no.
    [[nodiscard]] virtual bool is_blank(Index z) const;

    /// Can slices be read in ascending order only, each once? Then there is one reader, and one thread at a time uses
    /// it. Default: no; each thread then has its own reader, and slices are read in no particular order.
    [[nodiscard]] virtual bool sequential() const { return false; }
    /// The most memory that one reader takes at any time, in bytes. Default: 0. ImportPlan::memory_bytes() adds it for
    /// each reader, so a number that is too low makes the plan too low, and Options::memory is not kept.
    [[nodiscard]] virtual std::int64_t reader_bytes() const { return 0; }
    /// A new reader, which may read any slice again: a survey reads all slices before the run does, and those of 32 and
    /// 64 bits several times. It may refer to this source, which exists longer than its readers.
    [[nodiscard]] virtual std::unique_ptr<SliceReader> reader() const = 0;
};

}  // namespace stack2nrrd
