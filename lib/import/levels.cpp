// A pyramid: one stack, several factors.

#include "core/hidden_names.hpp"
#include "core/output_file.hpp"
#include "import/like.hpp"
#include "import/refuse.hpp"
#include "sink/zarr_sink.hpp"

#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <string>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

void check_pyramid_alone(const Options& options) {
    for (const AxisOptions& axis : options.axes) {
        if (axis.factor != Rational{} || axis.size) {
            refuse("--pyramid: gives the factors, and so does --factor or --size; give one of them");
        }
    }
    if (options.target != Target{}) {
        refuse(
            "--pyramid: gives the factors, and so does --fit, --max-dim, --target-spacing or --isotropic; give one "
            "of them");
    }
    if (has_reference(options)) refuse("--pyramid: gives the factors, and --like gives the grid; give one of them");
    if (options.slab != Range{}) refuse("--pyramid: has different slabs at each level; leave out --slab");
}

/// Halves until no axis is long.
std::vector<Index> automatic_factors(const Stack& stack, const Options& whole) {
    constexpr Index longest = 256;
    const std::array<Index, 3> size = plan_import(stack, whole).volume().size;
    const Index most = *std::max_element(size.begin(), size.end());
    std::vector<Index> factors{1};
    while (most > longest * factors.back()) factors.push_back(2 * factors.back());
    return factors;
}

void check_factors(const std::vector<Index>& factors) {
    Index last = 0;
    for (const Index factor : factors) {
        if (factor <= last) {
            refuse("--pyramid: " + std::to_string(factor) +
                   " is not above the factor before it; give whole numbers from 1 on in ascending order");
        }
        last = factor;
    }
}

/// "scan_2.nrrd"
fs::path level_file(const fs::path& file, Index factor) {
    if (file.empty()) return {};
    fs::path name = file.stem();
    name += "_" + std::to_string(factor);
    name += file.extension();
    return file.parent_path() / name;
}

}  // namespace

std::vector<Level> levels_of(const Stack& stack, const Options& options, const fs::path& file) {
    Options one = options;
    if (is_zarr_name(file)) one.format = Format::zarr;
    const fs::path name = file.has_filename() ? file : file.parent_path();  // a folder may end with a slash
    if (one.scratch.empty() && !file.empty()) one.scratch = folder_of(followed(name));
    const bool is_zarr = one.format == Format::zarr && !file.empty();
    if (options.pyramid.empty() && !options.pyramid_auto) return {{one, is_zarr ? file / "0" : file}};
    check_pyramid_alone(options);
    one.pyramid.clear();
    one.pyramid_auto = false;
    const std::vector<Index> factors = options.pyramid_auto ? automatic_factors(stack, one) : options.pyramid;
    check_factors(factors);
    std::vector<Level> levels;
    for (const Index factor : factors) {
        for (AxisOptions& axis : one.axes) axis.factor = {factor, 1};
        levels.push_back({one, is_zarr ? file / std::to_string(levels.size()) : level_file(file, factor)});
        one.nrrd.preview.clear();
        one.zarr.preview.clear();
        one.report.clear();
    }
    return levels;
}

}  // namespace stack2nrrd
