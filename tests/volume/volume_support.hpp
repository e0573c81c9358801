#pragma once

// What the tests of volumes share: NRRD files of known content, written without the library.

#include "volume/nrrd_reader.hpp"
#include "volume/sample_reader.hpp"

#include <stack2nrrd/error.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd::volume_test {

using Bytes = std::vector<std::byte>;

[[nodiscard]] Bytes bytes_of(std::string_view text);
[[nodiscard]] Bytes joined(const Bytes& a, const Bytes& b);
void write(const std::filesystem::path& file, std::span<const std::byte> bytes);
void write(const std::filesystem::path& file, std::string_view text);
[[nodiscard]] Bytes read(const std::filesystem::path& file);

/// One gzip member.
[[nodiscard]] Bytes gzipped(std::span<const std::byte> bytes);
/// Hexadecimal digits in lines of `a_line` bytes.
[[nodiscard]] std::string hex_text(std::span<const std::byte> bytes, std::size_t a_line = 20);

/// A volume as it was read, slice by slice in order.
struct Read {
    std::shared_ptr<const NrrdVolume> volume;
    Bytes samples;
    Index surplus = 0;
};
[[nodiscard]] Read read_volume(const std::filesystem::path& file);

/// Slice `z`, rows `rows`, checking that they come in order.
[[nodiscard]] Bytes read_rows(SampleReader& reader, const NrrdVolume& volume, Index z, Range rows = {});

/// The Error that `action` throws; nothing if it throws none.
[[nodiscard]] std::optional<Error> error_of(const std::function<void()>& action);
/// The same for reading the header and all samples of `file`.
[[nodiscard]] std::optional<Error> error_of(const std::filesystem::path& file);

// ------------------------------------------------------------------------------------------------ files of all kinds

/// Where the samples stand.
enum class Layout { attached, detached, list, list_of_slabs, list_of_rows, list_of_parts, pattern };

struct Recipe {
    std::string type = "uint16";
    bool big = false;
    std::string encoding = "raw";
    Layout layout = Layout::attached;
    int channels = 1;
    bool channels_last = false;
    int line_skip = 0;
    int byte_skip = 0;  ///< as in the field
};

/// 5 × 3 × 4 samples of `recipe.channels` channels.
struct Made {
    std::filesystem::path header;
    Bytes stored;     ///< all samples in file order, native byte order, as stored
    Bytes delivered;  ///< as the reader is to deliver them
};
[[nodiscard]] Made make(const std::filesystem::path& folder, const Recipe& recipe);

[[nodiscard]] const std::vector<std::string>& all_types();
[[nodiscard]] std::string text_of(const Recipe& recipe);
/// The combinations that are tested: all types, byte orders, encodings and layouts, with changing skips and channels.
[[nodiscard]] std::vector<Recipe> recipes();

}  // namespace stack2nrrd::volume_test
