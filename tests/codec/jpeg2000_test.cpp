// JPEG 2000 files that OpenJPEG writes, decoded tile by tile by our codec, against what went into them (lossless) and
// against the plainest use of OpenJPEG on the whole file (lossy).

#include "write_jpeg2000.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace stack2nrrd::test {

namespace {

void check_lossless(const std::string& file, const J2kSpec& spec) {
    const J2kPlanes samples = j2k_samples(spec);
    const Slice slice = decode_bytes(file, make_j2k(spec, samples));
    CHECK(slice.image.width == spec.width);
    CHECK(slice.image.height == spec.height);
    CHECK(slice.image.channels() == spec.components);
    const int bytes = spec.bits <= 8 ? 0 : spec.bits <= 16 ? 1 : 2;
    constexpr std::array<std::array<SampleType, 2>, 3> types{{{SampleType::uint8, SampleType::int8},
                                                              {SampleType::uint16, SampleType::int16},
                                                              {SampleType::uint32, SampleType::int32}}};
    CHECK(slice.image.type == types[static_cast<std::size_t>(bytes)][spec.is_signed ? 1 : 0]);
    CHECK((slice.samples == interleaved(samples, spec.bits)));
    CHECK(ranges_agree(file, slice));
}

/// The codestream with each tile's data in so many parts.
Bytes in_parts(const Bytes& whole, std::size_t parts, bool in_turn, bool counts) {
    const auto number = [&](std::size_t at, std::size_t size) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::size_t>(whole[at + i]);
        return value;
    };
    const std::size_t first = find_marker(whole, 0x90);
    std::vector<std::vector<Bytes>> tiles;
    for (std::size_t at = first; number(at, 2) == 0xFF90; at += number(at + 6, 4)) {
        const std::size_t data = find_marker(whole, 0x93, at) + 2;
        const std::size_t end = at + number(at + 6, 4);
        std::vector<Bytes>& tile = tiles.emplace_back();
        for (std::size_t part = 0; part < parts; ++part) {
            const std::size_t begin = data + (end - data) * part / parts;
            const std::size_t stop = data + (end - data) * (part + 1) / parts;
            Bytes& bytes = tile.emplace_back();
            put_big(bytes, 0xFF90000A, 4);
            put_big(bytes, number(at + 4, 2), 2);
            put_big(bytes, 14 + stop - begin, 4);
            put_big(bytes, part, 1);
            put_big(bytes, counts && part > 0 ? parts : 0, 1);
            put_big(bytes, 0xFF93, 2);
            bytes.insert(bytes.end(), whole.begin() + static_cast<std::ptrdiff_t>(begin),
                         whole.begin() + static_cast<std::ptrdiff_t>(stop));
        }
    }
    Bytes result(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(first));
    for (std::size_t i = 0; i < parts * tiles.size(); ++i) {
        const Bytes& part = in_turn ? tiles[i % tiles.size()][i / tiles.size()] : tiles[i / parts][i % parts];
        result.insert(result.end(), part.begin(), part.end());
    }
    put_big(result, 0xFFD9, 2);
    return result;
}

}  // namespace

TEST_CASE("JPEG 2000: every depth, with and without sign", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    for (int bits = 1; bits <= 24; ++bits) {
        for (const bool is_signed : {false, true}) {
            for (const bool has_boxes : {false, true}) {
                INFO(bits << " bits, signed " << is_signed << ", boxes " << has_boxes);
                J2kSpec spec;
                spec.bits = bits;
                spec.is_signed = is_signed;
                spec.has_boxes = has_boxes;
                check_lossless(folder.file("slice.jp2"), spec);
            }
        }
    }
}

TEST_CASE("JPEG 2000: tiles, orders of packets and places on the grid", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.j2k");
    for (int order = 0; order < 5; ++order) {
        for (const std::array<int, 2> tile : {std::array{0, 0}, {16, 16}, {61, 10}, {20, 43}, {17, 13}, {200, 100}}) {
            for (const int place : {0, 1, 2}) {
                if (place == 2 && tile[0] == 0) continue;
                INFO("order " << order << ", tiles " << tile[0] << " x " << tile[1] << ", place " << place);
                J2kSpec spec;
                spec.bits = 12;
                spec.order = order;
                spec.tile = tile;
                if (place > 0) spec.offset = {9, 5};
                if (place > 1) spec.tile_offset = {3, 5};
                check_lossless(file, spec);
            }
        }
    }
}

TEST_CASE("JPEG 2000: tiles in parts, each behind the other or in turn", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.j2k");
    J2kSpec spec;
    spec.tile = {20, 16};
    const J2kPlanes samples = j2k_samples(spec);
    const Bytes whole = make_j2k(spec, samples);
    for (const std::size_t parts : {1U, 2U, 7U}) {
        for (const bool in_turn : {false, true}) {
            for (const bool counts : {false, true}) {
                const Slice slice = decode_bytes(file, in_parts(whole, parts, in_turn, counts));
                CHECK((slice.samples == interleaved(samples, 8)));
                CHECK(ranges_agree(file, slice));
            }
        }
    }
    // Parts whose count the file does not tell end with the file; without its end, one may be missing.
    Bytes cut = in_parts(whole, 2, true, false);
    cut.resize(cut.size() - 2);
    CHECK_THAT(refusal_of(file, cut, ErrorCode::corrupt), Catch::Contains("is not complete"));
}

TEST_CASE("JPEG 2000: colour, alpha, layers, blocks, precincts and markers", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    J2kSpec spec;
    spec.has_boxes = true;
    SECTION("grey and alpha") {
        spec.components = 2;
        spec.has_alpha = true;
        check_lossless(file, spec);
    }
    SECTION("RGB, mixed and not") {
        spec.components = 3;
        for (const bool mixes : {false, true}) {
            for (const int bits : {8, 12, 16}) {
                spec.mixes_colour = mixes;
                spec.bits = bits;
                spec.tile = {32, 16};
                check_lossless(file, spec);
            }
        }
    }
    SECTION("RGB and alpha") {
        spec.components = 4;
        spec.has_alpha = true;
        spec.mixes_colour = true;
        check_lossless(file, spec);
    }
    SECTION("layers") {
        spec.rates = {40, 10, 0};
        spec.tile = {30, 20};
        for (spec.order = 0; spec.order < 5; ++spec.order) check_lossless(file, spec);
    }
    SECTION("blocks and their styles") {
        for (const std::array<int, 2> block : {std::array{4, 4}, {64, 64}, {1024, 4}, {4, 256}, {32, 16}}) {
            for (const int mode : {0, 1, 2, 4, 8, 16, 32, 63}) {
                if (block[0] == 4 && mode >= 4) continue;  // more than OpenJPEG writes
                spec.block = block;
                spec.mode = mode;
                INFO(block[0] << " x " << block[1] << ", mode " << mode);
                check_lossless(file, spec);
            }
        }
    }
    SECTION("precincts and markers") {
        spec.precincts = {{32, 32}, {16, 32}, {8, 8}};
        spec.block = {16, 16};
        spec.tile = {40, 30};
        for (spec.order = 0; spec.order < 5; ++spec.order) {
            for (const int markers : {0, 2, 4, 6}) {
                spec.markers = markers;
                check_lossless(file, spec);
            }
        }
    }
    SECTION("levels") {
        for (spec.resolutions = 1; spec.resolutions <= 6; ++spec.resolutions) check_lossless(file, spec);
    }
    SECTION("small and long slices") {
        spec.resolutions = 1;
        for (const auto& [width, height] : {std::pair{1, 1}, {1, 70}, {70, 1}, {2, 3}, {300, 2}}) {
            spec.width = width;
            spec.height = height;
            check_lossless(file, spec);
        }
    }
    SECTION("samples at every second place of the grid") {
        spec.has_boxes = false;
        spec.step = {2, 3};
        spec.tile = {32, 30};
        check_lossless(file, spec);
    }
}

TEST_CASE("JPEG 2000: lossy files give what OpenJPEG makes of the whole", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    for (const bool lossy : {false, true}) {
        for (const int components : {1, 3}) {
            for (const int bits : {8, 12, 16}) {
                for (const std::array<int, 2> tile : {std::array{0, 0}, {32, 32}, {19, 23}}) {
                    J2kSpec spec;
                    spec.width = 131;
                    spec.height = 77;
                    spec.components = components;
                    spec.mixes_colour = components == 3;
                    spec.bits = bits;
                    spec.tile = tile;
                    spec.lossy = lossy;
                    spec.rates = {30, 10, 5};
                    spec.has_boxes = components == 3;
                    const Bytes bytes = make_j2k(spec, j2k_samples(spec));
                    const Slice slice = decode_bytes(file, bytes);
                    CHECK((slice.samples == interleaved(plain_j2k(bytes), bits)));
                    CHECK(ranges_agree(file, slice));
                }
            }
        }
    }
}

TEST_CASE("JPEG 2000: palettes become grey or colour", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    J2kSpec spec;
    spec.bits = 4;
    J2kPlanes indices = j2k_samples(spec);
    indices[0][7] = 15;
    const Bytes codestream = make_j2k(spec, indices);
    const bool is_grey = GENERATE(false, true);
    const int bits = GENERATE(8, 11, 16);
    const int count = 16;
    const auto entry = [&](int i, int column) { return (i * 37 + (is_grey ? 0 : column * 50)) % (1 << bits); };
    Bytes palette;
    put_big(palette, count, 2);
    put_big(palette, 3, 1);
    for (int column = 0; column < 3; ++column) put_big(palette, static_cast<std::uint64_t>(bits - 1), 1);
    for (int i = 0; i < count; ++i) {
        for (int column = 0; column < 3; ++column) {
            put_big(palette, static_cast<std::uint64_t>(entry(i, column)), bits > 8 ? 2 : 1);
        }
    }
    Bytes mapping;
    for (int column = 0; column < 3; ++column) {
        put_big(mapping, 0, 2);
        put_big(mapping, 1, 1);
        put_big(mapping, static_cast<std::uint64_t>(column), 1);
    }
    Bytes inner = enumerated_colour(16);
    for (const Bytes& part : {box("pclr", palette), box("cmap", mapping)}) {
        inner.insert(inner.end(), part.begin(), part.end());
    }
    J2kPlanes expected;
    for (int column = 0; column < (is_grey ? 1 : 3); ++column) {
        std::vector<std::int32_t>& plane = expected.emplace_back();
        for (const std::int32_t i : indices[0]) plane.push_back(entry(i, column));
    }
    const Slice slice = decode_bytes(file, jp2_file(spec, inner, codestream));
    CHECK(slice.image.colour == (is_grey ? Colour::grey : Colour::rgb));
    CHECK((slice.samples == interleaved(expected, bits)));
    CHECK(probe_file(file).notes.size() == (is_grey ? 0 : 1));
    const Slice index = decode_file(file, {}, 0, Samples::stored);
    CHECK(index.image.colour == Colour::grey);
    CHECK(index.image.type == SampleType::uint8);
    CHECK((index.samples == interleaved(indices, 4)));
    CHECK(probe_file(file).interpreted);
    CHECK(probe_file(file).palette != 0);
    CHECK(probe_file(file).palette == probe_file(file, 0, Samples::stored).palette);
    CHECK(prefixes_are_safe(file, slice));

    // An index without an entry.
    inner[inner.size() - (8 + 12) - palette.size() + 1] = std::byte{15};
    inner.erase(inner.begin() + static_cast<std::ptrdiff_t>(inner.size() - 20 - 3 * (bits > 8 ? 2U : 1U)),
                inner.begin() + static_cast<std::ptrdiff_t>(inner.size() - 20));
    const std::size_t pclr = enumerated_colour(16).size();
    set_big(inner, pclr, 8 + palette.size() - 3 * (bits > 8 ? 2U : 1U), 4);
    CHECK_THAT(refusal_of(file, jp2_file(spec, inner, codestream), ErrorCode::corrupt),
               Catch::Contains("palette index 15, at most 14 was expected"));
}

TEST_CASE("JPEG 2000: channels go where their definition says", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    J2kSpec spec;
    spec.components = 4;
    const J2kPlanes samples = j2k_samples(spec);
    const Bytes codestream = make_j2k(spec, samples);
    const auto with = [&](const std::vector<std::array<int, 3>>& channels) {
        Bytes content;
        put_big(content, channels.size(), 2);
        for (const auto& channel : channels) {
            for (const int value : channel) put_big(content, static_cast<std::uint16_t>(value), 2);
        }
        Bytes inner = enumerated_colour(16);
        const Bytes definition = box("cdef", content);
        inner.insert(inner.end(), definition.begin(), definition.end());
        return jp2_file(spec, inner, codestream);
    };
    // Alpha first, then blue, green, red.
    const Slice slice = decode_bytes(file, with({{0, 1, 0}, {1, 0, 3}, {2, 0, 2}, {3, 0, 1}}));
    CHECK(slice.image.colour == Colour::rgba);
    CHECK((slice.samples == interleaved({samples[3], samples[2], samples[1], samples[0]}, 8)));
    CHECK_THAT(refusal_of(file, with({{0, 0, 1}, {1, 0, 2}, {2, 0, 3}, {9, 1, 0}}), ErrorCode::corrupt),
               Catch::Contains("a channel that it does not have"));
}

TEST_CASE("JPEG 2000: channels of no declared colour are components", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    J2kSpec spec;
    const auto check = [&](const Bytes& bytes, const J2kPlanes& samples, const char* choice) {
        const Slice slice = decode_bytes(file, bytes);
        CHECK(slice.image.colour == Colour::components);
        CHECK(slice.image.channels() == spec.components);
        CHECK((slice.samples == interleaved(samples, 8)));
        CHECK_THAT(probe_file(file).choice, Catch::Contains(choice));
    };
    for (spec.components = 2; spec.components <= 6; ++spec.components) {
        const J2kPlanes samples = j2k_samples(spec);
        const Bytes codestream = make_j2k(spec, samples);
        check(codestream, samples, "channels of no declared colour");
        check(jp2_file(spec, enumerated_colour(17), codestream), samples, "no declared colour");
        if (spec.components == 4)
            check(jp2_file(spec, enumerated_colour(12), codestream), samples, "CMYK colour in 4 channels");
        if (spec.components == 4) check(jp2_file(spec, enumerated_colour(16), codestream), samples, "no declared");
    }
    // Three channels that were mixed as red, green and blue are these.
    spec.components = 3;
    spec.mixes_colour = true;
    CHECK(decode_bytes(file, make_j2k(spec, j2k_samples(spec))).image.colour == Colour::rgb);
}

TEST_CASE("JPEG 2000: the resolution box tells the density", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    const J2kSpec spec;
    const Bytes codestream = make_j2k(spec, j2k_samples(spec));
    Bytes capture;
    put_big(capture, 5, 2);
    put_big(capture, 2, 2);
    put_big(capture, 1, 2);
    put_big(capture, 4, 2);
    put_big(capture, 4, 1);
    put_big(capture, 5, 1);
    Bytes inner = enumerated_colour(17);
    const Bytes resolution = box("res ", box("resc", capture));
    inner.insert(inner.end(), resolution.begin(), resolution.end());
    write_bytes(file, jp2_file(spec, inner, codestream));
    const FileDensity density = probe_file(file).density;
    CHECK(density.unit == FileDensity::Unit::metre);
    CHECK(density.x == 25000);
    CHECK(density.y == 25000);
}

TEST_CASE("JPEG 2000: what is not read is refused by its name", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.jp2");
    J2kSpec spec;
    spec.components = 3;
    Bytes codestream = make_j2k(spec, j2k_samples(spec));
    const auto refused = [&](const Bytes& bytes) { return refusal_of(file, bytes, ErrorCode::unsupported); };
    CHECK_THAT(refused(jp2_file(spec, enumerated_colour(18), codestream)), Catch::Contains("sYCC colour"));
    CHECK_THAT(refused(jp2_file(spec, enumerated_colour(14), codestream)), Catch::Contains("CIE L*a*b* colour"));
    CHECK_THAT(refused(jp2_file(spec, enumerated_colour(99), codestream)), Catch::Contains("unknown (99) colour"));
    CHECK_THAT(refused(jp2_file(spec, enumerated_colour(16), codestream, "mjp2")), Catch::Contains("MJ2"));
    CHECK_THAT(refused(jp2_file(spec, enumerated_colour(16), codestream, "jpm ")), Catch::Contains("JPM"));
    Bytes two = jp2_file(spec, enumerated_colour(16), codestream);
    const Bytes second = box("jp2c", codestream);
    two.insert(two.end(), second.begin(), second.end());
    CHECK_THAT(refused(two), Catch::Contains("several codestreams"));
    const auto changed = [&](std::size_t at, int value) {
        Bytes bytes = codestream;
        bytes[at] = static_cast<std::byte>(value);
        return bytes;
    };
    CHECK_THAT(refused(changed(siz_depth + 3, 8)), Catch::Contains("components of different depths"));
    CHECK_THAT(refused(changed(siz_depth + 3, 0x87)), Catch::Contains("components of different depths"));
    CHECK_THAT(refused(changed(siz_step_x + 3, 2)), Catch::Contains("subsampled components"));
    CHECK_THAT(refused(changed(6, 0x80)), Catch::Contains("extensions of Part 2"));
    const std::size_t cod = find_marker(codestream, 0x52);
    CHECK_THAT(refused(changed(cod + 12, 0x40)), Catch::Contains("high-throughput coding"));
    const J2kSpec grey;
    Bytes deep = make_j2k(grey, j2k_samples(grey));
    deep[siz_depth] = std::byte{34};
    CHECK_THAT(refused(deep), Catch::Contains("35-bit samples"));
}

TEST_CASE("JPEG 2000: a crop in y reads only the tiles that it needs", "[codec][jpeg2000]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("slice.j2k");
    J2kSpec spec;
    spec.tile = {32, 16};
    spec.rates = {0};
    const J2kPlanes samples = j2k_samples(spec);
    Bytes bytes = make_j2k(spec, samples);
    // The first packet of the first tile is no packet any more.
    const std::size_t data = find_marker(bytes, 0x93) + 2;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(data), 40, std::byte{0xFE});
    CHECK_FALSE(refusal_of(file, bytes, ErrorCode::corrupt).empty());
    const Slice part = decode_file(file, {16, 43});
    const Bytes expected = interleaved(samples, 8);
    CHECK((part.samples == Bytes(expected.begin() + 16 * spec.width, expected.end())));
}

}  // namespace stack2nrrd::test
