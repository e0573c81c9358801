#pragma once

// A source, where a mask is not 0; elsewhere its samples have one value.

#include <stack2nrrd/source.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace stack2nrrd {

class Masked final : public Source {
public:
    /// Slice z of `mask` belongs to slice z of `source`, and has its size. A sample of it is 0 if all of its channels
    /// are, but for alpha; NaN is not 0, and a missing slice is 0 all over. `fill`: what the channels of `source` have
    /// there, one sample of its type.
    Masked(std::shared_ptr<const Source> source, std::shared_ptr<const Source> mask, std::vector<std::byte> fill);

    [[nodiscard]] ImageInfo image() const override { return source_->image(); }
    [[nodiscard]] Index slices() const override { return source_->slices(); }
    /// Zeros, all over. With another fill the slice is read, since not all of it stays 0.
    [[nodiscard]] bool is_blank(Index z) const override { return source_->is_blank(z) && fills_with_zeros_; }
    [[nodiscard]] bool sequential() const override { return source_->sequential() || mask_->sequential(); }
    [[nodiscard]] std::int64_t reader_bytes() const override;
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override;

private:
    class Reader;

    std::shared_ptr<const Source> source_;
    std::shared_ptr<const Source> mask_;
    std::vector<std::byte> fill_;  ///< of all channels
    bool fills_with_zeros_;
};

}  // namespace stack2nrrd
