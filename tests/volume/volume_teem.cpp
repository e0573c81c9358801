// Teem as the judge: it reads the same headers and samples as the library does, and what the library lists.

#include "volume_support.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"
#include "volume/list_header.hpp"

#if defined(STACK2NRRD_HAVE_TEEM)
#include <teem/nrrd.h>
#endif

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace stack2nrrd::volume_test {

#if defined(STACK2NRRD_HAVE_TEEM)

namespace {

/// A Nrrd that goes away.
class Loaded {
public:
    explicit Loaded(const std::filesystem::path& file) : nrrd_(nrrdNew()) {
        ok_ = nrrdLoad(nrrd_, file.c_str(), nullptr) == 0;
        if (!ok_) {
            char* text = biffGetDone(NRRD);
            why_ = text;
            std::free(text);
        }
    }
    Loaded(const Loaded&) = delete;
    Loaded& operator=(const Loaded&) = delete;
    ~Loaded() { nrrdNuke(nrrd_); }

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] const std::string& why() const { return why_; }
    [[nodiscard]] const Nrrd& operator*() const { return *nrrd_; }
    [[nodiscard]] Bytes samples() const {
        const auto* bytes = static_cast<const std::byte*>(nrrd_->data);
        return {bytes, bytes + nrrdElementNumber(nrrd_) * nrrdElementSize(nrrd_)};
    }

private:
    Nrrd* nrrd_;
    bool ok_ = false;
    std::string why_;
};

}  // namespace

TEST_CASE("Teem reads what the tests write as the tests mean it", "[volume][teem]") {
    nrrdStateVerboseIO = 0;
    for (const Recipe& recipe : recipes()) {
        INFO(text_of(recipe));
        const support::TempFolder folder;
        const Made made = make(folder.path(), recipe);
        const Loaded judge(made.header);
        INFO(judge.why());
        REQUIRE(judge.ok());
        REQUIRE(judge.samples() == made.stored);
    }
}

TEST_CASE("Teem reads headers as the library does", "[volume][teem]") {
    const support::TempFolder folder;
    const std::vector<std::string> headers{
        "NRRD0005\ntype: unsigned short int\ndimension: 3\nspace: left-posterior-superior\nsizes: 2 1 2\n"
        "space directions: (0.1,0.2,3e-3) ( -1 , 2.5, 0 ) (0,0,7)\nspace origin: (1.5,-2,1e2)\n"
        "kinds: domain space ???\nendian: little\nencoding: raw\na:=b\\nc\\\\\nkey two:=x: y\n",
        "NRRD0004\ntype: uint8_t\ndimension: 4\nspace: LPS\nsizes: 3 2 1 1\nspace directions: none (1,0,0) (0,1,0) "
        "(0,0,1)\n"
        "kinds: RGBcolor space space space\nencoding: raw\nspace units: \"mm\" \"mm\" \"mm\"\n",
        "NRRD0001\ntype: longlong\ndimension: 3\nsizes: 1 2 1\nspacings: 0.1 0.25 1e1\nendian: big\nencoding: raw\n",
        "NRRD0004\ntype: signed char\ndimension: 2\nspace dimension: 2\nsizes: 3 2\nspace directions: (1,0.5) "
        "(-0.5,1)\n"
        "encoding: raw\nspace origin: (7,8)\n"};
    for (const std::string& header : headers) {
        INFO(header);
        write(folder / "v.nrrd", header + "\nabcdefghijklmnop");
        const Loaded loaded(folder / "v.nrrd");
        INFO(loaded.why());
        REQUIRE(loaded.ok());
        const Nrrd& judge = *loaded;
        const NrrdVolume ours = read_nrrd((folder / "v.nrrd").string());
        const unsigned first = ours.channels() > 1 && !ours.channels_last ? 1 : 0;
        for (unsigned a = 0; a < 3; ++a) {
            if (a + first >= judge.dim) continue;
            const NrrdAxisInfo& axis = judge.axis[a + first];
            CHECK(static_cast<Index>(axis.size) == ours.size[a]);
            if (ours.geometry.spacing_known && judge.spaceDim > 0) {
                for (unsigned d = 0; d < judge.spaceDim; ++d) {
                    CHECK(axis.spaceDirection[d] == ours.geometry.direction[a][d]);
                }
            } else if (ours.geometry.spacing_known) {
                CHECK(axis.spacing == ours.geometry.direction[a][a]);
            }
        }
        for (unsigned d = 0; d < judge.spaceDim; ++d) {
            if (judge.spaceOrigin[d] == judge.spaceOrigin[d]) CHECK(judge.spaceOrigin[d] == ours.geometry.origin[d]);
        }
        REQUIRE(nrrdKeyValueSize(&judge) == ours.key_values.size());
        for (const auto& [key, value] : ours.key_values) {
            char* theirs = nrrdKeyValueGet(&judge, key.c_str());
            REQUIRE(theirs != nullptr);
            CHECK(value == theirs);
            std::free(theirs);
        }
        CHECK(nrrdTypeSize[judge.type] == static_cast<std::size_t>(ours.stored_bytes()));
    }
}

TEST_CASE("axis mins give the origin that Teem gives", "[volume][teem]") {
    const support::TempFolder folder;
    int compared = 0;
    for (const char* mins : {"1 2 3", "-7.5 0 1e3", "0.1 0.2 0.3"}) {
        for (const char* maxs : {"", "axis maxs: 9 9 9\n"}) {
            for (const char* centerings : {"", "centerings: cell cell cell\n", "centerings: node node node\n",
                                           "centers: node cell ???\n", "centerings: ??? node none\n"}) {
                for (const char* spacings : {"1 1 1", "0.1 0.25 7", "1e-3 2 3"}) {
                    const std::string text =
                        "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\nspacings: " +
                        std::string(spacings) + "\naxis mins: " + mins + "\n" + maxs + centerings;
                    INFO(text);
                    write(folder / "v.nrrd", text + "\nabcdefgh");
                    const Loaded judge(folder / "v.nrrd");
                    REQUIRE(judge.ok());
                    std::array<unsigned, 3> axes{0, 1, 2};
                    Vector3 origin{};
                    REQUIRE(nrrdOriginCalculate(&*judge, axes.data(), 3, nrrdCenterCell, origin.data()) ==
                            nrrdOriginStatusOkay);
                    const NrrdVolume ours = read_nrrd((folder / "v.nrrd").string());
                    CHECK(ours.geometry.origin == origin);
                    CHECK(ours.remarks.empty());
                    ++compared;
                }
            }
        }
    }
    CHECK(compared == 90);
}

TEST_CASE("Teem opens the list of bare samples and refuses the list of images", "[volume][teem]") {
    const support::TempFolder folder;
    Manifest manifest;
    manifest.size = {2, 2, 3};
    manifest.type = SampleType::uint16;
    manifest.geometry.spacing_known = true;
    manifest.geometry.direction = {Vector3{0.1, 0, 0}, Vector3{0, -0.2, 0}, Vector3{0, 0, 1.0 / 3}};
    manifest.geometry.origin = {1, 2, 3};
    manifest.notes = {{"k", "v\nw"}};
    for (int i = 0; i < 3; ++i) {
        const auto name = folder / ("a b" + std::to_string(i) + ".tif");
        write(name, "headerAbCdEfG" + std::to_string(i));
        manifest.files.add(name.string());
        manifest.slices.push_back({static_cast<std::int32_t>(manifest.slices.size()), 0});
    }
    for (const int skip : {6, -1}) {
        manifest.bare = BareLayout{skip, std::endian::big};
        write(folder / "m.nhdr", manifest_text(manifest, folder / "m.nhdr"));
        const Loaded judge(folder / "m.nhdr");
        INFO(judge.why());
        REQUIRE(judge.ok());
        CHECK(judge.samples() == read_volume(folder / "m.nhdr").samples);
        CHECK((*judge).axis[2].spaceDirection[2] == 1.0 / 3);
    }
    // Upside down: a sample is told by its place, not by its number.
    manifest.bare = BareLayout{6, std::endian::big, true};
    write(folder / "m.nhdr", manifest_text(manifest, folder / "m.nhdr"));
    const Loaded upside_down(folder / "m.nhdr");
    REQUIRE(upside_down.ok());
    const Read ours = read_volume(folder / "m.nhdr");
    CHECK(ours.volume->geometry.direction == manifest.geometry.direction);
    CHECK(ours.volume->geometry.origin == manifest.geometry.origin);
    const Nrrd& theirs = *upside_down;
    for (unsigned z = 0; z < 3; ++z) {
        for (unsigned y = 0; y < 2; ++y) {
            const unsigned stored = 1 - y;
            for (unsigned d = 0; d < 3; ++d) {
                const double place = theirs.spaceOrigin[d] + stored * theirs.axis[1].spaceDirection[d];
                CHECK(std::abs(place - (manifest.geometry.origin[d] + y * manifest.geometry.direction[1][d])) < 1e-15);
            }
            for (unsigned i = 0; i < 4; ++i) {  // bytes of a row
                CHECK(upside_down.samples()[(z * 2 + stored) * 4 + i] == ours.samples[(z * 2 + y) * 4 + i]);
            }
        }
    }
    manifest.bare.reset();
    write(folder / "m.nhdr", manifest_text(manifest, folder / "m.nhdr"));
    const Loaded judge(folder / "m.nhdr");
    REQUIRE_FALSE(judge.ok());
    CHECK(judge.why().find("stack2nrrd-image") != std::string::npos);
}

#endif

#if defined(STACK2NRRD_UNU)

TEST_CASE("what unu saves is read as it was", "[volume][teem]") {
    const support::TempFolder folder;
    for (const std::string& type : all_types()) {
        Recipe recipe;
        recipe.type = type;
        const Made made = make(folder.path(), recipe);
        for (const char* encoding : {"raw", "gzip", "hex", "ascii", "bzip2"}) {
            for (const char* name : {"out.nrrd", "out.nhdr"}) {
                INFO(type + " " + encoding + " " + name);
                const std::string command = std::string(STACK2NRRD_UNU) + " save -f nrrd -e " + encoding + " -i \"" +
                                            made.header.string() + "\" -o \"" + (folder / name).string() +
                                            "\" 2> /dev/null";
                REQUIRE(std::system(command.c_str()) == 0);
                if (std::strcmp(encoding, "bzip2") == 0) {
                    CHECK(error_of(folder / name)->code() == ErrorCode::unsupported);
                } else {
                    CHECK(read_volume(folder / name).samples == made.delivered);
                }
            }
        }
    }
}

#endif

}  // namespace stack2nrrd::volume_test
