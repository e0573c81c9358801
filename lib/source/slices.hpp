#pragma once

// The slices of an import along z, as all sources of the library hold them: gaps, repeated slices, steps and a reversed
// order are in the list, so that nobody else has to know of them.

#include <stack2nrrd/source.hpp>
#include <stack2nrrd/stack.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// Shared by a plan and its source: there may be hundreds of thousands.
using SliceList = std::shared_ptr<const std::vector<SliceRef>>;

/// What is common to the sources of the library.
class ListedSource : public Source {
public:
    ListedSource(ImageInfo image, SliceList slices) : image_(std::move(image)), slices_(std::move(slices)) {}

    [[nodiscard]] ImageInfo image() const final { return image_; }
    [[nodiscard]] Index slices() const final { return static_cast<Index>(slices_->size()); }
    [[nodiscard]] bool is_blank(Index z) const final { return slice(z).missing(); }

protected:
    [[nodiscard]] SliceRef slice(Index z) const { return (*slices_)[static_cast<std::size_t>(z)]; }

private:
    ImageInfo image_;
    SliceList slices_;
};

/// Throws Error changed: the file at `path` is not the one whose header was read.
[[noreturn]] void throw_changed(const std::string& path);

}  // namespace stack2nrrd
