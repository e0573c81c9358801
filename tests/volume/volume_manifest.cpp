// The list of slices as text, and back.

#include "volume_support.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"
#include "volume/manifest.hpp"

#include <fstream>

namespace stack2nrrd::volume_test {

namespace {

namespace fs = std::filesystem;

Manifest three_slices(const fs::path& folder) {
    Manifest manifest;
    manifest.size = {4, 2, 3};
    manifest.type = SampleType::uint16;
    manifest.geometry.direction = {Vector3{0.25, 0, 0}, Vector3{0, -0.5, 0}, Vector3{0, 0, 1.0 / 3}};
    manifest.geometry.origin = {1, 2.5, -3};
    manifest.geometry.spacing_known = true;
    manifest.notes = {{"stack2nrrd_version", "1"}, {"a note", "two\nlines \\ here"}};
    for (int i = 0; i < 3; ++i) manifest.slices.push_back({(folder / "data" / ("s " + std::to_string(i))).string(), 0});
    return manifest;
}

}  // namespace

TEST_CASE("bare samples are listed in a form that any reader of NRRD can open", "[volume]") {
    const support::TempFolder folder;
    fs::create_directory(folder / "data");
    for (const bool from_end : {false, true}) {
        Manifest manifest = three_slices(folder.path());
        manifest.bare = BareLayout{from_end ? -1 : 8, std::endian::big};
        Bytes expected;
        for (int i = 0; i < 3; ++i) {
            const std::string samples = "abcdefghijklmno" + std::to_string(i);
            write(folder / "data" / ("s " + std::to_string(i)), (from_end ? "any" : "8 bytes ") + samples);
            for (std::size_t k = 0; k < 16; ++k) expected.push_back(static_cast<std::byte>(samples[k ^ 1]));
        }
        const std::string text = manifest_text(manifest, folder / "m.nhdr");
        write(folder / "m.nhdr", text);
        CHECK(text.find("encoding: raw\nbyte skip: " + std::string(from_end ? "-1" : "8") + "\n") != std::string::npos);
        CHECK(text.ends_with("data file: LIST\ndata/s 0\ndata/s 1\ndata/s 2\n"));
        const Read result = read_volume(folder / "m.nhdr");
        if (std::endian::native == std::endian::little) CHECK(result.samples == expected);
        CHECK(result.volume->geometry.direction == manifest.geometry.direction);
        CHECK(result.volume->geometry.origin == manifest.geometry.origin);
        CHECK(result.volume->geometry.spacing_known);
        CHECK(result.volume->key_values == manifest.notes);
        CHECK(result.volume->remarks.empty());
        CHECK(error_of([&] { (void)manifest_slices(*result.volume); })->code() == ErrorCode::corrupt);
    }
}

TEST_CASE("images are listed with gaps, pages and colours", "[volume]") {
    const support::TempFolder folder;
    Manifest manifest = three_slices(folder.path());
    manifest.colour = Colour::rgb;
    manifest.geometry.spacing_known = false;
    manifest.slices = {{(folder / "a.tif").string(), 3},
                       {(folder / "a.tif").string(), 4},
                       {},
                       {},
                       {(folder / ".." / "b.tif").string(), 0},
                       {}};
    manifest.size[2] = 6;
    const std::string text = manifest_text(manifest, folder / "m.nhdr");
    write(folder / "m.nhdr", text);
    CHECK(text.find("stack2nrrd_list_gaps:=2..3 5\nstack2nrrd_list_pages:=3..4 0\ndata file: LIST\na.tif\na.tif\n"
                    "../b.tif\n") != std::string::npos);
    const NrrdVolume volume = read_nrrd((folder / "m.nhdr").string());
    CHECK(volume.encoding == NrrdEncoding::image_list);
    CHECK(volume.size == manifest.size);
    CHECK(volume.type == SampleType::uint16);
    CHECK(volume.colour == Colour::rgb);
    CHECK_FALSE(volume.geometry.spacing_known);
    const std::vector<ManifestSlice> slices = manifest_slices(volume);
    REQUIRE(slices.size() == 6);
    for (std::size_t z = 0; z < 6; ++z) {
        CHECK(slices[z].page == manifest.slices[z].page);
        CHECK(slices[z].path.empty() == manifest.slices[z].path.empty());
        if (!slices[z].path.empty()) {
            CHECK(fs::path(slices[z].path).lexically_normal() == fs::path(manifest.slices[z].path).lexically_normal());
        }
    }
    CHECK(error_of([&] { SampleReader(std::make_shared<const NrrdVolume>(volume)); }));

    const auto broken = [&](const std::string& from, const std::string& to) {
        std::string changed = text;
        const std::size_t at = changed.find(from);
        REQUIRE(at != std::string::npos);
        changed.replace(at, from.size(), to);
        write(folder / "m.nhdr", changed);
        const auto error = error_of([&] { (void)manifest_slices(read_nrrd((folder / "m.nhdr").string())); });
        return error && error->code() == ErrorCode::corrupt;
    };
    CHECK(broken("a.tif\n", ""));
    CHECK(broken("2..3 5", "2..3"));
    CHECK(broken("2..3 5", "3 2 5"));
    CHECK(broken("2..3 5", "2..9 5"));
    CHECK(broken("2..3 5", "2..99999999999 5"));
    CHECK(broken("2..3 5", "2..x 5"));
    CHECK(broken("2..3 5", "2..3 6"));
    CHECK(broken("3..4 0", "3..4"));
    CHECK(broken("data file: LIST", "# data file: LIST"));
}

TEST_CASE("names in a list", "[volume]") {
    const support::TempFolder folder;
    const auto listed = [&](const std::string& path) {
        Manifest manifest = three_slices(folder.path());
        manifest.slices = {{path, 0}};
        manifest.size[2] = 1;
        const std::string text = manifest_text(manifest, folder / "m.nhdr");
        const std::string list = "data file: LIST\n";
        return text.substr(text.find(list) + list.size());
    };
    CHECK(listed((folder / "x.tif").string()) == "x.tif\n");
    CHECK(listed((folder / "-").string()) == "./-\n");
    CHECK(listed((folder / "c:x").string()) == "./c:x\n");
    CHECK(listed((folder / "#1 \xC3\xA4.tif").string()) == "#1 \xC3\xA4.tif\n");
    CHECK(error_of([&] { (void)listed((folder / "two\nlines").string()); })->code() == ErrorCode::invalid_argument);
    Manifest gaps = three_slices(folder.path());
    gaps.bare = BareLayout{};
    gaps.slices[1] = {};
    CHECK(error_of([&] { (void)manifest_text(gaps, folder / "m.nhdr"); })->code() == ErrorCode::invalid_argument);
    gaps.slices.pop_back();
    CHECK(error_of([&] { (void)manifest_text(gaps, folder / "m.nhdr"); })->code() == ErrorCode::invalid_argument);
}

}  // namespace stack2nrrd::volume_test
