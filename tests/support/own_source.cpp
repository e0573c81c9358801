#include "support/own_source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace support {

class OwnSource::Reader final : public stack2nrrd::SliceReader {
public:
    explicit Reader(const OwnSource& source) : source_(source) { ++source.readers; }

    void read(Index z, stack2nrrd::Range rows, stack2nrrd::RowSink& sink) override {
        {
            const std::lock_guard lock(source_.mutex_);
            source_.read_.push_back(z);
        }
        if (busy_.exchange(true)) source_.shared = true;
        struct End {
            std::atomic<bool>& busy;
            ~End() { busy = false; }
        } const end{busy_};
        if (broken_.exchange(true)) source_.asked_again = true;
        if (source_.instead) {
            source_.instead(z, rows, sink);
        } else {
            source_.push(z, rows, sink);
        }
        broken_ = false;
    }

private:
    const OwnSource& source_;
    std::atomic<bool> busy_ = false;
    std::atomic<bool> broken_ = false;
};

OwnSource::OwnSource(const Volume& volume, stack2nrrd::SampleType type)
    : slices_(volume.size[2]), samples_(to_bytes(volume.samples, type)) {
    image_.width = volume.size[0];
    image_.height = volume.size[1];
    image_.colour = static_cast<stack2nrrd::Colour>(volume.channels - 1);
    image_.type = type;
    image_.format = "own";
}

OwnSource::OwnSource(stack2nrrd::ImageInfo image, Index slices, std::vector<std::byte> samples)
    : image_(std::move(image)), slices_(slices), samples_(std::move(samples)) {}

std::unique_ptr<stack2nrrd::SliceReader> OwnSource::reader() const { return std::make_unique<Reader>(*this); }

void OwnSource::push(Index z, stack2nrrd::Range rows, stack2nrrd::RowSink& sink) const {
    const std::size_t row = image_.row_bytes();
    Index count = 1 + z % 3;
    for (Index y = rows.first; y < rows.end; y += count, ++count) {
        count = std::min(count, rows.end - y);
        // Gone when the call returns.
        std::vector<std::byte> piece(static_cast<std::size_t>(count) * row + 1);
        std::memcpy(piece.data() + 1, samples_.data() + static_cast<std::size_t>(z * image_.height + y) * row,
                    piece.size() - 1);
        sink.rows(y, count, piece.data() + 1);
    }
}

std::vector<Index> OwnSource::read() const {
    const std::lock_guard lock(mutex_);
    return read_;
}

}  // namespace support
