#pragma once

// An import, told once and carried out twice: by the library and by the slow truth.

#include "support/reference.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"
#include "support/volume.hpp"

#include <stack2nrrd/import.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace import_test {

using stack2nrrd::Align;
using stack2nrrd::ErrorCode;
using stack2nrrd::Index;
using stack2nrrd::Options;
using stack2nrrd::Range;
using stack2nrrd::Rational;
using stack2nrrd::SampleType;
using stack2nrrd::Stack;
using support::Volume;

using Bytes = std::vector<std::byte>;
using Doubles = std::vector<double>;

struct Recipe {
    std::array<std::string, 3> kernel{"lanczos:3", "lanczos:3", "lanczos:3"};
    std::array<reference::Fraction, 3> factor{{{1, 1}, {1, 1}, {1, 1}}};
    std::array<std::int64_t, 3> size{0, 0, 0};  ///< 0: use the factor
    std::array<Range, 3> crop{};
    Align align = Align::cell;

    [[nodiscard]] std::string text() const;
};

/// The same kernel and factor on all axes.
[[nodiscard]] Recipe recipe(const std::string& kernel, reference::Fraction factor, Align align = Align::cell,
                            const std::array<Range, 3>& crop = {});

[[nodiscard]] Options options_of(const Recipe& recipe);
[[nodiscard]] std::array<reference::Axis, 3> axes_of(const Recipe& recipe, const std::array<std::int64_t, 3>& source);

/// A volume as a folder of slices.
struct Source {
    Source(Volume volume_, SampleType type_, std::int64_t first = 0);

    support::TempFolder folder;
    Volume volume;
    SampleType type;
    Stack stack;
};

/// The samples of an import, through memory_sink().
[[nodiscard]] Bytes import_bytes(const Stack& stack, const Options& options, stack2nrrd::VolumeInfo* volume = nullptr,
                                 stack2nrrd::Report* report = nullptr);
[[nodiscard]] Doubles import_samples(const Stack& stack, const Options& options,
                                     stack2nrrd::VolumeInfo* volume = nullptr, stack2nrrd::Report* report = nullptr);

/// "" if the library and the truth agree, else what differs. `off`: see reference::disagreement().
[[nodiscard]] std::string disagreement(const Source& source, const Recipe& recipe, std::int64_t* off = nullptr,
                                       std::optional<SampleType> type = std::nullopt);

using support::refusal;

/// Options by name.
using Settings = std::vector<std::pair<std::string, std::string>>;

inline Options options_with(const Settings& settings) {
    Options options;
    for (const auto& [name, value] : settings) stack2nrrd::set_option(options, name, value);
    return options;
}

}  // namespace import_test
