#include "volume/piece_stream.hpp"

#include "core/number_from.hpp"
#include "core/sample_types.hpp"
#include "core/text.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <string>
#include <system_error>
#include <type_traits>

namespace stack2nrrd {

std::span<unsigned char> ByteFeed::peek() {
    if (at_ == end_) {
        buffer_.resize(buffer_bytes);
        end_ = file_.read_at(offset_, buffer_.data(), buffer_.size());
        file_.check();
        offset_ += static_cast<std::int64_t>(end_);
        at_ = 0;
    }
    return std::span(buffer_).subspan(at_, end_ - at_);
}

void PieceStream::skip(std::int64_t size) {
    std::array<std::byte, 32 << 10> scratch;  // a multiple of all sample sizes
    while (size > 0) {
        const auto part = static_cast<std::size_t>(std::min<std::int64_t>(size, scratch.size()));
        read(scratch.data(), part);
        size -= static_cast<std::int64_t>(part);
    }
}

namespace {

bool is_blank(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// ------------------------------------------------------------------------------------------------------------ gzip

/// Inflates one or several gzip members, one behind the other.
class Gunzip : public PieceStream {
public:
    Gunzip(InputFile& file, std::int64_t offset) : feed_(file, offset) {
        if (inflateInit2(&inflate_, 15 + 16) != Z_OK) throw std::bad_alloc();  // 16: gzip and nothing else
    }
    Gunzip(const Gunzip& other)
        : PieceStream(other),
          feed_(other.feed_),
          ended_(other.ended_),
          over_(other.over_),
          garbage_(other.garbage_),
          done_(other.done_) {
        // zlib does not write to the stream that it copies.
        if (inflateCopy(&inflate_, const_cast<z_stream*>(&other.inflate_)) != Z_OK) throw std::bad_alloc();
    }
    Gunzip& operator=(const Gunzip&) = delete;
    ~Gunzip() override { inflateEnd(&inflate_); }

    void read(std::byte* samples, std::size_t size) override {
        const std::size_t got = produce(samples, size);
        done_ += static_cast<std::int64_t>(got);
        if (got < size) {
            damaged_piece(feed_.file(), "its gzip stream ends after " + std::to_string(done_) +
                                            " bytes of samples, more were expected");
        }
    }

    bool finish() override {
        std::byte surplus{};
        return produce(&surplus, 1) > 0 || garbage_;
    }

    [[nodiscard]] std::unique_ptr<PieceStream> copy() const override { return std::make_unique<Gunzip>(*this); }

    /// Inflates to the end and returns how many bytes there were.
    [[nodiscard]] std::int64_t count() {
        std::array<std::byte, 32 << 10> scratch;
        std::int64_t total = 0;
        for (;;) {
            const std::size_t got = produce(scratch.data(), scratch.size());
            total += static_cast<std::int64_t>(got);
            if (got < scratch.size()) return total;
        }
    }

private:
    /// Fewer than `size` bytes come only at the end of the last member, when its checksum has been found right.
    std::size_t produce(std::byte* out, std::size_t size) {
        std::size_t done = 0;
        while (done < size && (!ended_ || (!over_ && next_member()))) {
            const std::span<unsigned char> input = feed_.peek();
            const auto room = std::min<std::size_t>(size - done, 1 << 30);
            inflate_.next_in = input.data();
            inflate_.avail_in = static_cast<uInt>(input.size());
            inflate_.next_out = reinterpret_cast<Bytef*>(out + done);
            inflate_.avail_out = static_cast<uInt>(room);
            const int status = inflate(&inflate_, Z_NO_FLUSH);
            feed_.drop(input.size() - inflate_.avail_in);
            done += room - inflate_.avail_out;
            if (status == Z_STREAM_END) {
                ended_ = true;
            } else if (status == Z_MEM_ERROR) {
                throw std::bad_alloc();
            } else if (status == Z_BUF_ERROR || (status == Z_OK && input.empty())) {
                damaged_piece(feed_.file(), "its gzip stream is cut off after " +
                                                std::to_string(done_ + static_cast<std::int64_t>(done)) +
                                                " bytes of samples");
            } else if (status != Z_OK) {
                damaged_piece(feed_.file(), std::string("its gzip stream is broken: ") +
                                                (inflate_.msg != nullptr ? inflate_.msg : "no such method"));
            }
        }
        return done;
    }

    /// Behind a member: is there another one? Zeros may fill the file up; anything else is not ours.
    bool next_member() {
        int first = feed_.take();
        while (first == 0) first = feed_.take();
        const std::span<unsigned char> rest = feed_.peek();
        if (first != 0x1F || rest.empty() || rest[0] != 0x8B) {
            over_ = true;
            garbage_ = first >= 0;
            return false;
        }
        // The byte that was taken goes in by itself.
        auto byte = static_cast<unsigned char>(first);
        Bytef nothing = 0;
        inflateReset(&inflate_);
        inflate_.next_in = &byte;
        inflate_.avail_in = 1;
        inflate_.next_out = &nothing;
        inflate_.avail_out = 0;
        (void)inflate(&inflate_, Z_NO_FLUSH);
        ended_ = false;
        return true;
    }

    ByteFeed feed_;
    z_stream inflate_{};
    bool ended_ = false;    // the last member so far
    bool over_ = false;     // and no other one follows
    bool garbage_ = false;  // but something else
    std::int64_t done_ = 0;
};

// ------------------------------------------------------------------------------------------------------------- hex

class HexDigits : public PieceStream {
public:
    HexDigits(InputFile& file, std::int64_t offset) : feed_(file, offset) {}

    void read(std::byte* samples, std::size_t size) override {
        for (std::size_t i = 0; i < size; ++i) {
            const int high = digit();
            samples[i] = static_cast<std::byte>(high << 4 | digit());
        }
    }

    bool finish() override {
        int c = feed_.take();
        while (is_blank(c)) c = feed_.take();
        return c >= 0;
    }

    [[nodiscard]] std::unique_ptr<PieceStream> copy() const override { return std::make_unique<HexDigits>(*this); }

private:
    int digit() {
        int c = feed_.take();
        while (is_blank(c)) c = feed_.take();
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        if (c < 0) damaged_piece(feed_.file(), "it ends too early and more hexadecimal digits were expected");
        const char wrong = static_cast<char>(c);
        damaged_piece(feed_.file(), "it has " + in_quotes({&wrong, 1}) + " where a hexadecimal digit was expected");
    }

    ByteFeed feed_;
};

// ----------------------------------------------------------------------------------------------------------- ascii

/// Too large becomes infinite and too small becomes zero, as strtod has it; from_chars only says that it does not fit.
template <class Real>
Real beyond_range(std::string_view text) {
    const bool small = text.find("e-") != text.npos || text.find("E-") != text.npos ||
                       (text.find_first_of("eE") == text.npos && text.find_first_of("123456789") > text.find('.'));
    const Real value = small ? Real{0} : std::numeric_limits<Real>::infinity();
    return text.starts_with('-') ? -value : value;
}

template <class Number>
class AsciiNumbers : public PieceStream {
public:
    AsciiNumbers(InputFile& file, std::int64_t offset) : feed_(file, offset) {}

    void read(std::byte* samples, std::size_t size) override {
        for (std::size_t at = 0; at + sizeof(Number) <= size; at += sizeof(Number)) {
            const Number value = next();
            std::memcpy(samples + at, &value, sizeof value);
        }
    }

    bool finish() override { return first_of_word() >= 0; }

    [[nodiscard]] std::unique_ptr<PieceStream> copy() const override { return std::make_unique<AsciiNumbers>(*this); }

private:
    static bool separates(int c) { return is_blank(c) || c == ','; }

    int first_of_word() {
        int c = feed_.take();
        while (separates(c)) c = feed_.take();
        return c;
    }

    Number next() {
        constexpr std::size_t longest = 400;  // all digits of any double fit
        word_.clear();
        int c = first_of_word();
        if (c < 0) damaged_piece(feed_.file(), "it ends too early and more numbers were expected");
        for (; c >= 0 && !separates(c); c = feed_.take()) {
            if (word_.size() == longest) wrong();
            word_ += static_cast<char>(c);
        }
        const char* begin = word_.data() + (word_.size() > 1 && word_[0] == '+' && word_[1] != '-' ? 1 : 0);
        const char* end = word_.data() + word_.size();
        Number value{};
        const auto [stop, error] = number_from(begin, end, value);
        if constexpr (std::is_floating_point_v<Number>) {
            if (error == std::errc::result_out_of_range && stop == end) return beyond_range<Number>(word_);
        }
        if (error != std::errc{} || stop != end) wrong();
        return value;
    }

    [[noreturn]] void wrong() const {
        damaged_piece(feed_.file(), "it has " + in_quotes(word_) + " where a number of its sample type was expected");
    }

    ByteFeed feed_;
    std::string word_;
};

std::unique_ptr<PieceStream> ascii_numbers(const NrrdVolume& volume, InputFile& file, std::int64_t offset) {
    return with_sample_type(volume.type, [&](auto sample) -> std::unique_ptr<PieceStream> {
        return std::make_unique<AsciiNumbers<decltype(sample)>>(file, offset);
    });
}

}  // namespace

std::unique_ptr<PieceStream> piece_stream(const NrrdVolume& volume, InputFile& file, const Piece& piece) {
    if (volume.encoding == NrrdEncoding::hex) return std::make_unique<HexDigits>(file, piece.offset);
    if (volume.encoding == NrrdEncoding::ascii) return ascii_numbers(volume, file, piece.offset);
    auto gunzip = std::make_unique<Gunzip>(file, piece.offset);
    std::int64_t skip = volume.byte_skip;
    if (skip < 0) {
        // From the end of what comes out: it has to be counted first. Time is spent here, but no memory.
        const std::int64_t total = Gunzip(file, piece.offset).count();
        skip = total - volume.piece_bytes + volume.byte_skip + 1;
        if (skip < 0) {
            damaged_piece(file, "its gzip stream has " + std::to_string(total) + " bytes, at least " +
                                    std::to_string(total - skip) + " were expected");
        }
    }
    gunzip->skip(skip);
    return gunzip;
}

}  // namespace stack2nrrd
