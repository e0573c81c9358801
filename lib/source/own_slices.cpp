#include "source/own_slices.hpp"

#include <stack2nrrd/error.hpp>

#include <utility>

namespace stack2nrrd {

class OwnSlices::Reader final : public SliceReader {
public:
    explicit Reader(const OwnSlices& source) : source_(source), reader_(source.own_->reader()) {}

    void read(Index z, Range rows, RowSink& sink) override { reader_->read(source_.slice(z).place, rows, sink); }
    [[nodiscard]] Index files_with_surplus() const noexcept override { return reader_->files_with_surplus(); }

private:
    const OwnSlices& source_;
    std::unique_ptr<SliceReader> reader_;
};

namespace {

/// Rows have no size of their own that could be checked: the program and the plan must agree on it.
void check_same(const Source& own, const ImageInfo& image, const std::vector<SliceRef>& slices) {
    const ImageInfo now = own.image();
    bool same = now.width == image.width && now.height == image.height && now.channels() == image.channels() &&
                now.colour == image.colour && now.type == image.type;
    for (const SliceRef slice : slices) same = same && slice.place < own.slices();
    if (same) return;
    throw Error(ErrorCode::changed,
                "the source: has other slices than when the stack was made from it, the same ones were expected; call "
                "stack_from() again");
}

}  // namespace

OwnSlices::OwnSlices(std::shared_ptr<const Source> own, const ImageInfo& image, SliceList slices)
    : ListedSource(image, slices), own_(std::move(own)) {
    check_same(*own_, image, *slices);
    if (!own_->sequential()) return;
    Index next = 0;
    for (const SliceRef slice : *slices) {
        if (slice.missing()) continue;
        if (slice.place < next) {
            throw Error(ErrorCode::invalid_argument,
                        "the source: delivers its slices in ascending order, each once, but slice " +
                            std::to_string(slice.place) + " is needed behind slice " + std::to_string(next - 1) +
                            "; leave out --reverse and --missing repeat");
        }
        next = slice.place + 1;
    }
}

std::unique_ptr<SliceReader> OwnSlices::reader() const { return std::make_unique<Reader>(*this); }

}  // namespace stack2nrrd
