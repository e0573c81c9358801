// stack2nrrd_fuzz_seeds FOLDER [DATA]: what the fuzzers begin with, a folder for each in FOLDER. Small files of every
// kind are made here; those in DATA, at any depth, are added to the target that reads their kind.

#include "codec/handmade_tiff.hpp"
#include "codec/tiff_support.hpp"
#include "codec/write_jpeg.hpp"
#include "codec/write_jpeg2000.hpp"
#include "sidecar/samples.hpp"
#include "support/open_tiff.hpp"

#include <stack2nrrd/options.hpp>

#include "core/text.hpp"

#include <png.h>
#include <zlib.h>

#include <array>
#include <bit>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <vector>

// The tests' own is in a file with what needs Catch2.
TIFF* support::open_tiff(const std::filesystem::path& file, const char* mode) { return TIFFOpen(file.c_str(), mode); }

namespace {

namespace fs = std::filesystem;
using namespace stack2nrrd;
using namespace stack2nrrd::test;

fs::path root;
constexpr std::uintmax_t most_bytes = 64 << 10;

/// A new name for a seed of a target.
fs::path next_seed(const std::string& target) {
    static std::map<std::string, int> counts;
    fs::create_directories(root / target);
    return root / target / ("seed_" + std::to_string(counts[target]++));
}

void add(const std::string& target, std::span<const std::byte> bytes) {
    write_bytes(next_seed(target).string(), bytes);
}
void add(const std::string& target, std::string_view text) { add(target, std::as_bytes(std::span(text))); }

// ------------------------------------------------------------------------------------------------------------- images

void add_tiff(const TiffSpec& spec) { write_tiff(next_seed("tiff").string(), spec, ramp(spec.bytes())); }

void add_tiffs() {
    for (const std::uint16_t bits : std::array<std::uint16_t, 6>{1, 4, 8, 16, 32, 64}) {
        for (const char* mode : {"wl", "wb", "w8"}) {
            TiffSpec spec;
            spec.bits = bits;
            spec.mode = mode;
            if (bits >= 32) spec.format = SAMPLEFORMAT_IEEEFP;
            add_tiff(spec);
        }
    }
    for (const std::uint16_t compression :
         std::array<std::uint16_t, 3>{COMPRESSION_LZW, COMPRESSION_PACKBITS, COMPRESSION_ADOBE_DEFLATE}) {
        TiffSpec spec;
        spec.compression = compression;
        add_tiff(spec);
        spec.bits = 16;
        spec.tile = 16;
        if (compression != COMPRESSION_PACKBITS) spec.predictor = PREDICTOR_HORIZONTAL;
        add_tiff(spec);
    }
    for (const std::uint16_t planar : std::array<std::uint16_t, 2>{PLANARCONFIG_CONTIG, PLANARCONFIG_SEPARATE}) {
        TiffSpec spec;
        spec.channels = 3;
        spec.photometric = PHOTOMETRIC_RGB;
        spec.planar = planar;
        add_tiff(spec);
    }
    TiffSpec jpeg;
    jpeg.compression = COMPRESSION_JPEG;
    jpeg.rows_per_strip = 8;
    add_tiff(jpeg);
    TiffSpec palette;
    std::vector<std::uint16_t> colours(3 * 256);
    for (std::size_t i = 0; i < colours.size(); ++i) colours[i] = static_cast<std::uint16_t>(i * 257);
    palette.palette = colours.data();
    palette.photometric = PHOTOMETRIC_PALETTE;
    add_tiff(palette);
    TiffSpec white;
    white.photometric = PHOTOMETRIC_MINISWHITE;
    add_tiff(white);
}

void add_pages() {
    const std::array<std::string, 4> words{
        "", "ImageJ=1.53c\nimages=4\nchannels=2\nslices=2\nhyperstack=true\nunit=micron\nspacing=2.5\n",
        "ImageJ=1.53c\nimages=4\nslices=4\n", ome_text()};
    for (const std::string& text : words) {
        for (const bool big : {false, true}) {
            HandMade tiff(big, big);
            for (std::uint8_t i = 0; i < 4; ++i) tiff.add({i, 5, 3, 0, i == 0 ? text : ""});
            add("pages", tiff.bytes());
            add("tiff", tiff.bytes());
        }
    }
}

void add_pngs() {
    for (const unsigned kind :
         std::array<unsigned, 7>{PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB, PNG_FORMAT_RGBA, PNG_FORMAT_LINEAR_Y,
                                 PNG_FORMAT_LINEAR_RGB_ALPHA, PNG_FORMAT_RGB_COLORMAP}) {
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        image.width = 19;
        image.height = 13;
        image.format = kind;
        const Bytes samples = ramp(PNG_IMAGE_SIZE(image));
        const Bytes colours = noise(3 * 256);
        image.colormap_entries = 256;
        Bytes file(most_bytes);
        png_alloc_size_t size = file.size();
        if (png_image_write_to_memory(&image, file.data(), &size, 0, samples.data(), 0, colours.data()) == 0) {
            throw std::runtime_error(std::string("libpng: ") + image.message);
        }
        file.resize(size);
        add("png", file);
    }
}

void add_jpegs() {
    for (const int channels : {1, 3, 4}) {
        for (const bool other : {false, true}) {
            JpegSpec spec{21, 17, channels, other, false, !other, other ? 2 : 0};
            add("jpeg", jpeg_bytes(spec, jpeg_picture(spec)));
        }
    }
}

void add_jpeg2000s() {
    for (const int components : {1, 3}) {
        for (const int bits : {8, 12, 16}) {
            J2kSpec spec;
            spec.width = 23;
            spec.height = 19;
            spec.components = components;
            spec.bits = bits;
            spec.tile = bits == 12 ? std::array{16, 16} : std::array{0, 0};
            spec.has_boxes = bits == 16;
            spec.order = components;
            add("jpeg2000", make_j2k(spec, j2k_samples(spec)));
        }
    }
}

void add_bmp(int bits, std::uint32_t compression, std::span<const std::byte> samples) {
    const std::size_t colours = bits <= 8 ? std::size_t{1} << bits : 0;
    Bytes file{std::byte{'B'}, std::byte{'M'}};
    put_little(file, 54 + 4 * colours + samples.size(), 4);
    put_little(file, 0, 4);
    put_little(file, 54 + 4 * colours, 4);
    for (const std::uint32_t value : {40U, 8U, 6U}) put_little(file, value, 4);
    put_little(file, 1, 2);
    put_little(file, static_cast<std::uint64_t>(bits), 2);
    for (const std::uint64_t value : {std::uint64_t{compression}, std::uint64_t{samples.size()}, std::uint64_t{2835},
                                      std::uint64_t{2835}, std::uint64_t{colours}, std::uint64_t{0}}) {
        put_little(file, value, 4);
    }
    for (std::size_t i = 0; i < colours; ++i) put_little(file, i * 0x010101 * (255 / (colours - 1)), 4);
    file.insert(file.end(), samples.begin(), samples.end());
    add("bmp", file);
}

void add_bmps() {
    for (const int bits : {1, 4, 8, 16, 24, 32})
        add_bmp(bits, 0, ramp(static_cast<std::size_t>(8 * bits + 31) / 32 * 4 * 6));
    Bytes rle;
    for (int row = 0; row < 6; ++row) {
        for (const int byte : {8, row * 17, 0, 0}) rle.push_back(static_cast<std::byte>(byte));
    }
    for (const int byte : {0, 1}) rle.push_back(static_cast<std::byte>(byte));
    add_bmp(8, 1, rle);
    add_bmp(4, 2, rle);
}

// ------------------------------------------------------------------------------------------------------------ volumes

std::string gzipped(std::string_view bytes) {
    std::string packed(compressBound(static_cast<uLong>(bytes.size())) + 64, '\0');
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

void add_volumes() {
    std::string samples;
    for (int i = 0; i < 4 * 3 * 5 * 2; ++i) samples += static_cast<char>(i * 3);
    std::string hex;
    std::string ascii;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        std::array<char, 8> digits{};
        std::snprintf(digits.data(), digits.size(), "%02x",
                      static_cast<unsigned>(static_cast<unsigned char>(samples[i])));
        hex += digits.data();
        if (i % 2 == 0) ascii += std::to_string(i) + " ";
    }
    const std::string head = "NRRD0005\n# a comment\ntype: uint16\ndimension: 3\nsizes: 4 3 5\nendian: little\n";
    const std::string space =
        "space: left-posterior-superior\nspace directions: (0.5,0,0) (0,0.5,0) (0,0,1e0)\nspace origin: (1,2,-3)\n"
        "kinds: domain domain domain\nspace units: \"mm\" \"mm\" \"mm\"\nkey:=value\\n\n";
    const std::array<std::pair<const char*, std::string>, 4> encodings{
        {{"raw", samples}, {"gzip", gzipped(samples)}, {"hex", hex}, {"ascii", ascii}}};
    for (const auto& [encoding, data] : encodings) {
        const std::string fields = head + space + "encoding: " + encoding + "\n";
        add("volume", fields + "\n" + data);
        add("volume", fields + "line skip: 1\nbyte skip: 2\n\nskipped\nxx" + data);
        add("volume", fields + "data file: data\n%data%\n" + data);
    }
    add("volume", head + "encoding: raw\nbyte skip: -1\ndata file: LIST\ndata\n%data%\n" + samples);
    add("volume", head + "encoding: raw\ndata file: dat%c 97 97 1 3\n%data%\n" + samples);
    add("volume",
        "NRRD0004\ntype: double\ndimension: 4\nsizes: 3 2 2 2\nspacings: NaN 1 1 2\naxis mins: NaN 0 0 0\n"
        "centers: none cell node cell\nlabels: \"v\" \"x\" \"y\" \"z\"\nunits: \"\" \"um\" \"um\" \"um\"\n"
        "kinds: 3-vector space space space\nendian: big\nencoding: raw\n\n" +
            samples + samples);
    const std::string list = head + space + "encoding: stack2nrrd-image\n";
    add("manifest", list + "data file: LIST\na_0001.tif\na_0002.tif\na_0003.tif\na_0004.tif\na_0005.tif\n");
    add("manifest", list + "stack2nrrd_list_gaps:=1 3..4\nstack2nrrd_list_pages:=0 7\ndata file: LIST\na.tif\nb.tif\n");
    add("manifest",
        list +
            "stack2nrrd_spacing:=unknown\nstack2nrrd_list_pages:=0..4\ndata file: LIST\n/x/a.tif\n/x/a.tif\n"
            "/x/a.tif\n/x/a.tif\n/x/a.tif\n");

    std::string vectors;
    for (int i = 0; i < 3 * 2 * 3 * 2 * 4; ++i) vectors += static_cast<char>(i % 4 == 3 ? 0x40 : i % 4 == 2 ? i : 0);
    for (const char* kinds : {"vector domain domain domain", "covariant-vector domain domain domain"}) {
        add("transform_field",
            std::string("NRRD0005\ntype: float\ndimension: 4\nspace: right-anterior-superior\nsizes: 3 2 3 2\nspace "
                        "directions: none (2,0,0) (0,2,0) (0,0,2)\nkinds: ") +
                kinds +
                "\nendian: little\nencoding: raw\nspace origin: (0,0,0)\nmeasurement frame: (1,0,0) (0,1,0) "
                "(0,0,1)\n\n" +
                vectors);
    }
}

// ------------------------------------------------------------------------------------------------------ transforms,
// texts

std::string matlab_matrix(std::string_view name, std::initializer_list<double> numbers) {
    Bytes bytes;
    for (const std::size_t value : {std::size_t{0}, numbers.size(), std::size_t{1}, std::size_t{0}, name.size() + 1}) {
        put_little(bytes, value, 4);
    }
    for (const char c : name) bytes.push_back(static_cast<std::byte>(c));
    bytes.push_back(std::byte{0});
    for (const double number : numbers) put_little(bytes, std::bit_cast<std::uint64_t>(number), 8);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void add_transforms() {
    const auto transform = [](const std::string& type, const std::string& numbers, const std::string& fixed) {
        return "Transform: " + type + "_double_3_3\nParameters: " + numbers + "\nFixedParameters: " + fixed + "\n";
    };
    const std::string head = "#Insight Transform File V1.0\n";
    const std::string affine = transform("AffineTransform", "0.9 0.1 0 -0.1 0.9 0 0 0 1.1 3 -4 5", "1 2 3");
    std::string bspline;
    for (int i = 0; i < 3 * 5 * 5 * 5; ++i) bspline += std::to_string(i % 7) + " ";
    const std::vector<std::string> kinds{
        affine,
        transform("MatrixOffsetTransformBase", "1 0 0 0 1 0 0 0 1 0 0 0", "0 0 0"),
        transform("Euler3DTransform", "0.1 0.2 0.3 1 2 3", "0 0 0 0"),
        transform("VersorRigid3DTransform", "0.1 0.2 0.3 1 2 3", "0 0 0"),
        transform("Similarity3DTransform", "0.1 0.2 0.3 1 2 3 1.5", "0 0 0"),
        transform("ScaleVersor3DTransform", "0.1 0.2 0.3 1 2 3 1.5 1 2", "0 0 0"),
        transform("TranslationTransform", "1 2 3", ""),
        transform("ScaleTransform", "1 2 3", "0 0 0"),
        transform("IdentityTransform", "", ""),
        transform("BSplineTransform", bspline, "5 5 5 -10 -10 -10 10 10 10 1 0 0 0 1 0 0 0 1"),
        "Transform: CompositeTransform_double_3_3\n#Transform 1\n" + affine +
            transform("TranslationTransform", "1 2 3", ""),
    };
    for (const std::string& kind : kinds) add("transform_itk", head + "#Transform 0\n" + kind);
    add("transform_itk", matlab_matrix("AffineTransform_double_3_3", {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3}) +
                             matlab_matrix("fixed", {0, 0, 0}));
    add("transform_field", head + "#Transform 0\n" + affine);
    // Behind its signature an HDF5 file is better taken from h5py: run.sh does.
    add("transform_hdf5", std::string("\x89HDF\r\n\x1A\n") + std::string(88, '\0'));
}

void add_texts() {
    for (const Sample& sample : sidecar_samples()) add("sidecar", sample.text);
    add("description", imagej_text());
    add("description", ome_text());
    add("description", micro_manager_text());
    add("description", std::string(1, '\0') + std::string(16, '@') + imagej_text());
    add("description", R"({"a": [1, 2.5e3, {"b": "c\"d"}], "e": null})");

    const std::vector<std::string> names{
        "scan_0001.tif\nscan_0002.tif\nscan_0004.tif\n",
        "s9.png\ns10.png\ns11.png\nother.png\n",
        "a_z=0.07um.tif\na_z=0.14um.tif\na_z=0.21um.tif\n",
        "a_c0_t1_z001.tif\na_c0_t1_z002.tif\na_c1_t1_z001.tif\na_c1_t1_z002.tif\n",
        "s0009.bmp\ns000a.bmp\ns000b.bmp\ns000c.bmp\n",
        "k3x9q2_001.tif\nab77_002.tif\nz1_003.tif\n",
        "2023-01-05 10.00.01.png\n2023-01-05 10.00.02.png\n2023-01-05 10.00.03.png\n",
        "a_-2.tif\na_-1.tif\na_0.tif\na_1.tif\na_1.5e-06.tif\na_2e-06.tif\n",
        "550e8400-e29b-41d4-a716-446655440000.tif\n6ba7b810-9dad-11d1-80b4-00c04fd430c8.tif\n",
        "r\xC3\xA9sum\xC3\xA9_1.tif\nre\xCC\x81sume\xCC\x81_2.tif\n",
        "s  8.tif\ns  9.tif\ns 10.tif\n4.8.tif\n9.6.tif\n24.tif\n",
    };
    for (const std::string& text : names) add("names", text);
    for (const char* pattern : {"scan_%04d.tif", "z=%.2fum.tif", "scan_*.tif", "scan_[0-9]??[!a-c].tif", "s%3d.tif",
                                "a_%d_z=*um.tif", "%g%%.png", "%u", "a%i[*]", "*a*b*c"}) {
        add("patterns",
            std::string(pattern) + "\nscan_0001.tif\nz=0.14um.tif\ns  8.tif\na_-3_z=7um.tif\nxaybzc\n4.5%.png\n");
    }
}

/// Each option with values that it may have.
void add_options() {
    const std::vector<std::string> values{"2",
                                          "8/3",
                                          "1.5,2,4",
                                          "4,0,0",
                                          "auto",
                                          "2,4,8",
                                          "64K",
                                          "lanczos:3",
                                          "kaiser:6,3.7,.975",
                                          "cubic:0,.5",
                                          "gauss:1,3",
                                          "1:5,,:6",
                                          "0,0,0,4,4,4",
                                          "affine:1 0 0 1 0 1 0 2 0 0 1 3",
                                          "affine:1,0,0,1,0,1,0,2,0,0,1,3",
                                          "0,255",
                                          "auto:1,99",
                                          "uint8",
                                          "um",
                                          "x,z",
                                          "close",
                                          "gzip",
                                          "first",
                                          "all",
                                          "max",
                                          "true",
                                          "a.png",
                                          "0.4"};
    for (const OptionInfo& option : option_table()) {
        std::string lines;
        for (const std::string& value : values) lines += std::string(option.name) + "=" + value + "\n";
        add("plan", "\x09\x08\x07\x02" + std::string(2, '\0') + lines);
        add("options",
            "--" + std::string(option.name) + (option.value.empty() ? "\n" : "\n2\n") + "in\n-o\nout.nrrd\n");
    }
    const std::array<std::string, 7> several{"factor=2\nkernel=lanczos:3\ntype=uint8\nwindow=auto\n",
                                             "size=4,3,0\ncrop=1:6,,:5\nflip=x,z\n",
                                             "factor=1.5,2,4\nkernel-z=box\nroi=3,3,3,2,2,2\nspacing=2\n",
                                             "labels=true\nfactor=3\nchannel=0\n",
                                             "transform=affine:1,0.1,0,1,0,1,0,2,0,0,1,3\nfactor=2\n",
                                             "dehaze=auto\nmissing=repeat\nstep=2\nreverse=true\n",
                                             "target-spacing=2\nisotropic=true\nspacing=1,1,3\nmemory=64M\nslab=1:2\n"};
    for (const std::string& lines : several) {
        for (const char* head : {"\x11\x0C\x09\x02", "\x07\x07\x07\x06", "\x05\x14\x03\x01"}) {
            add("plan", head + std::string("\x02\xFA") + lines);
            add("plan", head + std::string(2, '\0') + lines);
        }
    }
    add("options", "in\n--factor=2,2,4\n--output=out.nrrd\n--kernel\nbox\n-q\n--transform=affine:1 0 0\n--\n-x\n");
}

void add_parts() {
    // A stack of two slices in one file: see parts/stack_text.cpp for the order of its fields.
    add("parts", std::string(1, '\0') +
                     "asked\nname\npages\n1\na.tif\n9\n7\n2\n0\n0\n-1\n0\n1\n0\n1\n0\n0\n1\nx\n0\n0\n1\n7\n1\nword\n0\n"
                     "4\n3\n0\n2\nTIFF\n1\nvector\n\n0\n0\n0\n0\n5\n1.0\n0.0\n0.0\n0.0\n1.0\n0.0\n0.0\n0.0\n1.0\n"
                     "0.0\n0.0\n0.0\n1\na.log\n\n\n\n\n\n\n\n0\n\n\n\n1\n8\n1\n0\n");
    add("parts", "\x01stack2nrrd 1\nshards: 3\nwindow: 1.5,1e3\ninputs: 3 files\nresult 0: 1 x 2\n");
    add("parts",
        "\x02NRRD0004\ntype: uint8\ndimension: 3\nsizes: 3 2 2\nencoding: raw\nstack2nrrd_clipped_low:=1\n"
        "stack2nrrd_clipped_high:=2\nstack2nrrd_nan:=0\nstack2nrrd_rounded_integers:=1\n"
        "stack2nrrd_part_crc32:=123\n\nabcdefghijkl");
}

// -------------------------------------------------------------------------------------------------- what others wrote

void add_file(const std::string& target, const fs::path& file) {
    fs::copy_file(file, next_seed(target), fs::copy_options::overwrite_existing);
}

int add_data(const fs::path& data) {
    const std::map<std::string, std::vector<std::string>> targets{{".tif", {"tiff", "pages"}},
                                                                  {".tiff", {"tiff", "pages"}},
                                                                  {".png", {"png"}},
                                                                  {".bmp", {"bmp"}},
                                                                  {".jpg", {"jpeg"}},
                                                                  {".jp2", {"jpeg2000"}},
                                                                  {".j2k", {"jpeg2000"}},
                                                                  {".nrrd", {"volume"}},
                                                                  {".nhdr", {"volume"}},
                                                                  {".log", {"sidecar"}},
                                                                  {".txt", {"sidecar", "description"}},
                                                                  {".pca", {"sidecar"}},
                                                                  {".pcr", {"sidecar"}},
                                                                  {".xtekct", {"sidecar"}},
                                                                  {".xml", {"description"}},
                                                                  {".json", {"sidecar", "description"}},
                                                                  {".ini", {"sidecar"}},
                                                                  {".tfm", {"transform_itk"}},
                                                                  {".mat", {"transform_itk"}},
                                                                  {".h5", {"transform_hdf5"}}};
    int count = 0;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(data)) {
        if (!entry.is_regular_file() || entry.file_size() > most_bytes) continue;
        const auto found = targets.find(lower_case(entry.path().extension().string()));
        if (found == targets.end()) continue;
        for (const std::string& target : found->second) add_file(target, entry.path());
        ++count;
    }
    return count;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::cerr << "stack2nrrd_fuzz_seeds FOLDER [DATA]...\n";
        return 2;
    }
    try {
        root = arguments[1];
        fs::remove_all(root);
        add_tiffs();
        add_pages();
        add_pngs();
        add_jpegs();
        add_jpeg2000s();
        add_bmps();
        add_volumes();
        add_transforms();
        add_texts();
        add_options();
        add_parts();
        for (int i = 2; i < count; ++i) std::cout << add_data(arguments[i]) << " files of " << arguments[i] << "\n";
        return 0;
    } catch (const std::exception& exception) {
        std::cerr << exception.what() << "\n";
        return 1;
    }
}
