#include "sink/nrrd_header.hpp"
#include "sink/value_range.hpp"

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::Colour;
using stack2nrrd::Encoding;
using stack2nrrd::ErrorCode;
using stack2nrrd::NrrdOptions;
using stack2nrrd::SampleType;
using stack2nrrd::VolumeInfo;
using support::Volume;

VolumeInfo info_of(const Volume& volume, SampleType type) {
    VolumeInfo info;
    info.size = volume.size;
    info.channels = volume.channels;
    info.colour = static_cast<Colour>(volume.channels - 1);
    info.type = type;
    info.geometry.spacing_known = true;
    info.geometry.direction = {{{0.1, 0, 0}, {0, 1.0 / 3, 0}, {0, 0, 7e-5}}};
    info.geometry.origin = {-1.5, 1e10, 0.05};
    info.notes = {{"stack2nrrd_kernel", "lanczos:3"}, {"odd", "a\\b\nc: d:=e # f  "}};
    return info;
}

void write(stack2nrrd::Sink& sink, const Volume& volume, const VolumeInfo& info) {
    const std::vector<std::byte> bytes = support::to_bytes(volume.samples, info.type);
    const auto slice = static_cast<std::size_t>(info.slice_bytes());
    sink.begin(info);
    for (std::size_t z = 0; z < static_cast<std::size_t>(info.size[2]); ++z)
        sink.write_slice(static_cast<stack2nrrd::Index>(z), std::span(bytes).subspan(z * slice, slice));
    sink.finish();
    sink.publish();
}

void write(const fs::path& file, const Volume& volume, SampleType type, const NrrdOptions& options = {}) {
    write(*stack2nrrd::nrrd_sink(file, options), volume, info_of(volume, type));
}

std::vector<std::string> names_of(const support::Nrrd& nrrd) {
    std::vector<std::string> names;
    for (const auto& field : nrrd.fields) names.push_back(field.first);
    return names;
}

using support::refusal;

NrrdOptions gzip(int level = 6) {
    NrrdOptions options;
    options.encoding = Encoding::gzip;
    options.level = level;
    return options;
}

NrrdOptions with_force(NrrdOptions options = {}) {
    options.force = true;
    return options;
}

std::string text_of(const fs::path& file) {
    const auto bytes = support::read_file(file);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a volume reads back as it was written", "[sink]") {
    support::TempFolder folder;
    for (const SampleType type : support::all_types) {
        for (const int channels : {1, 2, 3, 4}) {
            const Volume volume = phantom::noise({13, 9, 6}, type, 3, channels);
            for (const auto& options : {NrrdOptions{}, gzip(1), gzip(6), gzip(9)}) {
                for (const char* name : {"v.nrrd", "v.nhdr"}) {
                    write(folder / name, volume, type, with_force(options));
                    const support::Nrrd nrrd = support::read_nrrd(folder / name);
                    INFO(stack2nrrd::sample_type_name(type) << ' ' << channels << ' ' << name);
                    CHECK(nrrd.type == type);
                    std::vector<std::int64_t> sizes{13, 9, 6};
                    if (channels > 1) sizes.insert(sizes.begin(), channels);
                    CHECK(nrrd.sizes == sizes);
                    CHECK((nrrd.samples == support::to_bytes(volume.samples, type)));
                    const VolumeInfo info = info_of(volume, type);
                    const auto directions = nrrd.directions();
                    REQUIRE(directions.size() == 3);
                    for (std::size_t a = 0; a < 3; ++a) CHECK(directions[a] == info.geometry.direction[a]);
                    CHECK(nrrd.origin() == info.geometry.origin);
                }
            }
        }
    }
    // v.nrrd, v.nhdr, v.raw, v.raw.gz: nothing temporary is left
    CHECK(folder.entries() == 4);
}

TEST_CASE("the header has its fields in the order that all readers take", "[sink]") {
    support::TempFolder folder;
    const Volume volume = phantom::noise({5, 4, 3}, SampleType::uint16);
    write(folder / "a.nrrd", volume, SampleType::uint16);
    support::Nrrd nrrd = support::read_nrrd(folder / "a.nrrd");
    CHECK(nrrd.magic == "NRRD0004");
    CHECK(names_of(nrrd) == std::vector<std::string>{"type", "dimension", "sizes", "space", "space directions",
                                                     "centerings", "kinds", "endian", "encoding", "space units",
                                                     "space origin"});
    CHECK(nrrd.field("type") == "uint16");
    CHECK(nrrd.field("dimension") == "3");
    CHECK(nrrd.field("sizes") == "5 4 3");
    CHECK(nrrd.field("space") == "left-posterior-superior");
    CHECK(nrrd.field("centerings") == "cell cell cell");
    CHECK(nrrd.field("kinds") == "domain domain domain");
    CHECK(nrrd.field("endian") == "little");
    CHECK(nrrd.field("encoding") == "raw");
    CHECK(nrrd.field("space units") == "\"mm\" \"mm\" \"mm\"");
    CHECK(nrrd.text.find("spacings") == std::string::npos);
    CHECK(nrrd.text.size() >= 2);
    CHECK(nrrd.text.substr(nrrd.text.size() - 2) == "\n\n");
    // Key/values follow the fields.
    for (std::size_t i = 0; i < 11; ++i) CHECK(nrrd.lines[i].find(":=") == std::string::npos);
    CHECK(nrrd.pair("odd") == "a\\b\nc: d:=e # f  ");
    CHECK(nrrd.pair("stack2nrrd_kernel") == "lanczos:3");

    write(folder / "a.nhdr", volume, SampleType::uint16, gzip());
    nrrd = support::read_nrrd(folder / "a.nhdr");
    CHECK(nrrd.lines.back() == "data file: a.raw.gz");
    CHECK(nrrd.field("encoding") == "gzip");
    write(folder / "b.c.nhdr", volume, SampleType::uint16);
    CHECK(support::read_nrrd(folder / "b.c.nhdr").lines.back() == "data file: b.c.raw");

    VolumeInfo unknown = info_of(volume, SampleType::uint8);
    unknown.geometry.spacing_known = false;
    write(*stack2nrrd::nrrd_sink(folder / "u.nrrd"), Volume(volume.size), unknown);
    nrrd = support::read_nrrd(folder / "u.nrrd");
    CHECK(nrrd.field("space units") == "");
    CHECK(nrrd.field("endian") == "");  // one byte has none
    VolumeInfo negative = info_of(volume, SampleType::uint8);
    negative.geometry.origin = {-0.0, 0, 0};
    write(*stack2nrrd::nrrd_sink(folder / "n.nrrd"), Volume(volume.size), negative);
    CHECK(support::read_nrrd(folder / "n.nrrd").field("space origin") == "(0,0,0)");

    const Volume colour = phantom::noise({5, 4, 3}, SampleType::uint8, 1, 3);
    write(folder / "c.nrrd", colour, SampleType::uint8);
    nrrd = support::read_nrrd(folder / "c.nrrd");
    CHECK(nrrd.field("kinds") == "RGB-color domain domain domain");
    CHECK(nrrd.field("sizes") == "3 5 4 3");
    CHECK(nrrd.field("space directions").rfind("none (", 0) == 0);
}

TEST_CASE("gzip is one member, and the same each time", "[sink]") {
    support::TempFolder folder;
    for (const double high : {3.0, 65535.0}) {  // compressible and not
        const Volume volume = phantom::noise({300, 200, 9}, 0, high, true);
        for (const int level : {1, 6, 9}) {
            write(folder / "a.nhdr", volume, SampleType::uint16, with_force(gzip(level)));
            const auto first = support::read_file(folder / "a.raw.gz");
            // Throws if a second member, or anything else, follows.
            CHECK((support::inflate_one_member(first) == support::to_bytes(volume.samples, SampleType::uint16)));
            write(folder / "a.nhdr", volume, SampleType::uint16, with_force(gzip(level)));
            CHECK((support::read_file(folder / "a.raw.gz") == first));
        }
    }
}

TEST_CASE("min and max are exact, for each channel, without NaN", "[sink]") {
    constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    struct Row {
        SampleType type;
        std::vector<double> values;
        const char* min;
        const char* max;
    };
    support::TempFolder folder;
    for (const Row& row : std::vector<Row>{
             {SampleType::uint8, {3, 200, 7, 9}, "3", "200"},
             {SampleType::int8, {-128, 5, 127, 0}, "-128", "127"},
             {SampleType::uint16, {65535, 65534, 65533, 65535}, "65533", "65535"},
             {SampleType::uint32, {4294967295.0, 4294967294.0, 4294967295.0, 4294967295.0}, "4294967294", "4294967295"},
             {SampleType::int32, {-2147483648.0, 0, 0, -1}, "-2147483648", "0"},
             {SampleType::int64,
              {-9223372036854775808.0, 5, 9007199254740992.0, 0},
              "-9223372036854775808",
              "9007199254740992"},
             {SampleType::uint64,
              {9223372036854775808.0, 18446744073709551616.0, 1e10, 1e19},
              "10000000000",
              "18446744073709551615"},
             {SampleType::float32, {0.5F, 0.25F, -0.125F, 0.15F}, "-0.125", "0.5"},
             {SampleType::float64, {0.1, -1e-300, 1.0 / 3, 0}, "-1e-300", "0.3333333333333333"},
             {SampleType::float64, {nan_value, 2, nan_value, -5}, "-5", "2"},
             {SampleType::float32, {nan_value, nan_value, nan_value, 4}, "4", "4"},
             {SampleType::float32, {nan_value, nan_value, nan_value, nan_value}, "nan", "nan"},
             {SampleType::float64, {infinity, 1, -infinity, nan_value}, "-inf", "inf"},
             {SampleType::float64,
              {-2.2250738585072014e-308, -1.7976931348623157e+308, 0, -3},
              "-1.7976931348623157e+308",
              "0"}}) {
        Volume volume({2, 1, 2});
        volume.samples = row.values;
        write(folder / "a.nrrd", volume, row.type, with_force());
        const support::Nrrd nrrd = support::read_nrrd(folder / "a.nrrd");
        const auto trimmed = [](std::string text) {
            while (!text.empty() && text.back() == ' ') text.pop_back();
            return text;
        };
        CHECK(trimmed(nrrd.pair("min")) == row.min);
        CHECK(trimmed(nrrd.pair("max")) == row.max);
    }
    Volume colour({2, 1, 2}, 3);
    colour.samples = {1, 20, 300, 4, 50, 6, 70, 8, 9, 10, 11, 12};
    write(folder / "a.nrrd", colour, SampleType::uint16, with_force());
    const support::Nrrd nrrd = support::read_nrrd(folder / "a.nrrd");
    CHECK(nrrd.pair("min").rfind("1 8 6", 0) == 0);
    CHECK(nrrd.pair("max").rfind("70 50 300", 0) == 0);
    Volume floats({2, 1, 2});
    floats.samples = {0.1F, 0.2F, 0.3F, 0.15F};
    write(folder / "a.nrrd", floats, SampleType::float32, with_force());
    CHECK(std::stof(support::read_nrrd(folder / "a.nrrd").pair("min")) == 0.1F);
    CHECK(std::stof(support::read_nrrd(folder / "a.nrrd").pair("max")) == 0.3F);
    // The longest numbers fit into the room that is kept for them.
    Volume longest({1, 1, 1}, 4, -2.2250738585072014e-308);
    write(folder / "a.nrrd", longest, SampleType::float64, with_force());
    CHECK(support::read_nrrd(folder / "a.nrrd")
              .pair("min")
              .rfind("-2.2250738585072014e-308 -2.2250738585072014e-308", 0) == 0);
    CHECK(support::read_nrrd(folder / "a.nrrd").samples.size() == 32);
}

TEST_CASE("the temporary file is hidden, and goes with an unfinished sink", "[sink]") {
    for (const char* name : {"a.nrrd", "a.nhdr"}) {
        support::TempFolder folder;
        const Volume volume = phantom::noise({5, 4, 3}, SampleType::uint8);
        const VolumeInfo info = info_of(volume, SampleType::uint8);
        {
            const auto sink = stack2nrrd::nrrd_sink(folder / name);
            CHECK(folder.entries() == 0);
            sink->begin(info);
            const std::vector<std::byte> slice(20);
            sink->write_slice(0, slice);
            CHECK(folder.entries() == (std::string(name) == "a.nhdr" ? 4 : 2));  // with their locks
            for (const auto& entry : fs::directory_iterator(folder.path())) {
                const std::string temporary = entry.path().filename().string();
                CHECK(temporary.front() == '.');
                CHECK(entry.path().extension() != ".nrrd");
                CHECK(entry.path().extension() != ".nhdr");
            }
        }
        CHECK(folder.entries() == 0);
    }
}

TEST_CASE("an existing file is replaced only by force, and only when all is written", "[sink]") {
    support::TempFolder folder;
    const Volume volume = phantom::noise({5, 4, 3}, SampleType::uint8);
    std::ofstream(folder / "a.nrrd") << "old";
    std::ofstream(folder / "b.raw") << "old";
    CHECK(refusal([&] { write(folder / "a.nrrd", volume, SampleType::uint8); }) == ErrorCode::invalid_argument);
    CHECK(refusal([&] { write(folder / "b.nhdr", volume, SampleType::uint8); }) == ErrorCode::invalid_argument);
    CHECK(text_of(folder / "a.nrrd") == "old");
    CHECK(text_of(folder / "b.raw") == "old");
    CHECK(folder.entries() == 2);
    // It came into being after the sink was made.
    {
        const auto sink = stack2nrrd::nrrd_sink(folder / "late.nrrd");
        std::ofstream(folder / "late.nrrd") << "old";
        CHECK(refusal([&] { write(*sink, volume, info_of(volume, SampleType::uint8)); }) ==
              ErrorCode::invalid_argument);
        CHECK(text_of(folder / "late.nrrd") == "old");
    }
    {
        const auto sink = stack2nrrd::nrrd_sink(folder / "a.nrrd", with_force());
        sink->begin(info_of(volume, SampleType::uint8));
        CHECK(text_of(folder / "a.nrrd") == "old");
    }
    CHECK(text_of(folder / "a.nrrd") == "old");
    write(folder / "a.nrrd", volume, SampleType::uint8, with_force());
    CHECK(support::read_nrrd(folder / "a.nrrd").samples.size() == 60);
    write(folder / "b.nhdr", volume, SampleType::uint8, with_force());
    CHECK(support::read_nrrd(folder / "b.nhdr").samples.size() == 60);
    CHECK(folder.entries() == 4);
    // The header cannot get its name: a folder has taken it. Then the samples must not stay under theirs.
    {
        const auto sink = stack2nrrd::nrrd_sink(folder / "b.nhdr", with_force());
        const auto before = support::read_file(folder / "b.raw");
        const Volume other = phantom::noise({5, 4, 3}, SampleType::uint8, 99);
        fs::remove(folder / "b.nhdr");
        sink->begin(info_of(other, SampleType::uint8));
        const std::vector<std::byte> slice(20);
        for (int z = 0; z < 3; ++z) sink->write_slice(z, slice);
        sink->finish();
        fs::create_directories(folder / "b.nhdr" / "full");
        CHECK(refusal([&] { sink->publish(); }).has_value());
        CHECK((support::read_file(folder / "b.raw") == before));
    }
}

TEST_CASE("destinations that cannot be", "[sink]") {
    support::TempFolder folder;
    const Volume volume = phantom::noise({5, 4, 3}, SampleType::uint8);
    for (const char* name : {"a.tif", "a", "a.nrrd.gz", "a.raw", ".nrrd"})
        CHECK(refusal([&] { static_cast<void>(stack2nrrd::nrrd_sink(folder / name)); }) == ErrorCode::invalid_argument);
    CHECK_FALSE(refusal([&] { static_cast<void>(stack2nrrd::nrrd_sink(folder / "A.NRRD")); }).has_value());
    fs::create_directory(folder / "d.nrrd");
    for (const bool force : {false, true})
        CHECK(refusal([&] {
                  write(folder / "d.nrrd", volume, SampleType::uint8, {Encoding::raw, 6, force});
              }) == ErrorCode::invalid_argument);
    CHECK(refusal([&] { write(folder / "nowhere" / "a.nrrd", volume, SampleType::uint8); }) == ErrorCode::io);
    if (support::made_pipe(folder / "f.nrrd")) {
        CHECK(refusal([&] { write(folder / "f.nrrd", volume, SampleType::uint8, with_force()); }) ==
              ErrorCode::invalid_argument);
    }
    // A link is followed: the file that it names is replaced.
    std::ofstream(folder / "real.nrrd") << "old";
    if (!support::made_link("real.nrrd", folder / "link.nrrd")) return;
    CHECK(refusal([&] { write(folder / "link.nrrd", volume, SampleType::uint8); }) == ErrorCode::invalid_argument);
    write(folder / "link.nrrd", volume, SampleType::uint8, with_force());
    CHECK(fs::is_symlink(folder / "link.nrrd"));
    CHECK(support::read_nrrd(folder / "real.nrrd").samples.size() == 60);
    // Also where the two lie in different folders, and the samples in a file of their own.
    fs::create_directory(folder / "there");
    std::ofstream(folder / "there" / "real.nhdr") << "old";
    REQUIRE(support::made_link("there/real.nhdr", folder / "link.nhdr"));
    write(folder / "link.nhdr", volume, SampleType::uint8, with_force());
    CHECK(support::read_nrrd(folder / "there" / "real.nhdr").samples.size() == 60);
}

TEST_CASE("names that a detached header cannot tell are refused", "[sink]") {
    // Readers take the first for a list and the second for a pattern, and strip blanks.
    support::TempFolder folder;
    const Volume volume = phantom::noise({5, 4, 3}, SampleType::uint8);
    for (const char* name : {"LIST a.nhdr", "a%03d.nhdr", "a%d 0 2 1.nhdr", " a.nhdr", "a\nb.nhdr"}) {
        INFO(name);
        CHECK(refusal([&] { write(folder / name, volume, SampleType::uint8); }) == ErrorCode::invalid_argument);
    }
    for (const char* name : {"a b.nhdr", "100%.nhdr", "LISTED.nhdr", "M\xC3\xBCller.nhdr"}) {
        INFO(name);
        CHECK_FALSE(refusal([&] { write(folder / name, volume, SampleType::uint8); }).has_value());
        CHECK(support::read_nrrd(folder / name).samples.size() == 60);
    }
    // Attached, any name will do.
    write(folder / "LIST a.nrrd", volume, SampleType::uint8);
}

TEST_CASE("the names of the files", "[sink]") {
    using Paths = std::vector<fs::path>;
    const support::TempFolder folder;
    const auto files = [&](const char* name, const NrrdOptions& options = {}) {
        Paths names;
        for (const fs::path& file : stack2nrrd::nrrd_sink(folder / name, options)->files()) {
            names.push_back(file.lexically_relative(folder.path()));
        }
        return names;
    };
    CHECK(files("b.nrrd") == Paths{"b.nrrd"});
    CHECK(files("b.nhdr") == Paths{"b.nhdr", "b.raw"});
    CHECK(files("b.nhdr", gzip()) == Paths{"b.nhdr", "b.raw.gz"});
    CHECK(files("b.v1.nhdr") == Paths{"b.v1.nhdr", "b.v1.raw"});
    NrrdOptions preview;
    preview.preview = folder / "p.png";
    CHECK(files("b.nhdr", preview) == Paths{"b.nhdr", "b.raw", "p.png"});
}

TEST_CASE("sinks that are joined have all of their results, or none", "[sink]") {
    const Volume volume = phantom::noise({5, 4, 3}, SampleType::uint8);
    const VolumeInfo info = info_of(volume, SampleType::uint8);
    for (const bool detached : {false, true}) {
        for (const bool force : {false, true}) {
            for (int bad = 0; bad < 4; ++bad) {  // which one cannot be published; 3: none
                const support::TempFolder folder;
                const std::string name = detached ? "a.nhdr" : "a.nrrd";
                if (force) {
                    NrrdOptions old;
                    old.preview = folder / "p.png";
                    write(*stack2nrrd::nrrd_sink(folder / name, old), volume, info);
                    std::ofstream(folder / "t.txt") << "old";
                }
                std::map<std::string, std::string> before;
                for (const auto& entry : fs::directory_iterator(folder.path())) {
                    before[entry.path().filename().string()] = text_of(entry.path());
                }
                NrrdOptions options;
                options.force = force;
                options.preview = folder / "p.png";
                std::vector<std::unique_ptr<stack2nrrd::Sink>> sinks;
                sinks.push_back(stack2nrrd::nrrd_sink(folder / name, options));
                sinks.push_back(stack2nrrd::text_sink(
                    folder / "t.txt", [] { return std::string("new"); }, force));
                const std::unique_ptr<stack2nrrd::Sink> all = stack2nrrd::tee(std::move(sinks));
                all->begin(info);
                for (int z = 0; z < 3; ++z) all->write_slice(z, std::vector<std::byte>(20));
                all->finish();
                const fs::path taken =
                    folder / std::vector<std::string>{name, "p.png", "t.txt", ""}[static_cast<std::size_t>(bad)];
                if (bad < 3) {
                    fs::remove(taken);
                    fs::create_directories(taken / "full");
                    CHECK(refusal([&] { all->publish(); }).has_value());
                    before.erase(taken.filename().string());
                    fs::remove_all(taken);
                } else {
                    all->publish();
                    CHECK(text_of(folder / "t.txt") == "new");
                    all->withdraw();  // for the sake of yet another sink
                }
                std::map<std::string, std::string> after;
                for (const auto& entry : fs::directory_iterator(folder.path())) {
                    if (!entry.path().filename().string().starts_with('.')) {
                        after[entry.path().filename().string()] = text_of(entry.path());
                    }
                }
                CAPTURE(detached, force, bad);
                CHECK((after == before));
            }
        }
    }
    const support::TempFolder folder;
    const auto twice = [&](const std::string& name) {
        std::vector<std::unique_ptr<stack2nrrd::Sink>> sinks;
        sinks.push_back(stack2nrrd::nrrd_sink(folder / "a.nhdr"));
        sinks.push_back(stack2nrrd::text_sink(folder / name, [] { return std::string(); }));
        return refusal([&] { static_cast<void>(stack2nrrd::tee(std::move(sinks))); });
    };
    CHECK(twice("a.nhdr") == ErrorCode::invalid_argument);
    CHECK(twice("a.raw") == ErrorCode::invalid_argument);
    CHECK(twice("./a.raw") == ErrorCode::invalid_argument);
    CHECK_FALSE(twice("b.raw").has_value());
}

TEST_CASE("a pair that a killed run has left half done is made whole again", "[sink]") {
    const Volume volume = phantom::noise({5, 4, 3}, SampleType::uint8);
    const VolumeInfo info = info_of(volume, SampleType::uint8);
    for (const bool aside : {false, true}) {  // the header names the hidden samples, or is hidden itself
        // Whatever encoding the next run has.
        const support::TempFolder folder;
        write(*stack2nrrd::nrrd_sink(folder / "a.nhdr"), volume, info);
        const std::string header = text_of(folder / "a.nhdr");
        const std::string samples = text_of(folder / "a.raw");
        std::string own;
        {
            const auto sink = stack2nrrd::nrrd_sink(folder / "a.nhdr", with_force());
            sink->begin(info);
            for (const auto& entry : fs::directory_iterator(folder.path())) {
                const std::string name = entry.path().filename().string();
                if (name.starts_with(".a.nhdr.") && name.ends_with(".partial"))
                    own = name.substr(8, name.find('-') - 8);
            }
        }
        const std::string tag = own + "-1-2";
        fs::rename(folder / "a.raw", folder / (".a.raw." + tag + ".previous"));
        std::ofstream(folder / "a.raw") << "of another volume";
        fs::rename(folder / "a.nhdr", folder / (".a.nhdr." + tag + ".previous"));
        if (!aside) {
            std::ofstream(folder / "a.nhdr", std::ios::binary)
                << header.substr(0, header.rfind("data file: ")) << "data file: .a.raw." << tag << ".previous\n";
            CHECK((support::read_nrrd(folder / "a.nhdr").samples ==
                   support::to_bytes(volume.samples, SampleType::uint8)));
        }
        {
            const auto sink = stack2nrrd::nrrd_sink(folder / "a.nhdr", with_force(aside ? gzip() : NrrdOptions{}));
            sink->begin(info);
        }  // and fails
        CHECK(text_of(folder / "a.nhdr") == header);
        CHECK(text_of(folder / "a.raw") == samples);
        CHECK(folder.entries() == 2);
    }
}
