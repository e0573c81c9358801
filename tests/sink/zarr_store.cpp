#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/zarr_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using stack2nrrd::Colour;
using stack2nrrd::Encoding;
using stack2nrrd::ErrorCode;
using stack2nrrd::Index;
using stack2nrrd::SampleType;
using stack2nrrd::Sink;
using stack2nrrd::VolumeInfo;
using stack2nrrd::zarr_sinks;
using stack2nrrd::ZarrOptions;
using stack2nrrd::ZarrVersion;
using support::refusal;
using support::Volume;
using Sinks = std::vector<std::unique_ptr<Sink>>;

VolumeInfo info_of(const Volume& volume, SampleType type, Index depth = 64) {
    VolumeInfo info;
    info.size = volume.size;
    info.channels = volume.channels;
    info.colour = volume.channels > 4 ? Colour::components : static_cast<Colour>(volume.channels - 1);
    info.type = type;
    info.chunk_depth = depth;
    info.geometry.spacing_known = true;
    info.geometry.direction = {{{0.1, 0, 0}, {0, 1.0 / 3, 0}, {0, 0, 7e-5}}};
    info.geometry.origin = {-1.5, 1e10, 0.05};
    info.notes = {{"stack2nrrd_kernel", "lanczos:3"}, {"odd", "a\\b\nc: \"d\":=e # f  "}};
    return info;
}

void write_slices(Sink& sink, const Volume& volume, SampleType type) {
    const std::vector<std::byte> bytes = support::to_bytes(volume.samples, type);
    const std::size_t slice = bytes.size() / static_cast<std::size_t>(volume.size[2]);
    for (std::size_t z = 0; z < static_cast<std::size_t>(volume.size[2]); ++z) {
        sink.write_slice(static_cast<Index>(z), std::span(bytes).subspan(z * slice, slice));
    }
}

void finish(const Sinks& sinks) {
    for (const auto& sink : sinks) sink->finish();
}

void publish(const Sinks& sinks) {
    for (std::size_t i = sinks.size(); i-- > 0;) sinks[i]->publish();
}

/// A store of one level.
void write(const fs::path& folder, const Volume& volume, const VolumeInfo& info, const ZarrOptions& options = {},
           unsigned threads = 2) {
    const Sinks sinks = zarr_sinks(folder, 1, options, threads);
    sinks[0]->begin(info);
    write_slices(*sinks[0], volume, info.type);
    finish(sinks);
    publish(sinks);
}

ZarrOptions options_of(ZarrVersion version, Encoding encoding = Encoding::gzip, int level = 1) {
    ZarrOptions options;
    options.version = version;
    options.encoding = encoding;
    options.level = level;
    options.force = true;
    return options;
}

constexpr std::array versions{ZarrVersion::v0_5, ZarrVersion::v0_4};

std::map<std::string, std::vector<std::byte>> files_in(const fs::path& folder) {
    std::map<std::string, std::vector<std::byte>> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files[fs::relative(entry.path(), folder).generic_string()] = support::read_file(entry.path());
        }
    }
    return files;
}

void check_array(const fs::path& folder, const Volume& volume, const VolumeInfo& info, const ZarrOptions& options) {
    const support::ZarrArray array = support::read_zarr_array(folder);
    CHECK(array.type == info.type);
    std::vector<std::int64_t> shape{volume.size[2], volume.size[1], volume.size[0]};
    std::vector<std::int64_t> chunk{std::min(info.chunk_depth, shape[0]), std::min<Index>(128, shape[1]),
                                    std::min<Index>(128, shape[2])};
    if (volume.channels > 1) shape.insert(shape.begin(), volume.channels);
    if (volume.channels > 1) chunk.insert(chunk.begin(), 1);
    CHECK(array.shape == shape);
    CHECK(array.chunk == chunk);
    const std::array<const char*, 3> names{"", "gzip", "zstd"};
    CHECK(array.compressor == names[static_cast<std::size_t>(options.encoding)]);
    if (options.encoding != Encoding::raw) CHECK(array.level == options.level);
    CHECK((array.samples == support::to_bytes(volume.samples, info.type)));
}

}  // namespace

TEST_CASE("an array has the samples that were written, whatever their type and the cuts", "[sink]") {
    const support::TempFolder folder;
    const std::vector<std::array<Index, 3>> sizes{{1, 1, 1}, {13, 9, 6}, {129, 5, 17}, {128, 256, 8}, {130, 129, 9}};
    std::size_t next = 0;
    for (const SampleType type : support::all_types) {
        for (const int channels : {1, 2, 3, 4, 7}) {
            // Each of the sizes and depths meets each of the types and channels in time.
            const std::array<Index, 3> size = sizes[next % sizes.size()];
            const Index depth = std::array<Index, 4>{8, 16, 32, 64}[next % 4];
            ++next;
            const Volume volume = phantom::noise(size, type, 3, channels);
            for (const ZarrVersion version : versions) {
                CAPTURE(stack2nrrd::sample_type_name(type), channels, size, depth, static_cast<int>(version));
                const VolumeInfo info = info_of(volume, type, depth);
                const ZarrOptions options = options_of(version);
                write(folder / "v.ome.zarr", volume, info, options);
                check_array(folder / "v.ome.zarr" / "0", volume, info, options);
            }
        }
    }
}

TEST_CASE("an array has them in every encoding and at every level", "[sink]") {
    const support::TempFolder folder;
    const Volume volume = phantom::blobs({150, 140, 20}, 0, 3000);
    const VolumeInfo info = info_of(volume, SampleType::uint16, 16);
    for (const ZarrVersion version : versions) {
        for (const Encoding encoding : {Encoding::raw, Encoding::gzip, Encoding::zstd}) {
            if (encoding == Encoding::zstd && !support::reads_zstd()) {
                CHECK(refusal([&] { (void)zarr_sinks(folder / "n.zarr", 1, options_of(version, encoding)); }) ==
                      ErrorCode::unsupported);
                continue;
            }
            for (const int level : {1, 3, 6, 9}) {
                CAPTURE(static_cast<int>(version), static_cast<int>(encoding), level);
                const ZarrOptions options = options_of(version, encoding, level);
                write(folder / "v.zarr", volume, info, options);
                check_array(folder / "v.zarr" / "0", volume, info, options);
            }
        }
    }
}

TEST_CASE("the bytes of a store do not depend on threads", "[sink]") {
    const support::TempFolder folder;
    const Volume volume = phantom::noise({300, 270, 40}, 0, 900, true, 5);
    const VolumeInfo info = info_of(volume, SampleType::uint16, 16);
    for (const ZarrVersion version : versions) {
        write(folder / "v.zarr", volume, info, options_of(version), 1);
        const auto one = files_in(folder / "v.zarr");
        for (const unsigned threads : {2U, 5U}) {
            write(folder / "v.zarr", volume, info, options_of(version), threads);
            CHECK((files_in(folder / "v.zarr") == one));
        }
    }
}

TEST_CASE("a version 2 store has a file for each chunk, a version 3 store one for each slab and channel", "[sink]") {
    const support::TempFolder folder;
    const Volume volume = phantom::noise({300, 130, 40}, SampleType::uint8, 1, 2);
    const VolumeInfo info = info_of(volume, SampleType::uint8, 16);
    write(folder / "v.zarr", volume, info, options_of(ZarrVersion::v0_4));
    CHECK(support::read_zarr_array(folder / "v.zarr" / "0").files == 2 * 3 * 2 * 3);
    CHECK(files_in(folder / "v.zarr").size() == 2 * 3 * 2 * 3 + 3);
    write(folder / "v.zarr", volume, info, options_of(ZarrVersion::v0_5));
    CHECK(support::read_zarr_array(folder / "v.zarr" / "0").files == 2 * 3);
    CHECK(files_in(folder / "v.zarr").size() == 2 * 3 + 2);
}

TEST_CASE("scale and translation are the spacing and the origin, to the last bit", "[sink]") {
    const support::TempFolder folder;
    const Volume volume = phantom::noise({3, 4, 5}, SampleType::uint8);
    const auto positions = [&](const VolumeInfo& info, ZarrVersion version) {
        write(folder / "scan.ome.zarr", volume, info, options_of(version));
        const json scales = support::multiscale(folder / "scan.ome.zarr");
        CHECK(scales.at("name") == "scan");
        REQUIRE(scales.at("datasets").size() == 1);
        CHECK(scales.at("datasets")[0].at("path") == "0");
        const json transformations = scales.at("datasets")[0].at("coordinateTransformations");
        REQUIRE(transformations.size() == 2);
        CHECK(transformations[0].at("type") == "scale");
        CHECK(transformations[1].at("type") == "translation");
        return std::array{transformations[0].at("scale").get<std::vector<double>>(),
                          transformations[1].at("translation").get<std::vector<double>>()};
    };
    for (const ZarrVersion version : versions) {
        VolumeInfo info = info_of(volume, SampleType::uint8);
        auto got = positions(info, version);
        CHECK(got[0] == std::vector<double>{7e-5, 1.0 / 3, 0.1});
        CHECK(got[1] == std::vector<double>{0.05, 1e10, -1.5});

        // Turned axes count along themselves: x points to -S, y to L, z to -P.
        info.geometry.direction = {{{0, 0, -0.1}, {0.3, 0, 0}, {0, -0.7, 0}}};
        info.geometry.origin = {1.1, 2.2, 3.3};
        got = positions(info, version);
        CHECK(got[0] == std::vector<double>{0.7, 0.3, 0.1});
        CHECK(got[1] == std::vector<double>{-2.2, 1.1, -3.3});
        const json own = support::zarr_attributes(folder / "scan.ome.zarr").at("stack2nrrd").at(0);
        CHECK(own.at("directions") == json(info.geometry.direction));
        CHECK(own.at("origin") == json(info.geometry.origin));
        CHECK(own.at("space") == "left-posterior-superior");
    }
}

TEST_CASE("the axes are named, with the unit where the spacing is known", "[sink]") {
    const support::TempFolder folder;
    for (const ZarrVersion version : versions) {
        for (const bool known : {true, false}) {
            for (const int channels : {1, 3}) {
                const Volume volume = phantom::noise({3, 4, 5}, SampleType::uint8, 1, channels);
                VolumeInfo info = info_of(volume, SampleType::uint8);
                info.geometry.spacing_known = known;
                write(folder / "v.zarr", volume, info, options_of(version));
                json expected = json::array();
                if (channels > 1) expected.push_back({{"name", "c"}, {"type", "channel"}});
                for (const char* name : {"z", "y", "x"}) {
                    expected.push_back({{"name", name}, {"type", "space"}});
                    if (known) expected.back()["unit"] = "millimeter";
                }
                const json scales = support::multiscale(folder / "v.zarr");
                CHECK(scales.at("axes") == expected);
                const json transformations = scales.at("datasets")[0].at("coordinateTransformations");
                CHECK(transformations[0].at("scale").size() == expected.size());
                CHECK(transformations[1].at("translation").size() == expected.size());
                if (channels > 1) CHECK(transformations[0].at("scale")[0] == 1.0);
                if (channels > 1) CHECK(transformations[1].at("translation")[0] == 0.0);
            }
        }
    }
}

TEST_CASE("what a NRRD header would say is in the attributes", "[sink]") {
    const support::TempFolder folder;
    const Volume volume = phantom::noise({3, 4, 5}, SampleType::uint8, 1, 6);
    VolumeInfo info = info_of(volume, SampleType::uint8);
    info.components = {"list", "tensor", 0, {}};
    info.fields.content = "a \"scan\"";
    info.fields.labels = {"left", "", "up"};
    info.late_notes = {"late"};
    const Sinks sinks = zarr_sinks(folder / "v.zarr", 1);
    sinks[0]->begin(info);
    write_slices(*sinks[0], volume, info.type);
    sinks[0]->write_late_notes(std::array<std::string, 1>{"17"});
    finish(sinks);
    publish(sinks);

    const auto nrrd_sink = stack2nrrd::nrrd_sink(folder / "v.nrrd");
    nrrd_sink->begin(info);
    write_slices(*nrrd_sink, volume, info.type);
    nrrd_sink->write_late_notes(std::array<std::string, 1>{"17"});
    nrrd_sink->finish();
    nrrd_sink->publish();
    const support::Nrrd nrrd = support::read_nrrd(folder / "v.nrrd");

    const json own = support::zarr_attributes(folder / "v.zarr").at("stack2nrrd").at(0);
    CHECK(own.at("content") == "a \"scan\"");
    CHECK(own.at("labels") == json{"left", "", "up"});
    CHECK(own.at("kind") == "list");
    CHECK(own.at("component label") == "tensor");
    const json& key_values = own.at("key_values");
    CHECK(key_values.size() == nrrd.pairs.size() - 1);
    for (const auto& [key, value] : nrrd.pairs) {
        if (key == "stack2nrrd_header_crc32") continue;  // of a header that it does not have
        CAPTURE(key);
        std::string trimmed = value;
        trimmed.erase(trimmed.find_last_not_of(' ') + 1);
        std::string got = key_values.at(key);
        got.erase(got.find_last_not_of(' ') + 1);
        CHECK(got == trimmed);
    }
}

TEST_CASE("levels share a store, which appears when all of them have", "[sink]") {
    const support::TempFolder folder;
    std::vector<Volume> volumes;
    for (const Index n : {40, 20, 10}) volumes.push_back(phantom::noise({n, n + 1, n}, SampleType::int16, 2));
    for (const ZarrVersion version : versions) {
        const Sinks sinks = zarr_sinks(folder / "v.ome.zarr", 3, options_of(version), 2);
        REQUIRE(sinks.size() == 3);
        CHECK(sinks[0]->files() == std::vector<fs::path>{folder / "v.ome.zarr"});
        CHECK(sinks[1]->files().empty());
        for (std::size_t i = 0; i < 3; ++i) sinks[i]->begin(info_of(volumes[i], SampleType::int16, 16));
        // As in a run: slices of all levels come in turn, and the smallest level is not the last to end.
        for (const std::size_t i : {2, 0, 1}) write_slices(*sinks[i], volumes[i], SampleType::int16);
        finish(sinks);
        for (const std::size_t i : {2, 1}) {
            sinks[i]->publish();
            CHECK(fs::exists(folder / "v.ome.zarr") == (version == ZarrVersion::v0_4));
        }
        sinks[0]->publish();
        for (std::size_t i = 0; i < 3; ++i) {
            check_array(folder / "v.ome.zarr" / std::to_string(i), volumes[i],
                        info_of(volumes[i], SampleType::int16, 16), options_of(version));
        }
        const json datasets = support::multiscale(folder / "v.ome.zarr").at("datasets");
        REQUIRE(datasets.size() == 3);
        for (std::size_t i = 0; i < 3; ++i) CHECK(datasets[i].at("path") == std::to_string(i));
    }
}

TEST_CASE("a store is replaced whole, taken back whole, and abandoned without a trace", "[sink]") {
    const support::TempFolder folder;
    const fs::path store = folder / "v.zarr";
    const Volume old = phantom::noise({20, 10, 9}, SampleType::uint8, 1);
    const Volume other = phantom::noise({20, 10, 9}, SampleType::uint8, 2);
    write(store, old, info_of(old, SampleType::uint8), options_of(ZarrVersion::v0_4));
    const auto before = files_in(store);
    for (const int steps : {0, 1, 2, 3, 4}) {
        CAPTURE(steps);
        {
            const Sinks sinks = zarr_sinks(store, 1, options_of(ZarrVersion::v0_5));
            if (steps > 0) sinks[0]->begin(info_of(other, SampleType::uint8));
            if (steps > 1) write_slices(*sinks[0], other, SampleType::uint8);
            if (steps > 2) sinks[0]->finish();
            CHECK((files_in(store) == before));
            if (steps > 3) {
                sinks[0]->publish();
                CHECK(fs::exists(store / "zarr.json"));
                CHECK_FALSE(fs::exists(store / ".zgroup"));
                sinks[0]->withdraw();
            }
        }
        CHECK((files_in(store) == before));
        CHECK(folder.entries() == 1);
    }
    write(store, other, info_of(other, SampleType::uint8), options_of(ZarrVersion::v0_5));
    CHECK(folder.entries() == 1);
    CHECK_FALSE(fs::exists(store / ".zgroup"));
    check_array(store / "0", other, info_of(other, SampleType::uint8), options_of(ZarrVersion::v0_5));
}

TEST_CASE("only a Zarr group is replaced, and only by force", "[sink]") {
    const support::TempFolder folder;
    const auto refuses = [&](const std::string& name, bool force, std::string* sentence) {
        ZarrOptions options;
        options.force = force;
        return refusal([&] { (void)zarr_sinks(folder / name, 1, options); }, sentence);
    };
    fs::create_directory(folder / "full.zarr");
    std::ofstream(folder / "full.zarr" / "mine.txt") << "mine";
    std::ofstream(folder / "file.zarr") << "mine";
    std::string sentence;
    CHECK(refuses("full.zarr", false, &sentence) == ErrorCode::invalid_argument);
    CHECK(sentence.find("--force") != std::string::npos);
    CHECK(refuses("full.zarr", true, &sentence) == ErrorCode::invalid_argument);
    CHECK(sentence.find("no Zarr group") != std::string::npos);
    CHECK(refuses("file.zarr", true, &sentence) == ErrorCode::invalid_argument);
    CHECK(refuses("v.nrrd", true, &sentence) == ErrorCode::invalid_argument);
    CHECK(sentence.find(".ome.zarr") != std::string::npos);
    CHECK(refuses("no/v.zarr", true, &sentence) == ErrorCode::io);
    CHECK(fs::exists(folder / "full.zarr" / "mine.txt"));
    // A group, and nothing but a group.
    const std::vector<std::pair<const char*, const char*>> groups{
        {"zarr.json", "{\"zarr_format\": 3, \"node_type\": \"group\"}"}, {".zgroup", "{\n  \"zarr_format\" : 2\n}"}};
    for (const auto& [name, text] : groups) {
        std::ofstream(folder / "full.zarr" / name) << text;
        CHECK(refuses("full.zarr", true, &sentence) == ErrorCode::invalid_argument);
        fs::rename(folder / "full.zarr" / "mine.txt", folder / "mine.txt");
        CHECK_FALSE(refuses("full.zarr", true, &sentence).has_value());
        CHECK(refuses("full.zarr", false, &sentence) == ErrorCode::invalid_argument);
        fs::create_directory(folder / "full.zarr" / "thesis");
        CHECK(refuses("full.zarr", true, &sentence) == ErrorCode::invalid_argument);
        fs::remove(folder / "full.zarr" / "thesis");
        for (const char* other : {"", "{}", "{\"zarr_format\": 3, \"node_type\": \"array\"}"}) {
            std::ofstream(folder / "full.zarr" / name) << other;
            CAPTURE(name, other);
            CHECK(refuses("full.zarr", true, &sentence) == ErrorCode::invalid_argument);
        }
        fs::remove(folder / "full.zarr" / name);
        fs::rename(folder / "mine.txt", folder / "full.zarr" / "mine.txt");
    }

    // Who may not look at what is replaced may not look at what replaces it.
    if (support::has_modes()) {
        const Volume replacing = phantom::noise({3, 4, 5}, SampleType::uint8);
        ZarrOptions force;
        force.force = true;
        write(folder / "own.zarr", replacing, info_of(replacing, SampleType::uint8));
        fs::permissions(folder / "own.zarr", fs::perms::owner_all);
        write(folder / "own.zarr", replacing, info_of(replacing, SampleType::uint8), force);
        CHECK(fs::status(folder / "own.zarr").permissions() == fs::perms::owner_all);
    }

    // A name with a slash at its end is the same name.
    const Volume volume = phantom::noise({3, 4, 5}, SampleType::uint8);
    write(folder / "a.zarr/", volume, info_of(volume, SampleType::uint8));
    CHECK(fs::exists(folder / "a.zarr" / "zarr.json"));
    // Who is second to write one waits.
    const Sinks first = zarr_sinks(folder / "b.zarr", 1);
    const Sinks second = zarr_sinks(folder / "b.zarr", 1);
    first[0]->begin(info_of(volume, SampleType::uint8));
    CHECK(refusal([&] { second[0]->begin(info_of(volume, SampleType::uint8)); }) == ErrorCode::invalid_argument);
}
