#pragma once

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/volume.hpp"
#include "support/write_volume.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

namespace cli_test {

/// Air of 1000 with noise, and a block in it; or the block alone, without air.
inline support::Volume air_and_block(std::int64_t n, bool air = true) {
    support::Volume volume({n, n, n});
    std::mt19937 random(1);
    const auto unit = [&] { return static_cast<double>(random()) / 4294967296.; };
    for (std::int64_t z = 0; z < n; ++z) {
        for (std::int64_t y = 0; y < n; ++y) {
            for (std::int64_t x = 0; x < n; ++x) {
                const auto is_inside = [&](std::int64_t i) { return i >= n / 4 && i < 3 * n / 4; };
                const bool object = is_inside(x) && is_inside(y) && is_inside(z);
                double noise = 0;
                for (int i = 0; i < 12; ++i) noise += unit() - .5;  // of sigma 1
                volume.at(x, y, z) = std::round(1000 + 60 * noise + (object && air ? 9000 : 0));
            }
        }
    }
    return volume;
}

struct DehazePlace {
    Folder folder;
    fs::path out = folder / "out";
    fs::path scratch = folder / "scratch";
    explicit DehazePlace(std::int64_t n = 32) {
        fs::create_directory(out);
        fs::create_directory(scratch);
        support::write_volume(folder / "scan.nrrd", air_and_block(n), stack2nrrd::SampleType::uint16);
        support::write_volume(folder / "tissue.nrrd", air_and_block(n, false), stack2nrrd::SampleType::uint16);
    }
    [[nodiscard]] Result make(Arguments arguments, const std::string& input = "scan.nrrd") const {
        arguments.insert(arguments.begin(), {(folder / input).string(), "--spacing", "1", "--progress", "none"});
        return run_in(out, std::move(arguments));
    }
};

}  // namespace cli_test
