// PNG: the fast way against libpng. Either gives the same rows, or the fast one gives up.

#include "codec/png.hpp"

#include "codec_target.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace stack2nrrd::fuzz {

namespace {

/// ISA-L takes codes that lack words, which zlib never does ("invalid distances set"); checksums still hold.
bool lacks_words(const Error& error) { return std::string_view(error.what()).find(" set)") != std::string_view::npos; }

void try_both(Bytes bytes) {
    InputFile file = input_of(bytes);
    Probe probe;
    const auto refusals = {ErrorCode::unsupported, ErrorCode::corrupt, ErrorCode::limit};
    if (error_of(refusals, [&] { probe = png_codec.probe(file, 0, Samples::shown); }) || !is_small(probe.image)) return;
    const Range rows{0, probe.image.height};
    Workbench bench;
    Collector by_libpng(probe.image, rows);
    const auto refused = error_of(refusals, [&] { decode_png_by_libpng(file, rows, bench, by_libpng); });
    for (const PngUnpacking way : {PngUnpacking::streamed, PngUnpacking::whole}) {
        Collector alone(probe.image, rows);
        const bool is_read = decode_png_alone(file, rows, bench, alone, way);
        if (refused && lacks_words(*refused)) continue;
        holds(!is_read || !refused, "the fast way reads a PNG that libpng refuses");
        holds(!is_read || alone.is_complete(), "the fast way returns before the last row");
        const std::size_t both = std::min(alone.samples().size(), by_libpng.samples().size());
        holds(std::equal(alone.samples().begin(), alone.samples().begin() + static_cast<std::ptrdiff_t>(both),
                         by_libpng.samples().begin()),
              "the fast way has other samples than libpng");
    }
}

// Nothing goes far with a wrong checksum: a mutation puts them right, and may change what is packed.

struct Chunk {
    std::string type;
    std::string content;
};

std::uint32_t big(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
}

std::string big(std::size_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
    return bytes;
}

std::vector<Chunk> chunks_of(std::string_view png) {
    std::vector<Chunk> chunks;
    png.remove_prefix(std::min<std::size_t>(png.size(), 8));
    while (png.size() >= 8) {
        const std::size_t size = std::min<std::size_t>(big(png), png.size() - 8);
        chunks.push_back({std::string(png.substr(4, 4)), std::string(png.substr(8, size))});
        png.remove_prefix(std::min(png.size(), 8 + size + 4));
    }
    return chunks;
}

std::string png_of(const std::vector<Chunk>& chunks) {
    std::string png = "\x89PNG\r\n\x1A\n";
    for (const Chunk& chunk : chunks) {
        const std::string body = chunk.type + chunk.content;
        png += big(chunk.content.size()) + body;
        png += big(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
    }
    return png;
}

std::string unpacked(std::string_view packed) {
    std::string bytes(std::size_t{1} << 16, '\0');
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    static_cast<void>(inflate(&stream, Z_FINISH));
    bytes.resize(stream.total_out);
    inflateEnd(&stream);
    return bytes;
}

std::string packed(std::string_view bytes, int level) {
    uLongf size = compressBound(static_cast<uLong>(bytes.size()));
    std::string result(size, '\0');
    compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
              static_cast<uLong>(bytes.size()), level);
    result.resize(size);
    return result;
}

std::string mutated(std::string text, std::size_t most) {
    const std::size_t size = text.size();
    text.resize(std::max(most, size));
    text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
    return text;
}

/// Changes the samples of a PNG, filters included, and packs them again in chunks of another size.
void mutate_samples(std::vector<Chunk>& chunks, std::size_t room, Choices& choose) {
    std::string all;
    for (const Chunk& chunk : chunks) all += chunk.type == "IDAT" ? chunk.content : "";
    const auto first = std::find_if(chunks.begin(), chunks.end(), [](const Chunk& c) { return c.type == "IDAT"; });
    if (first == chunks.end()) return;
    const std::ptrdiff_t at = first - chunks.begin();
    std::erase_if(chunks, [](const Chunk& chunk) { return chunk.type == "IDAT"; });
    all = packed(mutated(unpacked(all), room), static_cast<int>(choose.below(10)));
    const std::size_t part = choose.below(2) == 0 ? all.size() : 1 + choose.below(all.size());
    std::vector<Chunk> parts;
    for (std::size_t i = 0; i < all.size(); i += part) parts.push_back({"IDAT", all.substr(i, part)});
    chunks.insert(chunks.begin() + at, parts.begin(), parts.end());
}

}  // namespace

void one_input(Bytes bytes) {
    try_codec(png_codec, bytes);
    if (png_codec.matches(bytes.first(std::min<std::size_t>(bytes.size(), 16)))) try_both(bytes);
}

}  // namespace stack2nrrd::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned int seed) {
    using namespace stack2nrrd::fuzz;
    Choices choose(std::as_bytes(std::span(&seed, 1)));
    const std::uint64_t kind = choose.below(8);
    std::vector<Chunk> chunks = chunks_of({reinterpret_cast<const char*>(data), size});
    if (kind == 0 || chunks.empty()) return LLVMFuzzerMutate(data, size, most);
    if (kind < 4) {
        mutate_samples(chunks, 4096, choose);
    } else {
        Chunk& chunk = chunks[choose.below(chunks.size())];
        std::string& part = choose.below(8) == 0 ? chunk.type : chunk.content;
        part = mutated(part, part.size() + (chunk.type == "IDAT" ? 64 : 8));
        if (chunk.type.size() != 4) chunk.type.resize(4, 'a');
    }
    const std::string png = png_of(chunks);
    if (png.size() > most) return LLVMFuzzerMutate(data, size, most);
    std::memcpy(data, png.data(), png.size());
    return png.size();
}
