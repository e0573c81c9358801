#include "verify/slow_crc.hpp"

#include "sink/slab_checksums.hpp"

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/sink.hpp>

#include <algorithm>
#include <cstdio>

namespace verify_test {

std::uint32_t slow_crc(std::span<const std::byte> bytes) {
    std::uint32_t remainder = 0xffffffffU;
    for (const std::byte byte : bytes) {
        remainder ^= static_cast<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~remainder;
}

std::string eight_digits(std::uint32_t number) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(number));
    return text.data();
}

std::string slow_checksums(std::span<const std::byte> samples, std::int64_t slices) {
    std::int64_t thick = 1;
    while ((slices + thick - 1) / thick > 64) ++thick;
    const std::size_t slice = samples.size() / static_cast<std::size_t>(slices);
    std::string text = std::to_string(thick);
    for (std::int64_t z = 0; z < slices; z += thick) {
        const auto count = static_cast<std::size_t>(std::min(thick, slices - z));
        text += " " + eight_digits(slow_crc(samples.subspan(static_cast<std::size_t>(z) * slice, count * slice)));
    }
    return text;
}

}  // namespace verify_test

namespace {

using namespace verify_test;
using stack2nrrd::Index;
using stack2nrrd::SampleType;

}  // namespace

TEST_CASE("checksums are those of slow arithmetic, whatever parts they are made of", "[verify]") {
    const auto check = std::as_bytes(std::span("123456789", 9));
    CHECK(slow_crc(check) == 0xcbf43926U);  // the check value of CRC-32
    const auto bytes = support::to_bytes(phantom::noise({50, 40, 1}, SampleType::uint8).samples, SampleType::uint8);
    for (std::size_t size = 0; size < 300; ++size) {
        const auto some = std::span<const std::byte>(bytes).subspan(size % 9, size);
        CHECK(stack2nrrd::crc32_behind(0, some) == slow_crc(some));
        const std::uint32_t first = stack2nrrd::crc32_behind(0, some.first(size / 3));
        CHECK(stack2nrrd::crc32_behind(first, some.subspan(size / 3)) == slow_crc(some));
    }
    for (Index slices = 1; slices < 300; ++slices) {
        stack2nrrd::SlabChecksums sums(slices);
        const auto some = std::span<const std::byte>(bytes).first(static_cast<std::size_t>(slices) * 6);
        for (std::size_t z = 0; z < static_cast<std::size_t>(slices); ++z) {
            sums.add(some.subspan(6 * z, z % 7));
            sums.add(some.subspan(6 * z + z % 7, 6 - z % 7));
            sums.end_slice();
        }
        CAPTURE(slices);
        CHECK(sums.text() == slow_checksums(some, slices));
        const auto width = stack2nrrd::SlabChecksums::text_width(slices);
        CHECK(width >= sums.text().size());
        CHECK(width >= stack2nrrd::SlabChecksums::text_width(std::max<Index>(slices - 1, 1)));
        CHECK(width <= 2 + 64 * 9);
        CHECK(sums.values().size() <= 64);
    }
}

TEST_CASE("a file has the checksums of its samples and of its header", "[verify]") {
    support::TempFolder folder;
    for (const SampleType type : {SampleType::uint8, SampleType::float64}) {
        for (const int channels : {1, 3}) {
            for (const std::int64_t slices : {1, 64, 131}) {
                const support::Volume volume = phantom::noise({300, 7, slices}, type, 3, channels);
                const std::vector<std::byte> bytes = support::to_bytes(volume.samples, type);
                for (const char* name : {"v.nrrd", "v.nhdr"}) {
                    for (const auto encoding : {stack2nrrd::Encoding::raw, stack2nrrd::Encoding::gzip}) {
                        stack2nrrd::NrrdOptions options;
                        options.encoding = encoding;
                        options.force = true;
                        stack2nrrd::VolumeInfo info;
                        info.size = volume.size;
                        info.channels = channels;
                        info.colour = channels == 1 ? stack2nrrd::Colour::grey : stack2nrrd::Colour::rgb;
                        info.type = type;
                        info.late_notes = {"late"};
                        const auto sink = stack2nrrd::nrrd_sink(folder / name, options);
                        sink->begin(info);
                        const auto slice = static_cast<std::size_t>(info.slice_bytes());
                        for (std::size_t z = 0; z < static_cast<std::size_t>(slices); ++z) {
                            sink->write_slice(static_cast<Index>(z), std::span(bytes).subspan(z * slice, slice));
                        }
                        sink->write_late_notes(std::vector<std::string>{"17"});
                        sink->finish();
                        sink->publish();
                        const support::Nrrd nrrd = support::read_nrrd(folder / name);
                        CAPTURE(name, slices, channels);
                        CHECK((nrrd.samples == bytes));
                        const std::string sums = nrrd.pair("stack2nrrd_crc32");
                        CHECK(sums.substr(0, sums.find_last_not_of(' ') + 1) == slow_checksums(bytes, slices));
                        const std::size_t line = nrrd.text.find("stack2nrrd_header_crc32:=");
                        REQUIRE(line != std::string::npos);
                        const auto before = std::as_bytes(std::span(nrrd.text).first(line));
                        CHECK(nrrd.pair("stack2nrrd_header_crc32") == eight_digits(slow_crc(before)));
                        CHECK(nrrd.pair("late").substr(0, 2) == "17");
                        // Nothing but the end of the header follows that line.
                        const std::string rest = nrrd.text.substr(nrrd.text.find('\n', line) + 1);
                        CHECK((rest == "\n" || rest == "data file: v.raw\n" || rest == "data file: v.raw.gz\n"));
                    }
                }
            }
        }
    }
}
