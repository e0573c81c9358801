#pragma once

// HDF5 files of ITK, as ITK, ANTs and 3D Slicer write them (.h5): a group /TransformGroup/N for each transform, from 0,
// with a string TransformType and two lists of numbers, TransformParameters and TransformFixedParameters.

#include "core/file.hpp"
#include "transform/itk_transform.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Is a file that begins with `head` in HDF5?
[[nodiscard]] bool is_hdf5(std::span<const std::byte> head);

/// The transforms of a file, in its order.
/// \throws Error unsupported: no transforms of ITK, or a form of HDF5 that ITK does not write; corrupt, io.
[[nodiscard]] std::vector<ItkTransform> read_itk_hdf5(InputFile& file);

}  // namespace stack2nrrd
