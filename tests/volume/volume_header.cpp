// Headers: what they may look like, and what is refused by which sentence.

#include "volume_support.hpp"

#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

#include <map>

namespace stack2nrrd::volume_test {

namespace {

/// The lines of a good header; a test changes some of them. An empty value takes the line out.
std::string header(const std::map<std::string, std::string>& changes = {}) {
    std::map<std::string, std::string> fields{
        {"type", "uint8"}, {"dimension", "3"}, {"sizes", "2 2 2"}, {"encoding", "raw"}};
    for (const auto& [field, value] : changes) fields[field] = value;
    std::string text = "NRRD0005\n";
    for (const char* first : {"type", "dimension", "sizes"}) {
        if (!fields[first].empty()) text += std::string(first) + ": " + fields[first] + "\n";
        fields.erase(first);
    }
    for (const auto& [field, value] : fields) {
        if (!value.empty()) text += field + ": " + value + "\n";
    }
    return text;
}

std::string refusal(const std::string& text, ErrorCode expected, const std::string& payload = "\nabcdefgh") {
    const support::TempFolder folder;
    write(folder / "v.nrrd", text + payload);
    const auto error = error_of(folder / "v.nrrd");
    REQUIRE(error);
    INFO(error->what());
    CHECK(error->code() == expected);
    const std::string sentence = error->what();
    CHECK(sentence.find((folder / "v.nrrd").string() + ": ") == 0);
    CHECK(sentence.find("; ") != std::string::npos);
    CHECK(sentence.find('\n') == std::string::npos);
    return sentence;
}

bool says(const std::string& sentence, const std::string& words) {
    INFO(sentence);
    return sentence.find(words) != std::string::npos;
}

NrrdVolume accepted(const std::string& text, const std::string& payload = "\nabcdefgh") {
    const support::TempFolder folder;
    write(folder / "v.nrrd", text + payload);
    const Read result = read_volume(folder / "v.nrrd");
    CHECK(result.samples == bytes_of("abcdefgh"));
    return *result.volume;
}

}  // namespace

TEST_CASE("headers as writers write them", "[volume]") {
    (void)accepted(header());
    (void)accepted("NRRD00.01\ntype: unsigned char\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n");
    (void)accepted("NRRD0006\nSIZES: 2\t2  2 \nType:  uchar\ndimension: 3\nencoding: RAW\n#\n# comment: x\n");
    (void)accepted("NRRD0001\r\ntype: uint8\r\ndimension: 3\r\nsizes: 2 2 2\r\nencoding: raw\r\n", "\r\nabcdefgh");
    (void)accepted(header({{"endian", "big"},
                           {"byteskip", "0"},
                           {"line skip", "0"},
                           {"content", "x: y"},
                           {"number", "8"},
                           {"centers", "cell cell cell"},
                           {"labels", "\"a \\\" b\" \"\" \"c\""},
                           {"min", "0"},
                           {"oldmin", "0"},
                           {"sample units", "none"},
                           {"thicknesses", "1 nan 1"},
                           {"max", "9"}}));
    const NrrdVolume volume = accepted(header() + "a key:=a\\nvalue: \\\\ :=x\nb:=\nbyte skip:=-1\na key:=again\n");
    REQUIRE(volume.key_values.size() == 3);
    CHECK(volume.key_values[0] == std::pair<std::string, std::string>{"a key", "again"});
    CHECK(volume.key_values[2] == std::pair<std::string, std::string>{"byte skip", "-1"});
    const NrrdVolume escaped = accepted(header() + "k:=a\\nvalue: \\\\ :=x\n");
    CHECK(escaped.key_values[0].second == "a\nvalue: \\ :=x");
}

TEST_CASE("headers that are refused, and why", "[volume]") {
    CHECK(says(refusal("PNG", ErrorCode::corrupt), "does not begin like a NRRD"));
    CHECK(says(refusal("NRRD0007\n", ErrorCode::unsupported), "NRRD0007"));
    for (const char* field : {"type", "dimension", "sizes", "encoding"}) {
        CHECK(says(refusal(header({{field, ""}}), ErrorCode::corrupt), "no field \"" + std::string(field) + "\""));
    }
    CHECK(says(refusal(header({{"type", "block"}, {"block size", "4"}}), ErrorCode::unsupported), "block"));
    CHECK(says(refusal(header({{"type", "char"}}), ErrorCode::unsupported), "\"char\""));
    CHECK(says(refusal(header({{"type", "int16"}, {"sizes", "2 2 1"}}), ErrorCode::corrupt), "endian"));
    CHECK(says(refusal(header({{"endian", "middle"}}), ErrorCode::corrupt), "middle"));
    CHECK(says(refusal(header({{"encoding", "bzip2"}}), ErrorCode::unsupported), "bzip2"));
    CHECK(says(refusal(header({{"encoding", "zstd"}}), ErrorCode::unsupported), "zstd"));
    CHECK(says(refusal(header({{"dimension", "17"}}), ErrorCode::corrupt), "17"));
    CHECK(says(refusal(header({{"dimension", "x"}}), ErrorCode::corrupt), "\"x\""));
    CHECK(says(refusal(header({{"sizes", "2 2"}}), ErrorCode::corrupt), "2 entries and 3"));
    CHECK(says(refusal(header({{"sizes", "2 0 2"}}), ErrorCode::corrupt), "0 samples"));
    CHECK(says(refusal(header({{"sizes", "-2 2 2"}}), ErrorCode::corrupt), "-2 samples"));
    CHECK(says(refusal(header({{"sizes", "4294967296 4294967296 4"}}), ErrorCode::limit), "2^58"));
    CHECK(says(refusal(header({{"sizes", "2000000 1 1"}}), ErrorCode::limit), "2000000"));
    CHECK(says(refusal(header({{"sizes", "1000 1000 1000"}}), ErrorCode::corrupt), "8 bytes"));
    CHECK(says(refusal(header({{"kinds", "domain domain"}}), ErrorCode::corrupt), "kinds"));
    CHECK(says(refusal(header({{"spacings", "1 2"}}), ErrorCode::corrupt), "spacings"));
    CHECK(says(refusal(header({{"spacings", "1 2 x"}}), ErrorCode::corrupt), "\"x\""));
    CHECK(says(refusal(header({{"space directions", "(1,0,0) (0,1,0) (0,0,1)"}}), ErrorCode::corrupt), "\"space\""));
    CHECK(says(refusal(header({{"line skip", "-1"}}), ErrorCode::corrupt), "line skip is -1"));
    CHECK(says(refusal(header({{"line skip", "3"}}), ErrorCode::corrupt), "0 of 3 lines"));
    CHECK(says(refusal(header({{"byte skip", "1"}}), ErrorCode::corrupt), "7 bytes"));
    CHECK(says(refusal(header({{"byte skip", "9223372036854775807"}}), ErrorCode::corrupt), "byte skip"));
    CHECK(says(refusal(header({{"byte skip", "-100"}}), ErrorCode::corrupt), "0 bytes"));
    CHECK(says(refusal(header({{"byte skip", "-1"}, {"encoding", "hex"}}), ErrorCode::corrupt), "raw and gzip"));
    CHECK(says(refusal(header() + "type: uint8\n", ErrorCode::corrupt), "twice"));
    CHECK(says(refusal(header() + "no colon\n", ErrorCode::corrupt), "no colon"));
    CHECK(says(refusal(header() + "colour: red\n", ErrorCode::unsupported), "\"colour\""));
    CHECK(says(refusal(header(), ErrorCode::corrupt, ""), "no blank line"));
    CHECK(says(refusal(header() + std::string(2'000'000, 'x'), ErrorCode::limit), "MiB"));
}

TEST_CASE("dimensions that are no volume are refused by name", "[volume]") {
    const auto with = [](const std::string& sizes, int dimension, const std::string& kinds = "") {
        return header({{"sizes", sizes}, {"dimension", std::to_string(dimension)}, {"kinds", kinds}});
    };
    CHECK(says(refusal(with("8", 1), ErrorCode::unsupported), "1 dimension"));
    CHECK(says(refusal(with("2 2 2 2 2", 5), ErrorCode::unsupported), "5 dimensions"));
    CHECK(says(refusal(with("2 2 2 3", 4), ErrorCode::unsupported), "no colour or vector axis"));
    CHECK(says(refusal(with("2 3 2 2", 4, "space vector space space"), ErrorCode::unsupported), "permute -p 1 0 2 3"));
    CHECK(says(refusal(with("2 2 3 2", 4, "space space list space"), ErrorCode::unsupported), "permute -p 2 0 1 3"));
    CHECK(says(refusal(with("2 2 2 2", 4, "??? ??? ??? ???"), ErrorCode::unsupported), "no colour or vector axis"));
    CHECK(says(refusal(with("5 2 2 2", 4, "wavelength space space space"), ErrorCode::unsupported), "\"wavelength\""));
    CHECK(says(refusal(with("4097 2 2 2", 4, "list space space space"), ErrorCode::limit), "4097 channels"));
    CHECK(says(refusal(with("3 2 2 3", 4, "vector space space vector"), ErrorCode::unsupported), "more than one"));
    CHECK(says(refusal(with("4 2 2 2", 4, "RGB-color space space space"), ErrorCode::corrupt), "3 were expected"));
    CHECK(says(refusal(with("3 2 2 2", 4, "HSV-color space space space"), ErrorCode::unsupported), "HSV-color"));
    CHECK(says(refusal(with("3 8", 2, "vector space"), ErrorCode::unsupported), "1 dimension"));

    const support::TempFolder folder;
    write(folder / "v.nrrd", with("2 2 2 1", 4) + "\nabcdefgh");  // an axis of one sample is no loss
    CHECK(read_volume(folder / "v.nrrd").samples == bytes_of("abcdefgh"));
    write(folder / "v.nrrd", with("4 2", 2) + "\nabcdefgh");
    CHECK(read_volume(folder / "v.nrrd").volume->size == std::array<Index, 3>{4, 2, 1});
}

namespace {

/// A volume of 2 x 1 x 2 samples with `channels` of each, whose extra axis is called `kind`: first and last.
void check_kind(const std::string& kind, int channels, Colour colour, const std::string& kept) {
    const support::TempFolder folder;
    for (const bool last : {false, true}) {
        INFO(kind << (last ? " last" : " first"));
        const std::string count = std::to_string(channels);
        std::string text = header({{"sizes", last ? "2 1 2 " + count : count + " 2 1 2"},
                                   {"dimension", "4"},
                                   {"kinds", last ? "space space space " + kind : kind + " domain domain domain"}});
        std::string stored;
        std::string delivered;
        for (int i = 0; i < 4 * channels; ++i) {
            stored += static_cast<char>('!' + i);
            delivered += static_cast<char>('!' + (last ? i % channels * 4 + i / channels : i));
        }
        write(folder / "v.nrrd", text + "\n" + stored);
        const Read result = read_volume(folder / "v.nrrd");
        CHECK(result.volume->colour == colour);
        CHECK(result.volume->channels() == channels);
        CHECK(result.volume->size == std::array<Index, 3>{2, 1, 2});
        CHECK(result.samples == bytes_of(delivered));
        if (channels > 1) CHECK(result.volume->component_axis.kind == kept);
    }
}

}  // namespace

TEST_CASE("every kind of axis is taken for what it is, first and last", "[volume]") {
    for (const char* kind : {"RGB-color", "rgb", "RGBcolor", "rgb-COLOR"})
        check_kind(kind, 3, Colour::rgb, "RGB-color");
    for (const char* kind : {"RGBA-color", "rgba", "RGBAcolor"}) check_kind(kind, 4, Colour::rgba, "RGBA-color");
    check_kind("3-color", 3, Colour::rgb, "3-color");
    check_kind("4-color", 4, Colour::rgba, "4-color");
    // No number of them makes a colour of anything else.
    for (const char* kind : {"vector", "covariant-vector", "list", "point", "normal", "time", "???"}) {
        for (const int channels : {2, 3, 4, 5, 9, 20}) check_kind(kind, channels, Colour::components, kind);
        check_kind(kind, 1, Colour::grey, "");
    }
    check_kind("none", 3, Colour::components, "???");
    check_kind("contravariant-vector", 3, Colour::components, "vector");
    for (const char* kind : {"stub", "scalar", "stub"}) check_kind(kind, 1, Colour::grey, "");
    for (const char* kind : {"complex", "2-vector"}) check_kind(kind, 2, Colour::components, kind);
    for (const char* kind : {"3-vector", "3-gradient", "3-normal", "2D-symmetric-matrix"}) {
        check_kind(kind, 3, Colour::components, kind);
    }
    for (const char* kind : {"4-vector", "2D-masked-symmetric-matrix", "2D-matrix"}) {
        check_kind(kind, 4, Colour::components, kind);
    }
    check_kind("2D-masked-matrix", 5, Colour::components, "2D-masked-matrix");
    check_kind("3D-symmetric-matrix", 6, Colour::components, "3D-symmetric-matrix");
    check_kind("3D-sym-tensor", 6, Colour::components, "3D-symmetric-matrix");
    check_kind("3D-masked-symmetric-matrix", 7, Colour::components, "3D-masked-symmetric-matrix");
    check_kind("3d-masked-sym-tensor", 7, Colour::components, "3D-masked-symmetric-matrix");
    check_kind("3D-matrix", 9, Colour::components, "3D-matrix");
    check_kind("3D-masked-matrix", 10, Colour::components, "3D-masked-matrix");
    for (const char* kind : {"HSV-color", "XYZ-color", "hsv", "xyz"}) {
        const std::string kinds = std::string(kind) + " domain domain domain";
        const std::string text = header({{"sizes", "3 2 2 2"}, {"dimension", "4"}, {"kinds", kinds}});
        CHECK(says(refusal(text, ErrorCode::unsupported), "convert it to RGB first"));
    }
    const std::string rotations =
        header({{"sizes", "4 2 2 2"}, {"dimension", "4"}, {"kinds", "quaternion space space space"}});
    CHECK(says(refusal(rotations, ErrorCode::unsupported), "\"quaternion\""));
    const std::string six =
        header({{"sizes", "3 2 2 2"}, {"dimension", "4"}, {"kinds", "3D-symmetric-matrix space space space"}});
    CHECK(says(refusal(six, ErrorCode::corrupt), "3 samples and 6 were expected"));
}

TEST_CASE("an axis that lies nowhere in space is one of components", "[volume]") {
    const support::TempFolder folder;
    const auto roles = [&](const std::string& sizes, const std::string& lines) {
        write(folder / "v.nrrd", "NRRD0005\ntype: uint8\ndimension: 4\nsizes: " + sizes + "\nencoding: raw\n" + lines +
                                     "\nabcdefghijklmnopqrstuvwx");
        return read_nrrd((folder / "v.nrrd").string());
    };
    const std::string first = "space: LPS\nspace directions: none (1,0,0) (0,1,0) (0,0,1)\n";
    const std::string last = "space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,1) none\n";
    CHECK(roles("3 2 2 2", first).colour == Colour::components);
    CHECK(roles("3 2 2 2", first).component_axis.kind == "???");
    CHECK(roles("2 2 2 3", last).channels_last);
    CHECK(roles("2 2 2 3", last + "kinds: domain domain domain domain\n").component_axis.kind == "domain");
    CHECK(roles("3 2 2 2", first + "kinds: RGB-color domain domain domain\n").colour == Colour::rgb);
    CHECK(roles("2 2 2 3", "kinds: domain domain domain ???\n").channels_last);
    CHECK(roles("3 2 2 2", "kinds: none space space space\n").channels() == 3);
}

TEST_CASE("names of data files", "[volume]") {
    const support::TempFolder folder;
    std::filesystem::create_directory(folder / "deep down");
    for (const char* name : {"a.raw", "deep down/b c.raw", "%d", "LISTS.raw", "x%.raw"}) {
        write(folder / name, "abcdefgh");
        write(folder / "v.nhdr", header() + "data file: " + name + "\n");
        INFO(name);
        CHECK(read_volume(folder / "v.nhdr").samples == bytes_of("abcdefgh"));
        write(folder / "v.nhdr", header() + "datafile: " + (folder / name).string() + "\r\n");
        CHECK(read_volume(folder / "v.nhdr").samples == bytes_of("abcdefgh"));
        write(folder / "v.nhdr", header() + "data file: LIST 3\n./" + name + "\n\n\n");
        CHECK(read_volume(folder / "v.nhdr").samples == bytes_of("abcdefgh"));
    }
    for (int i = -2; i < 4; ++i)
        write(folder / ("p" + std::to_string(i)), std::string(4, static_cast<char>('a' + i + 2)));
    const auto pattern = [&](const std::string& text) {
        write(folder / "v.nhdr", header() + "data file: " + text + "\n");
        const Read result = read_volume(folder / "v.nhdr");
        std::string samples;
        for (const std::byte b : result.samples) samples += static_cast<char>(b);
        return samples;
    };
    CHECK(pattern("p%d 0 1 1") == "ccccdddd");
    CHECK(pattern("p%d 3 -2 -5 2") == "ffffaaaa");
    CHECK(pattern("p%1d\t-1 2 2") == "bbbbdddd");  // the last number need not be met
    const auto refused = [&](const std::string& text) {
        write(folder / "v.nhdr", header() + "data file: " + text + "\n");
        const auto error = error_of(folder / "v.nhdr");
        return error ? std::string(error->what()) : std::string("accepted");
    };
    CHECK(says(refused("p%d 0 9 1"), "10 data files and 2 were expected"));
    CHECK(says(refused("p%d 0 999999999 1"), "1000000000 data files and 2 were expected"));
    CHECK(says(refused("p%d 0 1 0"), "cannot get"));
    CHECK(says(refused("p%d 0 1 -1"), "cannot get"));
    CHECK(says(refused("p%d 0 1 1 4"), "4 dimensions"));
    CHECK(says(refused("p%s 0 1 1"), "does not exist"));
    CHECK(says(refused("p%n%d 0 1 1"), "does not exist"));
    CHECK(says(refused("p%d%d 0 1 1"), "does not exist"));
    CHECK(says(refused("p%999999999d 0 1 1"), "does not exist"));
    CHECK(says(refused("LIST\np0"), "1 data files and 2 were expected"));
    CHECK(says(refused("LIST\np0\n# p1\np1"), "3 data files and 2 were expected"));
    CHECK(says(refused("LIST 0\np0"), "0 dimensions"));
    CHECK(says(refused("LIST\np0\ngone"), "gone"));
    CHECK(says(refused("SKIPLIST\n0 p0\n0 p1"), "SKIPLIST"));
    CHECK(says(refused("-"), "standard input"));
    CHECK(says(refused("deep down"), "not a regular file"));
    if (support::has_devices()) CHECK(says(refused("/dev/zero"), "not a regular file"));
}

}  // namespace stack2nrrd::volume_test
