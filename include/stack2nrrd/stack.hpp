#pragma once

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/export.hpp>
#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/source.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// One slice: a file, and its place in there. Small on purpose: there may be hundreds of thousands.
struct SliceRef {
    std::int32_t file = -1;  ///< into Stack::files; -1 for a slice that is missing
    /// In an image file 0 is its first page, and all else is the affair of its codec. In a volume, whose file is 0, it
    /// is the number of the slice.
    Index place = 0;

    [[nodiscard]] constexpr bool missing() const noexcept { return file < 0; }
    friend constexpr bool operator==(const SliceRef&, const SliceRef&) = default;
};

struct NrrdVolume;  ///< for the library itself

/// Where the samples of every slice stand in its file, uncompressed and in one piece.
struct BareSamples {
    std::int64_t offset = 0;
    bool big_endian = false;
    bool bottom_up = false;  ///< the last row stands first
};

/// Something about the stack that its user should know. Fatal ones keep plan_import() from making a plan.
struct Problem {
    ErrorCode code = ErrorCode::inconsistent;
    bool fatal = false;
    std::string text;      ///< one sentence, as Error::what()
    bool spacing = false;  ///< advises to pass a spacing: of no interest where one is given
};

/// Which slices of a file were taken that holds several channels or points in time, page by page.
struct TakenPages {
    Index channels = 1;  ///< that the file holds
    Index channel = 0;   ///< that was taken, from 0
    Index times = 1;
    Index time = 0;

    friend constexpr bool operator==(const TakenPages&, const TakenPages&) = default;
};

/// What was given when a list of slices was written, as provenance has it; empty if nothing was.
struct ListedOptions {
    std::string order;
    std::string spacing;
    std::string origin;
};

/// The result of find_stack(): which slices, in which order, and what is odd about them.
/// A value; nothing is open behind it.
struct Stack {
    std::string name;  ///< what stands for the source in headers: base name of the folder or of the first file
    std::string kind;  ///< "folder", "series", "pattern", "files", "list", "file", "pages", "volume" or "source"
    FileList files;    ///< each file once
    std::vector<SliceRef> slices;      ///< in z order, gaps included
    TakenPages taken;                  ///< where the only file holds more than one volume
    std::vector<std::string> missing;  ///< gaps as ranges of numbers: "0421", "0007..0009"
    std::vector<std::string> strays;   ///< base names of what lay beside the slices and is not one
    std::vector<Problem> problems;     ///< in order of importance: fatal ones first, by slice
    ImageInfo image;                   ///< what every slice has in common
    ComponentAxis components{};        ///< what its channels are, if they are components
    bool stored = false;               ///< are samples taken as they are stored? See FindOptions::labels
    bool interpreted = false;          ///< would they differ otherwise?
    std::int64_t decoder_bytes = 0;    ///< the most memory that decoding one of the slices takes beyond its rows
    Geometry geometry;                 ///< of the source samples; unit steps where the spacing is unknown
    /// Base names of the files beside the slices that tell of them: a scanner's log. None of them is a stray.
    std::vector<std::string> sidecars;
    std::vector<std::string> other_inputs;  ///< paths, UTF-8, of what was read besides `files`: lists, headers, logs
    HeaderFields fields{};                  ///< of a volume, which its copy keeps, as far as they stay true
    std::vector<std::pair<std::string, std::string>> notes;  ///< key/values of a volume, likewise
    ListedOptions listed;                                    ///< if the stack comes from a list of slices
    std::optional<BareSamples> bare;                         ///< if that is so, and the same, in all files
    std::shared_ptr<const NrrdVolume> volume;  ///< how samples stand in the files; null if these are images
    std::shared_ptr<const Source> source;      ///< a program's own, see stack_from(); there are no files then
};

enum class Order : std::uint8_t {
    natural,  ///< by name, numbers as numbers: `_2` before `_10`
    given,    ///< as listed; nothing is checked for gaps or duplicates
};

/// Which channels become samples. Where a file has pages for several channels, its pages: a number is any of them,
/// `luma` the first, and there is no `all`. Else those of colour slices. `index` is of slices with a palette: which of
/// its colours, not the colour.
enum class Channel : std::int32_t { index = -3, luma = -2, all = -1, c0 = 0, c1 = 1, c2 = 2, c3 = 3 };

struct FindOptions {
    Order order = Order::natural;
    unsigned threads = 0;             ///< that read headers and make the result; 0 = one a core
    Channel channel = Channel::luma;  ///< of colours; and of a file with pages for several channels
    std::optional<Index> time{};      ///< from 0; without one, the first, and a problem says so if there are more
    /// Samples are labels: values stay what they are, and linear kernels are refused. They are taken as they are
    /// stored: the index into a palette, MinIsWhite not inverted, 1, 2 and 4 bits not spread. `Channel::index` does
    /// that, too.
    bool labels = false;

    friend constexpr bool operator==(const FindOptions&, const FindOptions&) = default;
};

/// Finds the slices that `input` stands for and reads every header. `input` is a folder, one file of a numbered
/// series (the whole series is taken), a printf pattern (`scan_%04d.tif`, `z=%.2fum.tif`), a glob (`scan_*.tif`), a
/// glob with one number of printf in it (`scan_%04d_z=*um.tif`), or a volume (`.nrrd`, `.nhdr`); a file that exists is
/// taken as a file even if its name looks like a pattern. With Order::given a glob is taken in the order of the names.
///
/// A folder without slices stands for the only volume in it, or for the only folder with slices a few levels below, and
/// a scanner's log for the slices beside it; a non-fatal problem says so.
///
/// Where names hold several numbers, the one that counts orders the slices; a non-fatal problem says so if another
/// would order them differently. If two count equally well and differ, no order is chosen.
///
/// Gaps in the numbering are kept as missing slices, as long as these are no more than there are files. Slices that
/// differ in size, type or colour, duplicate numbers, wider gaps and unreadable headers become fatal problems of the
/// result, so that all of them can be told at once.
///
/// A file of many pages may hold several channels and points in time: FindOptions choose, and Stack::taken tells. A
/// choice that is not there becomes a fatal problem.
///
/// A scanner's log beside the slices gives the spacing if it fits them; what does not fit is a non-fatal problem.
/// \throws Error not_found (no such input, or no slice in it), io, inconsistent (several series, or several orders),
///         invalid_argument (a pattern that is none).
[[nodiscard]] STACK2NRRD_EXPORT Stack find_stack(const std::filesystem::path& input, const FindOptions& options = {});

/// The same for a list of files. None is left out but what scanners and systems put beside slices (`*spr.bmp`,
/// `._*`, a scanner's log), and with Order::given not even those.
/// \throws Error as find_stack(input).
[[nodiscard]] STACK2NRRD_EXPORT Stack find_stack(const std::vector<std::string>& paths_utf8,
                                                 const FindOptions& options = {});

/// The same for the files that a list file names, one a line; empty lines and lines that begin with `#` are left out, a
/// CR at the end is. Relative paths count from the working directory. "-" reads standard input.
/// \throws Error as find_stack(input); not_found, io, corrupt for the list itself.
[[nodiscard]] STACK2NRRD_EXPORT Stack find_listed_stack(const std::filesystem::path& list,
                                                        const FindOptions& options = {});

/// A stack whose slices are those of a program's own source, in its order: not files, but whatever the program reads or
/// makes. Its spacing is unknown; set Stack::geometry or Options::spacing. Blank slices are gaps. `name` is what
/// headers say of the source. \throws Error invalid_argument if there is no source, if it has no slices, or an image
/// that no slice can be; limit if an axis has more than a million samples.
[[nodiscard]] STACK2NRRD_EXPORT Stack stack_from(std::shared_ptr<const Source> source, std::string name = "source");

}  // namespace stack2nrrd
