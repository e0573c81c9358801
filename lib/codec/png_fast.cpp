#include "codec/png_fast.hpp"

#include "codec/inflate.hpp"
#include "codec/png_unfilter.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace stack2nrrd {

namespace {

constexpr std::size_t input_bytes = std::size_t{64} << 10;
constexpr std::size_t step_bytes = std::size_t{64} << 10;    // what is unpacked before rows are made of it
constexpr std::size_t longest_chunk = std::size_t{8} << 20;  // libpng takes longer ones only where samples need them
constexpr std::uint64_t longest_at_all = 0x7FFFFFFF;
constexpr std::size_t crc_bytes = 4;
constexpr std::size_t chunk_head_bytes = 8;

std::uint32_t big32(const std::byte* bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return value;
}

/// Of bytes that follow others with the checksum `before`.
std::uint32_t crc_after(std::uint32_t before, const std::byte* bytes, std::size_t size) {
    return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(bytes), size));
}

struct ChunkHead {
    std::size_t length = 0;
    std::array<std::byte, 4> name{};

    explicit ChunkHead(const std::byte* bytes) : length(big32(bytes)) { std::copy_n(bytes + 4, 4, name.begin()); }
    [[nodiscard]] bool is(std::string_view text) const { return std::memcmp(name.data(), text.data(), 4) == 0; }
    [[nodiscard]] std::uint32_t crc() const { return crc_after(0, name.data(), name.size()); }
};

/// What the IDAT chunks hold, in one piece, with checked checksums.
class PackedSamples {
public:
    PackedSamples(InputFile& file, std::int64_t offset, std::uint64_t longest)
        : file_(file),
          longest_(std::clamp<std::uint64_t>(longest, longest_chunk, longest_at_all)),
          position_(offset),
          buffer_(std::make_unique_for_overwrite<std::byte[]>(input_bytes + crc_bytes + chunk_head_bytes)) {
        input_.next = input_.end = buffer_.get();
    }

    [[nodiscard]] bool open() {
        std::array<std::byte, chunk_head_bytes> head{};
        if (!read(head.data(), head.size())) return false;
        return begin(ChunkHead(head.data())) && !input_.last && fill();
    }

    /// Keeps what has not been taken from input(), and adds what follows until the buffer is full or there is no more.
    /// False if it is irregular.
    [[nodiscard]] bool fill() {
        auto have = static_cast<std::size_t>(input_.end - input_.next);
        std::memmove(buffer_.get(), input_.next, have);
        while (!input_.last && have < input_bytes) {
            std::byte* to = buffer_.get() + have;
            const std::size_t part = std::min(left_, input_bytes - have);
            const std::size_t after = part == left_ ? crc_bytes + chunk_head_bytes : 0;
            if (!read(to, part + after)) return false;
            crc_ = crc_after(crc_, to, part);
            left_ -= part;
            have += part;
            if (after != 0) {
                if (big32(to + part) != crc_ || !begin(ChunkHead(to + part + crc_bytes))) return false;
            }
        }
        input_.next = buffer_.get();
        input_.end = buffer_.get() + have;
        return true;
    }

    [[nodiscard]] Inflater::Input& input() { return input_; }
    [[nodiscard]] std::size_t available() const { return static_cast<std::size_t>(input_.end - input_.next); }

    /// Is there nothing behind the samples but words and the end? libpng skips the words unread.
    [[nodiscard]] bool regular_end() {
        if (!input_.last || available() != 0) return false;
        static constexpr std::array<std::string_view, 5> words{"tEXt", "zTXt", "iTXt", "tIME", "eXIf"};
        std::array<std::byte, crc_bytes + chunk_head_bytes> next{};
        while (std::any_of(words.begin(), words.end(), [&](std::string_view word) { return following_.is(word); })) {
            if (following_.length > longest_chunk) return false;
            position_ += static_cast<std::int64_t>(following_.length);
            if (!read(next.data(), next.size())) return false;
            following_ = ChunkHead(next.data() + crc_bytes);
        }
        return following_.is("IEND") && following_.length == 0 && read(next.data(), crc_bytes) &&
               big32(next.data()) == following_.crc();
    }

private:
    bool read(std::byte* to, std::size_t size) {
        if (file_.read_at(position_, to, size) != size) return false;
        position_ += static_cast<std::int64_t>(size);
        return true;
    }

    bool begin(const ChunkHead& head) {
        following_ = head;
        input_.last = !head.is("IDAT");
        left_ = head.length;
        crc_ = head.crc();
        return input_.last || head.length <= longest_;
    }

    InputFile& file_;
    std::uint64_t longest_;
    std::int64_t position_;
    std::size_t left_ = 0;  // of the chunk
    std::uint32_t crc_ = 0;
    ChunkHead following_{std::array<std::byte, chunk_head_bytes>{}.data()};
    std::unique_ptr<std::byte[]> buffer_;
    Inflater::Input input_;
};

/// Unpacked bytes on their way to becoming rows.
class Window {
public:
    explicit Window(std::size_t stored_row)
        : size_(static_cast<std::size_t>(Inflater::history) + step_bytes + stored_row + margin),
          bytes_(std::make_unique_for_overwrite<std::byte[]>(size_ + png_row_margin)) {
        output_ = {bytes_.get(), bytes_.get(), bytes_.get() + size_};
        row_ = bytes_.get();
    }

    [[nodiscard]] Inflater::Output& output() { return output_; }
    [[nodiscard]] std::size_t available() const { return static_cast<std::size_t>(output_.next - row_); }
    [[nodiscard]] const std::byte* row() const { return row_; }
    void drop(std::size_t bytes) { row_ += bytes; }

    /// Moves what is still needed to the front.
    void make_room() {
        const std::byte* const needed = output_.next - output_.begin > Inflater::history
                                            ? std::min<const std::byte*>(row_, output_.next - Inflater::history)
                                            : output_.begin;
        const auto shift = needed - output_.begin;
        std::memmove(output_.begin, needed, static_cast<std::size_t>(output_.next - needed));
        output_.next -= shift;
        row_ -= shift;
    }

private:
    static constexpr auto margin = static_cast<std::size_t>(Inflater::least_room);

    std::size_t size_;
    std::unique_ptr<std::byte[]> bytes_;
    Inflater::Output output_;
    std::byte* row_;
};

/// Undoes the filters row by row.
class Rows {
public:
    Rows(const PngSamples& samples, Range wanted, RowSink& sink) : samples_(samples), wanted_(wanted), sink_(sink) {
        for (std::vector<std::byte>* row : {&row_, &above_}) row->resize(samples.row_bytes + 2 * png_row_margin);
        if (samples.swapped) delivered_.resize(samples.row_bytes + png_row_margin);
    }

    /// `stored`: the filter, and the filtered bytes.
    [[nodiscard]] bool take(const std::byte* stored) {
        std::swap(row_, above_);
        std::byte* row = row_.data() + png_row_margin;
        if (!unfilter_png_row(std::to_integer<int>(stored[0]), samples_.pixel_bytes, stored + 1,
                              above_.data() + png_row_margin, row, samples_.row_bytes)) {
            return false;
        }
        if (next_ >= wanted_.first) {
            if (samples_.swapped) {
                swap_png_row(row, delivered_.data(), samples_.row_bytes);
                row = delivered_.data();
            }
            sink_.row(next_, row);
        }
        ++next_;
        return true;
    }
    [[nodiscard]] bool finished() const { return next_ == wanted_.end; }

private:
    const PngSamples& samples_;
    Range wanted_;
    RowSink& sink_;
    std::vector<std::byte> row_;
    std::vector<std::byte> above_;
    std::vector<std::byte> delivered_;
    Index next_ = 0;
};

/// May this zlib stream begin so, if it unfolds to `bytes`? zlib notices references beyond a smaller window only
/// sometimes; where the window is the largest, or not smaller than the whole, there can be none.
bool regular_zlib_head(const std::byte* head, std::uint64_t bytes) {
    const auto method = std::to_integer<unsigned>(head[0]);
    const auto flags = std::to_integer<unsigned>(head[1]);
    const unsigned window_bits = (method >> 4) + 8;
    constexpr unsigned dictionary = 0x20;
    return (method & 15) == 8 && window_bits <= 15 && (method << 8 | flags) % 31 == 0 && (flags & dictionary) == 0 &&
           (window_bits == 15 || bytes <= std::uint64_t{1} << window_bits);
}

}  // namespace

bool decode_regular_png(InputFile& file, const PngSamples& samples, Range rows, RowSink& sink) {
    constexpr std::size_t zlib_head_bytes = 2;
    constexpr std::size_t adler_bytes = 4;
    const std::size_t stored_row = samples.row_bytes + 1;
    const std::uint64_t all = std::uint64_t{stored_row} * static_cast<std::uint64_t>(samples.height);
    const std::uint64_t wanted = std::uint64_t{stored_row} * static_cast<std::uint64_t>(rows.end);
    const bool whole = rows.end == samples.height;

    PackedSamples packed(file, samples.offset, all);
    if (!packed.open() || packed.available() < zlib_head_bytes) return false;
    if (!regular_zlib_head(packed.input().next, all)) return false;
    packed.input().next += zlib_head_bytes;

    const auto inflater = std::make_unique<Inflater>();
    Window window(stored_row);
    Rows converter(samples, rows, sink);
    uLong adler = adler32_z(0, nullptr, 0);
    std::uint64_t unpacked = 0;
    for (;;) {
        const std::byte* const first = window.output().next;
        const Inflater::Stop stop = inflater->run(packed.input(), window.output());
        const auto fresh = static_cast<std::size_t>(window.output().next - first);
        unpacked += fresh;
        if (stop == Inflater::Stop::damage || unpacked > all) return false;
        if (whole) adler = adler32_z(adler, reinterpret_cast<const Bytef*>(first), fresh);
        for (; !converter.finished() && window.available() >= stored_row; window.drop(stored_row)) {
            if (!converter.take(window.row())) return false;
        }
        // zlib, too, looks one symbol ahead of the last byte that it is asked for, and may find damage there.
        if (unpacked > wanted) return true;
        if (stop == Inflater::Stop::end) break;
        if (stop == Inflater::Stop::input && !packed.fill()) return false;
        if (stop == Inflater::Stop::room) {
            if (converter.finished()) window.drop(window.available());
            window.make_room();
        }
    }
    if (!whole || unpacked != all) return false;
    if (packed.available() < adler_bytes && !packed.fill()) return false;
    if (packed.available() < adler_bytes || big32(packed.input().next) != adler) return false;
    packed.input().next += adler_bytes;
    return packed.regular_end();
}

std::int64_t regular_png_bytes(std::size_t row_bytes) {
    const std::size_t rows = 4 * (row_bytes + 2 * png_row_margin);
    return static_cast<std::int64_t>(input_bytes + static_cast<std::size_t>(Inflater::history) + step_bytes +
                                     sizeof(Inflater) + rows) +
           4096;
}

}  // namespace stack2nrrd
