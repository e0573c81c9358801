#include "parts/part_sink.hpp"

#include "core/file.hpp"
#include "sink/slab_checksums.hpp"

#include <utility>

namespace stack2nrrd {

PartSink::PartSink(std::filesystem::path folder, VolumeInfo whole, Index first, std::vector<Part> parts)
    : folder_(std::move(folder)), whole_(std::move(whole)), first_(first), parts_(std::move(parts)) {}

PartSink::~PartSink() = default;

void PartSink::begin(const VolumeInfo&) {}

void PartSink::write_slice(Index z, std::span<const std::byte> samples) {
    const Index place = first_ + z;
    if (next_ == parts_.size()) return;
    const Range slices = parts_[next_].slices;
    if (place < slices.first) {
        before_ = report_();
        return;
    }
    if (place == slices.first) {
        const VolumeInfo volume = part_volume(whole_, parts_[next_]);
        sink_ = nrrd_sink(folder_ / path_from_utf8(part_name(parts_[next_])), {.force = true}, 1);
        sink_->begin(volume);
        checksum_ = 0;
    }
    checksum_ = crc32_behind(checksum_, samples);
    sink_->write_slice(place - slices.first, samples);
    if (place + 1 == slices.end) end_part();
}

void PartSink::end_part() {
    const Report all = report_();
    Report report;
    report.clipped_low = all.clipped_low - before_.clipped_low;
    report.clipped_high = all.clipped_high - before_.clipped_high;
    report.nan_samples = all.nan_samples - before_.nan_samples;
    report.rounded_integers = all.rounded_integers;
    sink_->write_late_notes(part_notes(report, checksum_));
    sink_->finish();
    sink_->publish();
    sink_.reset();
    before_ = all;
    ++next_;
}

}  // namespace stack2nrrd
