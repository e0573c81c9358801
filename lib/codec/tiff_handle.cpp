#include "codec/tiff_handle.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <new>

namespace stack2nrrd {

namespace {

struct FreeOptions {
    void operator()(TIFFOpenOptions* options) const noexcept { TIFFOpenOptionsFree(options); }
};

// The tags without which samples cannot be had, by libtiff's names for them.
constexpr std::array<std::string_view, 28> needed_tags{
    "ImageWidth",        "ImageLength",         "BitsPerSample",
    "SamplesPerPixel",   "SampleFormat",        "Compression",
    "FillOrder",         "Photometric",         "PhotometricInterpretation",
    "PlanarConfig",      "PlanarConfiguration", "StripOffsets",
    "StripByteCounts",   "RowsPerStrip",        "TileWidth",
    "TileLength",        "TileOffsets",         "TileByteCounts",
    "ImageDepth",        "TileDepth",           "ExtraSamples",
    "ColorMap",          "Predictor",           "JPEGTables",
    "YCbCrCoefficients", "YCbCrSubsampling",    "ReferenceBlackWhite",
    "Group3Options"};

/// What is wrong with a tag does no harm if the samples do not depend on it.
/// libtiff quotes the tag's name.
bool is_harmless(std::string_view error) {
    const std::size_t first = error.find('"');
    if (first == std::string_view::npos) return false;
    const std::string_view name = error.substr(first + 1, error.find('"', first + 1) - first - 1);
    constexpr std::array<std::string_view, 4> faults{"Bad value", "Incorrect count", "Incorrect value", "Null count"};
    const auto says = [&](std::string_view fault) { return error.find(fault) != std::string_view::npos; };
    return std::any_of(faults.begin(), faults.end(), says) &&
           std::find(needed_tags.begin(), needed_tags.end(), name) == needed_tags.end();
}

/// What these decoders make of damaged samples, they only warn of.
bool is_damage(std::string_view module, std::string_view warning) {
    if (module.starts_with("Fax")) return true;
    if (module != "JPEGLib") return false;
    constexpr std::array<std::string_view, 4> harmless{"extraneous bytes", "Adobe", "JFIF", "too many scanlines"};
    return std::none_of(harmless.begin(), harmless.end(),
                        [&](std::string_view text) { return warning.find(text) != std::string_view::npos; });
}

}  // namespace

void refuse_tiff(const InputFile& file, const std::string& feature, const char* instead) {
    refuse(file, ErrorCode::unsupported, "is a TIFF with " + feature + ", which is not supported; " + instead);
}

struct TiffHandle::Callbacks {
    static State& state(void* handle) { return *static_cast<State*>(handle); }

    static tmsize_t read(thandle_t handle, void* buffer, tmsize_t size) {
        State& s = state(handle);
        if (size <= 0) return 0;
        const std::size_t got = s.file->read_at(s.position, buffer, static_cast<std::size_t>(size));
        for (auto i = static_cast<std::size_t>(s.position); i < s.header_bytes; ++i) {
            const std::size_t at = i - static_cast<std::size_t>(s.position);
            if (at < got) static_cast<unsigned char*>(buffer)[at] = s.header[i];
        }
        s.position += static_cast<std::int64_t>(got);
        return static_cast<tmsize_t>(got);
    }
    static tmsize_t write(thandle_t, void*, tmsize_t) { return -1; }
    static toff_t seek(thandle_t handle, toff_t offset, int whence) {
        State& s = state(handle);
        const std::int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? s.position : s.file->bytes();
        const std::int64_t room = INT64_MAX - base;
        if (offset > static_cast<toff_t>(room)) return static_cast<toff_t>(-1);  // a bad offset of the file's
        s.position = base + static_cast<std::int64_t>(offset);
        return static_cast<toff_t>(s.position);
    }
    static int close(thandle_t) { return 0; }
    static toff_t size(thandle_t handle) { return static_cast<toff_t>(state(handle).file->bytes()); }

    using Text = decltype(State::error);
    static Text formatted(const char* format, va_list arguments) {
        Text text{};
        std::vsnprintf(text.data(), text.size(), format, arguments);
        return text;
    }
    static int error(TIFF*, void* handle, const char*, const char* format, va_list arguments) {
        State& s = state(handle);
        if (errno == ENOMEM) {
            s.out_of_memory = true;
            // While it reads a directory, libtiff goes on with the table that it has not got.
            if (s.opening) std::longjmp(s.give_up, 1);
        }
        const Text text = formatted(format, arguments);
        if (s.error[0] == '\0' && !is_harmless(text.data())) s.error = text;
        return 1;  // said enough: libtiff's own handler would print it
    }
    static int warning(TIFF*, void* handle, const char* module, const char* format, va_list arguments) {
        State& s = state(handle);
        const Text text = formatted(format, arguments);
        if (s.error[0] == '\0' && is_damage(module == nullptr ? "" : module, text.data())) s.error = text;
        return 1;
    }

    /// Null if it cannot be opened. Nothing here has a destructor: an error may jump out of it.
    static TIFF* open(State& s, TIFFOpenOptions* options) {
        if (setjmp(s.give_up) != 0) return nullptr;  // NOLINT: the only way out of libtiff
        s.opening = true;
        TIFF* tiff = TIFFClientOpenExt("TIFF", "rm", &s, read, write, seek, close, size, nullptr, nullptr, options);
        s.opening = false;
        return tiff;
    }

    /// libtiff reaches a directory by its offset only after it has walked through all of them. So it is shown a header
    /// that makes this directory the first one.
    static void pretend_first(State& s) {
        s.file->read_at(0, s.header.data(), s.header.size());
        const bool little_endian = s.header[0] == 'I';
        const bool big = s.header[little_endian ? 2 : 3] == 43;
        const std::size_t size = big ? 8 : 4;
        s.header_bytes = 2 * size;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t shift = 8 * (little_endian ? i : size - 1 - i);
            s.header[size + i] = static_cast<unsigned char>(static_cast<std::uint64_t>(s.place) >> shift);
        }
    }
};

TiffHandle::TiffHandle(InputFile& file, std::int64_t place)
    : state_(std::make_unique<State>()), tiff_(nullptr, Close{state_.get()}) {
    errno = 0;  // ENOMEM in it will be libtiff's
    state_->file = &file;
    state_->place = place;
    if (place > 0 && place >= file.bytes()) {
        refuse(file, ErrorCode::inconsistent,
               "ends at byte " + std::to_string(file.bytes()) + ", a page at byte " + std::to_string(place) +
                   " was expected; make the list of slices again");
    }
    if (place > 0) Callbacks::pretend_first(*state_);
    const std::unique_ptr<TIFFOpenOptions, FreeOptions> options(TIFFOpenOptionsAlloc());
    if (!options) throw std::bad_alloc();
    // No single buffer of libtiff's is honestly larger than the whole file plus one decoded block.
    constexpr std::int64_t decoded_block = std::int64_t{1} << 30;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(file.bytes() + decoded_block));
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), Callbacks::error, state_.get());
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), Callbacks::warning, state_.get());
    tiff_.reset(Callbacks::open(*state_, options.get()));
    if (tiff_) return;
    if (std::string_view(state_->error.data()).find("per-sample") != std::string_view::npos) {
        refuse_tiff(file, "channels that differ in their sample type", "re-save it with one type");
    }
    fail("its header");
}

void TiffHandle::check(std::string_view what) const {
    if (state_->error[0] != '\0') fail(what);
}

void TiffHandle::fail(std::string_view what) const {
    file().check();
    const std::string_view error = state_->error.data();
    if (error.empty() && errno == ENOMEM) state_->out_of_memory = true;
    if (state_->out_of_memory) throw std::bad_alloc();
    if (error.find("emory") != error.npos) {
        refuse(file(), ErrorCode::limit,
               "is a TIFF that asks for more memory than an intact file would (" + printable(state_->error.data()) +
                   "); copy it again from its source");
    }
    if (error.find("Unsupported JPEG") != error.npos) {
        refuse_tiff(file(), "a rare kind of JPEG compression (" + printable(error) + ")",
                    "re-save it uncompressed, LZW, deflate or PackBits");
    }
    const std::string reason = state_->error[0] == '\0' ? "it ends too early" : printable(state_->error.data());
    refuse(
        file(), ErrorCode::corrupt,
        "is a damaged TIFF, " + std::string(what) + " cannot be read (" + reason + "); copy it again from its source");
}

}  // namespace stack2nrrd
