// judge PROGRAM FOLDER: lets PROGRAM write lists of slices and volumes into FOLDER, which is replaced, and opens them
// with ITK. The value of every sample is a function of where it lies, so samples and geometry are judged together: at
// each place in space that ITK computes, the right value has to be found.

#include <cstdio>

#if !defined(HAVE_ITK)

int main() {
    std::puts("skipped: ITK was not found (Debian: libinsighttoolkit5-dev)");
    return 0;
}

#else

#include <itkNrrdImageIO.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Index3 = std::array<int, 3>;

constexpr Index3 size{24, 14, 9};
constexpr double spacing = 0.01234567;  // mm, as the log beside the slices has it

int failures = 0;

void expect(bool good, const std::string& what) {
    if (good) return;
    std::printf("FAILED: %s\n", what.c_str());
    ++failures;
}

/// Differs between any two neighbours, and between slices, rows and columns that are exchanged or reversed.
int value(const Index3& at, int channel = 0) {
    return (at[0] * 7 + at[1] * 31 + at[2] * 101 + at[0] * at[1] * at[2] + 57 * channel) % 251;
}

void put(std::string& bytes, std::uint64_t number, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
}

/// An uncompressed TIFF of one strip, little endian; 16 bits if it is grey, 8 if it has three channels.
std::string tiff(int z, int channels) {
    const int sample = channels == 1 ? 2 : 1;
    std::string samples;
    for (int y = 0; y < size[1]; ++y) {
        for (int x = 0; x < size[0]; ++x) {
            for (int c = 0; c < channels; ++c) put(samples, static_cast<std::uint64_t>(value({x, y, z}, c)), sample);
        }
    }
    std::string file = "II";
    put(file, 42, 2);
    put(file, 8 + samples.size(), 4);
    file += samples;
    struct Entry {
        int tag;
        std::uint64_t number;
    };
    // The bits of three channels stand behind the directory.
    const std::uint64_t bits = channels == 1 ? 16 : file.size() + 2 + 9 * 12 + 4;
    const std::initializer_list<Entry> entries{{256, static_cast<std::uint64_t>(size[0])},
                                               {257, static_cast<std::uint64_t>(size[1])},
                                               {258, bits},
                                               {259, 1},
                                               {262, channels == 1 ? 1U : 2U},
                                               {273, 8},
                                               {277, static_cast<std::uint64_t>(channels)},
                                               {278, static_cast<std::uint64_t>(size[1])},
                                               {279, samples.size()}};
    put(file, entries.size(), 2);
    for (const Entry& entry : entries) {
        const bool is_bits = entry.tag == 258;
        put(file, static_cast<std::uint64_t>(entry.tag), 2);
        put(file, is_bits ? 3 : 4, 2);
        put(file, is_bits ? static_cast<std::uint64_t>(channels) : 1, 4);
        put(file, entry.number, 4);
    }
    put(file, 0, 4);
    for (int c = 0; c < 3; ++c) put(file, 8, 2);
    return file;
}

/// 8 bits, grey, bottom-up. `width` may be less than that of the volume.
std::string bmp(int z, int width) {
    const int row = (width + 3) / 4 * 4;
    std::string file = "BM";
    put(file, static_cast<std::uint64_t>(1078 + row * size[1]), 4);
    put(file, 0, 4);
    put(file, 1078, 4);
    put(file, 40, 4);
    put(file, static_cast<std::uint64_t>(width), 4);
    put(file, static_cast<std::uint64_t>(size[1]), 4);
    put(file, 1, 2);
    put(file, 8, 2);
    put(file, 0, 24);
    for (std::uint64_t i = 0; i < 256; ++i) put(file, i * 0x010101U, 4);
    for (int y = size[1]; y-- > 0;) {
        for (int x = 0; x < row; ++x) put(file, static_cast<std::uint64_t>(value({x, y, z})), 1);
    }
    return file;
}

void write(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

/// The log of a reconstruction, for the spacing.
void write_log(const fs::path& folder, int width) {
    write(folder / "s_rec.log",
          "[System]\n[Acquisition]\nFilename Prefix=s\n[Reconstruction]\nFirst Section=0\n"
          "Last Section=" +
              std::to_string(size[2] - 1) + "\nSection to Section Step=1\nSections Count=" + std::to_string(size[2]) +
              "\nResult Image Width (pixels)=" + std::to_string(width) +
              "\nResult Image Height (pixels)=" + std::to_string(size[1]) + "\nPixel Size (um)=12.34567\n");
}

std::string read_all(itk::NrrdImageIO& io, const fs::path& file) {
    io.SetFileName(file.string());
    if (!io.CanReadFile(file.string().c_str())) throw std::runtime_error("is not read");
    io.ReadImageInformation();
    itk::ImageIORegion region(io.GetNumberOfDimensions());
    for (unsigned a = 0; a < io.GetNumberOfDimensions(); ++a) region.SetSize(a, io.GetDimensions(a));
    io.SetIORegion(region);
    std::string bytes(static_cast<std::size_t>(io.GetImageSizeInBytes()), '\0');
    io.Read(bytes.data());
    return bytes;
}

/// Every sample of `file` has the value of its place; `step` source samples lie between two of them. `order`: of each
/// axis, the one of the source.
void judge(const fs::path& file, int step = 1, const Index3& order = {0, 1, 2}) {
    const std::string name = file.filename().string();
    const auto io = itk::NrrdImageIO::New();
    std::string bytes;
    try {
        bytes = read_all(*io, file);
    } catch (const std::exception& error) {
        return expect(false, name + ": " + error.what());
    }
    const std::size_t channels = io->GetNumberOfComponents();
    const std::size_t sample = io->GetComponentSize();
    expect(io->GetNumberOfDimensions() == 3, name + ": has not three dimensions");
    Index3 samples{};
    for (unsigned a = 0; a < 3; ++a) {
        samples[a] = static_cast<int>(io->GetDimensions(a));
        const int count = size[static_cast<std::size_t>(order[a])];
        expect(samples[a] == (count - 1) / step + 1 || samples[a] == count / step, name + ": has another size");
    }
    int seen = 0;
    int wrong = 0;
    double off = 0;
    Index3 at{};
    for (at[2] = 0; at[2] < samples[2]; ++at[2]) {
        for (at[1] = 0; at[1] < samples[1]; ++at[1]) {
            for (at[0] = 0; at[0] < samples[0]; ++at[0]) {
                Index3 source{};
                for (unsigned d = 0; d < 3; ++d) {
                    double place = io->GetOrigin(d);
                    for (unsigned a = 0; a < 3; ++a) place += at[a] * io->GetSpacing(a) * io->GetDirection(a)[d];
                    source[d] = static_cast<int>(std::lround(place / spacing));
                    off = std::max(off, std::abs(place - source[d] * spacing));
                }
                for (std::size_t c = 0; c < channels; ++c) {
                    std::uint16_t found = 0;
                    const std::size_t n = static_cast<std::size_t>((at[2] * samples[1] + at[1]) * samples[0] + at[0]);
                    std::memcpy(&found, &bytes[(n * channels + c) * sample], sample);
                    const bool inside = source[0] >= 0 && source[1] >= 0 && source[2] >= 0 && source[0] < size[0] &&
                                        source[1] < size[1] && source[2] < size[2];
                    wrong += !inside || found != value(source, static_cast<int>(c)) ? 1 : 0;
                }
                ++seen;
            }
        }
    }
    expect(wrong == 0, name + ": " + std::to_string(wrong) + " samples are not those of their places");
    expect(off < 1e-12, name + ": places are off by " + std::to_string(off) + " mm");
    std::printf("%s: %d places, %d wrong, off by at most %g mm\n", name.c_str(), seen, wrong, off);
}

/// A volume of zeros whose axes are y, z and x of the source, the last of them turned around.
void write_reference(const fs::path& file) {
    const std::string s = "0.01234567";
    write(file,
          "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 14 9 24\nspace: left-posterior-superior\nspace directions: (0," +
              s + ",0) (0,0," + s + ") (-" + s + ",0,0)\nspace origin: (" + std::to_string(23 * 1234567) +
              "e-8,0,0)\nencoding: raw\n\n" + std::string(14 * 9 * 24, '\0'));
}

/// Both have the same grid, to the last bit.
void judge_grids(const fs::path& file, const fs::path& other) {
    const auto io = itk::NrrdImageIO::New();
    const auto theirs = itk::NrrdImageIO::New();
    (void)read_all(*io, file);
    (void)read_all(*theirs, other);
    bool same = true;
    for (unsigned a = 0; a < 3; ++a) {
        same = same && io->GetDimensions(a) == theirs->GetDimensions(a) && io->GetSpacing(a) == theirs->GetSpacing(a) &&
               io->GetOrigin(a) == theirs->GetOrigin(a) && io->GetDirection(a) == theirs->GetDirection(a);
    }
    expect(same, file.filename().string() + ": has another grid than " + other.filename().string());
}

void judge_refusal(const fs::path& file) {
    const auto io = itk::NrrdImageIO::New();
    bool refused = false;
    try {
        (void)read_all(*io, file);
    } catch (const std::exception&) {
        refused = true;
    }
    expect(refused, file.filename().string() + ": was to be refused");
    if (refused) std::printf("%s: refused\n", file.filename().string().c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const fs::path folder = argv[2];
    fs::remove_all(folder);
    for (const char* name : {"grey", "colour", "bmp", "padded"}) fs::create_directories(folder / name);
    const int narrow = size[0] - 1;
    for (int z = 0; z < size[2]; ++z) {
        const std::string name = "s" + std::to_string(z);
        write(folder / "grey" / (name + ".tif"), tiff(z, 1));
        write(folder / "colour" / (name + ".tif"), tiff(z, 3));
        write(folder / "bmp" / (name + ".bmp"), bmp(z, size[0]));
        write(folder / "padded" / (name + ".bmp"), bmp(z, narrow));
    }
    for (const char* name : {"grey", "colour", "bmp"}) write_log(folder / name, size[0]);
    write_log(folder / "padded", narrow);

    const auto make = [&](const std::string& input, const std::string& options, const std::string& output) {
        const std::string command = "\"" + std::string(argv[1]) + "\" -q \"" + (folder / input).string() + "\" " +
                                    options + " \"" + (folder / output).string() + "\"";
        expect(std::system(command.c_str()) == 0, command);
        return folder / output;
    };
    judge(make("grey", "--manifest", "grey_list.nhdr"));
    judge(make("colour", "--manifest", "colour_list.nhdr"));
    judge(make("bmp", "--manifest", "bmp_list.nhdr"));
    judge_refusal(make("padded", "--manifest", "image_list.nhdr"));
    for (const std::string encoding : {"raw", "gzip"}) {
        judge(make("grey", "--encoding " + encoding + " -o", encoding + "_attached.nrrd"));
        judge(make("grey", "--encoding " + encoding + " -o", encoding + "_detached.nhdr"));
        judge(make("colour", "--channel all --encoding " + encoding + " -o", encoding + "_colour.nrrd"));
    }
    judge(make("bmp_list.nhdr", "-o", "from_list.nrrd"));
    judge(make("bmp_list.nhdr", "--factor 2 --kernel nearest --align first -o", "half.nrrd"), 2);
    for (const char* axes : {"x", "y", "z", "x,y", "x,z", "y,z", "x,y,z"}) {
        judge(make("grey", std::string("--flip ") + axes + " -o", std::string("flipped_") + axes + ".nrrd"));
    }
    write_reference(folder / "reference.nrrd");
    const std::string like = "--like \"" + (folder / "reference.nrrd").string() + "\" -o";
    for (const char* input : {"grey", "colour"}) {
        const fs::path made = make(input, "--channel all " + like, std::string("like_") + input + ".nrrd");
        judge(made, 1, {1, 2, 0});
        judge_grids(made, folder / "reference.nrrd");
    }
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}

#endif
