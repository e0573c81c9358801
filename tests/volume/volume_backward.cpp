// Compressed samples from the last slice to the first: the same bytes, unpacked a few times and not once a slice. What
// is unpacked is counted, not timed.

#include "volume_support.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <string>

namespace stack2nrrd::volume_test {

namespace {

/// A volume of uint8, 7 x 5 x `slices`, with `channels` volumes one behind the other.
struct Long {
    Long(Index slices, int channels, const std::string& encoding) : payload(35 * slices * channels) {
        Bytes samples(static_cast<std::size_t>(payload));
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = static_cast<std::byte>((i * 7 + i / 35 * 13) % 251);
        std::string header = "NRRD0004\ntype: uint8\n";
        header += channels > 1 ? "dimension: 4\nsizes: 7 5 " + std::to_string(slices) + " " + std::to_string(channels) +
                                     "\nkinds: domain domain domain vector\n"
                               : "dimension: 3\nsizes: 7 5 " + std::to_string(slices) + "\n";
        header += "encoding: " + encoding + "\n\n";
        const Bytes packed = encoding == "gzip" ? gzipped(samples) : bytes_of(hex_text(samples));
        write(folder / "v.nrrd", joined(bytes_of(header), packed));
        whole = read_volume(folder / "v.nrrd");
    }

    [[nodiscard]] Bytes slice(Index z) const {
        const auto bytes = static_cast<std::ptrdiff_t>(whole.volume->image().row_bytes() * 5);
        return {whole.samples.begin() + z * bytes, whole.samples.begin() + (z + 1) * bytes};
    }

    support::TempFolder folder;
    std::int64_t payload;
    Read whole;
};

}  // namespace

TEST_CASE("slices of all volumes come backward as they come forward", "[volume]") {
    for (const Recipe& recipe : recipes()) {
        INFO(text_of(recipe));
        const support::TempFolder folder;
        const Made made = make(folder.path(), recipe);
        const Read whole = read_volume(made.header);
        const NrrdVolume& volume = *whole.volume;
        SampleReader reader(whole.volume, {}, Course::backward);
        Bytes backward;
        for (Index z = volume.size[2] - 1; z >= 0; --z) backward = joined(read_rows(reader, volume, z), backward);
        REQUIRE(backward == made.delivered);
        // Whatever comes then.
        for (const Index z : {3, 0, 2, 2, 1, 0}) {
            const auto row = static_cast<std::ptrdiff_t>(volume.image().row_bytes());
            const auto begin = made.delivered.begin() + z * 3 * row;
            REQUIRE(read_rows(reader, volume, z) == Bytes(begin, begin + 3 * row));
        }
    }
}

TEST_CASE("going backward costs a few passes, not one a slice", "[volume]") {
    for (const char* encoding : {"gzip", "hex"}) {
        for (const Index slices : {2, 40, 64, 65, 700, 3000}) {
            const Long made(slices, 1, encoding);
            SampleReader reader(made.whole.volume, {}, Course::backward);
            bool same = true;
            for (Index z = slices; z-- > 0;) same = same && read_rows(reader, *made.whole.volume, z) == made.slice(z);
            const int passes = backward_passes(*made.whole.volume, slices);
            INFO(encoding << ", " << slices << " slices, " << passes << " passes");
            CHECK(same);
            CHECK(reader.unpacked_bytes() <= passes * made.payload);
            CHECK(passes <= (slices <= 64 ? 2 : slices <= 2048 ? 3 : 4));
        }
    }
    // Some slices and rows only, as a step and a crop have it.
    const Long made(900, 1, "gzip");
    SampleReader reader(made.whole.volume, {}, Course::backward);
    for (Index z = 898; z >= 0; z -= 7) {
        const Bytes slice = made.slice(z);
        REQUIRE(read_rows(reader, *made.whole.volume, z, {1, 3}) == Bytes(slice.begin() + 7, slice.begin() + 21));
    }
    CHECK(reader.unpacked_bytes() <= 4 * made.payload);
    CHECK(bookmark_bytes(*made.whole.volume) <= 8 << 20);
}

TEST_CASE("channels that are apart are unpacked from the one before", "[volume]") {
    const Long made(200, 4, "gzip");
    SampleReader forward(made.whole.volume);
    for (Index z = 0; z < 200; ++z) REQUIRE(read_rows(forward, *made.whole.volume, z) == made.slice(z));
    CHECK(forward.unpacked_bytes() <= 2 * made.payload);  // one pass to set out, one to read

    SampleReader backward(made.whole.volume, {}, Course::backward);
    for (Index z = 200; z-- > 0;) REQUIRE(read_rows(backward, *made.whole.volume, z) == made.slice(z));
    CHECK(backward.unpacked_bytes() <= (backward_passes(*made.whole.volume, 200) + 1) * made.payload);
}

TEST_CASE("damage is found backward, too", "[volume]") {
    const Long made(100, 1, "gzip");
    Bytes file = read(made.folder / "v.nrrd");
    file[file.size() - 6] ^= std::byte{1};  // of the checksum
    write(made.folder / "v.nrrd", file);
    SampleReader reader(made.whole.volume, {}, Course::backward);
    const auto error = error_of([&] { (void)read_rows(reader, *made.whole.volume, 99); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::corrupt);
}

}  // namespace stack2nrrd::volume_test
