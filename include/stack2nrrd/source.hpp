#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// Receives the rows of a slice from top to bottom. May throw; whoever pushes the rows then unwinds.
class STACK2NRRD_EXPORT RowSink {
public:
    virtual ~RowSink() = default;
    /// The rows y … y + count − 1, one after the other in memory. `samples`: count × ImageInfo::row_bytes() bytes,
    /// channels interleaved, native byte order, valid during the call. Their address need not be aligned to the sample
    /// type.
    virtual void rows(Index y, Index count, const std::byte* samples) = 0;
    void row(Index y, const std::byte* samples) { rows(y, 1, samples); }
};

/// One thread's way to the slices of a source, with whatever tools and memory it keeps from slice to slice.
class STACK2NRRD_EXPORT SliceReader {
public:
    SliceReader() = default;
    SliceReader(const SliceReader&) = delete;
    SliceReader& operator=(const SliceReader&) = delete;
    virtual ~SliceReader();

    /// Pushes the rows [rows.first, rows.end) of slice `z` into `sink`: each of them once, in ascending order, one or
    /// several at a time. The library checks this, but for the number of bytes, which it cannot see.
    ///
    /// A run that is cancelled ends when all readers have returned. A push of rows notices it and throws; a reader that
    /// waits for something else holds the run up meanwhile, and KeepGoing is not called while all threads are in such
    /// readers, so that one that waits for long must know itself when to give up.
    /// \throws whatever keeps the slice from being read, and whatever `sink` throws. Of several failed slices the first
    ///         in order is reported; its exception leaves run_import() unchanged, but for std::bad_alloc, which becomes
    ///         Error limit. A reader that has thrown is not asked again.
    virtual void read(Index z, Range rows, RowSink& sink) = 0;

    /// How many compressed files so far had more samples than their header declares. See Report.
    [[nodiscard]] virtual Index files_with_surplus() const noexcept { return 0; }
};

/// Where the rows of slices come from: image files, a volume, or a program of your own (see stack_from()). It has the
/// slices 0 … slices() − 1, all of one kind. Nothing is read before a reader is asked to.
class STACK2NRRD_EXPORT Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source();

    /// What every slice is. This and the number of slices stay what they were in stack_from().
    [[nodiscard]] virtual ImageInfo image() const = 0;
    [[nodiscard]] virtual Index slices() const = 0;
    /// There is no slice `z`, but room for it. It is not read; Options::missing says what becomes of it.
    [[nodiscard]] virtual bool is_blank(Index z) const;

    /// Can slices be read in ascending order only, each once? Then there is one reader, which one thread at a time
    /// uses. If not, which is the default, each thread has a reader of its own, and slices are read in any order.
    [[nodiscard]] virtual bool sequential() const { return false; }
    /// The most memory that one reader takes at any time, in bytes. Counted by ImportPlan::memory_bytes().
    [[nodiscard]] virtual std::int64_t reader_bytes() const { return 0; }
    /// A new reader, for any slice again: a survey reads all of them before the run does, those of 32 and 64 bits twice.
    /// It may refer to this source, which outlives it.
    [[nodiscard]] virtual std::unique_ptr<SliceReader> reader() const = 0;
};

}  // namespace stack2nrrd
