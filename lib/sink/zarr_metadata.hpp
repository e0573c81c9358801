#pragma once

// What the JSON files of an OME-Zarr say: https://ngff.openmicroscopy.org/0.4, /0.5, and the Zarr specifications 2
// and 3.

#include <stack2nrrd/sink.hpp>

#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// A text file of a folder.
struct ZarrText {
    std::string name;
    std::string text;
};

/// A level, and the key/values that its header would have in a NRRD.
struct ZarrLevel {
    VolumeInfo volume;
    std::vector<std::pair<std::string, std::string>> notes;
};

/// What is in the folder of an array beside its chunks.
[[nodiscard]] std::vector<ZarrText> zarr_array_texts(const VolumeInfo& volume, const ZarrOptions& options);

/// What is in the folder of all levels, "0", "1", ... `name`: of the volume, for people.
[[nodiscard]] std::vector<ZarrText> zarr_group_texts(const std::vector<ZarrLevel>& levels, const ZarrOptions& options,
                                                     const std::string& name);

/// Do the samples lie along L, P and S, in this order and sense? OME-Zarr cannot say how they lie otherwise.
[[nodiscard]] bool is_along_lps(const Geometry& geometry) noexcept;

}  // namespace stack2nrrd
