// Samples: every type, byte order, encoding, layout and skip, compared with what was written.

#include "volume_support.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <cstring>
#include <limits>
#include <thread>

namespace stack2nrrd::volume_test {

namespace {

Bytes part_of(const Bytes& samples, const NrrdVolume& volume, Index z, Range rows) {
    const auto row = static_cast<std::ptrdiff_t>(volume.image().row_bytes());
    const auto begin = samples.begin() + (z * volume.size[1] + rows.first) * row;
    return {begin, begin + rows.size() * row};
}

}  // namespace

TEST_CASE("volumes of every type, byte order, encoding, layout and skip", "[volume]") {
    int count = 0;
    for (const Recipe& recipe : recipes()) {
        INFO(text_of(recipe));
        const support::TempFolder folder;
        const Made made = make(folder.path(), recipe);
        const Read whole = read_volume(made.header);
        const NrrdVolume& volume = *whole.volume;
        REQUIRE(volume.size == std::array<Index, 3>{5, 3, 4});
        REQUIRE(volume.channels() == recipe.channels);
        REQUIRE(volume.channels_last == recipe.channels_last);
        REQUIRE(whole.samples == made.delivered);
        REQUIRE(decoder_bytes(volume) > 0);
        REQUIRE(volume.key_values.size() == 1);
        ++count;

        // In any order, and some rows only.
        SampleReader reader(whole.volume);
        for (const Index z : {3, 0, 2, 2, 1}) {
            for (const Range rows : {Range{0, 3}, Range{1, 2}, Range{2, 3}, Range{0, 1}}) {
                REQUIRE(read_rows(reader, volume, z, rows) == part_of(made.delivered, volume, z, rows));
            }
        }
    }
    REQUIRE(count > 1000);
}

TEST_CASE("only a compressed file of several slices must be read in order", "[volume]") {
    const support::TempFolder folder;
    const auto is_sequential = [&](const char* encoding, Layout layout) {
        Recipe recipe;
        recipe.encoding = encoding;
        recipe.layout = layout;
        return sequential(read_nrrd(make(folder.path(), recipe).header.string()));
    };
    CHECK_FALSE(is_sequential("raw", Layout::attached));
    CHECK_FALSE(is_sequential("raw", Layout::list_of_slabs));
    for (const char* encoding : {"gzip", "hex", "ascii"}) {
        CHECK(is_sequential(encoding, Layout::attached));
        CHECK(is_sequential(encoding, Layout::list_of_slabs));
        CHECK_FALSE(is_sequential(encoding, Layout::list));
        CHECK_FALSE(is_sequential(encoding, Layout::list_of_rows));
    }
}

TEST_CASE("several threads read slices of one raw volume", "[volume]") {
    const support::TempFolder folder;
    std::string text = "NRRD0004\ntype: uint16\ndimension: 3\nsizes: 301 203 16\nencoding: raw\nendian: little\n\n";
    Bytes samples(301 * 203 * 16 * 2);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::byte>(i * i / 7);
    write(folder / "v.nrrd", joined(bytes_of(text), samples));
    const auto volume = std::make_shared<const NrrdVolume>(read_nrrd((folder / "v.nrrd").string()));
    std::vector<Bytes> slices(16);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            SampleReader reader(volume);
            for (std::size_t z = t; z < 16; z += 4) slices[z] = read_rows(reader, *volume, static_cast<Index>(z));
        });
    }
    for (std::thread& thread : threads) thread.join();
    Bytes all;
    for (const Bytes& slice : slices) all = joined(all, slice);
    CHECK(all == samples);
}

TEST_CASE("64-bit integers keep all of their bits", "[volume]") {
    const support::TempFolder folder;
    const auto bits = [&](const char* type, const char* value) {
        const std::string header =
            std::string("NRRD0001\ntype: ") + type + "\ndimension: 2\nsizes: 2 1\nencoding: ascii\n\n";
        write(folder / "v.nrrd", header + "5 " + value + "\n");
        const Read result = read_volume(folder / "v.nrrd");
        CHECK(result.volume->type == (*type == 'u' ? SampleType::uint64 : SampleType::int64));
        CHECK(result.volume->remarks.empty());
        std::uint64_t sample = 0;
        std::memcpy(&sample, result.samples.data() + 8, 8);
        return sample;
    };
    CHECK(bits("int64", "9007199254740993") == 9007199254740993U);
    CHECK(bits("long long int", "-9007199254740993") == ~9007199254740993U + 1);
    CHECK(bits("longlong", "-9223372036854775808") == std::uint64_t{1} << 63);
    CHECK(bits("int64_t", "9223372036854775807") == ~std::uint64_t{0} >> 1);
    CHECK(bits("uint64", "18446744073709551615") == ~std::uint64_t{0});
    CHECK(bits("unsigned long long", "0") == 0);
}

TEST_CASE("gzip: several members, padding, surplus, a wrong checksum", "[volume]") {
    const support::TempFolder folder;
    const std::string header = "NRRD0001\ntype: uint8\ndimension: 3\nsizes: 100 50 4\nencoding: gzip\n\n";
    Bytes samples(100 * 50 * 4);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::byte>(i * i >> 9);
    const auto with = [&](const Bytes& payload) { write(folder / "v.nrrd", joined(bytes_of(header), payload)); };
    const Bytes first(samples.begin(), samples.begin() + 7777);
    const Bytes second(samples.begin() + 7777, samples.end());

    with(joined(joined(gzipped(first), gzipped({})), gzipped(second)));
    Read result = read_volume(folder / "v.nrrd");
    CHECK(result.samples == samples);
    CHECK(result.surplus == 0);

    with(joined(gzipped(samples), Bytes(70'000)));  // zeros fill up
    CHECK(read_volume(folder / "v.nrrd").surplus == 0);

    with(joined(gzipped(samples), bytes_of("x")));
    result = read_volume(folder / "v.nrrd");
    CHECK(result.samples == samples);
    CHECK(result.surplus == 1);
    with(joined(gzipped(samples), gzipped(bytes_of("y"))));
    CHECK(read_volume(folder / "v.nrrd").surplus == 1);
    with(gzipped(joined(samples, bytes_of("z"))));
    CHECK(read_volume(folder / "v.nrrd").surplus == 1);

    Bytes broken = gzipped(samples);
    broken[broken.size() - 6] ^= std::byte{1};  // the checksum
    with(broken);
    REQUIRE(error_of(folder / "v.nrrd"));
    CHECK(error_of(folder / "v.nrrd")->code() == ErrorCode::corrupt);
    // It is checked, too, when the last rows of the last slice are not wanted.
    const auto volume = std::make_shared<const NrrdVolume>(read_nrrd((folder / "v.nrrd").string()));
    SampleReader reader(volume);
    CHECK_NOTHROW(read_rows(reader, *volume, 2, {0, 2}));
    CHECK(error_of([&] { (void)read_rows(reader, *volume, 3, {0, 2}); }));

    with(gzipped(first));
    CHECK(error_of(folder / "v.nrrd")->code() == ErrorCode::corrupt);
    with(samples);
    CHECK(error_of(folder / "v.nrrd")->code() == ErrorCode::corrupt);
}

TEST_CASE("gzip of channels that are apart is read without being held", "[volume]") {
    const support::TempFolder folder;
    const std::string header =
        "NRRD0003\ntype: uint8\ndimension: 4\nsizes: 300 200 60 3\nkinds: space space space RGB-color\n"
        "encoding: gzip\n\n";
    Bytes samples(300 * 200 * 60 * 3);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::byte>(i / 1000);
    write(folder / "v.nrrd", joined(bytes_of(header), gzipped(samples)));
    const Read result = read_volume(folder / "v.nrrd");
    CHECK(decoder_bytes(*result.volume) < 2'000'000);
    bool equal = true;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::size_t from = i % 3 * (300 * 200 * 60) + i / 3;
        equal = equal && result.samples[i] == samples[from];
    }
    CHECK(equal);
}

TEST_CASE("numbers as text: all forms, and what does not fit", "[volume]") {
    const support::TempFolder folder;
    const auto text = [&](const char* type, const std::string& numbers, int count) {
        write(folder / "v.nrrd", "NRRD0001\ntype: " + std::string(type) + "\ndimension: 2\nsizes: 1 " +
                                     std::to_string(count) + "\nencoding: text\n\n" + numbers);
    };
    text("float", "1e-50, inf,-inf nan +2.5\r\n,, 1e39 -3\t.5", 8);
    const Bytes bytes = read_volume(folder / "v.nrrd").samples;
    std::array<float, 8> values{};
    REQUIRE(bytes.size() == sizeof values);
    std::memcpy(values.data(), bytes.data(), sizeof values);
    constexpr float infinity = std::numeric_limits<float>::infinity();
    CHECK(values[0] == 0.0F);
    CHECK(values[1] == infinity);
    CHECK(values[2] == -infinity);
    CHECK(values[3] != values[3]);
    CHECK(values[4] == 2.5F);
    CHECK(values[5] == infinity);
    CHECK(values[6] == -3.0F);
    CHECK(values[7] == 0.5F);
    for (const char* wrong : {"300 1", "1.5 2", "1", "-1 2", "0x10 2", "", "1 2a", "1 +-2"}) {
        INFO(wrong);
        text("uint8", wrong, 2);
        REQUIRE(error_of(folder / "v.nrrd"));
        CHECK(error_of(folder / "v.nrrd")->code() == ErrorCode::corrupt);
    }
    text("uint8", "1 2 3", 2);
    CHECK(read_volume(folder / "v.nrrd").surplus == 1);
}

TEST_CASE("a raw file reports bytes behind its samples, and no such slice is refused", "[volume]") {
    const support::TempFolder folder;
    write(folder / "v.nrrd", "NRRD0001\ntype: uint8\ndimension: 2\nsizes: 2 2\nencoding: raw\n\nabcdxyz");
    const Read result = read_volume(folder / "v.nrrd");
    CHECK(result.samples == bytes_of("abcd"));
    REQUIRE(result.volume->remarks.size() == 1);
    CHECK(result.volume->remarks[0].find("3 bytes") != std::string::npos);
    SampleReader reader(result.volume);
    CHECK(error_of([&] { (void)read_rows(reader, *result.volume, 1); })->code() == ErrorCode::inconsistent);
    CHECK(error_of([&] { (void)read_rows(reader, *result.volume, 0, {0, 3}); })->code() == ErrorCode::inconsistent);
}

TEST_CASE("a volume that is written to while it is read is refused", "[volume]") {
    const support::TempFolder folder;
    const std::string text = "NRRD0001\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n\nabcdefgh";
    write(folder / "v.nrrd", text);
    const auto volume = std::make_shared<const NrrdVolume>(read_nrrd((folder / "v.nrrd").string()));
    int opened = 0;
    SampleReader reader(volume, [&](std::size_t file, const InputFile&) { opened += file == 0 ? 1 : 100; });
    CHECK_NOTHROW(read_rows(reader, *volume, 0));
    CHECK(opened == 1);
    std::filesystem::resize_file(folder / "v.nrrd", text.size() + 1);
    CHECK(error_of([&] { (void)read_rows(reader, *volume, 1); })->code() == ErrorCode::changed);
}

}  // namespace stack2nrrd::volume_test
