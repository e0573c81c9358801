#pragma once

// The grid of another volume, as samples of the source: Options::like.

#include "resample/axis_plan.hpp"
#include "stage/arrange.hpp"

#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/options.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Is the grid of the result given, in either way?
[[nodiscard]] bool has_reference(const Options& options) noexcept;

/// \throws Error invalid_argument if something else decides the grid of the result than Options::like.
void check_like_alone(const Options& options);

/// Where the samples of a reference are.
struct Grid {
    std::string name;  ///< for messages
    std::array<Index, 3> size{};
    Geometry geometry{};
    FileList files;                  ///< all that it was read from
    std::vector<std::string> notes;  ///< what is odd about it, a sentence each
};

/// The grid that Options::like names or Options::like_grid is; no samples are read.
/// \throws Error as find_stack(), its first fatal problem; invalid_argument if its spacing is unknown.
[[nodiscard]] Grid grid_of(const Options& options);

/// Where the slices `slab` of a grid are.
[[nodiscard]] Geometry part_of(const Geometry& grid, Range slab);

/// What of the source a result may be made of.
struct GridSource {
    Geometry geometry{};                ///< of its samples, after steps
    std::array<Index, 3> size{};        ///< samples
    std::array<Range, 3> wanted{};      ///< those within the crop
    std::array<AxisOptions, 3> axes{};  ///< kernels
};

/// How samples of the source become those of a grid.
struct Likeness {
    std::array<AxisPlan, 3> axes;  ///< of the source, in its order and sense: what is within it
    Arrangement arrangement;       ///< what becomes of those; its fill is the caller's
};

/// How the slices `slab` of `grid` are made. Steps and positions are the simplest fractions within a millionth of a
/// sample, or those that make exactly the numbers of the grid.
/// None if the axes of the grid are not those of the source within a hundredth of a sample.
/// \throws Error invalid_argument if no sample of the grid is within the source.
[[nodiscard]] std::optional<Likeness> likeness_of(const Grid& grid, Range slab, const GridSource& source);

}  // namespace stack2nrrd
