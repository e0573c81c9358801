#pragma once

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/export.hpp>
#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/source.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// One slice: a file, and its place in it. Small on purpose: there may be hundreds of thousands.
struct SliceRef {
    std::int32_t file = -1;  ///< index into Stack::files; -1 for a slice that is missing
    /// In an image file 0 is the first page; only the codec knows the meaning of other values. In a volume, whose file
    /// is 0, it is the number of the slice.
    Index place = 0;

    [[nodiscard]] constexpr bool missing() const noexcept { return file < 0; }
    friend constexpr bool operator==(const SliceRef&, const SliceRef&) = default;
};

struct NrrdVolume;  ///< for the library itself

/// How every slice is stored, if its samples are uncompressed and in one piece.
struct BareSamples {
    std::int64_t offset = 0;  ///< of the first sample, in bytes from the beginning of the file
    bool big_endian = false;
    bool bottom_up = false;  ///< the last row is stored first
};

/// Something about the stack that its user should know. With a fatal problem plan_import() throws.
struct Problem {
    ErrorCode code = ErrorCode::inconsistent;
    bool fatal = false;
    std::string text;      ///< one sentence, like Error::what()
    bool spacing = false;  ///< it advises to pass a spacing, and can be dropped where one is passed
};

/// Which pages were taken of a file that holds several channels or points in time, page by page.
struct TakenPages {
    Index channels = 1;  ///< how many the file holds
    Index channel = 0;   ///< which one was taken, from 0
    Index times = 1;     ///< how many points in time the file holds
    Index time = 0;      ///< which one was taken, from 0

    friend constexpr bool operator==(const TakenPages&, const TakenPages&) = default;
};

/// The options with which a list of slices was written, as text; empty where an option was not given.
struct ListedOptions {
    std::string order;
    std::string spacing;
    std::string origin;
};

/// The result of find_stack(): which slices, in which order, and what is odd about them. A value; no file stays open.
/// Several threads may read one stack. Programs may change `geometry`; changing other fields is not supported. Fields
/// may be added in later versions.
struct Stack {
    std::string name;  ///< the source's name in headers: base name of the folder or of the first file
    std::string kind;  ///< "folder", "series", "pattern", "files", "list", "file", "pages", "volume" or "source"
    FileList files;    ///< each file once
    std::vector<SliceRef> slices;      ///< in z order, gaps included
    TakenPages taken;                  ///< which pages, where the only file holds more than one volume
    std::vector<std::string> missing;  ///< gaps as ranges of numbers: "0421", "0007..0009"
    std::vector<std::string> strays;   ///< base names of other files in the folder, which are left out
    std::vector<Problem> problems;     ///< in order of importance: fatal ones first, by slice
    ImageInfo image;                   ///< size, type and colour, the same in every slice
    ComponentAxis components{};        ///< what the channels are, if they are components
    bool stored = false;               ///< are samples taken as they are stored? See FindOptions::labels
    bool interpreted = false;          ///< would samples differ if `stored` were the opposite?
    std::int64_t decoder_bytes = 0;    ///< the most memory that decoding one slice takes beyond its rows
    Geometry geometry;                 ///< of the source samples; unit steps where the spacing is unknown
    /// Base names of files that describe the slices beside them, such as a scanner's log. None of them is a stray.
    std::vector<std::string> sidecars;
    std::vector<std::string> other_inputs;  ///< paths, UTF-8, of other files that were read: lists, headers, logs
    HeaderFields fields{};                  ///< of a volume; the result keeps those that stay true
    std::vector<std::pair<std::string, std::string>> notes;  ///< key/values of a volume, likewise
    ListedOptions listed;                                    ///< if the stack comes from a list of slices
    std::optional<BareSamples> bare;                         ///< if all files store their samples in this way
    std::shared_ptr<const NrrdVolume> volume;  ///< how the files store the samples; null if the files are images
    std::shared_ptr<const Source> source;      ///< a program's own, see stack_from(); `files` is then empty
};

/// How slices are ordered.
enum class Order : std::uint8_t {
    natural,  ///< by the numbers in their names: `_2` before `_10`
    given,    ///< as listed; gaps and duplicates are not looked for
};

/// Which channels become samples: those of a colour slice or, where a file has a page for each channel, those pages. Of
/// pages a number is any of them, `luma` is the first, and `all` is an error. `index` is for slices with a palette: the
/// index into the palette instead of the colour.
enum class Channel : std::int32_t { index = -3, luma = -2, all = -1, c0 = 0, c1 = 1, c2 = 2, c3 = 3 };

/// How slices are found and which of their samples are taken.
struct FindOptions {
    /// Default: natural. Set given if names do not show the order, and pass the files in theirs.
    Order order = Order::natural;
    /// How many threads read headers and make the result. Default: 0, one a core. Never changes a byte of the result.
    unsigned threads = 0;
    /// Default: luma, the brightness of colours; the first channel of pages. Set all to keep the colours.
    Channel channel = Channel::luma;
    /// Which point in time of a file that holds several, from 0. Default: the first, and a problem says so.
    std::optional<Index> time{};
    /// Samples are labels, not amounts: values stay as they are, and kernels that mix them are refused. Samples are
    /// taken as they are stored: the index into a palette, MinIsWhite not inverted, 1, 2 and 4 bits not spread;
    /// `Channel::index` does that, too. Default: false. Set it for segmentations.
    bool labels = false;
    /// How often a read is tried again that fails because of a disk, or of the network between: an input or output
    /// error, a stale handle, a time-out; after a tenth of a second, then after twice as long each time, at most 3.2
    /// seconds. Default: 0. Set it for network shares that come back. Never changes a byte of the result.
    unsigned retry = 0;

    friend constexpr bool operator==(const FindOptions&, const FindOptions&) = default;
};

/// Finds the slices that `input` names and reads every header; no samples are read. `input` is a folder, one file of a
/// numbered series (the whole series is taken), a printf pattern (`scan_%04d.tif`, `z=%.2fum.tif`), a glob
/// (`scan_*.tif`), a glob with one number of printf in it (`scan_%04d_z=*um.tif`), or a volume (`.nrrd`, `.nhdr`); a
/// file that exists is taken as a file even if its name looks like a pattern. With Order::given a glob is taken in the
/// order of the names.
///
/// For a folder without slices, the only volume in it is taken, or the only folder with slices a few levels below; for
/// a scanner's log, the slices beside it. A non-fatal problem says so.
///
/// If names hold several numbers, the one that counts evenly orders the slices; a non-fatal problem says so if another
/// number would order them differently. If two numbers count equally well and give different orders, that is an error.
///
/// Gaps in the numbering are kept as missing slices, as long as there are no more of these than files. Slices that
/// differ in size, type or colour, duplicate numbers, wider gaps and unreadable headers become fatal problems of the
/// result, so that all of them can be reported at once.
///
/// A file of many pages may hold several channels and points in time: FindOptions choose, and Stack::taken shows which
/// were taken. A choice that the file does not have becomes a fatal problem.
///
/// A scanner's log beside the slices gives the spacing if it fits them; one that does not fit is a non-fatal problem.
///
/// Not promised: that the files stay as they are. A run compares each with its stamp and throws Error changed.
/// \throws Error not_found (no such input, or no slice in it), io, inconsistent (several series, or several orders),
///         invalid_argument (a text that looks like a pattern and is not valid).
[[nodiscard]] STACK2NRRD_EXPORT Stack find_stack(const std::filesystem::path& input, const FindOptions& options = {});

/// The same for a list of files. Only files that scanners and systems put beside slices (`*spr.bmp`, `._*`, a scanner's
/// log) are left out, and with Order::given not even those.
/// \throws Error as find_stack(input).
[[nodiscard]] STACK2NRRD_EXPORT Stack find_stack(const std::vector<std::string>& paths_utf8,
                                                 const FindOptions& options = {});

/// The same for a list, in UTF-8 or UTF-16, of one file a line. Empty lines and lines that begin with `#` are skipped,
/// and a CR at the end of a line is removed. Relative paths count from the working directory. "-" reads standard input.
/// \throws Error as find_stack(input); not_found, io, corrupt for the list itself.
[[nodiscard]] STACK2NRRD_EXPORT Stack find_listed_stack(const std::filesystem::path& list,
                                                        const FindOptions& options = {});

/// A stack of the slices of a program's own source, in its order: not files, but whatever the program reads or makes.
/// Its spacing is unknown; set Stack::geometry or Options::spacing. Blank slices are gaps. `name` is the source's name
/// in headers.
/// \throws Error invalid_argument if `source` is null, has no slices, or has an image() that is not valid; limit if an
///         axis has more than a million samples.
[[nodiscard]] STACK2NRRD_EXPORT Stack stack_from(std::shared_ptr<const Source> source, std::string name = "source");

/// A stack of a volume that is in memory. `samples`: size z × size y × size x × channels, the last one fastest, native
/// byte order, of exactly VolumeInfo::bytes() bytes, without any alignment; what memory_sink() has written, for
/// instance. They are not copied: they must stay as they are as long as the stack, its copies and their plans are used.
/// `owner` is kept for as long. Geometry, fields and notes are taken over as they are from a file that has them in its
/// header.
/// \throws Error invalid_argument if `samples` are not as many as `volume` says, or its channels are not those of its
///         colour; as stack_from(source).
[[nodiscard]] STACK2NRRD_EXPORT Stack stack_from(const VolumeInfo& volume, std::span<const std::byte> samples,
                                                 std::string name = "volume",
                                                 std::shared_ptr<const void> owner = nullptr);

/// The same with the header of a NRRD, as text from its first line on, instead of a VolumeInfo: all that files with
/// this header may be is taken, axes of components that are the slowest included. What it says of encoding, byte order
/// and data files is not looked at. What is odd about it becomes problems of the stack.
/// \throws Error invalid_argument if `samples` are not as many as it says; unsupported, corrupt or limit as for files.
[[nodiscard]] STACK2NRRD_EXPORT Stack stack_from(std::string_view nrrd_header, std::span<const std::byte> samples,
                                                 std::string name = "volume",
                                                 std::shared_ptr<const void> owner = nullptr);

}  // namespace stack2nrrd
