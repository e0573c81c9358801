#pragma once

// The transform that a file holds.

#include "transform/transform.hpp"

#include <stack2nrrd/file_list.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace stack2nrrd {

struct TransformFile {
    TransformPtr transform;
    std::string name;                  ///< of the file, as it is shown
    FileList files;                    ///< all that were read, with their stamps
    std::vector<std::string> notes{};  ///< what is odd about them but harmless
};

/// What a file holds is found by its content, not by its name:
///
/// - ITK's text files; see itk_transform.hpp for the types.
/// - ITK's HDF5 files, and its MATLAB files of version 4, which ANTs writes.
/// - Displacement fields in NRRD: three axes of space and one of three components (first or last), of the kind vector,
///   covariant-vector, 3-vector, 3-gradient, list or none; float or double; millimetres along the axes of the file's
///   space (RAS, LAS or LPS), or along those of its measurement frame. (ITK itself takes them for LPS whatever the file
///   says.) A field whose `displacement field type` is not `resampling` is refused.
///
/// A field is read whole: memory_bytes() of the transform. `most_bytes`: that a field may take; 0 for no limit.
/// \throws Error unsupported: anything else, by its name where it has one; corrupt, not_found, io, changed; limit if
///         there is not enough memory.
[[nodiscard]] TransformFile read_transform(const std::filesystem::path& file, std::uint64_t most_bytes = 0);

}  // namespace stack2nrrd
