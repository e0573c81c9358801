#include "codec_support.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <stdexcept>

namespace stack2nrrd::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::random_device random;
    for (int attempt = 0; attempt < 100; ++attempt) {
        folder_ = fs::temp_directory_path() / ("stack2nrrd-codec-" + std::to_string(random()));
        if (fs::create_directory(folder_)) return;
    }
    throw std::runtime_error("no temporary folder could be made");
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

std::string TemporaryFolder::file(const std::string& name) const { return utf8(folder_ / name); }

Bytes read_bytes(const std::string& file) {
    std::ifstream in(path_from_utf8(file), std::ios::binary);
    if (!in) throw std::runtime_error(file + " cannot be opened");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

void write_bytes(const std::string& file, std::span<const std::byte> bytes) {
    fs::remove(path_from_utf8(file));  // some file systems flush a file that is truncated and written anew
    std::ofstream out(path_from_utf8(file), std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error(file + " cannot be written");
}

void put_little(Bytes& bytes, std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
}

namespace {

/// Checks the contract of RowSink while it collects.
class Collector : public RowSink {
public:
    Collector(Slice& slice, Index first) : slice_(slice), next_(first) {}
    void rows(Index y, Index count, const std::byte* samples) override {
        if (y != next_ || count < 1) throw std::logic_error("rows come out of order");
        next_ += count;
        const std::size_t bytes = static_cast<std::size_t>(count) * slice_.image.row_bytes();
        slice_.samples.insert(slice_.samples.end(), samples, samples + bytes);
    }
    [[nodiscard]] Index next() const { return next_; }

private:
    Slice& slice_;
    Index next_;
};

}  // namespace

Slice decode_file(const std::string& path, Range rows, std::int64_t place, Samples samples) {
    static Workbench used;  // by all tests before this one
    Slice slice = decode_on(used, path, rows, place, samples);
    Workbench fresh;
    if (decode_on(fresh, path, rows, place, samples).samples != slice.samples) {
        throw std::logic_error("a used bench makes other samples than a fresh one");
    }
    return slice;
}

Slice decode_on(Workbench& bench, const std::string& path, Range rows, std::int64_t place, Samples samples) {
    InputFile file(path);
    const Codec& codec = codec_for(file);
    const Probe probe = codec.probe(file, place, samples);
    if (probe.image.format != codec.name) throw std::logic_error("a codec has two names");
    if (probe.decoder_bytes <= 0) throw std::logic_error("a decoder claims to need no memory");
    Slice slice{probe.image, {}};
    Collector collector(slice, rows.empty() ? 0 : rows.first);
    const std::int64_t before = bench.bytes();
    codec.decode(file, place, samples, rows, bench, collector);
    if (collector.next() != (rows.empty() ? slice.image.height : rows.end)) throw std::logic_error("rows are missing");
    if (bench.bytes() > std::max(before, probe.bench_bytes) || probe.bench_bytes > probe.decoder_bytes) {
        throw std::logic_error("a decoder lays out more than it has announced");
    }
    return slice;
}

Probe probe_file(const std::string& path, std::int64_t place, Samples samples) {
    InputFile file(path);
    return codec_for(file).probe(file, place, samples);
}

Pages pages_of(const std::string& path) {
    InputFile file(path);
    Pages pages = codec_for(file).pages(file);
    if (pages.slices.empty()) throw std::logic_error("a file has no slices");
    return pages;
}

std::string refusal(const std::string& file, ErrorCode* code) {
    try {
        (void)decode_file(file);
    } catch (const Error& error) {
        if (code != nullptr) *code = error.code();
        return error.what();
    }
    return "";
}

bool ranges_agree(const std::string& file, const Slice& whole) {
    const Index height = whole.image.height;
    const std::array<Range, 6> ranges{Range{0, 1},
                                      Range{height - 1, height},
                                      Range{0, height / 2},
                                      Range{height / 3, height / 3 * 2},
                                      Range{height / 2, height},
                                      Range{height / 2, height / 2 + 1}};
    return std::all_of(ranges.begin(), ranges.end(), [&](const Range& rows) {
        if (rows.empty()) return true;
        const Slice part = decode_file(file, rows);
        const auto row = static_cast<std::ptrdiff_t>(whole.image.row_bytes());
        return std::equal(part.samples.begin(), part.samples.end(), whole.samples.begin() + rows.first * row,
                          whole.samples.begin() + rows.end * row);
    });
}

bool prefixes_are_safe(const std::string& file, const Slice& whole) {
    const Bytes bytes = read_bytes(file);
    const std::string cut = file + ".cut";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        write_bytes(cut, std::span(bytes).first(size));
        try {
            const Slice slice = decode_file(cut);
            if (slice.samples != whole.samples || slice.image.colour != whole.image.colour ||
                slice.image.type != whole.image.type) {
                std::fprintf(stderr, "the first %zu of %zu bytes decode to something else\n", size, bytes.size());
                return false;
            }
        } catch (const Error&) {
        }
    }
    return true;
}

void corrupt_each_byte(const std::string& file) {
    const Bytes bytes = read_bytes(file);
    const std::string bad = file + ".bad";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const auto flip : {std::byte{0x01}, std::byte{0x80}, std::byte{0xFF}}) {
            Bytes changed = bytes;
            changed[i] ^= flip;
            write_bytes(bad, changed);
            (void)refusal(bad);
        }
    }
}

std::string sha256_24(std::span<const std::byte> data) {
    // FIPS 180-4. The constants are the fractional parts of the cube roots of the first 64 primes.
    static constexpr std::array<std::uint32_t, 64> k{
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
    std::array<std::uint32_t, 8> h{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    Bytes message(data.begin(), data.end());
    message.push_back(std::byte{0x80});
    while (message.size() % 64 != 56) message.push_back(std::byte{0});
    for (int shift = 56; shift >= 0; shift -= 8) message.push_back(static_cast<std::byte>(data.size() * 8 >> shift));
    for (std::size_t block = 0; block < message.size(); block += 64) {
        std::array<std::uint32_t, 64> w{};
        for (std::size_t i = 0; i < 64; ++i) {
            w[i / 4] = w[i / 4] << 8 | std::to_integer<std::uint32_t>(message[block + i]);
        }
        for (std::size_t i = 16; i < 64; ++i) {
            const std::uint32_t a = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
            const std::uint32_t b = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
            w[i] = w[i - 16] + a + w[i - 7] + b;
        }
        std::array<std::uint32_t, 8> s = h;
        for (std::size_t i = 0; i < 64; ++i) {
            const std::uint32_t e = std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25);
            const std::uint32_t t1 = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
            const std::uint32_t a = std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22);
            const std::uint32_t t2 = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
            s = {t1 + t2, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]};
        }
        for (std::size_t i = 0; i < 8; ++i) h[i] += s[i];
    }
    std::array<char, 65> text{};
    for (std::size_t i = 0; i < 8; ++i) std::snprintf(&text[i * 8], 9, "%08x", h[i]);
    return std::string(text.data(), 24);
}

Bytes noise(std::size_t size, std::uint32_t seed) {
    std::mt19937 random(seed);
    Bytes bytes(size);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random());
    return bytes;
}

Bytes ramp(std::size_t size) {
    std::mt19937 random(7);
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i / 11 + random() % 3);
    return bytes;
}

}  // namespace stack2nrrd::test
