#pragma once

// Text files of ITK, as ITK, ANTs and 3D Slicer write them (.tfm, .txt):
//
//     #Insight Transform File V1.0
//     #Transform 0
//     Transform: AffineTransform_double_3_3
//     Parameters: 1 0 0 0 1 0 0 0 1 0 0 0
//     FixedParameters: 0 0 0

#include "transform/itk_transform.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Does a file that begins with `head` claim to be one?
[[nodiscard]] bool is_itk_text(std::span<const std::byte> head);

/// The transforms of `text`, in its order. Lines may end as on any system; blank ones, and those that begin with #, are
/// left out. `file`: as it is shown in messages.
/// \throws Error corrupt: a line that is none, a number that is none; unsupported: another version, or names of files
///         instead of transforms.
[[nodiscard]] std::vector<ItkTransform> read_itk_text(const std::string& file, std::string_view text);

}  // namespace stack2nrrd
