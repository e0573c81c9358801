#include "warp/finishing.hpp"

#include "core/byte_count.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace stack2nrrd {

namespace {

std::size_t samples_of_row(const Finish& finish, const std::array<Index, 3>& size) {
    return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(finish.channels);
}

}  // namespace

Finishing::Finishing(const Finish& finish, const std::array<Index, 3>& size, std::shared_ptr<Inside> inside, Sink& next)
    : finish_(finish),
      size_(size),
      inside_(std::move(inside)),
      next_(next),
      slice_(samples_of_row(finish, size) * static_cast<std::size_t>(size[1]) * sample_bytes(finish.to)),
      numbers_(samples_of_row(finish, size)) {}

std::int64_t Finishing::memory_bytes(const Finish& finish, const std::array<Index, 3>& size) {
    const ByteCount row = ByteCount(size[0]) * finish.channels;
    return (row * size[1] * sample_bytes(finish.to) + row * sizeof(double)).value();
}

void Finishing::begin(const VolumeInfo& /*volume*/) {}

void Finishing::write_slice(Index z, std::span<const std::byte> samples) {
    const auto inside = inside_->slice(finish_.first[2] + z);
    const std::size_t channels = static_cast<std::size_t>(finish_.channels);
    const std::size_t from_bytes = channels * sample_bytes(finish_.from);
    const std::size_t to_bytes = channels * sample_bytes(finish_.to);
    const auto width = static_cast<std::size_t>(size_[0]);
    const std::byte* from = samples.data();
    std::byte* to = slice_.data();
    const std::uint8_t* is_inside = inside->samples.data() + finish_.first[1] * finish_.row + finish_.first[0];
    for (Index y = 0; y < size_[1]; ++y) {
        for (std::size_t x = 0; x < width;) {
            const std::uint8_t kind = is_inside[x];
            std::size_t end = x + 1;
            while (end < width && is_inside[end] == kind) ++end;
            if (kind != 0) {
                convert(from + x * from_bytes, (end - x) * channels, to + x * to_bytes);
            } else {
                for (std::size_t i = x; i < end; ++i) std::memcpy(to + i * to_bytes, finish_.outside.data(), to_bytes);
            }
            x = end;
        }
        from += width * from_bytes;
        to += width * to_bytes;
        is_inside += finish_.row;
    }
    next_.write_slice(z, slice_);
}

void Finishing::convert(const std::byte* from, std::size_t count, std::byte* to) {
    if (finish_.labels) {
        losses_ += cast_samples(from, finish_.from, count, finish_.to, to);
    } else if (finish_.from == SampleType::float32) {
        convert_numbers(reinterpret_cast<const float*>(from), count, to);
    } else {
        convert_numbers(reinterpret_cast<const double*>(from), count, to);
    }
}

/// Single precision is for numbers without NaN.
template <class Real>
void Finishing::convert_numbers(const Real* from, std::size_t count, std::byte* to) {
    const auto convert_all = [&](const auto* numbers) {
        losses_ += to_samples(numbers, static_cast<decltype(numbers)>(nullptr), count, finish_.intensity, finish_.to,
                              finish_.may_clip, to);
    };
    if (std::none_of(from, from + count, [](Real number) { return std::isnan(number); })) return convert_all(from);
    std::copy(from, from + count, numbers_.begin());
    convert_all(static_cast<const double*>(numbers_.data()));
}

}  // namespace stack2nrrd
