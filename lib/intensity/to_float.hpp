#pragma once

// Rows of samples, as decoders deliver them, to rows of numbers that can be filtered.

#include <stack2nrrd/image.hpp>
#include <stack2nrrd/options.hpp>

#include <cstddef>

namespace stack2nrrd {

/// What is subtracted from samples before they are filtered and added again after it: the middle of the range of
/// unsigned 8- and 16-bit samples. Sums of smaller numbers lose less to rounding.
[[nodiscard]] double bias(SampleType type) noexcept;

/// Is single precision enough to filter samples of this type? (It is for integers of up to 16 bits.)
[[nodiscard]] bool fits_single(SampleType type) noexcept;

/// What `channel` means for slices such as `image`: of components luma is all of them.
/// \throws Error invalid_argument if there is no such channel.
[[nodiscard]] Channel selected_channel(Channel channel, const ImageInfo& image);

/// Channels that remain of it.
[[nodiscard]] Colour selected_colour(Channel channel, Colour colour);

/// Are there 64-bit integers among the `count` samples from `first` on, `stride` samples apart, that no double equals?
/// False for all other types.
[[nodiscard]] bool beyond_double(SampleType type, const std::byte* first, std::size_t count,
                                 std::size_t stride) noexcept;

/// How rows of one import are converted. A value, made once.
template <class Real>
struct RowConversion {
    /// `row`: a decoded row; `columns`: those wanted; `numbers`: columns × selected channels. NaN becomes 0 and gets a
    /// 1 in `nan`, which else holds zeros; `nan` is touched only if there is one.
    /// Returns whether there was one. Integers have none.
    using Function = bool (*)(const std::byte* row, Range columns, int channels, int channel, Real* numbers, Real* nan);

    /// Converts and adds up at once, as Loops::add_up does with numbers. Rows begin with the first sample wanted.
    using AddUp = void (*)(Real* sum, bool fresh, const std::byte* const* rows, const Real* weights, std::size_t count,
                           std::size_t length);

    Function function = nullptr;
    AddUp add_up = nullptr;  ///< for 8- and 16-bit samples without sign that become a number each
    int channels = 1;        ///< of the slices
    int channel = 0;         ///< the one that is taken, or one of the two below

    static constexpr int luma = -2;  ///< 0.2126 R + 0.7152 G + 0.0722 B (ITU-R BT.709)
    static constexpr int all = -1;

    bool operator()(const std::byte* row, Range columns, Real* numbers, Real* nan) const {
        return function(row, columns, channels, channel, numbers, nan);
    }
};

template <class Real>
[[nodiscard]] RowConversion<Real> row_conversion(const ImageInfo& image, Channel channel);

}  // namespace stack2nrrd
