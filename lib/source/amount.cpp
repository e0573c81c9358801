#include "source/amount.hpp"

#include "core/byte_count.hpp"
#include "volume/nrrd_reader.hpp"
#include "volume/sample_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

bool is_before(SliceRef a, SliceRef b) { return std::pair(a.file, a.place) < std::pair(b.file, b.place); }

/// Calls take(slice) for the different ones of `slices` within `range`. Slices that are in order cost nothing.
template <class Take>
void for_each_different(const std::vector<SliceRef>& slices, Range range, Take&& take) {
    const auto first = slices.begin() + range.first;
    const auto end = slices.begin() + range.end;
    SliceRef last;
    const auto next = [&](SliceRef slice) {
        if (slice.missing() || slice == last) return;
        last = slice;
        take(slice);
    };
    if (std::is_sorted(first, end, is_before)) return static_cast<void>(std::for_each(first, end, next));
    std::vector<std::uint32_t> order(static_cast<std::size_t>(range.size()));
    std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(range.first));
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return is_before(slices[a], slices[b]); });
    for (const std::uint32_t z : order) next(slices[z]);
}

std::int64_t bytes_of(const FileList& files) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < files.size(); ++i) sum += files.stamp(i).bytes;
    return sum;
}

/// Of streams that go forward only: what is between slices is read, too, and to go back is to begin again. Counted in
/// samples, and then in the same proportion of the files.
std::int64_t bytes_of_streams(const Stack& stack, const std::vector<SliceRef>& slices, Range range, Range rows,
                              bool backward) {
    const NrrdVolume& volume = *stack.volume;
    const Index streams = volume.channels_last ? volume.channels() : 1;
    const auto row = static_cast<std::int64_t>(stack.image.row_bytes()) / streams;
    const std::int64_t slice = row * volume.size[1];
    const auto in_files = [&](double samples) {
        return static_cast<std::int64_t>(samples / static_cast<double>(volume.payload_bytes()) *
                                         static_cast<double>(bytes_of(stack.files)));
    };
    double bytes = 0;
    if (backward) {
        const Index last = slices[static_cast<std::size_t>(range.first)].place;
        const int passes = backward_passes(volume, range.size());
        return in_files(static_cast<double>((last + 1) * slice * streams) * passes);
    }
    std::int64_t at = 0;  // no piece ends there: the first one is not yet begun
    for (Index stream = 0; stream < streams; ++stream) {
        std::int64_t first = -1;
        for (Index z = range.first; z < range.end; ++z) {
            const Index index = stream * volume.size[2] + slices[static_cast<std::size_t>(z)].place;
            const std::int64_t begin = index * slice + rows.first * row;
            const std::int64_t piece = begin - begin % volume.piece_bytes;
            if (at < piece || at > begin) at = piece;
            if (first < 0) first = begin;
            bytes += static_cast<double>(index * slice + rows.end * row - at);
            at = index * slice + rows.end * row;
        }
        at = volume.files.size() == 1 ? first : 0;  // there the next one sets out
    }
    return in_files(bytes);
}

}  // namespace

Amount amount_to_read(const Stack& stack, const std::vector<SliceRef>& slices, Range z, Range rows, bool backward) {
    Index different = 0;
    for_each_different(slices, z, [&](SliceRef) { ++different; });
    const bool raw = stack.volume != nullptr && stack.volume->encoding == NrrdEncoding::raw;
    if (raw || stack.bare || stack.source != nullptr) {
        return {different, (ByteCount(different) * rows.size() * stack.image.row_bytes()).value()};
    }
    if (stack.volume != nullptr) return {different, bytes_of_streams(stack, slices, z, rows, backward)};
    // The pages of a file are alike, those of other channels and times, too.
    const Range all{0, static_cast<Index>(stack.slices.size())};
    std::size_t there = 0;
    for_each_different(stack.slices, all, [&](SliceRef) { ++there; });
    std::vector<std::uint32_t> pages;  // of each file, if there are files with more than one
    if (there > stack.files.size()) {
        pages.resize(stack.files.size());
        for_each_different(stack.slices, all, [&](SliceRef slice) { ++pages[static_cast<std::size_t>(slice.file)]; });
    }
    const double volumes = static_cast<double>(stack.taken.channels) * static_cast<double>(stack.taken.times);
    double bytes = 0;
    for_each_different(slices, z, [&](SliceRef slice) {
        const auto file = static_cast<std::size_t>(slice.file);
        bytes += static_cast<double>(stack.files.stamp(file).bytes) / (volumes * (pages.empty() ? 1 : pages[file]));
    });
    return {different, static_cast<std::int64_t>(bytes)};
}

}  // namespace stack2nrrd
