// The fast way to PNG samples against libpng: the same rows, and the same verdict on every file.

#include "codec_support.hpp"
#include "support/catch.hpp"

#include "codec/png.hpp"
#include "codec/zlib_unpacker.hpp"

#include <stack2nrrd/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

namespace stack2nrrd::test {

namespace {

class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

private:
    std::mt19937 engine_;
};

void put_big(Bytes& bytes, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::byte>(value >> shift));
}

void put_text(Bytes& bytes, std::string_view text) {
    for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
}

void put_chunk(Bytes& png, std::string_view type, std::span<const std::byte> content, std::uint32_t spoil = 0) {
    put_big(png, static_cast<std::uint32_t>(content.size()));
    const std::size_t first = png.size();
    put_text(png, type);
    png.insert(png.end(), content.begin(), content.end());
    const auto* from = reinterpret_cast<const Bytef*>(png.data() + first);
    put_big(png, static_cast<std::uint32_t>(crc32(0, from, static_cast<uInt>(png.size() - first))) ^ spoil);
}

struct Spec {
    std::uint32_t width = 13;
    std::uint32_t height = 9;
    int bits = 8;
    int type = 0;  // 0 grey, 2 RGB, 4 grey with alpha, 6 RGB with alpha

    [[nodiscard]] std::size_t pixel_bytes() const {
        const std::size_t channels = (type & 2) != 0 ? 3 : 1;
        return (channels + ((type & 4) != 0 ? 1 : 0)) * static_cast<std::size_t>(bits / 8);
    }
    [[nodiscard]] std::size_t row_bytes() const { return width * pixel_bytes(); }
};

constexpr std::array<std::pair<int, int>, 8> kinds{
    {{0, 8}, {0, 16}, {2, 8}, {2, 16}, {4, 8}, {4, 16}, {6, 8}, {6, 16}}};

/// `rows` as a PNG stores them: `filter(y)`, then the differences that it calls for, by the letter of the
/// specification.
template <class Filter>
Bytes filtered(const Spec& spec, const Bytes& rows, Filter filter) {
    Bytes result;
    const auto size = static_cast<std::ptrdiff_t>(spec.row_bytes());
    const auto step = static_cast<std::ptrdiff_t>(spec.pixel_bytes());
    for (std::ptrdiff_t y = 0; y < static_cast<std::ptrdiff_t>(spec.height); ++y) {
        const int kind = filter(y);
        result.push_back(static_cast<std::byte>(kind));
        for (std::ptrdiff_t x = 0; x < size; ++x) {
            const auto at = [&](std::ptrdiff_t column, std::ptrdiff_t row) {
                return column < 0 || row < 0
                           ? 0
                           : std::to_integer<int>(rows[static_cast<std::size_t>(row * size + column)]);
            };
            const int a = at(x - step, y);
            const int b = at(x, y - 1);
            const int c = at(x - step, y - 1);
            const int p = a + b - c;
            const int pa = std::abs(p - a);
            const int pb = std::abs(p - b);
            const int pc = std::abs(p - c);
            const int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
            const int guess = kind == 1 ? a : kind == 2 ? b : kind == 3 ? (a + b) / 2 : kind == 4 ? paeth : 0;
            result.push_back(static_cast<std::byte>(at(x, y) - guess));
        }
    }
    return result;
}

Bytes compressed(const Bytes& bytes, int level = 6, int window_bits = 15, int strategy = Z_DEFAULT_STRATEGY) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, strategy) == Z_OK);
    Bytes result(deflateBound(&stream, static_cast<uLong>(bytes.size())) + 64);
    stream.next_in = reinterpret_cast<z_const Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

Bytes png_head(const Spec& spec) {
    Bytes png;
    put_text(png, "\x89PNG\r\n\x1A\n");
    Bytes head;
    put_big(head, spec.width);
    put_big(head, spec.height);
    for (const int b : {spec.bits, spec.type, 0, 0, 0}) head.push_back(static_cast<std::byte>(b));
    put_chunk(png, "IHDR", head);
    return png;
}

Bytes make_png(const Spec& spec, const Bytes& packed, std::size_t chunk_bytes = 1 << 20) {
    Bytes png = png_head(spec);
    for (std::size_t i = 0; i < packed.size(); i += chunk_bytes) {
        put_chunk(png, "IDAT", std::span(packed).subspan(i, std::min(chunk_bytes, packed.size() - i)));
    }
    put_chunk(png, "IEND", {});
    return png;
}

/// Bytes as a scan has them: neither noise alone nor nothing but steps.
Bytes scan(std::size_t size, Random& random) {
    Bytes bytes(size);
    const unsigned spread = 1U << random() % 9;
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i / 5 + random() % spread);
    return bytes;
}

struct Outcome {
    std::string refusal;  // with the code
    Bytes samples;        // of the rows wanted, if it is not refused
    bool gave_up = false;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

class Rows : public RowSink {
public:
    Rows(Bytes& samples, std::size_t row, Index first) : samples_(samples), row_(row), next_(first) {}
    void rows(Index y, Index count, const std::byte* samples) override {
        if (y != next_) throw std::logic_error("rows come out of order");
        next_ += count;
        samples_.insert(samples_.end(), samples, samples + static_cast<std::size_t>(count) * row_);
    }

private:
    Bytes& samples_;
    std::size_t row_;
    Index next_;
};

enum class Way { whichever, streamed, whole, libpng };

Outcome outcome(const std::string& path, Way way, Range rows = {}) {
    Outcome result;
    try {
        InputFile file(path);
        if (!png_codec.matches(read_bytes(path))) return {"no PNG", {}, false};
        const Probe probe = png_codec.probe(file, 0, Samples::shown);
        Rows sink(result.samples, probe.image.row_bytes(), rows.first);
        Workbench bench;
        switch (way) {
            case Way::whichever: png_codec.decode(file, 0, Samples::shown, rows, bench, sink); break;
            case Way::streamed:
                result.gave_up = !decode_png_alone(file, rows, bench, sink, PngUnpacking::streamed);
                break;
            case Way::whole: result.gave_up = !decode_png_alone(file, rows, bench, sink, PngUnpacking::whole); break;
            case Way::libpng: decode_png_by_libpng(file, rows, bench, sink); break;
        }
    } catch (const Error& error) {
        return {std::to_string(static_cast<int>(error.code())) + " " + error.what(), {}, false};
    }
    return result;
}

/// Writes the file and reads it in all ways. False if they disagree. `alone` counts what needed no libpng, unpacked in
/// either way.
bool ways_agree(const std::string& path, const Bytes& png, Range rows = {}, int* alone = nullptr) {
    write_bytes(path, png);
    const Outcome expected = outcome(path, Way::libpng, rows);
    bool agree = outcome(path, Way::whichever, rows) == expected;
    bool gave_up = false;
    for (const Way way : {Way::streamed, Way::whole}) {
        if (way == Way::whole && !unpacks_whole()) continue;
        const Outcome fast = outcome(path, way, rows);
        gave_up = gave_up || fast.gave_up || !fast.refusal.empty();
        agree = agree && (fast.gave_up || fast == expected);
    }
    if (alone != nullptr && !gave_up) ++*alone;
    return agree;
}

/// ISA-L takes codes that lack words ("invalid distances set"), which zlib never does. Checksums still hold.
bool lacks_words(const Outcome& by_libpng) { return by_libpng.refusal.find(" set)") != std::string::npos; }

/// A file in which much may be odd, but hardly everything at once.
Bytes odd_png(Random& random, Range& rows) {
    const auto one_in = [&](unsigned n) { return random() % n == 0; };
    Spec spec;
    std::tie(spec.type, spec.bits) = kinds[random() % kinds.size()];
    spec.width = 1 + random() % 40;
    spec.height = 1 + random() % 30;
    if (one_in(30)) spec.height = 400 + random() % 400;
    Bytes content = filtered(spec, scan(spec.row_bytes() * spec.height, random),
                             [&](std::ptrdiff_t) { return static_cast<int>(random() % (one_in(500) ? 6 : 5)); });
    if (one_in(20)) content.resize(content.size() - std::min<std::size_t>(content.size(), 1 + random() % 50));
    if (one_in(20)) content.resize(content.size() + 1 + random() % 50);
    static constexpr std::array<int, 4> strategies{Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_FIXED, Z_RLE};
    const int window_bits = one_in(4) ? 9 + static_cast<int>(random() % 7) : 15;
    Bytes packed = compressed(content, static_cast<int>(random() % 10), window_bits, strategies[random() % 4]);
    if (one_in(15)) {  // another head with a right check
        packed[0] = static_cast<std::byte>(random() % 16 << 4 | (one_in(8) ? random() % 16 : 8));
        const unsigned flags = random() % 8 << 5;
        packed[1] =
            static_cast<std::byte>(flags + (31 - (std::to_integer<unsigned>(packed[0]) << 8 | flags) % 31) % 31);
    }
    if (one_in(10)) packed[random() % packed.size()] ^= static_cast<std::byte>(1U << random() % 8);
    if (one_in(20)) packed[packed.size() - 1 - random() % 4] ^= static_cast<std::byte>(1U << random() % 8);
    if (one_in(20)) packed.resize(packed.size() - std::min<std::size_t>(packed.size(), 1 + random() % 6));
    if (one_in(20)) packed.resize(packed.size() + 1 + random() % 6);

    Bytes png = png_head(spec);
    const auto maybe_chunk = [&](unsigned n) {
        if (!one_in(n)) return;
        static constexpr std::array<std::string_view, 14> types{"tEXt", "zTXt", "iTXt", "tIME", "pHYs", "tRNS", "PLTE",
                                                                "gAMA", "eXIf", "ABCD", "abCd", "IDAT", "IEND", "IHDR"};
        put_chunk(png, types[random() % types.size()], noise(random() % 20, random()), one_in(4) ? 1 : 0);
    };
    maybe_chunk(10);
    const std::size_t most = one_in(2) ? 1 << 20 : 1 + random() % 60;
    for (std::size_t i = 0; i < packed.size();) {
        const std::size_t part = one_in(20) ? 0 : std::min(packed.size() - i, 1 + random() % most);
        put_chunk(png, "IDAT", std::span(packed).subspan(i, part), one_in(200) ? 1 : 0);
        maybe_chunk(200);
        i += part;
    }
    maybe_chunk(5);
    maybe_chunk(20);
    if (!one_in(50)) put_chunk(png, "IEND", noise(one_in(50) ? 3 : 0), one_in(50) ? 1 : 0);
    if (one_in(20)) png.resize(png.size() + random() % 20);
    if (one_in(20)) png.resize(9 + random() % (png.size() - 9));
    if (one_in(10)) png[8 + random() % (png.size() - 8)] ^= static_cast<std::byte>(1U << random() % 8);

    rows = {};
    if (one_in(3)) {
        rows.first = static_cast<Index>(random() % spec.height);
        rows.end =
            rows.first + 1 + static_cast<Index>(random() % (spec.height - static_cast<std::uint32_t>(rows.first)));
    }
    return png;
}

}  // namespace

TEST_CASE("PNG without libpng: every filter, size of a pixel and width", "[codec][png][fast]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Random random(1);
    for (const auto& [type, bits] : kinds) {
        for (const std::uint32_t width : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 15U, 16U, 17U, 64U, 101U}) {
            for (const int filter : {0, 1, 2, 3, 4, 5}) {  // 5: all of them in turn
                Spec spec;
                spec.type = type;
                spec.bits = bits;
                spec.width = width;
                spec.height = 11;
                const Bytes rows = filter % 2 == 0 ? noise(spec.row_bytes() * spec.height, width)
                                                   : scan(spec.row_bytes() * spec.height, random);
                const auto kind = [filter = filter](std::ptrdiff_t y) {
                    return filter < 5 ? filter : static_cast<int>(4 - y % 5);
                };
                const Bytes png = make_png(spec, compressed(filtered(spec, rows, kind)));
                INFO("type " << type << ", " << bits << " bits, width " << width << ", filter " << filter);
                int alone = 0;
                CHECK(ways_agree(file, png, {}, &alone));
                CHECK(ways_agree(file, png, {3, 8}, &alone));
                CHECK(alone == 2);
                // And both are right.
                Bytes expected = rows;
                if (bits == 16 && std::endian::native == std::endian::little) {
                    for (std::size_t i = 0; i < expected.size(); i += 2) std::swap(expected[i], expected[i + 1]);
                }
                CHECK((outcome(file, Way::whichever).samples == expected));
            }
        }
    }
}

TEST_CASE("PNG without libpng: slices larger than all buffers, in chunks of any size", "[codec][png][fast]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Random random(2);
    const auto check = [&](const Spec& spec, std::size_t chunk_bytes, int level) {
        const Bytes rows = scan(spec.row_bytes() * spec.height, random);
        // Paeth stands alone, in pairs and in longer runs: two rows of it are taken at once.
        const auto filter = [](std::ptrdiff_t y) {
            return static_cast<int>(std::min<std::ptrdiff_t>(y % (5 + y / 5 % 9), 4));
        };
        const Bytes content = filtered(spec, rows, filter);
        int alone = 0;
        const Bytes png = make_png(spec, compressed(content, level), chunk_bytes);
        const auto height = static_cast<Index>(spec.height);
        CHECK(ways_agree(file, png, {}, &alone));
        CHECK(ways_agree(file, png, {height / 3, height / 2}, &alone));
        CHECK(alone == 2);
    };
    check({700, 500, 16, 0}, 1 << 30, 6);
    check({700, 500, 16, 0}, 8192, 1);
    check({700, 500, 8, 0}, 8192, 6);
    check({700, 500, 8, 2}, 65536, 0);
    check({90'000, 7, 16, 6}, 1 << 30, 6);  // a row is larger than the window
    check({1, 70'000, 8, 0}, 1000, 9);
    check({300, 200, 16, 0}, 1, 6);
}

TEST_CASE("PNG without libpng: bytes behind the stream, whatever chunk it ends in", "[codec][png][fast]") {
    // ISA-L reads ahead, and gives back bytes of a chunk before: a fuzzer found that they were counted as less than
    // none.
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Random random(4);
    for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY}) {
        const Spec spec;
        const Bytes content =
            filtered(spec, scan(spec.row_bytes() * spec.height, random), [](std::ptrdiff_t) { return 0; });
        for (std::size_t behind = 0; behind < 12; ++behind) {
            Bytes packed = compressed(content, 6, 15, strategy);
            packed.resize(packed.size() + behind);
            for (const std::size_t chunk_bytes : {1, 2, 3, 5, 7, 8, 9, 11, 16, 37}) {
                INFO(behind << " bytes behind, chunks of " << chunk_bytes);
                CHECK(ways_agree(file, make_png(spec, packed, chunk_bytes)));
            }
        }
    }
}

TEST_CASE("PNG without libpng: memory for a whole slice is told, and has a limit", "[codec][png][fast]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    const auto decoder_bytes = [&](std::uint32_t height) {
        const Spec spec{1000, height, 16, 0};
        const Bytes content(static_cast<std::size_t>(spec.height) * (spec.row_bytes() + 1));
        write_bytes(file, make_png(spec, compressed(content, 0)));
        return probe_file(file).decoder_bytes;
    };
    const std::int64_t few = decoder_bytes(100);
    const std::int64_t many = decoder_bytes(5000);
    const std::int64_t too_many = decoder_bytes(6000);
    if (unpacks_whole()) {
        CHECK(few > 2 * 100 * 2001);
        CHECK(many > 2 * 5000 * 2001);
        CHECK(many < 2 * 5000 * 2001 + 1'000'000);
    }
    CHECK(too_many < 1'000'000);
}

TEST_CASE("PNG without libpng: every beginning and every changed byte, as libpng sees them", "[codec][png][fast]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    Random random(3);
    Spec spec;
    std::tie(spec.type, spec.bits) = GENERATE(std::pair{0, 8}, std::pair{0, 16}, std::pair{2, 8});
    const Bytes rows = scan(spec.row_bytes() * spec.height, random);
    const Bytes content = filtered(spec, rows, [](std::ptrdiff_t y) { return static_cast<int>(y % 5); });
    const Bytes png = make_png(spec, compressed(content, 6, 15), 60);
    for (std::size_t size = 8; size < png.size(); ++size) {
        if (!ways_agree(file, Bytes(png.begin(), png.begin() + static_cast<std::ptrdiff_t>(size)))) {
            FAIL("the first " << size << " bytes");
        }
    }
    for (std::size_t i = 8; i < png.size(); ++i) {
        for (const auto flip : {std::byte{0x01}, std::byte{0x80}, std::byte{0xFF}}) {
            Bytes changed = png;
            changed[i] ^= flip;
            if (!ways_agree(file, changed, i % 3 == 0 ? Range{2, 5} : Range{})) FAIL("byte " << i);
        }
    }
}

TEST_CASE("PNG without libpng: damage behind the last row wanted, as libpng sees it", "[codec][png][fast]") {
    // zlib looks one symbol ahead: it refuses the row just before the damage, too, and no earlier one.
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    const Spec spec;
    constexpr Index sound_rows = 5;
    Bytes rows = noise(spec.row_bytes() * spec.height);
    rows = filtered(spec, rows, [](std::ptrdiff_t) { return 0; });
    const auto cut = static_cast<std::ptrdiff_t>((spec.row_bytes() + 1) * sound_rows);
    Bytes packed = compressed(Bytes(rows.begin(), rows.begin() + cut), 0);
    packed[2] = std::byte{0};                          // its only block is not the last one
    packed.resize(packed.size() - 4);                  // no checksum yet
    packed.insert(packed.end(), 20, std::byte{0x07});  // a block of a kind that there is not
    const Bytes png = make_png(spec, packed);
    for (Index end = 1; end <= static_cast<Index>(spec.height); ++end) {
        INFO("up to row " << end);
        CHECK(ways_agree(file, png, {0, end}));
        CHECK(outcome(file, Way::whichever, {0, end}).refusal.empty() == (end < sound_rows));
    }
}

TEST_CASE("PNG without libpng: an end behind the last row wanted, as libpng sees it", "[codec][png][fast]") {
    // libpng asks for more input although what zlib has taken in still unfolds to rows: long repetitions do.
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    const Spec spec;
    Bytes rows = noise(spec.row_bytes() * spec.height);
    std::fill(rows.begin() + 40, rows.end(), std::byte{5});
    rows = filtered(spec, rows, [](std::ptrdiff_t) { return 0; });
    const Bytes packed = compressed(rows);
    for (std::size_t size = 1; size <= packed.size(); ++size) {
        const Bytes png = make_png(spec, Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size)));
        for (Index end = 1; end <= static_cast<Index>(spec.height); ++end) {
            if (!ways_agree(file, png, {0, end})) FAIL(size << " bytes, up to row " << end);
        }
    }
}

TEST_CASE("PNG without libpng: odd files, as libpng sees them", "[codec][png][fast]") {
    // STACK2NRRD_FUZZ_SECONDS=600 looks for longer, on a path of its own.
    const char* const longer = std::getenv("STACK2NRRD_FUZZ_SECONDS");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(longer != nullptr ? std::atoi(longer) : 0);
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.png");
    int alone = 0;
    std::uint32_t seed = longer != nullptr ? std::random_device()() : 0;
    int rounds = 0;
    for (; rounds < 4000 || std::chrono::steady_clock::now() < end; ++rounds, ++seed) {
        Random random(seed);
        Range rows;
        const Bytes png = odd_png(random, rows);
        if (!ways_agree(file, png, rows, &alone) && !lacks_words(outcome(file, Way::libpng, rows))) {
            FAIL("the file of seed " << seed);
        }
    }
    if (longer != nullptr) std::cerr << rounds << " files, " << alone << " of them without libpng\n";
    CHECK(alone > 1000);
    CHECK(alone < rounds - 1000);
}

}  // namespace stack2nrrd::test
