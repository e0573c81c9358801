#pragma once

#include <stack2nrrd/sink.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Numbers in rows from top to bottom, `colours` at each place.
struct View {
    Index width = 0;
    Index height = 0;
    int colours = 1;
    std::vector<float> numbers;
};

/// Gathers six views of a volume while its slices pass: first the three orthogonal slices through its middle, sample
/// size/2 of z, y and x (x to the right and y down; x and z; y and z), then the largest values along z, y and x in the
/// same order. Of RGB there are three colours, each by itself; of all else that has channels the first one is seen.
///
/// Of more than most_rows slices some share a row of the views along z: slice z of n is in row z * most_rows / n, which
/// has their mean, and of largest values the largest. NaN is no largest value; where there is nothing else, -infinity
/// is.
class Views {
public:
    static constexpr Index most_rows = 1024;

    explicit Views(const VolumeInfo& volume);
    ~Views();

    void add(Index z, std::span<const std::byte> samples);

    /// The views, after the last slice.
    [[nodiscard]] std::array<View, 6> take();

    [[nodiscard]] static std::int64_t memory_bytes(const VolumeInfo& volume);

    /// 3 for RGB and RGBA, else 1.
    [[nodiscard]] static int colours_of(const VolumeInfo& volume) noexcept;

    class Gathering;  ///< of samples of one type

private:
    std::unique_ptr<Gathering> gathering_;
};

}  // namespace stack2nrrd
