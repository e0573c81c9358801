#pragma once

// The transforms of ITK, as its files have them: a type and numbers. What the numbers mean is in ITK's classes of these
// names, each in its SetParameters() and ComputeMatrix().

#include "transform/transform.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// One transform of a file.
struct ItkTransform {
    std::string type;                ///< "AffineTransform_double_3_3"
    std::vector<double> parameters;  ///< of float ones, too: they mean what is written
    std::vector<double> fixed;       ///< such as a centre
};

/// Is it a list of others, without parameters of its own?
[[nodiscard]] bool is_composite(std::string_view type);

/// `file`: as it is shown in messages.
/// \throws Error unsupported: a type that is none of those that are read, or not of three dimensions;
///         corrupt: another number of parameters than the type has, numbers that are none, a singular matrix.
[[nodiscard]] TransformPtr itk_transform(const std::string& file, ItkTransform transform);

/// All transforms of a file. Where there are several, the first is a composite of the others, and the last of them is
/// applied first.
/// \throws Error as itk_transform().
[[nodiscard]] TransformPtr itk_transforms(const std::string& file, std::vector<ItkTransform> transforms);

}  // namespace stack2nrrd
