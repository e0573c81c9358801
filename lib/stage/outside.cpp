#include "stage/outside.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "intensity/to_sample.hpp"

#include <stack2nrrd/error.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace stack2nrrd {

std::vector<std::byte> outside_sample(const VolumeInfo& volume, double fill) {
    const std::size_t bytes = sample_bytes(volume.type);
    std::vector<std::byte> sample(bytes * static_cast<std::size_t>(volume.channels));
    const Losses losses =
        to_samples(&fill, static_cast<const double*>(nullptr), 1, {}, volume.type, true, sample.data());
    const bool is_lost = !is_float(volume.type) && std::isnan(fill);
    if (is_lost || losses.clipped.low + losses.clipped.high > 0) {
        const auto range = with_sample_type(volume.type, [](auto value) {
            using Limits = std::numeric_limits<decltype(value)>;
            if constexpr (Limits::is_integer) {
                return std::to_string(Limits::lowest()) + " to " + std::to_string(Limits::max());
            } else {
                return number_text(Limits::lowest()) + " to " + number_text(Limits::max());
            }
        });
        throw Error(ErrorCode::invalid_argument, "--fill: " + number_text(fill) + " is no value of the result, whose " +
                                                     std::string(sample_type_name(volume.type)) + " has " + range +
                                                     "; give a value within it, or another --type");
    }
    for (std::size_t c = 1; c < static_cast<std::size_t>(volume.channels); ++c) {
        std::memcpy(sample.data() + c * bytes, sample.data(), bytes);
    }
    return sample;
}

}  // namespace stack2nrrd
