#include "intensity/to_float.hpp"

#include "core/sample_types.hpp"
#include "loops/loops.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

namespace stack2nrrd {

namespace {

/// Sample i of a row. Rows come from decoders and need not be aligned.
template <class Sample>
Sample sample_at(const std::byte* row, std::size_t i) {
    Sample sample;
    std::memcpy(&sample, row + i * sizeof(Sample), sizeof(Sample));
    return sample;
}

/// Equal channels give exactly their value.
template <class Real>
Real luma_of(Real r, Real g, Real b) {
    if (r == g && g == b) return g;
    return Real(0.2126) * r + Real(0.7152) * g + Real(0.0722) * b;
}

template <class Sample, class Real>
bool convert_row(const std::byte* row, Range columns, int channels, int channel, Real* numbers, Real* nan) {
    constexpr auto middle = static_cast<Real>(bias_of<Sample>);
    const auto stride = static_cast<std::size_t>(channels);
    const std::byte* first = row + static_cast<std::size_t>(columns.first) * stride * sizeof(Sample);
    const auto count = static_cast<std::size_t>(columns.size());
    const auto number = [&](std::size_t i) { return static_cast<Real>(sample_at<Sample>(first, i)) - middle; };

    std::size_t numbers_made = count;
    if (channel == RowConversion<Real>::luma) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = i * stride;
            numbers[i] = luma_of(number(at), number(at + 1), number(at + 2));
        }
    } else if (channel == RowConversion<Real>::all || channels == 1) {
        numbers_made = count * stride;
        if constexpr (std::is_same_v<Real, float> && std::is_unsigned_v<Sample> && sizeof(Sample) <= 2) {
            sample_loops<Sample>().to_numbers(first, numbers_made, middle, numbers);
        } else {
            for (std::size_t i = 0; i < numbers_made; ++i) numbers[i] = number(i);
        }
    } else {
        for (std::size_t i = 0; i < count; ++i) numbers[i] = number(i * stride + static_cast<std::size_t>(channel));
    }

    if constexpr (std::is_floating_point_v<Sample>) {
        bool any = false;
        for (std::size_t i = 0; i < numbers_made; ++i) any |= numbers[i] != numbers[i];
        if (!any) return false;
        for (std::size_t i = 0; i < numbers_made; ++i) {
            const bool is_nan = numbers[i] != numbers[i];
            nan[i] = is_nan ? Real(1) : Real(0);
            if (is_nan) numbers[i] = 0;
        }
        return true;
    } else {
        (void)nan;
        return false;
    }
}

template <class Sample>
void add_up_samples(float* sum, bool fresh, const std::byte* const* rows, const float* weights, std::size_t count,
                    std::size_t length) {
    sample_loops<Sample>().add_up(sum, fresh, rows, static_cast<float>(bias_of<Sample>), weights, count, length);
}

}  // namespace

double bias(SampleType type) noexcept {
    return with_sample_type(type, [](auto sample) { return bias_of<decltype(sample)>; });
}

bool fits_single(SampleType type) noexcept {
    return with_sample_type(type,
                            [](auto sample) { return std::is_integral_v<decltype(sample)> && sizeof(sample) <= 2; });
}

Channel selected_channel(Channel channel, const ImageInfo& image) {
    const int wanted = static_cast<int>(channel);
    if (wanted >= image.channels()) {
        throw Error(ErrorCode::invalid_argument,
                    "--channel: " + std::to_string(wanted) + " was asked for, but the slices are " +
                        colour_text(image.colour, image.channels()) + " and have " +
                        (image.channels() == 1
                             ? std::string("one channel; leave it out")
                             : "channels 0 to " + std::to_string(image.channels() - 1) + "; give one of these"));
    }
    const bool mixes = channel == Channel::luma && image.colour == Colour::components;
    return mixes ? Channel::all : channel;
}

Colour selected_colour(Channel channel, Colour colour) { return channel == Channel::all ? colour : Colour::grey; }

bool beyond_double(SampleType type, const std::byte* first, std::size_t count, std::size_t stride) noexcept {
    return with_sample_type(type, [&](auto sample) {
        using Sample = decltype(sample);
        if constexpr (std::is_integral_v<Sample> && sizeof(Sample) == 8) {
            for (std::size_t i = 0; i < count; ++i) {
                const auto value = sample_at<Sample>(first, i * stride);
                const auto bits = static_cast<std::uint64_t>(value);
                const std::uint64_t magnitude = value < Sample{0} ? 0 - bits : bits;
                // From the highest bit to the lowest there are more than 53.
                if (magnitude != 0 && magnitude >> std::countr_zero(magnitude) >= std::uint64_t{1} << 53) return true;
            }
        }
        return false;
    });
}

template <class Real>
RowConversion<Real> row_conversion(const ImageInfo& image, Channel channel) {
    RowConversion<Real> conversion;
    conversion.channels = image.channels();
    conversion.channel = static_cast<int>(channel);
    // Grey needs no weights; its alpha, if any, is not part of it.
    if (channel == Channel::luma && conversion.channels < 3) conversion.channel = 0;
    if (channel == Channel::index) conversion.channel = 0;
    conversion.function =
        with_sample_type(image.type, [](auto sample) { return &convert_row<decltype(sample), Real>; });
    if constexpr (std::is_same_v<Real, float>) {
        const bool one_each = conversion.channels == 1 || conversion.channel == RowConversion<Real>::all;
        if (one_each && image.type == SampleType::uint8) conversion.add_up = &add_up_samples<std::uint8_t>;
        if (one_each && image.type == SampleType::uint16) conversion.add_up = &add_up_samples<std::uint16_t>;
    }
    return conversion;
}

template RowConversion<float> row_conversion<float>(const ImageInfo&, Channel);
template RowConversion<double> row_conversion<double>(const ImageInfo&, Channel);

}  // namespace stack2nrrd
