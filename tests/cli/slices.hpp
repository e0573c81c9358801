#pragma once

// Slices that the tests of the program write: bytes of their own, or through libtiff and libpng.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cli_test {

namespace fs = std::filesystem;

/// A folder that goes with its object.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const fs::path& path() const noexcept { return path_; }
    [[nodiscard]] fs::path operator/(const std::string& utf8) const;

private:
    fs::path path_;
};

using Bytes = std::string;

void write_file(const fs::path& file, const Bytes& bytes);
[[nodiscard]] Bytes read_file(const fs::path& file);

/// Noise, the same each time; another one for another `seed`.
[[nodiscard]] Bytes noise(std::size_t bytes, std::uint32_t seed);

/// An uncompressed TIFF of one strip. `kind`: 1 unsigned, 2 signed, 3 float.
[[nodiscard]] Bytes tiff(int width, int height, const Bytes& samples, int bits = 16, int channels = 1, int kind = 1);
/// 8-bit grey.
[[nodiscard]] Bytes bmp(int width, int height, const Bytes& samples);

void write_tiled_tiff(const fs::path& file, int width, int height, const Bytes& samples);  ///< 16 bits, LZW, 64 x 64
void write_png(const fs::path& file, int width, int height, const Bytes& samples, int bits = 8);

/// `count` slices of 16-bit noise, `slice_000.tif` and on, in `folder`, which is made.
void write_stack(const fs::path& folder, int count, int width = 16, int height = 12);

/// The file that `write_stack` made of number `i`.
[[nodiscard]] std::string slice_name(int i);

/// The samples of an attached raw NRRD; fails the test if header and length do not fit.
[[nodiscard]] Bytes samples_of(const fs::path& nrrd);

/// A file naming `files` over and over, `times` times.
void write_list(const fs::path& list, const std::vector<fs::path>& files, int times = 1);

}  // namespace cli_test
