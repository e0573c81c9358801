#include "codec/j2k_tile.hpp"

#include "core/text.hpp"

#include <openjpeg.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <string_view>

namespace stack2nrrd {

namespace {

/// A tile as OpenJPEG reads it: its head, what is in the file, and an end. Never throws.
class Feed {
public:
    Feed(InputFile& file, const J2kTile& tile)
        : file_(file), tile_(tile), size_(static_cast<std::int64_t>(tile.head.size()) + tile.data_bytes() + 2) {}

    [[nodiscard]] std::int64_t size() const noexcept { return size_; }

    static OPJ_SIZE_T on_read(void* out, OPJ_SIZE_T wanted, void* self) {
        Feed& feed = *static_cast<Feed*>(self);
        const std::size_t got = feed.read(static_cast<std::byte*>(out), wanted);
        return got == 0 ? static_cast<OPJ_SIZE_T>(-1) : got;
    }
    static OPJ_OFF_T on_skip(OPJ_OFF_T bytes, void* self) {
        Feed& feed = *static_cast<Feed*>(self);
        if (bytes < 0 || bytes > feed.size_ - feed.position_) return -1;
        feed.position_ += bytes;
        return bytes;
    }
    static OPJ_BOOL on_seek(OPJ_OFF_T position, void* self) {
        Feed& feed = *static_cast<Feed*>(self);
        if (position < 0 || position > feed.size_) return OPJ_FALSE;
        feed.position_ = position;
        return OPJ_TRUE;
    }

private:
    std::size_t read(std::byte* out, std::size_t wanted) {
        std::size_t done = 0;
        std::int64_t start = 0;
        // Copies what of the stretch that begins at `start` is wanted.
        const auto take = [&](std::int64_t bytes, auto copy) {
            const std::int64_t from = position_ - start;
            start += bytes;
            if (from < 0 || from >= bytes || done == wanted) return true;
            const auto part = std::min(static_cast<std::size_t>(bytes - from), wanted - done);
            if (!copy(from, out + done, part)) return false;
            done += part;
            position_ += static_cast<std::int64_t>(part);
            return true;
        };
        const auto from_memory = [](const std::byte* bytes) {
            return [bytes](std::int64_t from, std::byte* to, std::size_t size) {
                std::memcpy(to, bytes + from, size);
                return true;
            };
        };
        take(static_cast<std::int64_t>(tile_.head.size()), from_memory(tile_.head.data()));
        for (const J2kPart& part : tile_.data) {
            const bool is_whole = take(part.bytes, [&](std::int64_t from, std::byte* to, std::size_t size) {
                return file_.read_at(part.offset + from, to, size) == size;
            });
            if (!is_whole) return done;
        }
        static constexpr std::array<std::byte, 2> end{std::byte{0xFF}, std::byte{0xD9}};
        take(2, from_memory(end.data()));
        return done;
    }

    InputFile& file_;
    const J2kTile& tile_;
    std::int64_t size_;
    std::int64_t position_ = 0;
};

/// What OpenJPEG had to say, the first of it.
struct Complaint {
    std::array<char, 160> text{};

    static void on_error(const char* message, void* self) noexcept { static_cast<Complaint*>(self)->remember(message); }
    static void on_warning(const char* message, void* self) noexcept {
        // Markers in front of packets may be left out. All else that it passes over is damage.
        if (std::strstr(message, "SOP marker") == nullptr) on_error(message, self);
    }
    static void on_info(const char* /*message*/, void* /*self*/) noexcept {}

    [[nodiscard]] bool any() const noexcept { return text[0] != '\0'; }
    /// It does not say so in any other way.
    [[nodiscard]] bool is_of_memory() const noexcept {
        const std::string_view all(text.data());
        return all.find("emory") != std::string_view::npos || all.find("alloc") != std::string_view::npos;
    }

private:
    void remember(const char* message) noexcept {
        if (any()) return;
        std::size_t size = std::min(std::strlen(message), text.size() - 1);
        while (size > 0 && static_cast<unsigned char>(message[size - 1]) <= ' ') --size;
        std::memcpy(text.data(), message, size);
        text[size] = '\0';
    }
};

struct Destroy {
    void operator()(opj_image_t* image) const noexcept { opj_image_destroy(image); }
};
using Image = std::unique_ptr<opj_image_t, Destroy>;

/// Null if it fails.
Image decode_once(InputFile& file, const J2kTile& tile, Complaint& complaint) {
    constexpr OPJ_SIZE_T buffer_bytes = OPJ_SIZE_T{64} << 10;
    Feed feed(file, tile);
    const std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)> codec(
        static_cast<opj_codec_t*>(opj_create_decompress(OPJ_CODEC_J2K)), &opj_destroy_codec);
    const std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)> stream(
        static_cast<opj_stream_t*>(opj_stream_create(buffer_bytes, OPJ_STREAM_READ)), &opj_stream_destroy);
    if (!codec || !stream) throw std::bad_alloc();
    opj_set_error_handler(codec.get(), Complaint::on_error, &complaint);
    opj_set_warning_handler(codec.get(), Complaint::on_warning, &complaint);
    opj_set_info_handler(codec.get(), Complaint::on_info, &complaint);
    opj_stream_set_user_data(stream.get(), &feed, nullptr);
    opj_stream_set_user_data_length(stream.get(), static_cast<OPJ_UINT64>(feed.size()));
    opj_stream_set_read_function(stream.get(), Feed::on_read);
    opj_stream_set_skip_function(stream.get(), Feed::on_skip);
    opj_stream_set_seek_function(stream.get(), Feed::on_seek);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t* image = nullptr;
    // 0 threads besides this one, whatever the environment says: slices are decoded side by side already.
    const bool is_done = opj_setup_decoder(codec.get(), &parameters) != OPJ_FALSE &&
                         opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE) != OPJ_FALSE &&
                         opj_codec_set_threads(codec.get(), 0) != OPJ_FALSE &&
                         opj_read_header(stream.get(), codec.get(), &image) != OPJ_FALSE &&
                         opj_decode(codec.get(), stream.get(), image) != OPJ_FALSE;
    Image result(image);
    if (!is_done || complaint.any()) return nullptr;
    return result;
}

/// Are all components there, in full resolution?
bool is_complete(const opj_image_t& image, const J2kTile& tile, const J2kArea& area, std::size_t components) {
    if (image.numcomps != components) return false;
    for (std::size_t c = 0; c < components; ++c) {
        const opj_image_comp_t& component = image.comps[c];
        if (component.data == nullptr || component.w != area.width() || component.h != area.height()) return false;
        if (static_cast<int>(component.resno_decoded) != tile.style.components[c].levels) return false;
    }
    return true;
}

}  // namespace

struct J2kSamples::Held {
    Image image;
};

J2kSamples::J2kSamples(InputFile& file, const J2kHeader& header, const J2kTile& tile)
    : held_(std::make_unique<Held>()), area_(header.samples(tile.grid)) {
    // Where it runs out of memory, OpenJPEG often fails without a word. What fails twice while there is memory is
    // damage.
    for (int attempt = 0; attempt < 2 && !held_->image; ++attempt) {
        Complaint complaint;
        errno = 0;
        held_->image = decode_once(file, tile, complaint);
        file.check();
        if (complaint.is_of_memory() || errno == ENOMEM) throw std::bad_alloc();
        if (held_->image && is_complete(*held_->image, tile, area_, header.components.size())) return;
        held_->image.reset();
        if (attempt == 0) continue;
        const J2kCost cost = j2k_cost(header, tile.style, area_.width(), area_.height());
        const auto room =
            std::unique_ptr<std::byte[]>(new std::byte[static_cast<std::size_t>(cost.bytes + tile.data_bytes())]);
        (void)file.read_at(0, room.get(), 1);  // else the compiler does without it
        const std::string reason = complaint.any() ? " (" + printable(complaint.text.data()) + ")" : "";
        refuse(file, ErrorCode::corrupt,
               "is a damaged JPEG 2000 file, tile " + std::to_string(tile.data.front().tile) + " cannot be read" +
                   reason + "; copy it again from its source");
    }
}

J2kSamples::J2kSamples(J2kSamples&&) noexcept = default;
J2kSamples& J2kSamples::operator=(J2kSamples&&) noexcept = default;
J2kSamples::~J2kSamples() = default;

const std::int32_t* J2kSamples::component(std::size_t c) const noexcept { return held_->image->comps[c].data; }

}  // namespace stack2nrrd
