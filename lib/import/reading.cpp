#include "import/reading.hpp"

#include "volume/nrrd_reader.hpp"

#include <algorithm>
#include <numeric>

namespace stack2nrrd {

namespace {

using Detail = ImportPlan::Detail;

/// By index, as slices have it.
std::vector<bool> wanted_slices(const Detail& plan) {
    std::vector<bool> wanted(std::max({plan.files.size(), plan.places.size(), plan.slices.size()}));
    if (plan.volume_source != nullptr) wanted.resize(static_cast<std::size_t>(plan.volume_source->size[2]));
    for (Index z = plan.source.first; z < plan.source.end; ++z) {
        const SliceRef slice = plan.slices[static_cast<std::size_t>(z)];
        if (!slice.missing()) wanted[static_cast<std::size_t>(slice.index)] = true;
    }
    return wanted;
}

std::int64_t bytes_of(const std::vector<SourceFile>& files) {
    return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                           [](std::int64_t sum, const SourceFile& file) { return sum + file.bytes; });
}

/// Of streams that go forward only: what lies between slices is read, too, and to go back is to begin again. Counted in
/// samples, and then in the same proportion of the files.
std::int64_t bytes_of_streams(const Detail& plan, Range rows) {
    const NrrdVolume& volume = *plan.volume_source;
    const Index streams = volume.channels_last ? volume.channels() : 1;
    const auto row = static_cast<std::int64_t>(plan.image.row_bytes()) / streams;
    const std::int64_t slice = row * volume.size[1];
    double bytes = 0;
    for (Index stream = 0; stream < streams; ++stream) {
        std::int64_t at = 0;  // no piece ends there: the first one is not yet begun
        for (Index z = plan.source.first; z < plan.source.end; ++z) {
            const Index index = stream * volume.size[2] + plan.slices[static_cast<std::size_t>(z)].index;
            const std::int64_t begin = index * slice + rows.first * row;
            const std::int64_t piece = begin - begin % volume.piece_bytes;
            if (at < piece || at > begin) at = piece;
            bytes += static_cast<double>(index * slice + rows.end * row - at);
            at = index * slice + rows.end * row;
        }
    }
    return static_cast<std::int64_t>(bytes / static_cast<double>(volume.payload_bytes()) *
                                     static_cast<double>(bytes_of(plan.files)));
}

}  // namespace

Reading reading_of(const Stack& stack, const Detail& plan) {
    const std::vector<bool> wanted = wanted_slices(plan);
    const Index slices = std::count(wanted.begin(), wanted.end(), true);
    const Range rows = reach(plan.axes[1], {0, plan.axes[1].outputs});
    const bool raw = plan.volume_source != nullptr && plan.volume_source->encoding == NrrdEncoding::raw;
    if (raw || stack.bare) return {slices, slices * rows.size() * static_cast<std::int64_t>(plan.image.row_bytes())};
    if (plan.volume_source != nullptr) return {slices, bytes_of_streams(plan, rows)};
    if (!plan.places.empty()) {
        // The pages of a file are alike, those of other channels and times, too.
        const double pages = static_cast<double>(plan.places.size()) * static_cast<double>(stack.taken.channels) *
                             static_cast<double>(stack.taken.times);
        const double share = static_cast<double>(slices) / pages;
        return {slices, static_cast<std::int64_t>(share * static_cast<double>(bytes_of(plan.files)))};
    }
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < plan.files.size(); ++i) bytes += wanted[i] ? plan.files[i].bytes : 0;
    return {slices, bytes};
}

}  // namespace stack2nrrd
