// Teem as an independent oracle: `unu resample`, and nrrdLoad().

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#if defined(STACK2NRRD_HAVE_TEEM)
#include <teem/biff.h>
#include <teem/nrrd.h>
#endif

#if defined(STACK2NRRD_HAVE_TEEM) || defined(STACK2NRRD_UNU)
namespace {
using namespace import_test;
}  // namespace
#endif

#if defined(STACK2NRRD_UNU)

namespace {

std::string nrrd_type(SampleType type) {
    if (type == SampleType::float32) return "float";
    if (type == SampleType::float64) return "double";
    return std::string(stack2nrrd::sample_type_name(type));
}

/// The samples that `unu resample` makes of `volume`.
Doubles unu(const Volume& volume, SampleType type, const std::string& kernel, const std::array<Index, 3>& size) {
    const support::TempFolder folder;
    const Bytes bytes = support::to_bytes(volume.samples, type);
    {
        std::ofstream in(folder / "in.nrrd", std::ios::binary);
        in << "NRRD0004\ntype: " << nrrd_type(type) << "\ndimension: 3\nsizes: " << volume.size[0] << ' '
           << volume.size[1] << ' ' << volume.size[2] << "\nendian: little\nencoding: raw\n\n";
        in.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    const std::string command = std::string("'" STACK2NRRD_UNU "' resample -i '") + (folder / "in.nrrd").string() +
                                "' -s " + std::to_string(size[0]) + " " + std::to_string(size[1]) + " " +
                                std::to_string(size[2]) + " -k " + kernel + " -b bleed -c cell -o '" +
                                (folder / "out.nrrd").string() + "' > /dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
    const support::Nrrd out = support::read_nrrd(folder / "out.nrrd");
    REQUIRE(out.type == type);
    return support::from_bytes(out.samples, out.type);
}

}  // namespace

TEST_CASE("whole volumes equal unu resample", "[import]") {
    struct Case {
        phantom::Size size;
        std::array<Index, 3> made;
    };
    const std::vector<Case> cases{{{48, 36, 24}, {24, 18, 12}},
                                  {{48, 36, 24}, {12, 12, 8}},
                                  {{45, 40, 28}, {15, 10, 4}},
                                  {{40, 40, 40}, {2, 2, 2}}};
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::int16, SampleType::float32}) {
        for (const Case& each : cases) {
            for (const Volume& volume : {phantom::noise(each.size, type, 77),
                                         phantom::blobs(each.size, 0, std::min(30000.0, support::highest(type)))}) {
                const Source source(volume, type);
                for (const char* kernel : {"box", "tent", "cubic:1,0", "cubic:0,0.5", "cubic:0.25,0.375", "ctmr",
                                           "gauss:0.5,4", "black:3", "bspl3", "bspl5"}) {
                    Recipe r = recipe(kernel, {1, 1});
                    r.size = each.made;
                    const Doubles ours = import_samples(source.stack, options_of(r));
                    const Doubles theirs = unu(volume, type, kernel, each.made);
                    REQUIRE(ours.size() == theirs.size());
                    // Both against the truth: they differ from one another only where it lies on a tie.
                    const reference::Result truth = reference::resample(volume, axes_of(r, volume.size));
                    const reference::Tolerance tolerance = reference::tolerance(volume, type);
                    INFO(kernel << ' ' << stack2nrrd::sample_type_name(type) << ' ' << each.made[0]);
                    CHECK(reference::disagreement(truth, ours, type, tolerance) == "");
                    CHECK(reference::disagreement(truth, theirs, type, tolerance) == "");
                    // The header agrees as well.
                }
            }
        }
    }
}

TEST_CASE("hann equals unu resample where no sample lies on an output", "[import]") {
    // (At 0 Teem's hann is 1.1; with even factors no sample lies there.)
    const Volume volume = phantom::noise({48, 36, 24}, SampleType::uint16, 78);
    const Source source(volume, SampleType::uint16);
    for (const char* kernel : {"hann:3", "hann:2"}) {
        Recipe r = recipe(kernel, {1, 1});
        r.size = {24, 9, 6};
        const reference::Result truth = reference::resample(volume, axes_of(r, volume.size));
        const reference::Tolerance tolerance = reference::tolerance(volume, SampleType::uint16);
        CHECK(reference::disagreement(truth, import_samples(source.stack, options_of(r)), SampleType::uint16,
                                      tolerance) == "");
        CHECK(reference::disagreement(truth, unu(volume, SampleType::uint16, kernel, r.size), SampleType::uint16,
                                      tolerance) == "");
    }
}

#endif

#if defined(STACK2NRRD_HAVE_TEEM)

TEST_CASE("Teem loads what we write", "[import]") {
    support::TempFolder folder;
    for (const SampleType type : support::all_types) {
        for (const int channels : {1, 3, 4}) {
            if (channels > 1 && type != SampleType::uint8 && type != SampleType::uint16) continue;
            const Source source(phantom::noise({20, 18, 14}, type, 5, channels), type);
            for (const auto encoding : {stack2nrrd::Encoding::raw, stack2nrrd::Encoding::gzip}) {
                for (const char* name : {"out.nrrd", "out.nhdr"}) {
                    Options options = options_of(recipe("lanczos:3", {3, 2}));
                    options.channel = channels == 1 ? stack2nrrd::Channel::luma : stack2nrrd::Channel::all;
                    options.spacing = stack2nrrd::Vector3{0.1, 0.2, 0.7};
                    options.origin = stack2nrrd::Vector3{-3.25, 1.0 / 3, 1e6};
                    options.nrrd.encoding = encoding;
                    options.nrrd.force = true;
                    stack2nrrd::VolumeInfo info;
                    const Bytes bytes = import_bytes(source.stack, options, &info);
                    const auto file = folder / name;
                    const auto sink = stack2nrrd::nrrd_sink(file, options.nrrd);
                    stack2nrrd::run_import(stack2nrrd::plan_import(source.stack, options), *sink);

                    INFO(stack2nrrd::sample_type_name(type) << ' ' << channels << ' ' << name);
                    const std::unique_ptr<Nrrd, decltype(&nrrdNuke)> nrrd(nrrdNew(), &nrrdNuke);
                    if (nrrdLoad(nrrd.get(), file.string().c_str(), nullptr) != 0) {
                        const std::unique_ptr<char, decltype(&std::free)> why(biffGetDone(NRRD), &std::free);
                        FAIL(why.get());
                    }
                    const unsigned lead = channels == 1 ? 0 : 1;
                    REQUIRE(nrrd->dim == 3 + lead);
                    CHECK(nrrdElementNumber(nrrd.get()) * nrrdElementSize(nrrd.get()) == bytes.size());
                    CHECK(std::memcmp(nrrd->data, bytes.data(), bytes.size()) == 0);
                    CHECK(nrrd->space == nrrdSpaceLeftPosteriorSuperior);
                    for (unsigned a = 0; a < 3; ++a) {
                        CHECK(nrrd->spaceOrigin[a] == info.geometry.origin[a]);
                        CHECK(std::string(nrrd->spaceUnits[a]) == "mm");
                        CHECK(nrrd->axis[a + lead].center == nrrdCenterCell);
                        CHECK(nrrd->axis[a + lead].kind == nrrdKindDomain);
                        CHECK(nrrd->axis[a + lead].size == static_cast<std::size_t>(info.size[a]));
                        for (unsigned d = 0; d < 3; ++d)
                            CHECK(nrrd->axis[a + lead].spaceDirection[d] == info.geometry.direction[a][d]);
                    }
                }
            }
        }
    }
}

#endif
