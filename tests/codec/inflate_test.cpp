// Our inflater against zlib's: the same bytes, and the same verdict on what is damaged.

#include "codec_support.hpp"
#include "support/catch.hpp"

#include "codec/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <random>
#include <string>

namespace stack2nrrd::test {

namespace {

/// A raw deflate stream.
Bytes deflated(const Bytes& bytes, int level, int strategy, int memory = 8) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, -15, memory, strategy) == Z_OK);
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

struct Unpacked {
    bool sound = false;
    std::size_t taken = 0;
    Bytes bytes;

    friend bool operator==(const Unpacked&, const Unpacked&) = default;
};

Unpacked by_zlib(const Bytes& packed, std::size_t most) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, -15) == Z_OK);
    Unpacked result;
    result.bytes.resize(most);
    stream.next_in = reinterpret_cast<z_const Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.bytes.data());
    stream.avail_out = static_cast<uInt>(most);
    result.sound = inflate(&stream, Z_FINISH) == Z_STREAM_END;
    result.taken = result.sound ? stream.total_in : 0;
    result.bytes.resize(result.sound ? stream.total_out : 0);
    inflateEnd(&stream);
    return result;
}

/// In steps: `input` bytes or more at a time, in a window with room for `room` bytes besides the history.
Unpacked by_us(const Bytes& packed, std::size_t most, std::size_t input, std::size_t room) {
    Inflater inflater;
    constexpr auto history = static_cast<std::size_t>(Inflater::history);
    Bytes window(history + room);
    Bytes piece;
    Inflater::Output output{window.data(), window.data(), window.data() + window.size()};
    Unpacked result;
    std::size_t next = 0;  // of packed, to be put into a piece
    for (;;) {
        const std::size_t more = std::min(packed.size() - next, input);
        piece.insert(piece.end(), packed.begin() + static_cast<std::ptrdiff_t>(next),
                     packed.begin() + static_cast<std::ptrdiff_t>(next + more));
        next += more;
        Inflater::Input in{piece.data(), piece.data() + piece.size(), next == packed.size()};
        Inflater::Stop stop = Inflater::Stop::room;
        while (stop == Inflater::Stop::room) {
            const std::byte* const first = output.next;
            stop = inflater.run(in, output);
            result.bytes.insert(result.bytes.end(), first, const_cast<const std::byte*>(output.next));
            if (result.bytes.size() > most) return {};
            const auto held = static_cast<std::size_t>(output.next - output.begin);
            if (held > history) {
                std::copy(output.next - history, output.next, output.begin);
                output.next = output.begin + history;
            }
        }
        if (stop == Inflater::Stop::damage) return {};
        if (stop == Inflater::Stop::end) {
            result.sound = true;
            result.taken = next - static_cast<std::size_t>(in.end - in.next);
            return result;
        }
        piece.erase(piece.begin(), piece.begin() + (in.next - piece.data()));
    }
}

Bytes of_few_values(std::size_t size, unsigned values) {
    std::mt19937 random(values);
    Bytes bytes(size);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random() % values * 37);
    return bytes;
}

/// Many symbols of very different frequency, which makes long codes; and repetitions near and far.
Bytes mixture(std::size_t size, std::uint32_t seed) {
    std::mt19937 random(seed);
    Bytes bytes;
    while (bytes.size() < size) {
        const std::size_t many = 1 + random() % 200;
        if (random() % 3 == 0 && !bytes.empty()) {
            const std::size_t back = 1 + random() % std::min<std::size_t>(bytes.size(), random() % 2 == 0 ? 9 : 32768);
            for (std::size_t i = 0; i < many; ++i) bytes.push_back(bytes[bytes.size() - back]);
        } else {
            for (std::size_t i = 0; i < many; ++i) {
                bytes.push_back(static_cast<std::byte>(std::countr_zero(random() | 1U << 20) * 11 + random() % 2));
            }
        }
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace

TEST_CASE("inflate: what zlib packs, in every way that it has", "[codec][inflate]") {
    const std::vector<Bytes> contents{Bytes{},
                                      Bytes(1, std::byte{7}),
                                      Bytes(200'000, std::byte{9}),
                                      noise(150'000),
                                      ramp(150'000),
                                      of_few_values(150'000, 2),
                                      of_few_values(150'000, 3),
                                      of_few_values(100'000, 100),
                                      mixture(300'000, 1),
                                      mixture(40'000, 2)};
    for (const Bytes& content : contents) {
        for (const int level : {0, 1, 6, 9}) {
            for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
                const Bytes packed = deflated(content, level, strategy, level == 9 ? 1 : 9);
                INFO(content.size() << " bytes, level " << level << ", strategy " << strategy);
                const Unpacked expected{true, packed.size(), content};
                CHECK((by_us(packed, content.size(), packed.size(), 4096) == expected));
                CHECK((by_us(packed, content.size(), 1500, 8000) == expected));
            }
        }
    }
}

TEST_CASE("inflate: what zlib refuses, and nothing else, is damage", "[codec][inflate]") {
    // Each kind of block, changed and cut at random. The first bytes, where the codes stand, are changed most.
    std::mt19937 random(42);
    const std::vector<Bytes> streams{deflated(mixture(600, 3), 9, Z_DEFAULT_STRATEGY),
                                     deflated(mixture(900, 4), 6, Z_HUFFMAN_ONLY),
                                     deflated(of_few_values(300, 2), 6, Z_DEFAULT_STRATEGY),
                                     deflated(mixture(300, 5), 6, Z_FIXED),
                                     deflated(mixture(3000, 6), 9, Z_RLE, 1),
                                     deflated(Bytes(100, std::byte{3}), 6, Z_DEFAULT_STRATEGY),
                                     deflated(noise(200), 0, Z_DEFAULT_STRATEGY)};
    constexpr std::size_t most = 1 << 16;
    int sound = 0;
    int damaged = 0;
    for (int round = 0; round < 30'000; ++round) {
        Bytes packed = streams[random() % streams.size()];
        const std::size_t changes = 1 + random() % 3;
        for (std::size_t i = 0; i < changes; ++i) {
            const std::size_t range = random() % 2 == 0 ? std::min<std::size_t>(packed.size(), 60) : packed.size();
            packed[random() % range] ^= static_cast<std::byte>(1U << random() % 8);
        }
        if (random() % 8 == 0) packed.resize(random() % packed.size());
        const Unpacked expected = by_zlib(packed, most);
        if (by_us(packed, most, 2000, 1000) != expected) {
            std::string text;
            for (const std::byte b : packed) text += std::to_string(std::to_integer<int>(b)) + " ";
            FAIL("zlib " << (expected.sound ? "takes" : "refuses") << " this: " << text);
        }
        ++(expected.sound ? sound : damaged);
    }
    CHECK(sound > 1000);
    CHECK(damaged > 1000);
}

TEST_CASE("inflate: codes that other inflaters take and zlib does not", "[codec][inflate]") {
    // Written bit by bit, lowest first.
    struct Writer {
        Bytes bytes;
        unsigned used = 8;
        void put(unsigned value, unsigned bits) {
            for (unsigned i = 0; i < bits; ++i) {
                if (used == 8) {
                    bytes.push_back(std::byte{0});
                    used = 0;
                }
                bytes.back() |= static_cast<std::byte>((value >> i & 1) << used++);
            }
        }
        /// A code of the fixed kind; codes are written from the highest bit.
        void code(unsigned value, unsigned bits) {
            for (unsigned i = bits; i-- > 0;) put(value >> i & 1, 1);
        }
    };
    const auto agree = [](const Writer& writer, bool sound) {
        Bytes packed = writer.bytes;
        packed.resize(packed.size() + 20);
        const Unpacked expected = by_zlib(packed, 1000);
        CHECK(expected.sound == sound);
        CHECK((by_us(packed, 1000, packed.size(), 1000) == expected));
    };
    Writer writer;
    writer.put(1, 1);
    SECTION("a distance of the fixed code that has no meaning") {
        writer.put(1, 2);
        writer.code(0x30 + 'a', 8);
        writer.code(1, 7);   // a length of 3
        writer.code(30, 5);  // 30 and 31 mean nothing
        writer.code(0, 7);
        agree(writer, false);
    }
    SECTION("a length of the fixed code that has no meaning") {
        writer.put(1, 2);
        writer.code(0x30 + 'a', 8);
        writer.code(0xC6, 8);  // 286
        writer.code(0, 5);
        writer.code(0, 7);
        agree(writer, false);
    }
    SECTION("a distance to before the beginning") {
        writer.put(1, 2);
        writer.code(0x30 + 'a', 8);
        writer.code(1, 7);
        writer.code(1, 5);  // a distance of 2
        writer.code(0, 7);
        agree(writer, false);
    }
    const auto lengths_by_two = [&](unsigned literals, unsigned distances) {
        writer.put(2, 2);
        writer.put(literals - 257, 5);
        writer.put(distances - 1, 5);
        writer.put(18 - 4, 4);
        // 18 (a run of zeros), 1 and 0 are used: 0 takes one bit, 1 and 18 take two. The order is 16 17 18 0 8 7 ...
        for (const unsigned bits : {0U, 0U, 2U, 1U}) writer.put(bits, 3);
        for (int i = 4; i < 17; ++i) writer.put(0, 3);
        writer.put(2, 3);  // 1
    };
    const auto zeros = [&](unsigned many) {
        writer.code(3, 2);
        writer.put(many - 11, 7);
    };
    const auto one = [&] { writer.code(2, 2); };
    const auto zero = [&] { writer.code(0, 1); };
    SECTION("a block of nothing but its end, with a code of one word, and no distances") {
        lengths_by_two(257, 1);
        zeros(138);
        zeros(118);
        one();
        zero();
        writer.code(0, 1);
        agree(writer, true);
    }
    SECTION("the word that such a code lacks") {
        lengths_by_two(257, 1);
        zeros(138);
        zeros(118);
        one();
        zero();
        writer.code(1, 1);
        agree(writer, false);
    }
    SECTION("a block without a word for its end") {
        lengths_by_two(257, 1);
        one();
        one();
        zeros(138);
        zeros(117);
        zero();
        writer.code(0, 1);
        agree(writer, false);
    }
    SECTION("too many lengths") {
        lengths_by_two(287, 1);
        one();
        zeros(138);
        zeros(117);
        one();
        for (int i = 0; i < 31; ++i) zero();
        writer.code(0, 1);
        writer.code(1, 1);
        agree(writer, false);
    }
    SECTION("too many distances") {
        lengths_by_two(257, 31);
        one();
        zeros(138);
        zeros(117);
        one();
        for (int i = 0; i < 31; ++i) zero();
        writer.code(0, 1);
        writer.code(1, 1);
        agree(writer, false);
    }
    SECTION("a block of the fourth kind") {
        writer.put(3, 2);
        agree(writer, false);
    }
}

}  // namespace stack2nrrd::test
