#pragma once

// A libtiff handle on an InputFile. libtiff never sees the file system, never maps the file (a mapped file that
// somebody truncates kills the process), and reports to the handle instead of to stderr.

#include "codec/codec.hpp"

#include <tiffio.h>

#include <array>
#include <csetjmp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// "<file>: is a TIFF with `feature`, which is not supported; `instead`".
[[noreturn]] void refuse_tiff(const InputFile& file, const std::string& feature, const char* instead);

class TiffHandle {
public:
    /// Opens the directory at the offset `place`; the first one if that is 0 or negative (see tiff_pages.cpp).
    /// \throws Error corrupt, unsupported, io; std::bad_alloc.
    explicit TiffHandle(InputFile& file, std::int64_t place = 0);

    [[nodiscard]] TIFF* get() const noexcept { return tiff_.get(); }
    [[nodiscard]] InputFile& file() const noexcept { return *state_->file; }
    [[nodiscard]] std::int64_t place() const noexcept { return state_->place; }

    /// The value of a tag, if the file has it. T must be what libtiff's documentation says for the tag.
    template <class T>
    [[nodiscard]] std::optional<T> tag(std::uint32_t id) const {
        T value{};
        if (TIFFGetField(get(), id, &value) == 0) return std::nullopt;
        return value;
    }
    /// The value of a tag, or the default that the TIFF specification gives it.
    template <class T>
    [[nodiscard]] T tag_or_default(std::uint32_t id) const {
        T value{};
        TIFFGetFieldDefaulted(get(), id, &value);
        return value;
    }

    /// Throws corrupt, or std::bad_alloc, if libtiff has reported an error; `what` is done is part of the sentence.
    void check(std::string_view what) const;
    /// Throws corrupt with what libtiff reported.
    [[noreturn]] void fail(std::string_view what) const;

private:
    struct State {
        InputFile* file = nullptr;
        std::int64_t place = 0;
        std::int64_t position = 0;
        std::array<unsigned char, 16> header{};  // what libtiff is shown in place of the first bytes of the file
        std::size_t header_bytes = 0;
        std::array<char, 240> error{};  // the first one; no string: callbacks must not throw
        bool out_of_memory = false;     // the system gave no more, whatever libtiff calls it
        bool opening = false;           // then there is a way out:
        std::jmp_buf give_up{};
    };
    /// After an allocation has failed, libtiff may free what it never had. Then a little memory is left to it for good.
    struct Close {
        const State* state;
        void operator()(TIFF* tiff) const noexcept {
            if (!state->out_of_memory) TIFFClose(tiff);
        }
    };
    struct Callbacks;

    std::unique_ptr<State> state_;  // libtiff keeps its address
    std::unique_ptr<TIFF, Close> tiff_;
};

}  // namespace stack2nrrd
