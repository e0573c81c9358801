#pragma once

// HDF5 files of ITK, as ITK, ANTs and 3D Slicer write them (.h5): a group /TransformGroup/N for each transform, from 0,
// with a string TransformType and two lists of numbers, TransformParameters and TransformFixedParameters.

#include "transform/itk_transform.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Is a file that begins with `head` in HDF5?
[[nodiscard]] bool is_hdf5(std::span<const std::byte> head);

/// The transforms of a file, in its order. `shown`: its name as it is shown in messages.
/// \throws Error unsupported: this library was built without libhdf5, or the file holds no transforms of ITK; corrupt.
[[nodiscard]] std::vector<ItkTransform> read_itk_hdf5(const std::string& path_utf8, const std::string& shown);

}  // namespace stack2nrrd
