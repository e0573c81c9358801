#include "sink/sample_summary.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

/// The samples of a slice in parts that stay in the processor's cache from one of the two to the other.
constexpr std::size_t most_part_bytes = 128 << 10;

}  // namespace

SampleSummary::SampleSummary(const VolumeInfo& volume)
    : range_(volume.type, volume.channels), checksums_(volume.size[2]) {
    const std::size_t sample = sample_bytes(volume.type) * static_cast<std::size_t>(volume.channels);
    part_bytes_ = std::max(most_part_bytes / sample, std::size_t{1}) * sample;
}

void SampleSummary::add_slice(std::span<const std::byte> samples) {
    while (!samples.empty()) {
        const std::span<const std::byte> part = samples.first(std::min(part_bytes_, samples.size()));
        range_.add(part);
        checksums_.add(part);
        samples = samples.subspan(part.size());
    }
    checksums_.end_slice();
}

}  // namespace stack2nrrd
