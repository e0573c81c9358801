#include "volume_support.hpp"

#include "core/text.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace stack2nrrd::volume_test {

namespace fs = std::filesystem;

Bytes bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

Bytes joined(const Bytes& a, const Bytes& b) {
    Bytes both = a;
    both.insert(both.end(), b.begin(), b.end());
    return both;
}

void write(const fs::path& file, std::span<const std::byte> bytes) {
    fs::remove(file);
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void write(const fs::path& file, std::string_view text) { write(file, std::as_bytes(std::span(text))); }

Bytes read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return bytes_of(text);
}

Bytes gzipped(std::span<const std::byte> bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    Bytes input(bytes.begin(), bytes.end());
    Bytes out(deflateBound(&stream, static_cast<uLong>(bytes.size())) + 64);
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) throw std::runtime_error("deflate");
    return out;
}

std::string hex_text(std::span<const std::byte> bytes, std::size_t a_line) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = std::to_integer<std::size_t>(bytes[i]);
        text += digits[value >> 4];
        text += digits[value & 15];
        if (i % a_line == a_line - 1) text += '\n';
    }
    return text + "\n";
}

namespace {

class Collector : public RowSink {
public:
    Collector(const NrrdVolume& volume, Index first) : row_bytes_(volume.image().row_bytes()), next_(first) {}
    void rows(Index y, Index count, const std::byte* samples) override {
        if (y != next_ || count < 1) throw std::logic_error("rows come out of order");
        next_ += count;
        const std::size_t bytes = static_cast<std::size_t>(count) * row_bytes_;
        collected.insert(collected.end(), samples, samples + bytes);
    }
    [[nodiscard]] Index next() const { return next_; }
    Bytes collected;

private:
    std::size_t row_bytes_;
    Index next_;
};

template <class Function>
void with_type(const std::string& type, Function function) {
    if (type == "int8") return function(std::int8_t{});
    if (type == "uint8") return function(std::uint8_t{});
    if (type == "int16") return function(std::int16_t{});
    if (type == "uint16") return function(std::uint16_t{});
    if (type == "int32") return function(std::int32_t{});
    if (type == "uint32") return function(std::uint32_t{});
    if (type == "int64") return function(std::int64_t{});
    if (type == "uint64") return function(std::uint64_t{});
    if (type == "float") return function(float{});
    if (type == "double") return function(double{});
    throw std::logic_error("no type " + type);
}

/// Sample `i` of a test volume: each type's ends are among them.
template <class T>
T value_at(std::size_t i) {
    if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(static_cast<double>(i) * 1.25 - 33.3);
    } else {
        if (i == 3) return std::numeric_limits<T>::max();
        if (i == 5) return std::numeric_limits<T>::lowest();
        return static_cast<T>(i * 2654435761U);
    }
}

constexpr std::size_t nx = 5;
constexpr std::size_t ny = 3;
constexpr std::size_t nz = 4;

/// The samples [begin, end) as the file has them.
template <class T>
Bytes encoded(const Recipe& recipe, const Bytes& stored, std::size_t begin, std::size_t end) {
    Bytes part(stored.begin() + static_cast<std::ptrdiff_t>(begin * sizeof(T)),
               stored.begin() + static_cast<std::ptrdiff_t>(end * sizeof(T)));
    if (recipe.encoding == "ascii") {
        std::string text;
        for (std::size_t i = 0; i < part.size(); i += sizeof(T)) {
            T value{};
            std::memcpy(&value, part.data() + i, sizeof value);
            if constexpr (std::is_floating_point_v<T>) {
                std::array<char, 40> buffer{};
                std::snprintf(buffer.data(), buffer.size(), "%.17g", static_cast<double>(value));
                text += buffer.data();
            } else {
                text += std::to_string(value);
            }
            text += i % 3 == 0 ? "\n" : " ";
        }
        return bytes_of(text);
    }
    if (recipe.big == (std::endian::native == std::endian::little)) {
        for (std::size_t i = 0; i < part.size(); i += sizeof(T)) {
            std::reverse(part.begin() + static_cast<std::ptrdiff_t>(i),
                         part.begin() + static_cast<std::ptrdiff_t>(i + sizeof(T)));
        }
    }
    return recipe.encoding == "hex" ? bytes_of(hex_text(part)) : part;
}

/// A whole data file: what is to be skipped, and the samples.
Bytes file_of(const Recipe& recipe, const Bytes& samples) {
    Bytes skipped;
    for (int i = 0; i < recipe.line_skip; ++i)
        skipped = joined(skipped, bytes_of("a line " + std::to_string(i) + "\n"));
    Bytes inner;
    if (recipe.byte_skip >= 0) {
        inner = joined(Bytes(static_cast<std::size_t>(recipe.byte_skip), std::byte{'7'}), samples);
    } else {
        inner = joined(bytes_of("unknown length"), samples);
        inner.resize(inner.size() + static_cast<std::size_t>(-recipe.byte_skip - 1), std::byte{'9'});
    }
    return joined(skipped, recipe.encoding == "gzip" ? gzipped(inner) : inner);
}

template <class T>
Made make_typed(const fs::path& folder, const Recipe& recipe) {
    const auto channels = static_cast<std::size_t>(recipe.channels);
    const std::size_t count = nx * ny * nz * channels;
    Made made;
    made.stored.resize(count * sizeof(T));
    for (std::size_t i = 0; i < count; ++i) {
        const T value = value_at<T>(i);
        std::memcpy(made.stored.data() + i * sizeof(T), &value, sizeof value);
    }
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = recipe.channels_last ? i % channels * nx * ny * nz + i / channels : i;
        T value{};
        std::memcpy(&value, made.stored.data() + from * sizeof(T), sizeof value);
        made.delivered.resize(made.delivered.size() + sizeof value);
        std::memcpy(made.delivered.data() + made.delivered.size() - sizeof value, &value, sizeof value);
    }

    std::vector<std::size_t> sizes{nx, ny, nz};
    std::string kinds = "domain domain domain";
    if (channels > 1) {
        sizes.insert(recipe.channels_last ? sizes.end() : sizes.begin(), channels);
        kinds = recipe.channels_last ? kinds + " vector" : "vector " + kinds;
    }
    std::string text =
        "NRRD0004\n# a comment\ntype: " + recipe.type + "\ndimension: " + std::to_string(sizes.size()) + "\nsizes:";
    for (const std::size_t size : sizes) text += " " + std::to_string(size);
    text += "\nkinds: " + kinds + "\nencoding: " + recipe.encoding + "\n";
    if (sizeof(T) > 1) text += recipe.big ? "endian: big\n" : "endian: little\n";
    if (recipe.line_skip != 0) text += "line skip: " + std::to_string(recipe.line_skip) + "\n";
    if (recipe.byte_skip != 0) text += "byte skip: " + std::to_string(recipe.byte_skip) + "\n";
    text += "a key:=a value\n";
    if (recipe.layout == Layout::attached || recipe.layout == Layout::detached) {
        const Bytes data = file_of(recipe, encoded<T>(recipe, made.stored, 0, count));
        if (recipe.layout == Layout::attached) {
            made.header = folder / "volume.nrrd";
            write(made.header, joined(bytes_of(text + "\n"), data));
        } else {
            made.header = folder / "volume.nhdr";
            write(made.header, text + "data file: the samples.raw\n");
            write(folder / "the samples.raw", data);
        }
        return made;
    }
    // Several files, each with a run of the samples.
    const std::size_t slowest = sizes.back();
    std::size_t pieces = slowest;
    if (recipe.layout == Layout::list_of_slabs) pieces = slowest % 2 == 0 ? slowest / 2 : 1;
    if (recipe.layout == Layout::list_of_parts) pieces = count / sizes[0] / sizes[1];
    if (recipe.layout == Layout::list_of_rows) pieces = count / sizes[0];
    std::string names;
    for (std::size_t i = 0; i < pieces; ++i) {
        const std::string name = "slice " + std::to_string(i) + ".raw";
        const std::string numbered = "s" + std::string(i < 10 ? "00" : "0") + std::to_string(i) + "%.raw";
        write(folder / (recipe.layout == Layout::pattern ? numbered : name),
              file_of(recipe, encoded<T>(recipe, made.stored, count / pieces * i, count / pieces * (i + 1))));
        names += name + "\n";
    }
    switch (recipe.layout) {
        case Layout::list_of_slabs: text += "data file: LIST " + std::to_string(sizes.size()) + "\n" + names; break;
        case Layout::list_of_parts: text += "data file: LIST 2\n" + names; break;
        case Layout::list_of_rows: text += "data file: LIST 1\n" + names; break;
        case Layout::pattern: text += "data file: ./s%03d%%.raw 0 " + std::to_string(pieces - 1) + " 1\n"; break;
        default: text += "data file: LIST\n" + names; break;
    }
    made.header = folder / "volume.nhdr";
    write(made.header, text);
    return made;
}

}  // namespace

Bytes read_rows(SampleReader& reader, const NrrdVolume& volume, Index z, Range rows) {
    Collector collector(volume, rows.empty() ? 0 : rows.first);
    reader.read_slice(z, rows, collector);
    if (collector.next() != (rows.empty() ? volume.size[1] : rows.end)) throw std::logic_error("rows are missing");
    return collector.collected;
}

Read read_volume(const fs::path& file) {
    Read result;
    result.volume = std::make_shared<const NrrdVolume>(read_nrrd(utf8(file)));
    check_data_files(*result.volume);
    SampleReader reader(result.volume);
    for (Index z = 0; z < result.volume->size[2]; ++z) {
        const Bytes slice = read_rows(reader, *result.volume, z);
        result.samples.insert(result.samples.end(), slice.begin(), slice.end());
    }
    result.surplus = reader.files_with_surplus();
    return result;
}

std::optional<Error> error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

std::optional<Error> error_of(const fs::path& file) {
    return error_of([&] { (void)read_volume(file); });
}

Made make(const fs::path& folder, const Recipe& recipe) {
    fs::create_directories(folder);
    Made made;
    with_type(recipe.type, [&](auto sample) { made = make_typed<decltype(sample)>(folder, recipe); });
    return made;
}

const std::vector<std::string>& all_types() {
    static const std::vector<std::string> types{"int8",   "uint8", "int16",  "uint16", "int32",
                                                "uint32", "int64", "uint64", "float",  "double"};
    return types;
}

std::string text_of(const Recipe& recipe) {
    constexpr std::array<const char*, 7> layouts{"attached", "detached", "list", "slabs", "rows", "parts", "pattern"};
    return recipe.type + (recipe.big ? " big " : " little ") + recipe.encoding + " " +
           layouts[static_cast<std::size_t>(recipe.layout)] + " channels " + std::to_string(recipe.channels) +
           (recipe.channels_last ? " last" : "") + " line skip " + std::to_string(recipe.line_skip) + " byte skip " +
           std::to_string(recipe.byte_skip);
}

std::vector<Recipe> recipes() {
    std::vector<Recipe> all;
    std::size_t turn = 0;
    for (const std::string& type : all_types()) {
        for (const bool big : {false, true}) {
            for (const char* encoding : {"raw", "gzip", "hex", "ascii"}) {
                for (int layout = 0; layout < 7; ++layout) {
                    const bool binary = std::strcmp(encoding, "raw") == 0 || std::strcmp(encoding, "gzip") == 0;
                    const std::size_t rounds = type == "uint16" ? 10 : 2;
                    for (std::size_t round = 0; round < rounds; ++round, ++turn) {
                        constexpr std::array<int, 5> byte_skips{0, 11, -1, -4, 0};
                        Recipe recipe{type, big, encoding, static_cast<Layout>(layout)};
                        recipe.byte_skip = byte_skips[turn % 5];
                        if (recipe.byte_skip < 0 && !binary) recipe.byte_skip = 3;
                        recipe.line_skip = static_cast<int>(turn / 5 % 2) * 2;
                        constexpr std::array<int, 5> channels{1, 3, 3, 4, 2};
                        recipe.channels = channels[turn / 5 % 5];
                        recipe.channels_last = turn % 2 == 0 && recipe.channels > 1;
                        all.push_back(recipe);
                    }
                }
            }
        }
    }
    return all;
}

}  // namespace stack2nrrd::volume_test
