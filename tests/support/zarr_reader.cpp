#include "support/zarr_reader.hpp"

#include "support/volume_reader.hpp"

#if defined(STACK2NRRD_HAVE_ZSTD)
#include <zstd.h>
#endif

#include <algorithm>
#include <stdexcept>

namespace support {

namespace fs = std::filesystem;
using nlohmann::json;
using stack2nrrd::SampleType;
using Bytes = std::vector<std::byte>;
using Shape = std::vector<std::int64_t>;

namespace {

void expect(bool good, const std::string& what) {
    if (!good) throw std::runtime_error("zarr: " + what);
}

std::uint64_t number_at(const Bytes& bytes, std::size_t at, unsigned size) {
    std::uint64_t number = 0;
    for (unsigned i = 0; i < size; ++i) number |= static_cast<std::uint64_t>(bytes.at(at + i)) << (8 * i);
    return number;
}

std::int64_t count(const Shape& shape) {
    std::int64_t product = 1;
    for (const std::int64_t n : shape) product *= n;
    return product;
}

/// The place of number `i` in a grid, the last axis fastest.
Shape place(std::int64_t i, const Shape& grid) {
    Shape at(grid.size());
    for (std::size_t a = grid.size(); a-- > 0; i /= grid[a]) at[a] = i % grid[a];
    return at;
}

Shape grid_of(const Shape& whole, const Shape& part) {
    Shape grid;
    for (std::size_t a = 0; a < whole.size(); ++a) grid.push_back((whole[a] + part[a] - 1) / part[a]);
    return grid;
}

Bytes unpacked(const Bytes& packed, const std::string& compressor, std::size_t bytes) {
    Bytes chunk = packed;
    if (compressor == "gzip") chunk = inflate_one_member(packed);
#if defined(STACK2NRRD_HAVE_ZSTD)
    if (compressor == "zstd") {
        chunk.resize(bytes + 1);
        const std::size_t made = ::ZSTD_decompress(chunk.data(), chunk.size(), packed.data(), packed.size());
        expect(::ZSTD_isError(made) == 0, "zstd cannot read a chunk");
        chunk.resize(made);
    }
#endif
    expect(chunk.size() == bytes, "a chunk has another size");
    return chunk;
}

/// Samples of a chunk to where they belong; what reaches beyond the array must be the fill value.
void put(ZarrArray& array, const Shape& first, const Bytes& chunk) {
    const std::size_t size = stack2nrrd::sample_bytes(array.type);
    const std::size_t axes = array.shape.size();
    const std::int64_t channels = axes == 4 ? array.shape[0] : 1;
    for (std::int64_t i = 0; i < count(array.chunk); ++i) {
        Shape at = place(i, array.chunk);
        bool inside = true;
        for (std::size_t a = 0; a < axes; ++a) {
            at[a] += first[a];
            inside = inside && at[a] < array.shape[a];
        }
        const auto from = chunk.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(i) * size);
        if (!inside) {
            expect(std::all_of(from, from + static_cast<std::ptrdiff_t>(size),
                               [](std::byte b) { return b == std::byte{0}; }),
                   "a sample beyond the array is not 0");
            continue;
        }
        const std::int64_t c = axes == 4 ? at[0] : 0;
        const std::int64_t xyz =
            (at[axes - 3] * array.shape[axes - 2] + at[axes - 2]) * array.shape[axes - 1] + at[axes - 1];
        std::copy_n(from, size,
                    array.samples.begin() +
                        static_cast<std::ptrdiff_t>(xyz * channels + c) * static_cast<std::ptrdiff_t>(size));
    }
}

Shape times(const Shape& a, const Shape& b) {
    Shape product;
    for (std::size_t i = 0; i < a.size(); ++i) product.push_back(a[i] * b[i]);
    return product;
}

fs::path file_of(fs::path folder, const Shape& at) {
    for (const std::int64_t n : at) folder /= std::to_string(n);
    return folder;
}

ZarrArray read_3(const fs::path& folder) {
    const json meta = read_json(folder / "zarr.json");
    expect(meta.at("zarr_format") == 3 && meta.at("node_type") == "array", "no array of version 3");
    ZarrArray array;
    array.type = stack2nrrd::parse_sample_type(meta.at("data_type").get<std::string>());
    array.shape = meta.at("shape").get<Shape>();
    expect(meta.at("chunk_grid").at("name") == "regular", "the grid");
    const Shape shard = meta.at("chunk_grid").at("configuration").at("chunk_shape").get<Shape>();
    expect(meta.at("chunk_key_encoding") == json::parse(R"({"name":"default","configuration":{"separator":"/"}})"),
           "keys");
    expect(meta.at("fill_value") == 0, "the fill value");
    const json names = array.shape.size() == 4 ? json{"c", "z", "y", "x"} : json{"z", "y", "x"};
    expect(meta.at("dimension_names") == names, "names of dimensions");
    expect(meta.at("codecs").size() == 1 && meta.at("codecs")[0].at("name") == "sharding_indexed", "sharding");
    const json& sharding = meta.at("codecs")[0].at("configuration");
    array.chunk = sharding.at("chunk_shape").get<Shape>();
    expect(sharding.at("index_location") == "end", "the place of the index");
    const json little = json::parse(R"({"name":"bytes","configuration":{"endian":"little"}})");
    expect(sharding.at("index_codecs") == json{little, {{"name", "crc32c"}}}, "codecs of the index");
    const json& codecs = sharding.at("codecs");
    expect(codecs.at(0) == little && codecs.size() <= 2, "codecs");
    if (codecs.size() == 2) {
        array.compressor = codecs[1].at("name");
        array.level = codecs[1].at("configuration").at("level");
        if (array.compressor == "zstd") expect(codecs[1].at("configuration").at("checksum") == false, "checksum");
    }
    for (std::size_t a = 0; a < shard.size(); ++a) expect(shard[a] % array.chunk[a] == 0, "chunks do not fill a shard");

    const std::size_t size = stack2nrrd::sample_bytes(array.type);
    array.samples.resize(static_cast<std::size_t>(count(array.shape)) * size, std::byte{0xa5});
    const Shape shards = grid_of(array.shape, shard);
    const Shape inner = grid_of(shard, array.chunk);
    const auto chunks = static_cast<std::size_t>(count(inner));
    for (std::int64_t s = 0; s < count(shards); ++s, ++array.files) {
        const Shape at = place(s, shards);
        const Bytes file = read_file(file_of(folder / "c", at));
        expect(file.size() >= chunks * 16 + 4, "a shard is too short");
        const std::size_t begin = file.size() - chunks * 16 - 4;
        const Bytes index(file.begin() + static_cast<std::ptrdiff_t>(begin), file.end() - 4);
        expect(number_at(file, file.size() - 4, 4) == slow_crc32c(index), "the checksum of an index");
        std::size_t used = 0;
        for (std::size_t c = 0; c < chunks; ++c) {
            const std::uint64_t offset = number_at(index, 16 * c, 8);
            const std::uint64_t length = number_at(index, 16 * c + 8, 8);
            expect(offset == used && length <= begin - used, "chunks do not lie one behind the other");
            used += length;
            const auto from = file.begin() + static_cast<std::ptrdiff_t>(offset);
            const Bytes packed(from, from + static_cast<std::ptrdiff_t>(length));
            Shape first = times(at, shard);
            const Shape within = times(place(static_cast<std::int64_t>(c), inner), array.chunk);
            for (std::size_t a = 0; a < first.size(); ++a) first[a] += within[a];
            put(array, first, unpacked(packed, array.compressor, static_cast<std::size_t>(count(array.chunk)) * size));
        }
        expect(used == begin, "something lies between chunks and index");
    }
    return array;
}

ZarrArray read_2(const fs::path& folder) {
    const json meta = read_json(folder / ".zarray");
    expect(meta.at("zarr_format") == 2 && meta.at("order") == "C" && meta.at("filters").is_null() &&
               meta.at("fill_value") == 0 && meta.at("dimension_separator") == "/",
           "no array of version 2");
    ZarrArray array;
    const std::string dtype = meta.at("dtype");
    expect(dtype.size() == 3 && dtype[0] == (dtype[2] == '1' ? '|' : '<'), "the order of bytes");
    const std::string kind = dtype[1] == 'f' ? "float" : dtype[1] == 'u' ? "uint" : "int";
    array.type = stack2nrrd::parse_sample_type(kind + std::to_string(8 * (dtype[2] - '0')));
    array.shape = meta.at("shape").get<Shape>();
    array.chunk = meta.at("chunks").get<Shape>();
    if (!meta.at("compressor").is_null()) {
        array.compressor = meta.at("compressor").at("id");
        array.level = meta.at("compressor").at("level");
    }
    const std::size_t size = stack2nrrd::sample_bytes(array.type);
    array.samples.resize(static_cast<std::size_t>(count(array.shape)) * size, std::byte{0xa5});
    const Shape grid = grid_of(array.shape, array.chunk);
    for (std::int64_t i = 0; i < count(grid); ++i, ++array.files) {
        const Shape at = place(i, grid);
        put(array, times(at, array.chunk),
            unpacked(read_file(file_of(folder, at)), array.compressor,
                     static_cast<std::size_t>(count(array.chunk)) * size));
    }
    return array;
}

}  // namespace

json read_json(const fs::path& file) {
    const Bytes bytes = read_file(file);
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    return json::parse(text, text + bytes.size());
}

ZarrArray read_zarr_array(const fs::path& folder) {
    return fs::exists(folder / "zarr.json") ? read_3(folder) : read_2(folder);
}

json zarr_attributes(const fs::path& group) {
    if (fs::exists(group / "zarr.json")) {
        json meta = read_json(group / "zarr.json");
        expect(meta.at("zarr_format") == 3 && meta.at("node_type") == "group", "no group of version 3");
        return meta.at("attributes");
    }
    expect(read_json(group / ".zgroup") == json{{"zarr_format", 2}}, "no group of version 2");
    return read_json(group / ".zattrs");
}

json multiscale(const fs::path& group) {
    const json attributes = zarr_attributes(group);
    const bool is_new = fs::exists(group / "zarr.json");
    const json scales = is_new ? attributes.at("ome").at("multiscales") : attributes.at("multiscales");
    expect(scales.size() == 1, "not one multiscale");
    expect((is_new ? attributes.at("ome") : scales[0]).at("version") == (is_new ? "0.5" : "0.4"), "the version");
    return scales[0];
}

std::uint32_t slow_crc32c(const Bytes& bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const std::byte b : bytes) {
        crc ^= static_cast<std::uint32_t>(b);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0);
    }
    return ~crc;
}

bool reads_zstd() {
#if defined(STACK2NRRD_HAVE_ZSTD)
    return true;
#else
    return false;
#endif
}

}  // namespace support
