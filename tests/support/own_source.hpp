#pragma once

// A source of the test's own: the samples of a volume in memory, and all that can go wrong with them.

#include "support/volume.hpp"

#include <stack2nrrd/source.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace support {

using stack2nrrd::Index;

class OwnSource final : public stack2nrrd::Source {
public:
    OwnSource(const Volume& volume, stack2nrrd::SampleType type);
    /// `samples`: those of `slices` slices.
    OwnSource(stack2nrrd::ImageInfo image, Index slices, std::vector<std::byte> samples);

    [[nodiscard]] stack2nrrd::ImageInfo image() const override { return image_; }
    [[nodiscard]] Index slices() const override { return slices_; }
    [[nodiscard]] bool is_blank(Index z) const override { return blanks.count(z) > 0; }
    [[nodiscard]] bool sequential() const override { return in_order; }
    [[nodiscard]] std::int64_t reader_bytes() const override { return bytes_of_reader; }
    [[nodiscard]] std::unique_ptr<stack2nrrd::SliceReader> reader() const override;

    /// Pushes rows of slice z as they are, in pieces of some rows, at odd addresses.
    void push(Index z, stack2nrrd::Range rows, stack2nrrd::RowSink& sink) const;

    // What it is, to be set before it is used.
    stack2nrrd::ImageInfo image_;
    Index slices_ = 0;
    bool in_order = false;
    std::set<Index> blanks;
    std::int64_t bytes_of_reader = 0;
    /// What happens instead of push(), on any thread.
    std::function<void(Index z, stack2nrrd::Range rows, stack2nrrd::RowSink& sink)> instead;

    // What was seen.
    [[nodiscard]] std::vector<Index> read() const;  ///< slices, in the order in which they were asked for
    mutable std::atomic<int> readers = 0;
    mutable std::atomic<bool> shared = false;       ///< one reader was used by two threads at the same time
    mutable std::atomic<bool> asked_again = false;  ///< a reader that had thrown

private:
    class Reader;

    std::vector<std::byte> samples_;
    mutable std::mutex mutex_;
    mutable std::vector<Index> read_;
};

}  // namespace support
