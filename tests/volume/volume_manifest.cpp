// The list of slices as text, and back.

#include "volume_support.hpp"

#include "core/file.hpp"
#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "volume/list_header.hpp"

#include <algorithm>
#include <cmath>
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
    for (std::int32_t i = 0; i < 3; ++i) {
        manifest.files.add((folder / "data" / ("s " + std::to_string(i))).string());
        manifest.slices.push_back({i, 0});
    }
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

TEST_CASE("rows that stand upside down are listed where they lie and delivered from the top", "[volume]") {
    const support::TempFolder folder;
    fs::create_directory(folder / "data");
    Manifest manifest = three_slices(folder.path());
    constexpr Index rows = 5;
    manifest.size = {3, rows, 3};
    manifest.type = SampleType::uint8;
    manifest.bare = BareLayout{2, std::endian::native, true};
    manifest.notes.clear();
    Bytes expected;
    for (int z = 0; z < 3; ++z) {
        std::string stored = "BM";
        for (Index y = rows; y-- > 0;) {
            for (int x = 0; x < 3; ++x) stored += static_cast<char>(100 * z + 10 * y + x);
        }
        write(folder / "data" / ("s " + std::to_string(z)), stored);
        for (int i = 0; i < 3 * rows; ++i) expected.push_back(static_cast<std::byte>(100 * z + 10 * (i / 3) + i % 3));
    }
    // Places that no double has exactly, and one that rounding would lose beside the height of the slice.
    const std::vector<Geometry> geometries{
        {{Vector3{0.1, 0, 0}, Vector3{0, 0.3, 0}, Vector3{0, 0, 1.0 / 3}}, {0, 0, 0}, true, ""},
        {{Vector3{0.1, 0.2, 1e-9}, Vector3{-0.3, 0.7, 1.0 / 7}, Vector3{0, 0.1, 3}}, {1e-9, -1.0 / 3, 1e5}, true, ""},
        {{Vector3{1, 0, 0}, Vector3{0, 1e6, 0}, Vector3{0, 0, 1}}, {1e-20, 1e-20, 1e-20}, true, ""},
        {{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}}, {0, 0, 0}, false, ""}};
    for (const Geometry& geometry : geometries) {
        manifest.geometry = geometry;
        const std::string text = manifest_text(manifest, folder / "m.nhdr");
        write(folder / "m.nhdr", text);
        const Read result = read_volume(folder / "m.nhdr");
        CHECK(result.samples == expected);
        CHECK(result.volume->geometry.direction == geometry.direction);
        CHECK(result.volume->geometry.origin == geometry.origin);
        CHECK(result.volume->geometry.spacing_known == geometry.spacing_known);

        // Ranges of rows are counted from the top, too.
        SampleReader reader(result.volume);
        for (Index first = 0; first < rows; ++first) {
            for (Index end = first + 1; end <= rows; ++end) {
                const Bytes part = read_rows(reader, *result.volume, 1, {first, end});
                const auto* const slice = expected.data() + 3 * rows;
                CHECK(part == Bytes(slice + 3 * first, slice + 3 * end));
            }
        }
    }

    // What others see: the first sample they read is the one at the bottom left.
    manifest.geometry = geometries[1];
    std::string text = manifest_text(manifest, folder / "m.nhdr");
    const std::size_t key = text.find("stack2nrrd_list_top_left:=");
    REQUIRE(key != std::string::npos);
    const auto geometry_of = [&](const std::string& header) {
        write(folder / "m.nhdr", header);
        return read_nrrd((folder / "m.nhdr").string()).geometry;
    };
    std::string plain = text;
    plain.erase(key, plain.find('\n', key) + 1 - key);
    const Geometry theirs = geometry_of(plain);
    for (std::size_t d = 0; d < 3; ++d) {
        const Geometry& ours = geometries[1];
        CHECK(theirs.direction[1][d] == -ours.direction[1][d]);
        const double bottom = ours.origin[d] + 4 * ours.direction[1][d];
        CHECK(std::abs(theirs.origin[d] - bottom) <= 4e-16 * std::max(1.0, std::abs(bottom)));
    }

    // An origin that somebody has changed counts more than what the list remembers; so does one it cannot read.
    const std::size_t origin = text.find("space origin: ");
    std::string moved = text;
    moved.replace(origin, moved.find('\n', origin) - origin, "space origin: (10,20,30)");
    const Geometry expected_move = geometry_of(moved);
    CHECK(std::abs(expected_move.origin[0] - (10 + 4 * 0.3)) < 1e-14);
    CHECK(std::abs(expected_move.origin[1] - (20 - 4 * 0.7)) < 1e-14);
    for (const char* value : {"", "()", "(1,2)", "(1,2,3", "(1,2,3,4)", "(1,x,3)", "(nan,0,0)", "bottom"}) {
        std::string odd = plain;
        odd.insert(key, "stack2nrrd_list_top_left:=" + std::string(value) + "\n");
        CHECK(std::abs(geometry_of(odd).origin[1] + 1.0 / 3) < 1e-14);
    }
}

TEST_CASE("images are listed with gaps, pages and colours", "[volume]") {
    const support::TempFolder folder;
    Manifest manifest = three_slices(folder.path());
    manifest.colour = Colour::rgb;
    manifest.geometry.spacing_known = false;
    manifest.files = {};
    manifest.files.add((folder / "a.tif").string());
    manifest.files.add((folder / ".." / "b.tif").string());
    manifest.slices = {{0, 3}, {0, 4}, {}, {}, {1, 0}, {}};
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
        CHECK(slices[z].missing() == manifest.slices[z].missing());
        if (slices[z].missing()) continue;
        const auto path = [](const FileList& files, const ManifestSlice& slice) {
            return fs::path(files.path(static_cast<std::size_t>(slice.file))).lexically_normal();
        };
        CHECK(path(volume.files, slices[z]) == path(manifest.files, manifest.slices[z]));
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
        manifest.files = {};
        manifest.files.add(path);
        manifest.slices = {{0, 0}};
        manifest.size[2] = 1;
        const std::string text = manifest_text(manifest, folder / "m.nhdr");
        const std::string list = "data file: LIST\n";
        return text.substr(text.find(list) + list.size());
    };
    CHECK(listed(utf8(folder / "x.tif")) == "x.tif\n");
    CHECK(listed(utf8(folder / "-")) == "./-\n");
    if (support::any_name_is_legal()) CHECK(listed(utf8(folder / "c:x")) == "./c:x\n");
    CHECK(listed(utf8(folder / "#1 \xC3\xA4.tif")) == "#1 \xC3\xA4.tif\n");
    CHECK(error_of([&] { (void)listed(utf8(folder / "two\nlines")); })->code() == ErrorCode::invalid_argument);
    Manifest gaps = three_slices(folder.path());
    gaps.bare = BareLayout{};
    gaps.slices[1] = {};
    CHECK(error_of([&] { (void)manifest_text(gaps, folder / "m.nhdr"); })->code() == ErrorCode::invalid_argument);
    gaps.slices.pop_back();
    CHECK(error_of([&] { (void)manifest_text(gaps, folder / "m.nhdr"); })->code() == ErrorCode::invalid_argument);
}

}  // namespace stack2nrrd::volume_test
