#pragma once

// Slices of a source that is not of this library: see stack_from().

#include "source/slices.hpp"

#include <cstdint>
#include <memory>

namespace stack2nrrd {

class OwnSlices final : public ListedSource {
public:
    /// `image`: of every slice. \throws Error changed if `own` has others; invalid_argument if it is sequential, and
    /// `slices` are not in ascending order, each once.
    OwnSlices(std::shared_ptr<const Source> own, const ImageInfo& image, SliceList slices);

    [[nodiscard]] bool sequential() const override { return own_->sequential(); }
    [[nodiscard]] std::int64_t reader_bytes() const override { return own_->reader_bytes(); }
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override;

private:
    class Reader;

    std::shared_ptr<const Source> own_;
};

}  // namespace stack2nrrd
