// One bench for many slices: whatever it was used for before, decoders make of a file what they make of it on a fresh
// one.

#include "support/write_png_image.hpp"
#include "tiff_support.hpp"
#include "write_jpeg.hpp"
#include "write_jpeg2000.hpp"

#include <catch2/catch.hpp>

#include <png.h>

#include <algorithm>
#include <random>

namespace stack2nrrd::test {

namespace {

struct Kind {
    std::string suffix;
    void (*write)(const std::string& file, int width, int height);
};

TiffSpec tiff_spec(int width, int height) {
    TiffSpec spec;
    spec.width = static_cast<std::uint32_t>(width);
    spec.height = static_cast<std::uint32_t>(height);
    return spec;
}

/// 8 bits, or 16.
void write_grey_png(const std::string& file, int width, int height, bool deep) {
    png_image image{};
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = deep ? PNG_FORMAT_LINEAR_Y : PNG_FORMAT_GRAY;
    const Bytes samples = ramp(static_cast<std::size_t>(width * height) * (deep ? 2 : 1));
    REQUIRE(support::write_png_image(path_from_utf8(file), image, samples.data()));
}

void write_colour_bmp(const std::string& file, int width, int height) {
    const int row = (3 * width + 3) / 4 * 4;
    Bytes bytes{std::byte{'B'}, std::byte{'M'}};
    for (const int number : {54 + row * height, 0, 54, 40, width, height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0}) {
        put_little(bytes, static_cast<std::uint32_t>(number), 4);
    }
    const Bytes samples = noise(static_cast<std::size_t>(row * height));
    bytes.insert(bytes.end(), samples.begin(), samples.end());
    write_bytes(file, bytes);
}

const Kind kinds[] = {
    {"plain.tif",
     [](const std::string& file, int width, int height) {
         const TiffSpec spec = tiff_spec(width, height);
         write_tiff(file, spec, noise(spec.bytes()));
     }},
    {"lzw.tif",
     [](const std::string& file, int width, int height) {
         TiffSpec spec = tiff_spec(width, height);
         spec.bits = 16;
         spec.compression = COMPRESSION_LZW;
         spec.predictor = PREDICTOR_HORIZONTAL;
         write_tiff(file, spec, ramp(spec.bytes()));
     }},
    {"tiled.tif",
     [](const std::string& file, int width, int height) {
         TiffSpec spec = tiff_spec(width, height);
         spec.bits = 16;
         spec.tile = 16;
         spec.compression = COMPRESSION_PACKBITS;
         write_tiff(file, spec, ramp(spec.bytes()));
     }},
    {"12.tif",
     [](const std::string& file, int width, int height) {
         TiffSpec spec = tiff_spec(width, height);
         spec.bits = 12;
         spec.compression = COMPRESSION_ADOBE_DEFLATE;
         write_tiff(file, spec, ramp(spec.bytes()));
     }},
    {"apart.tif",
     [](const std::string& file, int width, int height) {
         TiffSpec spec = tiff_spec(width, height);
         spec.channels = 3;
         spec.photometric = PHOTOMETRIC_RGB;
         spec.planar = PLANARCONFIG_SEPARATE;
         spec.compression = COMPRESSION_ADOBE_DEFLATE;
         write_tiff(file, spec, ramp(spec.bytes()));
     }},
    {"8.png", [](const std::string& file, int width, int height) { write_grey_png(file, width, height, false); }},
    {"16.png", [](const std::string& file, int width, int height) { write_grey_png(file, width, height, true); }},
    {"jpg",
     [](const std::string& file, int width, int height) {
         JpegSpec spec;
         spec.width = width;
         spec.height = height;
         write_jpeg(file, spec, jpeg_picture(spec));
     }},
    {"progressive.jpg",
     [](const std::string& file, int width, int height) {
         JpegSpec spec;
         spec.width = width;
         spec.height = height;
         spec.channels = 3;
         spec.progressive = true;
         write_jpeg(file, spec, jpeg_picture(spec));
     }},
    {"j2k",
     [](const std::string& file, int width, int height) {
         J2kSpec spec;
         spec.width = width;
         spec.height = height;
         spec.tile = {32, 32};
         write_bytes(file, make_j2k(spec, j2k_samples(spec)));
     }},
    {"bmp", write_colour_bmp},
};

/// Samples, or a sentence.
struct Outcome {
    Bytes samples;
    std::string sentence;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(Workbench& bench, const std::string& file, Range rows) {
    try {
        return {decode_on(bench, file, rows).samples, ""};
    } catch (const Error& error) {
        return {{}, error.what()};
    }
}

struct Job {
    std::string file;
    Range rows;
    Outcome right;
};

/// Whole slices and parts of them, of all formats and two sizes; and files that are damaged, or break off, in the midst
/// of their samples.
std::vector<Job> jobs(const TemporaryFolder& folder) {
    std::vector<Job> result;
    std::size_t refused = 0;
    for (const Kind& kind : kinds) {
        for (const auto& [width, height] : {std::pair{37, 23}, std::pair{150, 210}}) {
            const std::string file = folder.file(std::to_string(width) + "." + kind.suffix);
            kind.write(file, width, height);
            const Bytes bytes = read_bytes(file);
            const std::string cut = folder.file(std::to_string(width) + ".cut." + kind.suffix);
            write_bytes(cut, std::span(bytes).first(bytes.size() * 2 / 3));
            Bytes changed = bytes;
            for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 6; ++i) changed[i] ^= std::byte{0xFF};
            const std::string odd = folder.file(std::to_string(width) + ".odd." + kind.suffix);
            write_bytes(odd, changed);
            for (const auto& [name, rows] :
                 {std::pair{file, Range{}}, {file, {height / 3, height / 2}}, {cut, {}}, {odd, {}}}) {
                Workbench fresh;
                result.push_back({name, rows, outcome(fresh, name, rows)});
                CAPTURE(name, result.back().right.sentence);
                if (name == file) CHECK(result.back().right.sentence.empty());
                if (!result.back().right.sentence.empty()) ++refused;
            }
        }
    }
    CHECK(refused > std::size(kinds));
    return result;
}

}  // namespace

TEST_CASE("a bench that slices of all formats and sizes were decoded on, and damaged ones, is as good as a new one",
          "[codec][workbench]") {
    const TemporaryFolder folder;
    const std::vector<Job> all = jobs(folder);
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::vector<const Job*> order;
        for (const Job& job : all) order.push_back(&job);
        std::shuffle(order.begin(), order.end(), std::mt19937(seed));
        Workbench bench;
        const auto [leftovers] = bench.lay_out<1>({seed * 9973});
        std::fill(leftovers.begin(), leftovers.end(), static_cast<std::byte>(seed * 37));
        for (const Job* job : order) {
            CAPTURE(seed, job->file, job->rows.first);
            CHECK(outcome(bench, job->file, job->rows) == job->right);
        }
    }
}

TEST_CASE("a bench: rooms lie apart, at cache lines; it grows to its largest layout, and stays", "[codec][workbench]") {
    Workbench bench;
    CHECK(bench.bytes() == 0);
    const Workbench::Sizes<4> sizes{1000, 0, 64, 1};
    const auto rooms = bench.lay_out(sizes);
    CHECK(bench.bytes() == Workbench::bytes_of(sizes));
    CHECK(bench.bytes() >= 1065);
    CHECK(bench.bytes() < 1065 + 5 * static_cast<std::int64_t>(cache_line));
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        CHECK(rooms[i].size() == sizes[i]);
        CHECK(reinterpret_cast<std::uintptr_t>(rooms[i].data()) % cache_line == 0);
        std::fill(rooms[i].begin(), rooms[i].end(), static_cast<std::byte>(i + 1));
    }
    CHECK(std::count(rooms[0].begin(), rooms[0].end(), std::byte{1}) == 1000);
    CHECK(std::count(rooms[2].begin(), rooms[2].end(), std::byte{3}) == 64);

    const auto [smaller] = bench.lay_out<1>({500});
    CHECK(smaller.data() == rooms[0].data());
    CHECK(bench.bytes() == Workbench::bytes_of(sizes));
    const auto [larger] = bench.lay_out<1>({100'000});
    std::fill(larger.begin(), larger.end(), std::byte{7});
    CHECK(bench.bytes() == Workbench::bytes_of<1>({100'000}));
    CHECK(bench.lay_out(sizes)[0].data() == larger.data());
}

}  // namespace stack2nrrd::test
