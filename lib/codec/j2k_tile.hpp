#pragma once

// One JPEG 2000 tile to samples, through OpenJPEG.

#include "codec/j2k_codestream.hpp"

#include <cstdint>
#include <memory>

namespace stack2nrrd {

/// The samples of one tile, component by component, row by row.
class J2kSamples {
public:
    /// \throws Error corrupt, io; std::bad_alloc.
    J2kSamples(InputFile& file, const J2kHeader& header, const J2kTile& tile);
    J2kSamples(J2kSamples&&) noexcept;
    J2kSamples& operator=(J2kSamples&&) noexcept;
    ~J2kSamples();

    /// In samples; all components cover the same.
    [[nodiscard]] const J2kArea& area() const noexcept { return area_; }
    [[nodiscard]] const std::int32_t* component(std::size_t c) const noexcept;

private:
    struct Held;
    std::unique_ptr<Held> held_;
    J2kArea area_;
};

}  // namespace stack2nrrd
