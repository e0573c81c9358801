#pragma once

#include "sink/slab_checksums.hpp"
#include "sink/value_range.hpp"

#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <span>

namespace stack2nrrd {

/// What the end of a header says of the samples: their range, and the checksums of slabs.
class SampleSummary {
public:
    explicit SampleSummary(const VolumeInfo& volume);

    void add_slice(std::span<const std::byte> samples);

    [[nodiscard]] const ValueRange& range() const noexcept { return range_; }
    [[nodiscard]] const SlabChecksums& checksums() const noexcept { return checksums_; }

private:
    ValueRange range_;
    SlabChecksums checksums_;
    std::size_t part_bytes_;
};

}  // namespace stack2nrrd
