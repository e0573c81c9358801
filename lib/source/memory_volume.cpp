// stack_from() of a volume in memory.

#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "stack/volume_stack.hpp"
#include "volume/nrrd_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/stack.hpp>

#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

class MemoryVolume final : public Source {
public:
    /// `apart`: the channels are one volume behind the other.
    MemoryVolume(ImageInfo image, Index slices, bool apart, std::span<const std::byte> samples,
                 std::shared_ptr<const void> owner)
        : image_(std::move(image)), slices_(slices), apart_(apart), samples_(samples), owner_(std::move(owner)) {}

    [[nodiscard]] ImageInfo image() const override { return image_; }
    [[nodiscard]] Index slices() const override { return slices_; }
    [[nodiscard]] std::int64_t reader_bytes() const override {
        return apart_ ? static_cast<std::int64_t>(image_.row_bytes()) : 0;
    }
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override { return std::make_unique<Reader>(*this); }

private:
    class Reader final : public SliceReader {
    public:
        explicit Reader(const MemoryVolume& volume) : volume_(volume) {}

        void read(Index z, Range rows, RowSink& sink) override {
            const ImageInfo& image = volume_.image_;
            if (volume_.apart_) {
                for (Index y = rows.first; y < rows.end; ++y) sink.row(y, joined(z * image.height + y));
            } else {
                const auto first = static_cast<std::size_t>(z * image.height + rows.first);
                sink.rows(rows.first, rows.size(), volume_.samples_.data() + first * image.row_bytes());
            }
        }

    private:
        /// Row `y` of the volume, counted through all slices.
        const std::byte* joined(Index y) {
            const ImageInfo& image = volume_.image_;
            row_.resize(image.row_bytes());
            const std::size_t bytes = sample_bytes(image.type);
            const auto channels = static_cast<std::size_t>(image.channels());
            const auto width = static_cast<std::size_t>(image.width);
            const std::size_t apart = volume_.samples_.size() / channels;
            for (std::size_t c = 0; c < channels; ++c) {
                const std::byte* from =
                    volume_.samples_.data() + c * apart + static_cast<std::size_t>(y) * width * bytes;
                for (std::size_t x = 0; x < width; ++x) {
                    std::memcpy(row_.data() + (x * channels + c) * bytes, from + x * bytes, bytes);
                }
            }
            return row_.data();
        }

        const MemoryVolume& volume_;
        std::vector<std::byte> row_;
    };

    ImageInfo image_;
    Index slices_;
    bool apart_;
    std::span<const std::byte> samples_;
    std::shared_ptr<const void> owner_;
};

void check_bytes(const std::string& name, std::int64_t needed, std::span<const std::byte> samples) {
    if (needed == static_cast<std::int64_t>(samples.size()) && samples.data() != nullptr) return;
    throw Error(ErrorCode::invalid_argument, printable(name) + ": has " + std::to_string(samples.size()) +
                                                 " bytes of samples, " + std::to_string(needed) +
                                                 " were expected; give all of them");
}

}  // namespace

Stack stack_from(const VolumeInfo& volume, std::span<const std::byte> samples, std::string name,
                 std::shared_ptr<const void> owner) {
    const ImageInfo image{volume.size[0], volume.size[1], volume.colour, volume.type, "memory", volume.channels};
    if (image.channels() != volume.channels) {
        throw Error(ErrorCode::invalid_argument, printable(name) + ": has " + std::to_string(volume.channels) +
                                                     " channels, " + std::to_string(image.channels()) +
                                                     " were expected of " + std::string(colour_name(volume.colour)) +
                                                     "; set both alike");
    }
    const auto source = std::make_shared<MemoryVolume>(image, volume.size[2], false, samples, std::move(owner));
    Stack stack = stack_from(source, std::move(name));
    check_bytes(stack.name, volume.bytes(), samples);
    stack.components = volume.components;
    stack.fields = volume.fields;
    if (volume.geometry.spacing_known) stack.geometry = volume.geometry;
    keep_notes(stack, volume.notes);
    return stack;
}

Stack stack_from(std::string_view nrrd_header, std::span<const std::byte> samples, std::string name,
                 std::shared_ptr<const void> owner) {
    const NrrdVolume volume = read_nrrd_header(nrrd_header, name);
    check_bytes(name, volume.payload_bytes(), samples);
    const auto source =
        std::make_shared<MemoryVolume>(volume.image(), volume.size[2], volume.channels_last, samples, std::move(owner));
    Stack stack = stack_from(source, std::move(name));
    take_header(stack, volume, stack.name);
    return stack;
}

}  // namespace stack2nrrd
