#include "sink/slab_checksums.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

constexpr Index most_slabs = 64;

Index slices_a_slab(Index slices) { return std::max<Index>(1, (slices + most_slabs - 1) / most_slabs); }

}  // namespace

std::string hex_text(std::uint32_t number) {
    std::string text(8, '0');
    for (std::size_t i = text.size(); i-- > 0; number >>= 4U) text[i] = "0123456789abcdef"[number & 0xfU];
    return text;
}

SlabChecksums::SlabChecksums(Index slices) : SlabChecksums(slices, slices_a_slab(slices)) {}
SlabChecksums::SlabChecksums(Index slices, Index per_slab) : slices_(slices), per_slab_(per_slab) {}

void SlabChecksums::end_slice() {
    ++seen_;
    if (seen_ % per_slab_ != 0 && seen_ != slices_) return;
    values_.push_back(crc_);
    crc_ = 0;
}

std::string SlabChecksums::text() const {
    std::string text = std::to_string(per_slab_);
    for (const std::uint32_t value : values_) text += " " + hex_text(value);
    return text;
}

std::size_t SlabChecksums::text_width(Index slices) {
    constexpr std::size_t each = 9;  // a blank and eight digits
    return std::to_string(slices_a_slab(slices)).size() + static_cast<std::size_t>(std::min(slices, most_slabs)) * each;
}

}  // namespace stack2nrrd
