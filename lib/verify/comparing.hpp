#pragma once

// A sink that keeps nothing: each slice is compared with that of a volume on disk.

#include "volume/nrrd_reader.hpp"

#include <stack2nrrd/sink.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace stack2nrrd {

/// What is not the same.
struct Differences {
    struct First {
        std::array<Index, 3> at{};
        int channel = 0;
        std::string there;  ///< the value on disk
        std::string made;   ///< and the one that was made
    };
    std::int64_t compared = 0;  ///< samples, each channel counted
    std::int64_t count = 0;     ///< of those that differ, by a bit at least
    std::optional<First> first{};
};

/// `volume` must have the size, type and channels of what is made. `differences` must exist as long as the sink.
[[nodiscard]] std::unique_ptr<Sink> comparing_sink(std::shared_ptr<const NrrdVolume> volume, Differences& differences);

}  // namespace stack2nrrd
