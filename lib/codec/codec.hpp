#pragma once

// A codec turns one file into rows. To add a format: write its functions in a file of its own and add a
// line to the table in codec.cpp.

#include "codec/workbench.hpp"
#include "core/file.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/source.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Samples per unit, as a file says them; 0 means unknown. In TIFF an absent unit means inch.
struct FileDensity {
    enum class Unit : std::uint8_t { none, inch, centimetre, metre };
    std::optional<double> x, y;
    Unit unit = Unit::none;
};

/// Samples that are in the file as they are delivered, but for the byte order and the order of the rows.
struct FileSamples {
    std::int64_t offset = 0;
    std::endian endian = std::endian::native;
    bool bottom_up = false;  ///< the last row is first

    friend constexpr bool operator==(const FileSamples&, const FileSamples&) = default;
};

/// Which samples of a slice are delivered.
enum class Samples : std::uint8_t {
    shown,   ///< what they mean by the file's own words: colours of a palette, MinIsWhite inverted, few bits spread
    stored,  ///< as they are in the file: the index into a palette, and numbers of few bits as they are
};

/// Codecs give no more of a description than this.
inline constexpr std::size_t most_description_bytes = std::size_t{16} << 20;

/// What the header of a slice says.
struct Probe {
    ImageInfo image;
    /// As TIFF and Exif count: 1 = the first row is at the top, and rows begin at the left. Only reported, never
    /// applied; whoever reads the headers checks that slices agree and reports it, so that codecs need not.
    int orientation = 1;
    bool least_is_white = false;  ///< the file says that its least value is white, whatever is delivered
    int few_bits = 0;             ///< 1, 2 or 4 where grey of so few bits is spread over 8 as it is shown
    std::uint64_t palette = 0;    ///< equal for equal palettes (the colours of each index); 0 where there is none
    /// Why one channel cannot represent all, as what the slice is: "CMYK colour in 4 channels"; empty if it can.
    std::string choice;
    bool interpreted = false;         ///< Samples::shown and Samples::stored differ
    std::optional<FileSamples> bare;  ///< if they are uncompressed, in one piece, and need no conversion
    std::int64_t decoder_bytes = 0;   ///< upper bound of what decode() holds at any time, its bench included
    std::int64_t bench_bytes = 0;     ///< of these: what it lays out on its bench, which stays there
    FileDensity density;
    std::string description;         ///< TIFF: its ImageDescription as it is
    std::vector<std::string> notes;  ///< what is odd but harmless: "orientation 3 is not applied"
};

/// One slice of a file that may hold several.
struct Page {
    std::int64_t place = 0;  ///< for probe() and decode(); the codec's own affair, but 0 is the file's first page
    Index number = 0;        ///< counted from 0 over all pages, also those that are no slices, as OME counts its IFDs
};

struct Pages {
    std::vector<Page> slices;  ///< in the file's order; never empty
    /// What is no slice, and why the list ends early. Here pages are counted from 1: "page 3 (64 x 64) is left out".
    std::vector<std::string> notes;
};

/// Rows are worked on in batches of this many, which begin at multiples of it. One that is pushed whole is not copied.
inline constexpr Index row_batch = 32;

/// How many rows of `row_bytes` bytes to read at once: few enough for the processor's second cache; whole batches, if
/// that is possible.
[[nodiscard]] Index rows_to_read(std::int64_t row_bytes);

struct Codec {
    const char* name;
    /// Does a file that begins with `head` (up to 16 bytes) belong to this codec?
    bool (*matches)(std::span<const std::byte> head);
    /// Where the slices of the file are: those that have the size, type and colour of its first full-sized one.
    /// Whether they can be decoded is left to probe().
    /// \throws Error limit, io; whatever probe() throws.
    Pages (*pages)(InputFile& file);
    /// Reads the header of the slice at `place`, and no other page.
    /// \throws Error unsupported (the sentence names the feature), corrupt, limit, io; inconsistent if nothing can be
    /// at that place.
    Probe (*probe)(InputFile& file, std::int64_t place, Samples samples);
    /// Pushes the rows [rows.first, rows.end) of the slice (all, if that is empty), in order; rows outside are skipped
    /// as cheaply as the format allows. Decoding ends after the last wanted row, but everything before it is checked.
    /// Damage may be noticed only after some rows were pushed: they count only if decode() returns.
    /// `bench`: where it works; whatever is there, from any file and any codec, makes no difference.
    /// \throws Error unsupported, corrupt, limit, io, and whatever `sink` throws; inconsistent if the slice has
    /// fewer rows than wanted.
    void (*decode)(InputFile& file, std::int64_t place, Samples samples, Range rows, Workbench& bench, RowSink& sink);
};

extern const Codec tiff_codec;
extern const Codec png_codec;
extern const Codec jpeg_codec;
extern const Codec jpeg2000_codec;
extern const Codec bmp_codec;

/// The codec for this file by its first bytes, never by its name.
/// \throws Error unsupported if no codec knows it (the sentence says what it is, if that is known), corrupt if it is
/// empty.
[[nodiscard]] const Codec& codec_for(InputFile& file);

/// "TIFF, PNG, JPEG or BMP".
[[nodiscard]] std::string codec_names();

// ------------------------------------------------------------------------------------------- for the codecs' own use

/// Throws Error(`code`, "<file>: `sentence`"), or the system's read error if there was one: a file that could not be
/// read is not corrupt.
[[noreturn]] void refuse(const InputFile& file, ErrorCode code, std::string_view sentence);

/// Refuses sizes that no honest slice has, before anything is allocated: zero, more than a million samples on a side,
/// or far more samples than the file could hold.
/// `stored_bits`: what one position (all its channels) takes before compression. `max_ratio`: the most that the
/// format's compression can do, e.g. 1032 for deflate; 1 for none.
/// \throws Error corrupt, limit.
void check_declared_size(const InputFile& file, const ImageInfo& image, std::int64_t stored_bits, double max_ratio);

/// For formats without pages: one slice at place 0.
[[nodiscard]] Pages single_page(InputFile& file);
/// \throws Error inconsistent if `place` is not 0.
void check_single_page(const InputFile& file, std::int64_t place);

using PaletteColour = std::array<std::byte, 3>;  ///< red, green, blue

/// Fills in what `probe` says of a palette. What is delivered is the index with Samples::stored; else a grey value if
/// all colours are grey, or a colour.
void set_palette(Probe& probe, std::span<const PaletteColour> colours, Samples samples);

/// A density that may not have been told.
[[nodiscard]] std::optional<double> density_or_none(double value);

/// `rows`, or all rows of `image` if it is empty.
/// \throws Error inconsistent if `image` has fewer.
[[nodiscard]] Range wanted_rows(const InputFile& file, const ImageInfo& image, Range rows);

}  // namespace stack2nrrd
