// Parts of a volume: how it is shared out, what is in each, and that damage is seen.

#include "parts/part.hpp"

#include "parts/part_sink.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace stack2nrrd;

VolumeInfo volume(Index slices, SampleType type = SampleType::uint16) {
    VolumeInfo info;
    info.size = {5, 3, slices};
    info.type = type;
    info.geometry.direction[2] = {0, 0.25, 2};
    info.geometry.origin = {1, 2, 3};
    return info;
}

std::vector<std::byte> slice(const VolumeInfo& info, Index z) {
    std::vector<std::byte> samples(static_cast<std::size_t>(info.slice_bytes()));
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::byte>(i * 7 + 31 * std::size_t(z));
    return samples;
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("shares are all slices, in order, of even size", "[parts]") {
    for (const Index slices : {0, 1, 2, 7, 64, 1000, 1'000'000}) {
        for (const Index count : {1, 2, 3, 7, 64, 1000, 1'000'000}) {
            Index next = 0;
            for (Index i = 0; i < count; i += (count > 1000 && i > 10 && i < count - 10) ? 997 : 1) {
                const Range share = share_of(slices, i, count);
                CHECK(share.first == i * slices / count);
                if (count <= 1000) CHECK(share.first == next);
                next = share.end;
                CHECK(share.size() >= slices / count);
                CHECK(share.size() <= slices / count + 1);
            }
            CHECK(share_of(slices, count - 1, count).end == slices);
        }
    }
}

TEST_CASE("parts are all slices of a share, few, and not large", "[parts]") {
    VolumeInfo info = volume(1000);
    for (const Index width : {1, 5, 100'000}) {
        info.size[0] = width;
        info.size[1] = width == 100'000 ? 2000 : 3;
        for (const Range share : {Range{0, 1000}, Range{333, 334}, Range{10, 10}, Range{7, 500}}) {
            const std::vector<Part> parts = cut_into_parts(2, share, info);
            Index next = share.first;
            for (const Part& part : parts) {
                CHECK(part.result == 2);
                CHECK(part.slices.first == next);
                CHECK_FALSE(part.slices.empty());
                const bool is_small = part.slices.size() == 1 || part.slices.size() * info.slice_bytes() <= (256 << 20);
                CHECK(is_small);
                CHECK(is_part_name(part_name(part)));
                next = part.slices.end;
            }
            CHECK(next == share.end);
            if (width < 100'000) CHECK(parts.size() <= 32);
        }
    }
    CHECK(part_name({0, {7, 13}}) == "0-000007-000013.nrrd");
    for (const char* other : {"scan.nrrd", "0-000007-000013.nhdr", "0-1.nrrd", "plan.txt", ".0-1-2.nrrd.lock", ""}) {
        CHECK_FALSE(is_part_name(other));
    }
}

TEST_CASE("a part is a volume in its place, with the samples and counts of its own slices", "[parts]") {
    const support::TempFolder folder;
    const VolumeInfo info = marked_volume(volume(10), "a plan");
    // The second of three parts is there already: its slices come, and are not kept.
    const std::vector<Part> parts{{0, {2, 4}}, {0, {7, 9}}};
    PartSink sink(folder.path(), info, 2, parts);
    Report so_far;
    sink.set_report([&] { return so_far; });
    sink.begin(info);
    for (Index z = 0; z < 8; ++z) {
        so_far.clipped_low += z;
        so_far.clipped_high += 10;
        so_far.nan_samples += 1;
        sink.write_slice(z, slice(info, z + 2));
    }
    sink.finish();
    sink.publish();
    const std::vector<std::int64_t> low{0 + 1, 5 + 6};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto file = folder.path() / part_name(parts[i]);
        const PartFile part(file, info, parts[i]);
        CHECK(part.report().clipped_low == low[i]);
        CHECK(part.report().clipped_high == 20);
        CHECK(part.report().nan_samples == 2);
        Index next = parts[i].slices.first;
        part.read([&](Index z, std::span<const std::byte> samples) {
            CHECK(z == next);
            CHECK(std::vector(samples.begin(), samples.end()) == slice(info, z));
            ++next;
        });
        CHECK(next == parts[i].slices.end);
        // origin + first · direction
        const double shift = static_cast<double>(parts[i].slices.first);
        const std::string origin = "space origin: (1," + std::to_string(2 + shift / 4).substr(0, shift == 2 ? 3 : 4) +
                                   "," + std::to_string(3 + int(2 * shift)) + ")";
        CHECK(bytes_of(file).find(origin) != std::string::npos);
    }
}

TEST_CASE("any damage to a part is seen", "[parts]") {
    const support::TempFolder folder;
    const VolumeInfo info = marked_volume(volume(2), "a plan");
    const Part part{0, {0, 2}};
    const auto file = folder.path() / part_name(part);
    {
        PartSink sink(folder.path(), info, 0, {part});
        sink.set_report([] { return Report{}; });
        sink.begin(info);
        for (Index z = 0; z < 2; ++z) sink.write_slice(z, slice(info, z));
    }
    const auto is_whole = [&] {
        try {
            PartFile(file, info, part).read([](Index, std::span<const std::byte>) {});
            return true;
        } catch (const Error& error) {
            const bool named = error.code() == ErrorCode::corrupt || error.code() == ErrorCode::unsupported;
            CHECK(named);
            return false;
        }
    };
    const std::string whole = bytes_of(file);
    REQUIRE(is_whole());
    // A sound part of another plan, another result, or other slices is none of this volume's.
    CHECK_FALSE(PartFile::is_foreign(file, info, part));
    CHECK(PartFile::is_foreign(file, marked_volume(volume(2), "another plan"), part));
    CHECK(PartFile::is_foreign(file, info, {1, {0, 2}}));
    CHECK(PartFile::is_foreign(file, info, {0, {1, 2}}));
    CHECK_THROWS_AS(PartFile(file, marked_volume(volume(2), "another plan"), part), Error);
    const auto samples = static_cast<std::size_t>(info.bytes());
    for (std::size_t i = 1; i <= samples; ++i) {
        std::string damaged = whole;
        damaged[whole.size() - i] = static_cast<char>(damaged[whole.size() - i] ^ 0x10);
        write(file, damaged);
        CHECK_FALSE(is_whole());
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{20}, whole.size() - samples, whole.size() - 1}) {
        write(file, whole.substr(0, length));
        CHECK_FALSE(is_whole());
    }
    write(file, whole + "x");
    CHECK_FALSE(is_whole());
    write(file, whole);
    CHECK(is_whole());
}
