#include "codec/png_fast.hpp"

#include "codec/png_unfilter.hpp"
#include "codec/zlib_unpacker.hpp"

#include "core/crc32.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace stack2nrrd {

namespace {

constexpr std::size_t input_bytes = std::size_t{64} << 10;
constexpr std::size_t step_bytes = std::size_t{64} << 10;       // what is unpacked before rows are made of it
constexpr std::uint64_t whole_bytes = std::uint64_t{10} << 20;  // what may be unpacked at once
constexpr std::size_t batch_bytes = std::size_t{128} << 10;     // of rows that are pushed at once
constexpr std::size_t longest_chunk = std::size_t{8} << 20;     // libpng takes longer ones only where samples need them
constexpr std::uint64_t longest_at_all = 0x7FFFFFFF;
constexpr std::size_t crc_bytes = 4;
constexpr std::size_t chunk_head_bytes = 8;

std::uint32_t big32(const std::byte* bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return value;
}

struct ChunkHead {
    std::size_t length = 0;
    std::array<std::byte, 4> name{};

    explicit ChunkHead(const std::byte* bytes) : length(big32(bytes)) { std::copy_n(bytes + 4, 4, name.begin()); }
    [[nodiscard]] bool is(std::string_view text) const { return std::memcmp(name.data(), text.data(), 4) == 0; }
    [[nodiscard]] std::uint32_t crc() const { return crc32_behind(0, name); }
};

/// What the IDAT chunks hold, in one piece, with checked checksums.
class PackedSamples {
public:
    /// `room`: for what of it is in memory at a time; see room_bytes().
    PackedSamples(InputFile& file, std::int64_t offset, std::uint64_t longest, std::span<std::byte> room)
        : file_(file),
          longest_(std::clamp<std::uint64_t>(longest, longest_chunk, longest_at_all)),
          position_(offset),
          capacity_(room.size() - crc_bytes - chunk_head_bytes),
          buffer_(room.data()) {
        next_ = end_ = buffer_;
    }
    [[nodiscard]] static std::size_t room_bytes(std::size_t packed) { return packed + crc_bytes + chunk_head_bytes; }

    [[nodiscard]] bool open() {
        std::array<std::byte, chunk_head_bytes> head{};
        if (!read(head.data(), head.size())) return false;
        return begin(ChunkHead(head.data())) && !last_ && fill();
    }

    /// Keeps what has not been dropped, and adds what follows until the buffer is full or there is no more.
    /// False if it is irregular.
    [[nodiscard]] bool fill() {
        std::size_t have = available();
        std::memmove(buffer_, next_, have);
        while (!last_ && have < capacity_) {
            std::byte* to = buffer_ + have;
            const std::size_t part = std::min(left_, capacity_ - have);
            const std::size_t after = part == left_ ? crc_bytes + chunk_head_bytes : 0;
            if (!read(to, part + after)) return false;
            crc_ = crc32_behind(crc_, {to, part});
            left_ -= part;
            have += part;
            if (after != 0) {
                if (big32(to + part) != crc_ || !begin(ChunkHead(to + part + crc_bytes))) return false;
            }
        }
        next_ = buffer_;
        end_ = buffer_ + have;
        return true;
    }

    [[nodiscard]] const std::byte* next() const { return next_; }
    [[nodiscard]] std::size_t available() const { return static_cast<std::size_t>(end_ - next_); }
    void drop(std::size_t bytes) { next_ += bytes; }
    /// Is there nothing beyond what is available?
    [[nodiscard]] bool last() const { return last_; }

    /// Is there nothing behind the samples but words and the end? libpng skips the words unread.
    [[nodiscard]] bool regular_end() {
        if (!last_ || available() != 0) return false;
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
        last_ = !head.is("IDAT");
        left_ = head.length;
        crc_ = head.crc();
        return last_ || head.length <= longest_;
    }

    InputFile& file_;
    std::uint64_t longest_;
    std::int64_t position_;
    std::size_t capacity_;
    std::size_t left_ = 0;  // of the chunk
    std::uint32_t crc_ = 0;
    ChunkHead following_{std::array<std::byte, chunk_head_bytes>{}.data()};
    std::byte* buffer_;
    const std::byte* next_ = nullptr;
    const std::byte* end_ = nullptr;
    bool last_ = false;
};

/// Unpacked bytes on their way to becoming rows.
class Window {
public:
    Window(std::span<std::byte> room, std::span<std::byte> state)
        : unpacker_(state), size_(room.size() - png_row_margin), bytes_(room.data()) {}
    [[nodiscard]] static std::size_t room_bytes(std::size_t stored_row) {
        return step_bytes + stored_row + png_row_margin;
    }

    /// Unpacks as much as there is room for.
    ZlibUnpacker::State fill(PackedSamples& packed) {
        std::memmove(bytes_, bytes_ + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        ZlibUnpacker::Piece piece{packed.next(), packed.available(), bytes_ + end_, size_ - end_};
        const ZlibUnpacker::State state = unpacker_.run(piece);
        packed.drop(packed.available() - piece.available_in);
        const std::size_t fresh = size_ - end_ - piece.available_out;
        end_ += fresh;
        unpacked_ += fresh;
        return state;
    }

    [[nodiscard]] std::size_t available() const { return end_ - begin_; }
    [[nodiscard]] const std::byte* next() const { return bytes_ + begin_; }
    void drop(std::size_t bytes) { begin_ += bytes; }
    [[nodiscard]] bool is_full() const { return end_ == size_; }
    [[nodiscard]] std::uint64_t unpacked() const { return unpacked_; }

private:
    ZlibUnpacker unpacker_;
    std::size_t size_;
    std::byte* bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t unpacked_ = 0;
};

/// Rows that are pushed together: few enough for the processor's second cache, and a power of two, so that they are
/// whole batches for those who work on such.
Index batch_rows(std::size_t row_bytes) {
    Index rows = row_batch;
    while (rows > 1 && static_cast<std::size_t>(rows) * row_bytes > batch_bytes) rows /= 2;
    return rows;
}

/// Undoes the filters, and pushes rows in batches.
class Rows {
public:
    Rows(const PngSamples& samples, Range wanted, std::span<std::byte> rows, std::span<std::byte> swapped,
         RowSink& sink)
        : row_bytes_(samples.row_bytes),
          pixel_bytes_(samples.pixel_bytes),
          wanted_(wanted),
          sink_(sink),
          most_(batch_rows(samples.row_bytes)),
          rows_(rows),
          swapped_(swapped) {
        std::fill_n(row_at(-1), row_bytes_, std::byte{0});  // above the first row
    }
    /// Of `rows` and `swapped`.
    [[nodiscard]] static Workbench::Sizes<2> room_bytes(const PngSamples& samples) {
        const std::size_t batch = static_cast<std::size_t>(batch_rows(samples.row_bytes)) * samples.row_bytes;
        const bool swaps = samples.bits == 16 && std::endian::native == std::endian::little;
        return {batch + samples.row_bytes + png_row_margin, swaps ? batch : 0};
    }

    /// `stored`: `count` rows, each its filter and the filtered bytes. How many of them it has taken: one or two; none
    /// if there is no such filter.
    [[nodiscard]] std::size_t take(const std::byte* stored, std::size_t count) {
        std::byte* row = row_at(next_ - first_);
        const std::byte* stored_below = stored + row_bytes_ + 1;
        const auto is_paeth = [](const std::byte* filter) { return std::to_integer<int>(*filter) == paeth_filter; };
        const Index end = std::min(first_ + most_, wanted_.end);
        std::size_t taken = 1;
        if (pixel_bytes_ == 1 && count > 1 && end - next_ > 1 && is_paeth(stored) && is_paeth(stored_below)) {
            unfilter_paeth_pair(stored + 1, stored_below + 1, row - row_bytes_, row, row + row_bytes_, row_bytes_);
            taken = 2;
        } else if (!unfilter_png_row(std::to_integer<int>(stored[0]), pixel_bytes_, stored + 1, row - row_bytes_, row,
                                     row_bytes_)) {
            return 0;
        }
        next_ += static_cast<Index>(taken);
        if (next_ == end) push();
        return taken;
    }
    [[nodiscard]] bool finished() const { return next_ == wanted_.end; }

private:
    /// Of the batch; -1 is the row above it.
    [[nodiscard]] std::byte* row_at(Index i) { return rows_.data() + static_cast<std::size_t>(i + 1) * row_bytes_; }

    void push() {
        const Range rows{std::max(first_, wanted_.first), next_};
        if (rows.first < rows.end) {
            const std::byte* samples = row_at(rows.first - first_);
            if (!swapped_.empty()) {
                swap_png_samples(samples, swapped_.data(), static_cast<std::size_t>(rows.size()) * row_bytes_);
                samples = swapped_.data();
            }
            sink_.rows(rows.first, rows.size(), samples);
        }
        std::memcpy(row_at(-1), row_at(next_ - first_ - 1), row_bytes_);
        first_ = next_;
    }

    std::size_t row_bytes_;
    std::size_t pixel_bytes_;
    Range wanted_;
    RowSink& sink_;
    Index most_;       // rows of a batch
    Index first_ = 0;  // row of this batch
    Index next_ = 0;
    std::span<std::byte> rows_;
    std::span<std::byte> swapped_;  // empty if they need not be
};

std::uint64_t unpacked_bytes(const PngSamples& samples, Index rows) {
    return (std::uint64_t{samples.row_bytes} + 1) * static_cast<std::uint64_t>(rows);
}

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

/// May they be unpacked at once? Then what is left of the file, which holds them packed, is not much longer.
bool is_small(const InputFile& file, const PngSamples& samples) {
    const std::uint64_t all = unpacked_bytes(samples, samples.height);
    const auto rest = static_cast<std::uint64_t>(std::max<std::int64_t>(file.bytes() - samples.offset, 0));
    return all <= whole_bytes && rest <= all + all / 8 + input_bytes;
}

bool begins_regularly(PackedSamples& packed, std::uint64_t unpacked) {
    constexpr std::size_t zlib_head_bytes = 2;
    return packed.open() && packed.available() >= zlib_head_bytes && regular_zlib_head(packed.next(), unpacked);
}

/// Rooms for unpacked samples, for rows, for swapped rows, and for packed samples, whose number differs from slice to
/// slice.
Workbench::Sizes<4> rooms_for_whole(const InputFile& file, const PngSamples& samples) {
    const auto [rows, swapped] = Rows::room_bytes(samples);
    return {static_cast<std::size_t>(unpacked_bytes(samples, samples.height)) + png_row_margin, rows, swapped,
            PackedSamples::room_bytes(static_cast<std::size_t>(file.bytes() - samples.offset))};
}

bool decode_whole(InputFile& file, const PngSamples& samples, Range wanted, Workbench& bench, RowSink& sink) {
    const auto [unpacked, rows, swapped, packed_room] = bench.lay_out(rooms_for_whole(file, samples));
    const std::uint64_t all = unpacked_bytes(samples, samples.height);
    PackedSamples packed(file, samples.offset, all, packed_room);
    if (!begins_regularly(packed, all) || !packed.last()) return false;
    if (!unpack_whole({packed.next(), packed.available()}, unpacked.first(static_cast<std::size_t>(all)))) return false;
    packed.drop(packed.available());
    if (!packed.regular_end()) return false;
    Rows converter(samples, wanted, rows, swapped, sink);
    const std::size_t stored_row = samples.row_bytes + 1;
    for (std::size_t done = 0; !converter.finished();) {
        const std::size_t taken =
            converter.take(unpacked.data() + done * stored_row, static_cast<std::size_t>(samples.height) - done);
        if (taken == 0) return false;
        done += taken;
    }
    return true;
}

/// Rooms for unpacked samples, for rows, for swapped rows, for packed samples, and for the state of the unpacker.
Workbench::Sizes<5> rooms_for_stream(const PngSamples& samples) {
    const auto [rows, swapped] = Rows::room_bytes(samples);
    return {Window::room_bytes(samples.row_bytes + 1), rows, swapped, PackedSamples::room_bytes(input_bytes),
            ZlibUnpacker::room_bytes()};
}

bool decode_stream(InputFile& file, const PngSamples& samples, Range wanted, Workbench& bench, RowSink& sink) {
    const auto [unpacked, rows, swapped, packed_room, unpacker] = bench.lay_out(rooms_for_stream(samples));
    const std::size_t stored_row = samples.row_bytes + 1;
    const std::uint64_t all = unpacked_bytes(samples, samples.height);
    const std::uint64_t enough = unpacked_bytes(samples, wanted.end);
    PackedSamples packed(file, samples.offset, all, packed_room);
    if (!begins_regularly(packed, all)) return false;

    Window window(unpacked, unpacker);
    Rows converter(samples, wanted, rows, swapped, sink);
    for (;;) {
        const ZlibUnpacker::State state = window.fill(packed);
        if (state == ZlibUnpacker::State::damaged || window.unpacked() > all) return false;
        const bool starved = !window.is_full();
        while (!converter.finished() && window.available() >= stored_row) {
            const std::size_t taken = converter.take(window.next(), window.available() / stored_row);
            if (taken == 0) return false;
            window.drop(taken * stored_row);
        }
        // zlib, too, looks one symbol ahead of the last byte that it is asked for, and may find damage there; and
        // libpng wants input to be left. Where there is none the rest is short, and shows whether the stream is whole.
        if (window.unpacked() > enough && (packed.available() > 0 || !packed.last())) return true;
        if (converter.finished()) window.drop(window.available());
        if (state == ZlibUnpacker::State::finished) break;
        if (packed.available() > 0) continue;
        if (packed.last() ? starved : !packed.fill()) return false;
    }
    return window.unpacked() == all && (enough < all || packed.regular_end());
}

}  // namespace

bool decode_regular_png(InputFile& file, const PngSamples& samples, Range rows, Workbench& bench, RowSink& sink,
                        PngUnpacking unpacking) {
    const bool whole = unpacking == PngUnpacking::fastest ? prefers_whole(samples.bits) && rows.end == samples.height
                                                          : unpacking == PngUnpacking::whole;
    return whole && is_small(file, samples) ? decode_whole(file, samples, rows, bench, sink)
                                            : decode_stream(file, samples, rows, bench, sink);
}

std::int64_t regular_png_bench_bytes(const InputFile& file, const PngSamples& samples) {
    const std::int64_t streamed = Workbench::bytes_of(rooms_for_stream(samples));
    if (!prefers_whole(samples.bits) || !is_small(file, samples)) return streamed;
    return std::max(streamed, Workbench::bytes_of(rooms_for_whole(file, samples)));
}

std::int64_t regular_png_other_bytes() {
    constexpr std::int64_t state = std::int64_t{64} << 10;  // of libdeflate, and of all else that is small
    return state + ZlibUnpacker::memory_bytes();
}

}  // namespace stack2nrrd
