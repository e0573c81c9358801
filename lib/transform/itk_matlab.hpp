#pragma once

// Files of ITK in MATLAB's format of version 4, as ANTs writes its linear transforms (0GenericAffine.mat): for each
// transform a column of numbers whose name is its type, and one whose name is "fixed".

#include "transform/itk_transform.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Does a file that begins with `head` hold a transform of ITK first of all?
[[nodiscard]] bool is_itk_matlab(std::span<const std::byte> head);

/// The transforms of a file's `bytes`, in their order. `file`: as it is shown in messages.
/// \throws Error corrupt, unsupported.
[[nodiscard]] std::vector<ItkTransform> read_itk_matlab(const std::string& file, std::string_view bytes);

}  // namespace stack2nrrd
