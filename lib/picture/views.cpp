#include "picture/views.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

namespace stack2nrrd {

namespace {

Index rows_along_z(const VolumeInfo& volume) { return std::min(volume.size[2], Views::most_rows); }

/// The sizes of x-y, x-z and y-z.
std::array<std::array<Index, 2>, 3> sides_of(const VolumeInfo& volume) {
    const Index rows = rows_along_z(volume);
    return {{{volume.size[0], volume.size[1]}, {volume.size[0], rows}, {volume.size[1], rows}}};
}

template <class Sample>
constexpr Sample lowest = std::is_floating_point_v<Sample> ? -std::numeric_limits<Sample>::infinity()
                                                           : std::numeric_limits<Sample>::lowest();

/// What NaN leaves as it is.
template <class Sample>
constexpr Sample larger(Sample sample, Sample most) {
    return sample > most ? sample : most;
}

template <class Sample>
void keep_larger(Sample* most, const Sample* row, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) most[i] = larger(row[i], most[i]);
}

/// The largest of each colour. Several lanes of them, so that they need not wait for each other.
template <int colours, class Sample>
void keep_largest(Sample* most, const Sample* row, std::size_t count) {
    constexpr std::size_t lanes = colours * (64 / sizeof(Sample));
    std::array<Sample, lanes> lane;
    lane.fill(lowest<Sample>);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) lane[l] = larger(row[i + l], lane[l]);
    }
    for (std::size_t l = 0; i + l < count; ++l) lane[l] = larger(row[i + l], lane[l]);
    for (std::size_t l = 0; l < lanes; ++l) most[l % colours] = larger(lane[l], most[l % colours]);
}

template <class Sample>
void add_to(float* sums, const Sample* row, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) sums[i] += static_cast<float>(row[i]);
}

}  // namespace

class Views::Gathering {
public:
    Gathering() = default;
    Gathering(const Gathering&) = delete;
    Gathering& operator=(const Gathering&) = delete;
    virtual ~Gathering() = default;

    virtual void add(Index z, const std::byte* samples) = 0;
    virtual std::array<View, 6> take() = 0;
};

namespace {

/// Largest values stay samples as long as slices come: that is less to be read and written for each of them.
template <class Sample, int colours>
class GatheringOf final : public Views::Gathering {
public:
    explicit GatheringOf(const VolumeInfo& volume)
        : size_(volume.size), channels_(static_cast<std::size_t>(volume.channels)), sides_(sides_of(volume)) {
        for (std::size_t v = 0; v < 3; ++v) {
            const auto count = static_cast<std::size_t>(sides_[v][0] * sides_[v][1]) * colours;
            sums_[v].assign(count, 0);
            largest_[v].assign(count, lowest<Sample>);
        }
        row_.resize(channels_ == colours ? 0 : static_cast<std::size_t>(size_[0]) * colours);
        gathered_.assign(static_cast<std::size_t>(sides_[1][1]), 0);
    }

    void add(Index z, const std::byte* samples) override {
        const Index k = z * sides_[1][1] / size_[2];
        const auto* row = reinterpret_cast<const Sample*>(samples);
        for (Index y = 0; y < size_[1]; ++y) {
            add_row(z, y, k, colours_of_row(row));
            row += static_cast<std::size_t>(size_[0]) * channels_;
        }
        ++gathered_[static_cast<std::size_t>(k)];
    }

    std::array<View, 6> take() override {
        std::array<View, 6> views;
        for (std::size_t v = 0; v < 3; ++v) {
            const auto [width, height] = sides_[v];
            if (v > 0) make_means(sums_[v], static_cast<std::size_t>(width) * colours);
            views[v] = {width, height, colours, std::move(sums_[v])};
            const std::vector<Sample> largest = std::move(largest_[v]);
            views[v + 3] = {width, height, colours, std::vector<float>(largest.size())};
            std::transform(largest.begin(), largest.end(), views[v + 3].numbers.begin(),
                           [](Sample sample) { return static_cast<float>(sample); });
        }
        return views;
    }

private:
    /// The channels of a row that are seen.
    const Sample* colours_of_row(const Sample* row) {
        if (channels_ == colours) return row;
        for (std::size_t x = 0; x < static_cast<std::size_t>(size_[0]); ++x) {
            std::copy_n(row + x * channels_, colours, row_.data() + x * colours);
        }
        return row_.data();
    }

    void add_row(Index z, Index y, Index k, const Sample* row) {
        const auto count = static_cast<std::size_t>(size_[0]) * colours;
        const auto along_y = static_cast<std::size_t>(k) * count;
        const auto along_x = static_cast<std::size_t>(k * size_[1] + y) * colours;
        const std::size_t along_z = static_cast<std::size_t>(y) * count;
        if (z == size_[2] / 2) add_to(sums_[0].data() + along_z, row, count);
        if (y == size_[1] / 2) add_to(sums_[1].data() + along_y, row, count);
        add_to(sums_[2].data() + along_x, row + static_cast<std::size_t>(size_[0] / 2) * colours, colours);
        keep_larger(largest_[0].data() + along_z, row, count);
        keep_larger(largest_[1].data() + along_y, row, count);
        keep_largest<colours>(largest_[2].data() + along_x, row, count);
    }

    void make_means(std::vector<float>& sums, std::size_t width) const {
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const Index slices = gathered_[i / width];
            if (slices > 1) sums[i] /= static_cast<float>(slices);
        }
    }

    std::array<Index, 3> size_;
    std::size_t channels_;
    std::array<std::array<Index, 2>, 3> sides_;
    std::array<std::vector<float>, 3> sums_;
    std::array<std::vector<Sample>, 3> largest_;
    std::vector<Sample> row_;
    std::vector<Index> gathered_;  ///< slices in each row of the views along z
};

}  // namespace

int Views::colours_of(const VolumeInfo& volume) noexcept {
    return volume.colour == Colour::rgb || volume.colour == Colour::rgba ? 3 : 1;
}

Views::Views(const VolumeInfo& volume) {
    with_sample_type(volume.type, [&](auto sample) {
        if (colours_of(volume) == 3) {
            gathering_ = std::make_unique<GatheringOf<decltype(sample), 3>>(volume);
        } else {
            gathering_ = std::make_unique<GatheringOf<decltype(sample), 1>>(volume);
        }
    });
}

Views::~Views() = default;

void Views::add(Index z, std::span<const std::byte> samples) { gathering_->add(z, samples.data()); }

std::array<View, 6> Views::take() { return gathering_->take(); }

std::int64_t Views::memory_bytes(const VolumeInfo& volume) {
    const auto colours = static_cast<std::size_t>(colours_of(volume));
    const std::size_t bytes = sample_bytes(volume.type);
    ByteCount sum = ByteCount(rows_along_z(volume)) * sizeof(Index);
    for (const auto& [width, height] : sides_of(volume)) {
        // Means and, when they are taken, largest values are floats.
        sum = sum + ByteCount(width) * height * colours * (2 * sizeof(float) + bytes);
    }
    if (static_cast<std::size_t>(volume.channels) != colours) sum = sum + ByteCount(volume.size[0]) * colours * bytes;
    return sum.value();
}

}  // namespace stack2nrrd
