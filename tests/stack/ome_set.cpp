// Files that are one stack together by their OME text: whatever page is in whatever file, each is found.

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"
#include "support/write_pages.hpp"

#include <stack2nrrd/stack.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::FindOptions;
using stack2nrrd::Index;
using stack2nrrd::Stack;

constexpr int Z = 3, C = 2, T = 1;

struct Plane {
    int z = 0, c = 0, t = 0;
};

std::uint16_t value_of(const Plane& plane) {
    return static_cast<std::uint16_t>(1000 * plane.t + 100 * plane.c + plane.z + 1);
}

/// A set of files, each with its planes. `names` are those in the text.
struct Set {
    std::vector<std::string> names;
    std::vector<std::vector<Plane>> planes;
    std::array<int, 3> size{Z, C, T};
    std::string id = "u";     ///< what the UUIDs of the files begin with
    std::string behind = {};  ///< another image

    [[nodiscard]] std::string uuid(std::size_t file) const { return "urn:uuid:" + id + std::to_string(file); }

    [[nodiscard]] std::string image() const {
        std::string text = R"(<Image><Pixels DimensionOrder="XYZCT" Type="uint16" SizeX="4" SizeY="3" SizeZ=")" +
                           std::to_string(size[0]) + "\" SizeC=\"" + std::to_string(size[1]) + "\" SizeT=\"" +
                           std::to_string(size[2]) + R"(" PhysicalSizeX="0.5" PhysicalSizeY="0.25" PhysicalSizeZ="2">)";
        for (std::size_t file = 0; file < names.size(); ++file) {
            for (std::size_t i = 0; i < planes[file].size(); ++i) {
                const Plane& plane = planes[file][i];
                text += "<TiffData IFD=\"" + std::to_string(i) + "\" FirstZ=\"" + std::to_string(plane.z) +
                        "\" FirstC=\"" + std::to_string(plane.c) + "\" FirstT=\"" + std::to_string(plane.t) +
                        "\" PlaneCount=\"1\"><UUID FileName=\"" + names[file] + "\">" + uuid(file) +
                        "</UUID></TiffData>";
            }
        }
        return text + "</Pixels></Image>";
    }
    [[nodiscard]] std::string text(const std::string& own) const {
        return "<?xml version=\"1.0\"?><OME UUID=\"" + own + "\">" + image() + behind + "</OME>";
    }
    [[nodiscard]] std::string binary_only(std::size_t file, const std::string& metadata) const {
        return "<OME UUID=\"" + uuid(file) + "\"><BinaryOnly MetadataFile=\"" + metadata +
               "\" UUID=\"urn:uuid:m\"/></OME>";
    }
    void write(const fs::path& folder, std::size_t file, const std::string& words) const {
        std::vector<support::FlatPage> pages(planes[file].size());
        for (std::size_t i = 0; i < pages.size(); ++i) pages[i].value = value_of(planes[file][i]);
        support::write_pages(folder / names[file], pages, words);
    }
    void write(const fs::path& folder) const {
        for (std::size_t file = 0; file < names.size(); ++file) write(folder, file, text(uuid(file)));
    }
};

std::vector<Plane> all_planes() {
    std::vector<Plane> planes;
    for (int t = 0; t < T; ++t) {
        for (int c = 0; c < C; ++c) {
            for (int z = 0; z < Z; ++z) planes.push_back({z, c, t});
        }
    }
    return planes;
}

/// The first sample of each slice, by the codec alone; 0 for one that is missing.
std::vector<int> values(const Stack& stack) {
    struct First : stack2nrrd::RowSink {
        std::uint16_t value = 0;
        void rows(Index y, Index, const std::byte* samples) override {
            if (y == 0) std::memcpy(&value, samples, sizeof value);
        }
    };
    std::vector<int> result;
    for (const stack2nrrd::SliceRef slice : stack.slices) {
        First first;
        if (!slice.missing()) {
            stack2nrrd::Workbench bench;
            stack2nrrd::InputFile file(stack.files.path(static_cast<std::size_t>(slice.file)));
            stack2nrrd::codec_for(file).decode(file, slice.place, stack2nrrd::Samples::shown, {}, bench, first);
        }
        result.push_back(first.value);
    }
    return result;
}

std::vector<int> expected(int c, int t = 0) {
    std::vector<int> result;
    for (int z = 0; z < Z; ++z) result.push_back(value_of({z, c, t}));
    return result;
}

FindOptions channel(int c) {
    FindOptions options;
    options.channel = static_cast<stack2nrrd::Channel>(c);
    options.threads = 1;
    return options;
}

std::optional<std::string> fatal(const Stack& stack) {
    const auto found = std::find_if(stack.problems.begin(), stack.problems.end(),
                                    [](const stack2nrrd::Problem& problem) { return problem.fatal; });
    return found == stack.problems.end() ? std::nullopt : std::optional(found->text);
}

void check_set(const fs::path& input) {
    for (int c = 0; c < C; ++c) {
        const Stack stack = stack2nrrd::find_stack(input, channel(c));
        CAPTURE(input.string(), c, fatal(stack));
        CHECK_FALSE(fatal(stack).has_value());
        CHECK(values(stack) == expected(c));
    }
}

std::string refusal(const fs::path& input) {
    try {
        const Stack stack = stack2nrrd::find_stack(input, channel(0));
        return fatal(stack).value_or("");
    } catch (const stack2nrrd::Error& error) {
        CHECK(error.code() == stack2nrrd::ErrorCode::inconsistent);
        return error.what();
    }
}

const std::vector<std::string> micro_manager{"MMStack_Pos0.ome.tif", "MMStack_Pos0_1.ome.tif",
                                             "MMStack_Pos0_2.ome.tif"};

/// All planes dealt out to three files, in any order.
Set dealt(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Plane> planes = all_planes();
    std::shuffle(planes.begin(), planes.end(), random);
    Set set{micro_manager, {{planes[0], planes[1], planes[2]}, {planes[3]}, {planes[4], planes[5]}}};
    return set;
}

}  // namespace

TEST_CASE("whatever page of a set is in whatever of its files, each becomes its slice", "[stack]") {
    const support::TempFolder folder;
    const std::vector<Plane> planes = all_planes();
    const std::vector<std::string> names{"a.ome.tif", "b.ome.tif", "c.ome.tif"};
    std::mt19937 random(3);
    for (int assignment = 0; assignment < 729; ++assignment) {  // 3 ^ 6
        Set set{names, std::vector<std::vector<Plane>>(3)};
        std::vector<Plane> shuffled = planes;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        int rest = assignment;
        for (const Plane& plane : shuffled) {
            set.planes[static_cast<std::size_t>(rest % 3)].push_back(plane);
            rest /= 3;
        }
        for (std::size_t file = set.names.size(); file-- > 0;) {  // files without a page are not there
            if (!set.planes[file].empty()) continue;
            set.names.erase(set.names.begin() + static_cast<std::ptrdiff_t>(file));
            set.planes.erase(set.planes.begin() + static_cast<std::ptrdiff_t>(file));
        }
        const fs::path here = folder / std::to_string(assignment);
        fs::create_directory(here);
        set.write(here);
        const int c = assignment % C;
        const fs::path input = assignment % 2 == 0 ? here : here / set.names.back();
        const Stack stack = stack2nrrd::find_stack(input, channel(c));
        if (fatal(stack) || values(stack) != expected(c))
            FAIL(assignment << ": " << fatal(stack).value_or("other values"));
    }
}

TEST_CASE("the words of a set may be in each of its files, in one, or beside them", "[stack]") {
    const support::TempFolder folder;
    for (unsigned seed = 0; seed < 10; ++seed) {
        Set set = dealt(seed);
        SECTION("in each") { set.write(folder.path()); }
        SECTION("in the first") {
            for (std::size_t file = 0; file < 3; ++file) {
                set.write(folder.path(), file, file == 0 ? set.text(set.uuid(0)) : set.binary_only(file, set.names[0]));
            }
        }
        SECTION("beside them") {
            for (std::size_t file = 0; file < 3; ++file)
                set.write(folder.path(), file, set.binary_only(file, "m.companion.ome"));
            std::ofstream(folder / "m.companion.ome") << set.text("urn:uuid:m");
        }
        check_set(folder.path());
        for (const std::string& name : set.names) check_set(folder / name);
        check_set(folder / "MMStack_*.tif");
        const Stack stack = stack2nrrd::find_stack(folder.path());
        CHECK(stack.geometry.spacing_known);
        CHECK(stack2nrrd::spacing(stack.geometry, 1) == 0.00025);
        CHECK(stack2nrrd::spacing(stack.geometry, 2) == 0.002);
    }
}

TEST_CASE("a file that is missing from a set is named", "[stack]") {
    for (std::size_t gone = 0; gone < 3; ++gone) {
        const support::TempFolder folder;
        dealt(1).write(folder.path());
        fs::remove(folder / micro_manager[gone]);
        for (const fs::path& input : {folder.path(), folder / micro_manager[(gone + 1) % 3]}) {
            CAPTURE(input.string());
            const std::string text = refusal(input);
            CAPTURE(text);
            CHECK(text.find("set of 3 files, and " + micro_manager[gone] + " is missing") != std::string::npos);
        }
    }
    // Nor is it enough to list some of them.
    const support::TempFolder folder;
    dealt(1).write(folder.path());
    try {
        static_cast<void>(stack2nrrd::find_stack(
            std::vector<std::string>{(folder / micro_manager[0]).string(), (folder / micro_manager[2]).string()}));
        FAIL("two of three files were taken");
    } catch (const stack2nrrd::Error& error) {
        CHECK(std::string(error.what()).find(micro_manager[1] + " was not given") != std::string::npos);
    }
}

TEST_CASE("files of a set that were renamed are known by their UUID", "[stack]") {
    const support::TempFolder folder;
    dealt(2).write(folder.path());
    const std::array<const char*, 3> names{"z.tif", "a.tif", "k.tif"};
    for (std::size_t i = 0; i < 3; ++i) fs::rename(folder / micro_manager[i], folder / names[i]);
    check_set(folder.path());
    for (const char* name : names) check_set(folder / name);
}

TEST_CASE("sets of other positions are other stacks", "[stack]") {
    const support::TempFolder folder;
    Set other = dealt(4);
    other.id = "v";
    for (std::string& name : other.names) name.replace(name.find("Pos0"), 4, "Pos1");
    // Both texts tell of both images, as Micro-Manager writes it.
    Set first = dealt(3);
    first.behind = other.image();
    Set second = other;
    second.behind = "<!-- -->";
    for (std::size_t file = 0; file < 3; ++file) {
        first.write(folder.path(), file, first.text(first.uuid(file)));
        second.write(folder.path(), file, first.text(second.uuid(file)));
    }
    for (const std::string& name : first.names) check_set(folder / name);
    for (const std::string& name : second.names) check_set(folder / name);
    check_set(folder / "MMStack_Pos1*.tif");
    const std::string text = refusal(folder.path());
    CHECK(text.find("MMStack_Pos1.ome.tif") != std::string::npos);
    CHECK(text.find("not of that set") != std::string::npos);
}
