// What transforms of files are, by their content: fields in NRRD in all their spellings, and sentences about the rest.

#include "import/transform_file.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"
#include "transform/slow.hpp"

#include <stack2nrrd/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace stack2nrrd;
namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A field in NRRD: its header but for what is changed, and its samples.
struct Field {
    std::string type = "float";
    std::string sizes = "3 4 3 2";
    std::string kinds = "vector domain domain domain";
    std::string space = "left-posterior-superior";
    std::string directions = "none (1,0,0) (0,2,0) (0,0,4)";
    std::string more{};  ///< lines
    std::string encoding = "raw";
    std::string origin = "(10,20,30)";
    bool last = false;   ///< are the vectors' components the slowest axis?
    std::string data{};  ///< of a detached header
    std::vector<double> vectors{};
};

const slow::Size field_size{4, 3, 2};

std::vector<double> field_vectors() {
    std::mt19937 random(9);
    return slow::noise(random, 72, 3);
}

template <class Number>
std::string raw(const std::vector<double>& numbers, bool swap = false) {
    std::string bytes;
    for (const double n : numbers) {
        const auto number = static_cast<Number>(n);
        std::string one(sizeof number, '\0');
        std::memcpy(one.data(), &number, sizeof number);
        if (swap) std::reverse(one.begin(), one.end());
        bytes += one;
    }
    return bytes;
}

std::string gzipped(const std::string& bytes) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(bytes.size() + 1000, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    z.avail_in = static_cast<uInt>(bytes.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

std::string header(const Field& field) {
    return "NRRD0005\n# a comment\ntype: " + field.type +
           "\ndimension: " + std::to_string(std::count(field.sizes.begin(), field.sizes.end(), ' ') + 1) +
           "\nsizes: " + field.sizes + (field.space.empty() ? "" : "\nspace: " + field.space) +
           (field.directions.empty() ? "" : "\nspace directions: " + field.directions) +
           (field.kinds.empty() ? "" : "\nkinds: " + field.kinds) + "\nendian: little\nencoding: " + field.encoding +
           (field.origin.empty() ? "" : "\nspace origin: " + field.origin) + "\n" + field.more +
           (field.data.empty() ? "" : "data file: " + field.data + "\n") + (field.data.empty() ? "\n" : "");
}

std::string samples(const Field& field) {
    std::vector<double> numbers = field.vectors.empty() ? field_vectors() : field.vectors;
    if (field.last) {
        std::vector<double> apart;
        for (std::size_t c = 0; c < 3; ++c) {
            for (std::size_t i = c; i < numbers.size(); i += 3) apart.push_back(numbers[i]);
        }
        numbers = apart;
    }
    if (field.encoding == "ascii") {
        std::string text;
        for (const double n : numbers) text += std::to_string(n) + " ";
        return text;
    }
    const std::string bytes = field.type == "double" ? raw<double>(numbers) : raw<float>(numbers);
    return field.encoding == "gzip" ? gzipped(bytes) : bytes;
}

class Folder {
public:
    TransformFile read(const Field& field) {
        write(folder_ / "field.nrrd", header(field) + samples(field));
        return read_transform(folder_ / "field.nrrd");
    }
    std::string refused(const Field& field, ErrorCode code = ErrorCode::unsupported) {
        std::string sentence;
        CHECK(support::refusal([&] { static_cast<void>(read(field)); }, &sentence) == code);
        check_sentence(sentence);
        return sentence;
    }
    /// A file of these bytes.
    std::string refused(const std::string& name, std::string_view bytes, ErrorCode code = ErrorCode::unsupported) {
        write(folder_ / name, bytes);
        std::string sentence;
        CHECK(support::refusal([&] { static_cast<void>(read_transform(folder_ / name)); }, &sentence) == code);
        CHECK(sentence.find(name) != std::string::npos);
        check_sentence(sentence);
        return sentence;
    }
    [[nodiscard]] fs::path operator/(const std::string& name) const { return folder_ / name; }

private:
    static void check_sentence(const std::string& sentence) {
        CAPTURE(sentence);
        CHECK(sentence.find(", ") != std::string::npos);
        CHECK(sentence.find("; ") != std::string::npos);
        CHECK(sentence.find("  ") == std::string::npos);
    }

    support::TempFolder folder_;
};

bool has(const std::string& sentence, std::string_view words) {
    CAPTURE(sentence, std::string(words));
    CHECK(sentence.find(words) != std::string::npos);
    return sentence.find(words) != std::string::npos;
}

/// Of the field as it is written by default, in LPS.
Geometry default_grid() {
    Geometry grid;
    grid.direction = {Vector3{1, 0, 0}, Vector3{0, 2, 0}, Vector3{0, 0, 4}};
    grid.origin = {10, 20, 30};
    return grid;
}

void check_field(const Transform& transform, const Geometry& grid, const std::vector<double>& vectors,
                 double margin = 1e-9) {
    std::mt19937 random(10);
    for (int i = 0; i < 60; ++i) {
        Vector3 index;
        for (std::size_t a = 0; a < 3; ++a) {
            index[a] = std::uniform_real_distribution<double>(-1, static_cast<double>(field_size[a]))(random);
        }
        const Vector3 point = slow::place_of(grid, index);
        const Vector3 expected = slow::in_field(grid, field_size, vectors, point);
        const Vector3 found = slow::map_of(transform)(point);
        for (std::size_t d = 0; d < 3; ++d) CHECK(found[d] == Approx(expected[d]).margin(margin));
    }
}

}  // namespace

TEST_CASE("a displacement field is read from NRRD in all its spellings", "[transform]") {
    Folder folder;
    const std::vector<double> vectors = field_vectors();
    const auto check = [&](const Field& field, double margin = 1e-9) {
        CAPTURE(field.kinds, field.type, field.encoding, field.space, field.last);
        const TransformFile file = folder.read(field);
        check_field(*file.transform, default_grid(), vectors, margin);
        CHECK(file.files.size() == 1);
        CHECK(file.files.stamp(0).bytes > 0);
        CHECK(file.name.ends_with("field.nrrd"));
        CHECK(file.notes.empty());
    };
    check({});
    for (const std::string kind :
         {"list", "covariant-vector", "3-vector", "3-gradient", "contravariant-vector", "???"}) {
        Field field;
        field.kinds = kind + " domain domain domain";
        check(field);
        field.kinds = kind + " space space space";
        check(field);
    }
    Field field;
    field.kinds = "";
    check(field);
    field = {};
    field.type = "double";
    check(field);
    for (const std::string encoding : {"gzip", "ascii"}) {
        field = {};
        field.encoding = encoding;
        check(field, 1e-5);
    }
    field = {};
    field.space = "LPS";
    field.more = "space units: \"mm\" \"mm\" \"mm\"\nmeasurement frame: (1,0,0) (0,1,0) (0,0,1)\n";
    check(field);
    field = {};
    field.more = "displacement field type:=resampling\n";
    check(field);
    field = {};
    field.sizes = "4 3 2 3";
    field.kinds = "domain domain domain vector";
    field.directions = "(1,0,0) (0,2,0) (0,0,4) none";
    field.last = true;
    check(field);
    // As others end their lines.
    std::string text = header({});
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\r\n");
    write(folder / "field.nrrd", text + samples({}));
    check_field(*read_transform(folder / "field.nrrd").transform, default_grid(), vectors);
}

TEST_CASE("a detached field is read with its data file, whose stamp is kept", "[transform]") {
    Folder folder;
    Field field;
    field.data = "samples.raw";
    write(folder / "samples.raw", samples(field));
    write(folder / "field.nhdr", header(field));
    const TransformFile file = read_transform(folder / "field.nhdr");
    check_field(*file.transform, default_grid(), field_vectors());
    REQUIRE(file.files.size() == 2);
    CHECK(file.files.name(1) == "samples.raw");
    CHECK(file.files.stamp(1).bytes == 288);
    fs::remove(folder / "samples.raw");
    CHECK(support::refusal([&] { static_cast<void>(read_transform(folder / "field.nhdr")); }) == ErrorCode::not_found);
}

TEST_CASE("vectors count along the space of the file, or along its measurement frame", "[transform]") {
    Folder folder;
    const auto turned = [](const Vector3& x, const Vector3& y, const Vector3& z) {
        std::vector<double> vectors = field_vectors();
        for (std::size_t i = 0; i < vectors.size(); i += 3) {
            const Vector3 v{vectors[i], vectors[i + 1], vectors[i + 2]};
            for (std::size_t d = 0; d < 3; ++d) vectors[i + d] = v[0] * x[d] + v[1] * y[d] + v[2] * z[d];
        }
        return vectors;
    };
    // The same places and vectors as in LPS, if both are turned.
    Field field;
    field.space = "right-anterior-superior";
    field.directions = "none (-1,0,0) (0,-2,0) (0,0,4)";
    field.origin = "(-10,-20,30)";
    const std::vector<double> ras = turned({-1, 0, 0}, {0, -1, 0}, {0, 0, 1});
    TransformFile file = folder.read(field);
    check_field(*file.transform, default_grid(), ras);
    CHECK(file.notes.empty());
    field.more = "measurement frame: (1,0,0) (0,1,0) (0,0,1)\n";
    check_field(*folder.read(field).transform, default_grid(), ras);
    // A frame that says LPS in RAS.
    field.more = "measurement frame: (-1,0,0) (0,-1,0) (0,0,1)\n";
    check_field(*folder.read(field).transform, default_grid(), field_vectors());
    field.space = "left-anterior-superior";
    field.directions = "none (1,0,0) (0,-2,0) (0,0,4)";
    field.origin = "(10,-20,30)";
    field.more = "";
    check_field(*folder.read(field).transform, default_grid(), turned({1, 0, 0}, {0, -1, 0}, {0, 0, 1}));
    // A frame that is turned: x along y, y along z, z along x and half as long.
    field = {};
    field.more = "measurement frame: (0,1,0) (0,0,1) (.5,0,0)\n";
    check_field(*folder.read(field).transform, default_grid(), turned({0, 1, 0}, {0, 0, 1}, {0.5, 0, 0}), 1e-5);
    // An oblique grid.
    field = {};
    field.directions = "none (0.6,0.8,0) (-1.6,1.2,0) (0,0.5,4)";
    Geometry oblique = default_grid();
    oblique.direction = {Vector3{0.6, 0.8, 0}, Vector3{-1.6, 1.2, 0}, Vector3{0, 0.5, 4}};
    check_field(*folder.read(field).transform, oblique, field_vectors());
}

TEST_CASE("volumes that are no field from the result to the source are refused by name", "[transform]") {
    Folder folder;
    Field field;
    field.more = "displacement field type:=modeling\n";
    CHECK(has(folder.refused(field), "\"modeling\""));
    field.more = "displacement field type:=whatever\n";
    CHECK(has(folder.refused(field), "\"whatever\""));
    field = {};
    field.kinds = "RGB-color domain domain domain";
    CHECK(has(folder.refused(field), "RGB-color"));
    field.kinds = "point domain domain domain";
    CHECK(has(folder.refused(field), "\"point\""));
    field = {};
    field.type = "int";
    CHECK(has(folder.refused(field), "int32"));
    field = {};
    field.space = field.directions = field.origin = "";
    field.kinds = "vector domain domain domain";
    CHECK(has(folder.refused(field), "space directions"));
    field = {};
    field.more = "space units: \"um\" \"um\" \"um\"\n";
    CHECK(has(folder.refused(field), "\"um\""));
    field = {};
    field.sizes = "4 3 2";
    field.kinds = "domain domain domain";
    field.directions = "(1,0,0) (0,2,0) (0,0,4)";
    CHECK(has(folder.refused(field), "1 component,"));
    field = {};
    field.sizes = "2 4 3 2";
    CHECK(has(folder.refused(field), "2 components,"));
    field = {};
    field.sizes = "3 4 6";
    field.kinds = "vector domain domain";
    field.directions = "none (1,0,0) (0,2,0)";
    CHECK(has(folder.refused(field), "3 axes"));
    field = {};
    field.vectors = field_vectors();
    field.vectors[40] = NAN;
    CHECK(has(folder.refused(field, ErrorCode::corrupt), "field.nrrd: "));
    // Fewer samples than declared are damage.
    std::string whole = header({}) + samples({});
    folder.refused("cut.nrrd", std::string_view(whole).substr(0, whole.size() - 1), ErrorCode::corrupt);
}

TEST_CASE("files that hold no transform are refused as what they are", "[transform]") {
    using namespace std::string_view_literals;
    Folder folder;
    std::string nifti(400, '\0');
    nifti.replace(344, 4, "n+1\0"sv);
    CHECK(has(folder.refused("warp.bin", nifti), "NIfTI"));
    std::string nifti2(600, '\0');
    nifti2.replace(4, 8, "n+2\0\r\n\x1A\n"sv);
    CHECK(has(folder.refused("warp2.bin", nifti2), "NIfTI"));
    CHECK(has(folder.refused("warp.nii.gz", "\x1F\x8B\x08 and so on"), "NIfTI"));
    CHECK(has(folder.refused("TransformParameters.0.txt", "(Transform \"EulerTransform\")\n(NumberOfParameters 6)\n"),
              "elastix"));
    CHECK(has(folder.refused("warp.mha", "ObjectType = Image\nNDims = 3\n"), "MetaImage"));
    CHECK(has(folder.refused("notes.tfm", "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1\n"), "text"));
    CHECK(has(folder.refused("noise.tfm", "\0\1\2\3\4\5"sv), "no known format"));
    CHECK(has(folder.refused("empty.tfm", "", ErrorCode::corrupt), "is empty"));
    CHECK(support::refusal([&] { static_cast<void>(read_transform(folder / "none.tfm")); }) == ErrorCode::not_found);
    // By content, whatever the name.
    const std::string text = "#Insight Transform File V1.0\nTransform: IdentityTransform_double_3_3\n";
    write(folder / "identity.nrrd", text);
    const TransformFile file = read_transform(folder / "identity.nrrd");
    CHECK(file.transform->linear() == Affine{});
    CHECK(file.files.size() == 1);
    CHECK(file.files.stamp(0).bytes == static_cast<std::int64_t>(text.size()));
    // The sentence of a text file has the file's name.
    CHECK(has(folder.refused("bad.tfm", text + "x\n", ErrorCode::corrupt), "line 3"));

    const std::string hdf5 = "\x89HDF\r\n\x1A\n";
    CHECK(has(folder.refused("cut.h5", hdf5, ErrorCode::corrupt), "ends too early"));
}

TEST_CASE("ANTs' MATLAB files are read, and every beginning of one is refused", "[transform]") {
    Folder folder;
    const auto head = [](std::uint32_t type, std::uint32_t rows, std::uint32_t columns, const std::string& name) {
        std::string bytes;
        for (const std::uint32_t n : {type, rows, columns, 0U, static_cast<std::uint32_t>(name.size() + 1)}) {
            for (int i = 0; i < 4; ++i) bytes += static_cast<char>(n >> (8 * i) & 0xFF);
        }
        return bytes + name + '\0';
    };
    const std::vector<double> shift{1, 0, 0, 0, 1, 0, 0, 0, 1, 1.5, 2, 3};
    const Affine expected{unit_matrix, {1.5, 2, 3}};
    const std::string fixed = head(0, 3, 1, "fixed") + raw<double>({0, 0, 0});
    const std::string whole = head(0, 12, 1, "AffineTransform_double_3_3") + raw<double>(shift) + fixed;
    write(folder / "a.mat", whole);
    CHECK(read_transform(folder / "a.mat").transform->linear() == expected);
    write(folder / "a.mat", head(10, 12, 1, "MatrixOffsetTransformBase_float_3_3") + raw<float>(shift) + fixed);
    CHECK(read_transform(folder / "a.mat").transform->linear() == expected);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write(folder / "a.mat", std::string_view(whole).substr(0, size));
        CHECK(support::refusal([&] { static_cast<void>(read_transform(folder / "a.mat")); }).has_value());
    }
    CHECK(has(folder.refused("b.mat", whole + whole), "order"));
    CHECK(has(folder.refused("b.mat", head(0, 12, 1, "AffineTransform_double_2_2") + raw<double>(shift) + fixed),
              "three dimensions"));
    folder.refused("b.mat", head(0, 4, 3, "AffineTransform_double_3_3") + raw<double>(shift) + fixed,
                   ErrorCode::corrupt);
    folder.refused("b.mat",
                   whole.substr(0, whole.size() - fixed.size()) + head(0, 3, 1, "other") + raw<double>({0, 0, 0}),
                   ErrorCode::corrupt);
    // Some other matrix.
    CHECK(has(folder.refused("c.mat", head(0, 12, 1, "numbers") + raw<double>(shift)), "no known format"));
}

TEST_CASE("every beginning of a field is refused, and the whole one read", "[transform]") {
    Folder folder;
    for (const std::string encoding : {"raw", "gzip"}) {
        Field field;
        field.encoding = encoding;
        const std::string whole = header(field) + samples(field);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            write(folder / "field.nrrd", std::string_view(whole).substr(0, size));
            CHECK(support::refusal([&] { static_cast<void>(read_transform(folder / "field.nrrd")); }).has_value());
        }
    }
}
