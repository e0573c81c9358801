#pragma once

// What is between a result and its source: Options::transforms, read.

#include "transform/transform.hpp"

#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/options.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

struct Through {
    TransformPtr transform;          ///< null if there is none, or if it leaves every point where it is
    std::optional<Affine> linear{};  ///< the same, if it is linear; that of none, too
    std::vector<std::string> names;  ///< of the files, for messages
    std::vector<FileList> files;     ///< all that was read
    std::vector<std::string> notes;  ///< what is odd about them, a sentence each

    [[nodiscard]] std::int64_t memory_bytes() const;
};

/// Reads the files: the last one that is named is the first one that a point of the result goes through.
/// \throws Error as read_transform(); invalid_argument for Options::header_only without a linear transform.
[[nodiscard]] std::shared_ptr<const Through> read_transforms(const Options& options);

/// Where a volume is that `through`, which is linear, takes to `source`.
[[nodiscard]] Geometry moved(const Geometry& source, const Through& through);

/// Where `through`, which is linear, looks for the samples of a grid.
[[nodiscard]] Geometry looked_up(const Geometry& grid, const Through& through);

/// Does a volume whose places are `source` still run along its own axes, in any order and sense, when it is moved()?
[[nodiscard]] bool keeps_axes(const Geometry& source, const Through& through);

}  // namespace stack2nrrd
