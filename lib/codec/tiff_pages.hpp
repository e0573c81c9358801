#pragma once

// Which slices a TIFF holds, and what its words and densities say of them.

#include "codec/tiff_directory.hpp"
#include "codec/tiff_handle.hpp"

namespace stack2nrrd {

/// Places: 0 = the first directory; positive = the offset of a directory; negative = minus the offset of samples that
/// have no directory of their own and are stored like those of the first (what ImageJ does beyond 4 GiB).
/// \throws Error limit, io; whatever read_tiff_layout() throws.
[[nodiscard]] Pages tiff_pages(InputFile& file);

/// What ImageJ's text makes of stored samples.
struct TiffCalibration {
    bool linear = false;     ///< a straight line: offset + slope x sample
    std::string function{};  ///< else, the number that ImageJ has for it
    double offset = 0;
    double slope = 0;

    [[nodiscard]] bool is(double o, double s) const noexcept { return linear && offset == o && slope == s; }
    [[nodiscard]] bool identity() const noexcept { return is(0, 1); }
    /// "-32768 + 1 x sample"
    [[nodiscard]] std::string text() const;
};

/// `directory`: that of the first page, whose text is about all of them. Nothing if it says nothing of it.
[[nodiscard]] std::optional<TiffCalibration> tiff_calibration(const TiffDirectory& directory);

/// Fills in `density` and `description`, and a note if the latter is too long.
/// \throws Error io.
void read_tiff_texts(const TiffHandle& tiff, Probe& probe);

}  // namespace stack2nrrd
