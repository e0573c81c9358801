// What --verify sees: any change of a file, and where it is.

#include "stack2nrrd/verify.hpp"

#include "import/grids.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_slices.hpp"

#include <stack2nrrd/error.hpp>

#include <fstream>
#include <iterator>

namespace {

using namespace grid_test;
namespace fs = std::filesystem;
using stack2nrrd::InputState;
using stack2nrrd::Verification;

std::string bytes_of(const fs::path& file) {
    const auto bytes = support::read_file(file);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void put(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

/// A folder of slices, and what is made of it.
struct Made {
    explicit Made(std::array<Index, 3> size, const Settings& settings = {}, const std::string& name = "v.nrrd")
        : file(folder / name) {
        fs::create_directory(folder / "scan");
        support::write_slices(folder / "scan", phantom::noise(size, SampleType::uint16, 4), SampleType::uint16);
        write(file, settings);
    }

    void write(const fs::path& to, const Settings& settings) const {
        Options options = options_with(settings);
        options.nrrd.force = true;
        const Stack stack = stack2nrrd::find_stack(folder / "scan", options);
        const auto sink = stack2nrrd::nrrd_sink(to, options.nrrd);
        (void)stack2nrrd::run_import(stack2nrrd::plan_import(stack, options), *sink);
    }

    support::TempFolder folder;
    fs::path file;
};

/// Not even that: it cannot be read.
bool is_seen(const fs::path& file, Verification* found = nullptr) {
    try {
        const Verification verification = stack2nrrd::verify(file);
        if (found != nullptr) *found = verification;
        return !verification.good();
    } catch (const stack2nrrd::Error&) {
        return true;
    }
}

}  // namespace

TEST_CASE("what was just written is as it was written", "[verify]") {
    for (const char* name : {"v.nrrd", "v.nhdr"}) {
        for (const char* encoding : {"raw", "gzip"}) {
            for (const Index slices : {1, 64, 150}) {
                const Made made({9, 8, slices}, {{"encoding", encoding}}, name);
                const Verification found = stack2nrrd::verify(made.file);
                CAPTURE(name, encoding, slices);
                CHECK(found.good());
                CHECK(found.problems.empty());
                CHECK(found.slices == slices);
                CHECK(found.slices_per_slab == (slices + 63) / 64);
                CHECK(found.slabs == (slices + found.slices_per_slab - 1) / found.slices_per_slab);
                CHECK(found.inputs == InputState::unchanged);
                CHECK(found.input.filename() == "scan");
                CHECK(has(stack2nrrd::verification_text(found), "as written; inputs unchanged"));
            }
        }
    }
}

TEST_CASE("a change of any byte is seen, and that of a sample in its slab", "[verify]") {
    for (const Index slices : {7, 130}) {
        const Made made({5, 3, slices});
        fs::remove_all(made.folder / "scan");  // which would be looked at each time
        const std::string good = bytes_of(made.file);
        const std::size_t samples = good.find("\n\n") + 2;
        REQUIRE(good.size() == samples + static_cast<std::size_t>(slices) * 30);
        const Index thick = (slices + 63) / 64;
        for (std::size_t at = slices > 7 ? samples : 0; at<good.size(); at += slices> 7 ? 7 : 1) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
            put(made.file, bad);
            CAPTURE(slices, at);
            Verification found;
            CHECK(is_seen(made.file, &found));
            if (at < samples) continue;
            CHECK(found.damaged == std::vector<Index>{static_cast<Index>(at - samples) / 30 / thick});
            CHECK(found.header_as_written);
            CHECK(found.code() == ErrorCode::corrupt);
            CHECK(has(found.problems.front().text, "slab " + std::to_string(found.damaged.front()) + " (slice"));
        }
    }
}

TEST_CASE("a change of any byte of compressed samples is seen", "[verify]") {
    const Made made({5, 4, 9}, {{"encoding", "gzip"}}, "v.nhdr");
    const fs::path packed = made.folder / "v.raw.gz";
    fs::remove_all(made.folder / "scan");
    const std::string good = bytes_of(packed);
    const auto samples = support::inflate_one_member(support::read_file(packed));
    int named = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        if (at >= 3 && at < 10) continue;  // flags, time and system, which say nothing of the samples
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
        put(packed, bad);
        CAPTURE(at);
        Verification found;
        CHECK(is_seen(made.file, &found));
        if (!found.damaged.empty() || found.unreadable_from) ++named;
    }
    CHECK(named > static_cast<int>(good.size()) / 2);
    // A stream that is whole, of other samples: nothing but our checksums can know.
    auto other = samples;
    other[4 * 40 + 7] ^= std::byte{1};
    put(packed, good);
    put(made.folder / "v.raw", std::string(reinterpret_cast<const char*>(other.data()), other.size()));
    std::string header = bytes_of(made.file);
    header.replace(header.find("v.raw.gz"), 8, "v.raw");
    header.replace(header.find("encoding: gzip"), 14, "encoding: raw");
    put(made.file, header);
    const Verification found = stack2nrrd::verify(made.file);
    CHECK(found.damaged == std::vector<Index>{4});
    CHECK_FALSE(found.header_as_written);  // its encoding is another one
}

TEST_CASE("too few bytes and too many are seen", "[verify]") {
    for (const char* encoding : {"raw", "gzip"}) {
        const Made made({6, 5, 8}, {{"encoding", encoding}});
        fs::remove_all(made.folder / "scan");
        const std::string good = bytes_of(made.file);
        const std::size_t header = good.find("\n\n") + 2;
        for (std::size_t size = header; size < good.size(); ++size) {
            put(made.file, good.substr(0, size));
            CAPTURE(encoding, size);
            CHECK(is_seen(made.file));
        }
        for (const std::string& more : {std::string("x"), std::string(7, '\1'), good.substr(header)}) {
            put(made.file, good + more);
            CAPTURE(encoding, more.size());
            Verification found;
            CHECK(is_seen(made.file, &found));
            CHECK_FALSE(found.samples_complete);
            CHECK(found.damaged.empty());
        }
        put(made.file, good);
        CHECK_FALSE(is_seen(made.file));
    }
}

TEST_CASE("inputs are compared by number, name, size and order", "[verify]") {
    const Made made({6, 5, 8});
    const fs::path scan = made.folder / "scan";
    const fs::path one = scan / support::slice_name(3);
    const auto state = [&] { return stack2nrrd::verify(made.file).inputs; };
    CHECK(state() == InputState::unchanged);

    // Other contents of the same size, and another date, are not looked at.
    const std::string bytes = bytes_of(one);
    std::string changed = bytes;
    changed[30] = static_cast<char>(changed[30] ^ 1);  // a sample
    put(one, changed);
    CHECK(state() == InputState::unchanged);
    put(one, bytes + "x");
    CHECK(state() == InputState::changed);
    const Verification found = stack2nrrd::verify(made.file);
    CHECK(found.code() == ErrorCode::changed);
    CHECK(found.damaged.empty());
    CHECK(has(found.problems.front().text, "scan"));
    put(one, bytes);

    fs::rename(one, made.folder / "away.tif");
    CHECK(state() == InputState::changed);
    CHECK(has(stack2nrrd::verify(made.file).problems.front().text, "7 files"));
    fs::rename(made.folder / "away.tif", one);
    for (const int i : {0, 1, 2, 3, 4, 5, 6, 7}) {
        fs::rename(scan / support::slice_name(i), scan / ("s" + support::slice_name(i)));
    }
    CHECK(state() == InputState::changed);
    for (const int i : {0, 1, 2, 3, 4, 5, 6, 7}) {
        fs::rename(scan / ("s" + support::slice_name(i)), scan / support::slice_name(i));
    }
    CHECK(state() == InputState::unchanged);

    // The same data elsewhere are the same, and give the same bytes.
    const std::string whole = bytes_of(made.file);
    support::TempFolder elsewhere;
    fs::copy(scan, elsewhere / "scan", fs::copy_options::recursive);
    const Stack copy = stack2nrrd::find_stack(elsewhere / "scan");
    CHECK(stack2nrrd::verify(made.file, &copy).inputs == InputState::unchanged);
    const auto sink = stack2nrrd::nrrd_sink(elsewhere / "v.nrrd");
    (void)stack2nrrd::run_import(stack2nrrd::plan_import(copy), *sink);
    CHECK((bytes_of(elsewhere / "v.nrrd") == whole));

    fs::remove_all(scan);
    CHECK(state() == InputState::not_found);
    CHECK(stack2nrrd::verify(made.file).good());
    // A program's own slices are no files.
    const std::vector<std::byte> samples(24);
    VolumeInfo info;
    info.size = {2, 3, 4};
    const auto own = stack2nrrd::nrrd_sink(made.folder / "own.nrrd");
    (void)stack2nrrd::run_import(stack2nrrd::plan_import(stack2nrrd::stack_from(info, samples)), *own);
    CHECK(stack2nrrd::verify(made.folder / "own.nrrd").inputs == InputState::not_recorded);
}

TEST_CASE("files of others, and what is no volume, are refused in a sentence", "[verify]") {
    support::TempFolder folder;
    std::string sentence;
    const auto code = [&](const fs::path& file) { return refusal([&] { (void)stack2nrrd::verify(file); }, &sentence); };
    support::write_volume(folder / "other.nrrd", phantom::noise({3, 4, 5}, SampleType::uint8), SampleType::uint8);
    CHECK(code(folder / "other.nrrd") == ErrorCode::invalid_argument);
    CHECK(has(sentence, "has no checksums"));
    CHECK(code(folder / "nothing.nrrd") == ErrorCode::not_found);
    put(folder / "text.nrrd", "hello");
    CHECK(code(folder / "text.nrrd") == ErrorCode::corrupt);
    fs::create_directory(folder / "v.ome.zarr");
    CHECK(code(folder / "v.ome.zarr") == ErrorCode::invalid_argument);
    CHECK(has(sentence, "OME-Zarr"));
    CHECK(code(folder / "w.zarr") == ErrorCode::invalid_argument);
}

TEST_CASE("a result of a result has checksums of its own alone", "[verify]") {
    const Made made({9, 8, 7}, {{"encoding", "gzip"}});
    const Stack stack = stack2nrrd::find_stack(made.file);
    for (const auto& [key, value] : stack.notes) CHECK_FALSE(key.starts_with("stack2nrrd"));
    const auto sink = stack2nrrd::nrrd_sink(made.folder / "w.nrrd");
    (void)stack2nrrd::run_import(stack2nrrd::plan_import(stack, options_with({{"factor", "2"}})), *sink);
    const support::Nrrd nrrd = support::read_nrrd(made.folder / "w.nrrd");
    for (const char* key : {"stack2nrrd_crc32", "stack2nrrd_header_crc32", "stack2nrrd_inputs"}) {
        CHECK(std::count_if(nrrd.pairs.begin(), nrrd.pairs.end(), [&](const auto& p) { return p.first == key; }) == 1);
    }
    CHECK(stack2nrrd::verify(made.folder / "w.nrrd").good());
    CHECK(nrrd.pair("stack2nrrd_inputs").starts_with("1 file, "));
}
