#include "picture/views.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace stack2nrrd {

namespace {

Index rows_along_z(const VolumeInfo& volume) { return std::min(volume.size[2], Views::most_rows); }

/// The first `colours` of the channels of each sample, as floats.
template <class Sample, int colours>
void to_floats(const std::byte* samples, std::size_t channels, std::vector<float>& row) {
    const auto at = [&](std::size_t i) {
        Sample sample;
        std::memcpy(&sample, samples + i * sizeof(Sample), sizeof(Sample));
        return static_cast<float>(sample);
    };
    float* const floats = row.data();
    if (channels == colours) {
        for (std::size_t i = 0; i < row.size(); ++i) floats[i] = at(i);
        return;
    }
    for (std::size_t x = 0; x < row.size() / colours; ++x) {
        for (std::size_t c = 0; c < colours; ++c) floats[x * colours + c] = at(x * channels + c);
    }
}

/// What NaN leaves as it is.
constexpr float larger(float number, float most) { return number > most ? number : most; }

void keep_larger(float* most, const std::vector<float>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) most[i] = larger(row[i], most[i]);
}

/// The largest of each colour. Several lanes of them, so that they need not wait for each other.
template <int colours>
void keep_largest(float* most, const std::vector<float>& row) {
    constexpr std::size_t lanes = 16 * colours;
    std::array<float, lanes> lane;
    lane.fill(-std::numeric_limits<float>::infinity());
    std::size_t i = 0;
    for (; i + lanes <= row.size(); i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) lane[l] = larger(row[i + l], lane[l]);
    }
    for (std::size_t l = 0; i + l < row.size(); ++l) lane[l] = larger(row[i + l], lane[l]);
    for (std::size_t l = 0; l < lanes; ++l) most[l % colours] = larger(lane[l], most[l % colours]);
}

}  // namespace

int Views::colours_of(const VolumeInfo& volume) noexcept {
    return volume.colour == Colour::rgb || volume.colour == Colour::rgba ? 3 : 1;
}

Views::Views(const VolumeInfo& volume) : volume_(volume) {
    const int colours = colours_of(volume);
    const Index rows = rows_along_z(volume);
    const auto view = [&](Index width, Index height, float number) {
        return View{width, height, colours,
                    std::vector<float>(static_cast<std::size_t>(width * height * colours), number)};
    };
    constexpr float lowest = -std::numeric_limits<float>::infinity();
    const auto& size = volume.size;
    views_ = {view(size[0], size[1], 0),      view(size[0], rows, 0),      view(size[1], rows, 0),
              view(size[0], size[1], lowest), view(size[0], rows, lowest), view(size[1], rows, lowest)};
    row_.resize(static_cast<std::size_t>(size[0] * colours));
    gathered_.assign(static_cast<std::size_t>(rows), 0);
}

void Views::add(Index z, std::span<const std::byte> samples) {
    views_.front().colours == 3 ? add_slice<3>(z, samples) : add_slice<1>(z, samples);
}

template <int colours>
void Views::add_slice(Index z, std::span<const std::byte> samples) {
    const Index k = z * views_[1].height / volume_.size[2];
    const auto channels = static_cast<std::size_t>(volume_.channels);
    const std::size_t row_bytes = samples.size() / static_cast<std::size_t>(volume_.size[1]);
    with_sample_type(volume_.type, [&](auto sample) {
        for (Index y = 0; y < volume_.size[1]; ++y) {
            to_floats<decltype(sample), colours>(samples.data() + static_cast<std::size_t>(y) * row_bytes, channels,
                                                 row_);
            add_row<colours>(z, y, k);
        }
    });
    ++gathered_[static_cast<std::size_t>(k)];
}

template <int colours>
void Views::add_row(Index z, Index y, Index k) {
    const auto row_of = [&](View& view, Index row) {
        return view.numbers.data() + static_cast<std::size_t>(row * view.width) * colours;
    };
    if (z == volume_.size[2] / 2) std::copy(row_.begin(), row_.end(), row_of(views_[0], y));
    if (y == volume_.size[1] / 2) {
        float* const sums = row_of(views_[1], k);
        for (std::size_t i = 0; i < row_.size(); ++i) sums[i] += row_[i];
    }
    float* const sums = row_of(views_[2], k) + y * colours;
    const auto middle = static_cast<std::size_t>(volume_.size[0] / 2) * colours;
    for (std::size_t c = 0; c < colours; ++c) sums[c] += row_[middle + c];
    keep_larger(row_of(views_[3], y), row_);
    keep_larger(row_of(views_[4], k), row_);
    keep_largest<colours>(row_of(views_[5], k) + y * colours, row_);
}

std::array<View, 6> Views::take() {
    for (const std::size_t v : {1, 2}) {
        const std::size_t row = views_[v].numbers.size() / gathered_.size();
        for (std::size_t i = 0; i < views_[v].numbers.size(); ++i) {
            if (gathered_[i / row] > 1) views_[v].numbers[i] /= static_cast<float>(gathered_[i / row]);
        }
    }
    return std::move(views_);
}

std::int64_t Views::memory_bytes(const VolumeInfo& volume) {
    const auto& size = volume.size;
    const Index rows = rows_along_z(volume);
    const ByteCount places = ByteCount(size[0]) * size[1] + (ByteCount(size[0]) + size[1]) * rows;
    const ByteCount numbers = (ByteCount(2) * places + size[0]) * colours_of(volume);
    return (numbers * sizeof(float) + ByteCount(rows) * sizeof(Index)).value();
}

}  // namespace stack2nrrd
