#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// Fields of a NRRD header that an import does not need and that its result keeps.
struct HeaderFields {
    std::array<std::string, 3> labels{};  ///< of x, y, z; empty if there is none
    std::string content{};
    std::string sample_units{};  ///< of the values
    std::string old_min{};       ///< the value that the lowest value of the type had before quantisation
    std::string old_max{};       ///< the same of the highest value
};

/// Everything about a volume but its samples.
struct VolumeInfo {
    std::array<Index, 3> size{0, 0, 0};  ///< samples along x, y, z
    int channels = 1;                    ///< values of each sample; interleaved, faster than x
    Colour colour = Colour::grey;        ///< what the channels mean
    ComponentAxis components{};          ///< the axis of the channels, if they are Colour::components
    SampleType type = SampleType::uint8;
    Geometry geometry{};
    HeaderFields fields{};                                     ///< kept from the header of the source
    std::vector<std::pair<std::string, std::string>> notes{};  ///< key/values for the header, in order
    std::vector<std::string> late_notes{};  ///< keys of further ones, whose values are known after the last slice
    Index chunk_depth = 64;                 ///< slices of a chunk, where the samples are stored in chunks

    /// Bytes of the samples of one slice. Both numbers are the largest of 64 bits where the true one does not fit.
    [[nodiscard]] STACK2NRRD_EXPORT std::int64_t slice_bytes() const noexcept;
    /// Bytes of all samples, uncompressed.
    [[nodiscard]] STACK2NRRD_EXPORT std::int64_t bytes() const noexcept;
};

/// The most characters that the value of a late note has: enough for any number of 64 bits.
inline constexpr std::size_t late_note_width = 20;

/// Where slices go. One thread calls begin() once, then write_slice() for z = 0, 1, … in order, then write_late_notes()
/// if VolumeInfo has late notes, then finish(), then publish(). A sink that is destroyed before publish() returned
/// leaves everything as it was before begin(). Any of the functions may throw; the calls then end there.
///
/// A sink of your own needs begin(), write_slice() and finish(). The other functions are for results with a name, such
/// as files: with them, either all sinks of a run (see tee()) have a result, or none has.
///
/// Not promised: that every sink that has begun is finished (a run may fail or be cancelled), or that write_slice() is
/// called at even intervals. A sink is for one run, and is never called from two threads at once.
class STACK2NRRD_EXPORT Sink {
public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink();

    /// Opens the output. Everything that can be refused should be refused here, before hours of work.
    virtual void begin(const VolumeInfo& volume) = 0;
    /// `samples`: size y × size x × channels, the last one fastest; native byte order; valid during the call only.
    virtual void write_slice(Index z, std::span<const std::byte> samples) = 0;
    /// `values`: one for each of VolumeInfo::late_notes, in the same order, of at most late_note_width characters. The
    /// default does nothing, which is right for sinks that write no header.
    virtual void write_late_notes(std::span<const std::string> values);
    /// Does all remaining work that can fail for lack of room or memory, but gives nothing a name yet.
    virtual void finish() = 0;
    /// Gives the result its name. If it throws, it must have undone its own changes.
    virtual void publish() {}
    /// Undoes publish(): the previous file has its name again. Called if another sink of the run could not publish.
    virtual void withdraw() noexcept {}

    /// The files and folders that publish() gives names to. The answer is the same before begin() and after it.
    [[nodiscard]] virtual std::vector<std::filesystem::path> files() const { return {}; }
};

/// A sink that passes everything on to several others, in their order. They publish in reverse order: all of them or,
/// if one throws, none. \throws Error invalid_argument if two of them write one file, also where a link gives it two
/// names.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> tee(std::vector<std::unique_ptr<Sink>> sinks);

/// A text file, such as a report beside a volume. finish() calls `text` once; slices are ignored. The file is written
/// as safely as those of nrrd_sink(), and with `force` it replaces one that exists.
/// \throws Error as nrrd_sink(), except that any suffix is accepted.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> text_sink(const std::filesystem::path& file,
                                                                std::function<std::string()> text, bool force = false);

/// How samples are stored. NRRD has no zstd, and zarr_sinks() only where the library was built with it.
enum class Encoding : std::uint8_t { raw, gzip, zstd };

/// How a NRRD file is written.
struct NrrdOptions {
    /// Default: raw, the fastest to write and to read. gzip where room on disk matters more.
    Encoding encoding = Encoding::raw;
    /// Effort of gzip, 1 to 9; ignored for raw. Default: 6. 1 to 5 are fast, 7 to 9 small, and 6 is fast where that
    /// makes the file at most about 1 % longer.
    int level = 6;
    /// Replaces existing files of the same name. Default: false, they are an error.
    bool force = false;
    /// Also writes a PNG: three orthogonal slices through the middle and, below, the largest values along each axis, in
    /// physical aspect, with axis letters and scale bars. It is made while the slices pass. Default: empty, none.
    std::filesystem::path preview{};
};

/// A NRRD file: `.nrrd` attached, `.nhdr` detached with its samples in `stem.raw` or `stem.raw.gz` beside it; and the
/// preview, if one is asked for. The files are written under hidden names in the same folder, made durable, and only
/// then given their names by publish(): all of them or, if anything fails, none. A new file takes the mode of the one
/// that it replaces. A symbolic link is followed. Two sinks cannot write one file at the same time, in whatever
/// processes: begin() of the second one throws.
/// `threads`: how many may compress, the calling one included, at most 8; 0 = one a core. It does not change the bytes.
///
/// Not promised: the same bytes of a file across versions of this library or of the libraries that compress. Its
/// samples stay the same for one version of this library; header lines may be added in later ones. \throws Error
/// invalid_argument (other suffix, exists without force, not a regular file, two files of one name, being
///         written by somebody else), io (no such folder, or one that cannot be written to).
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> nrrd_sink(const std::filesystem::path& file,
                                                                const NrrdOptions& options = {}, unsigned threads = 0);

/// The version of OME-Zarr: 0.4 is Zarr 2, with a file for each chunk; 0.5 is Zarr 3, with a file for each slab of
/// chunks.
enum class ZarrVersion : std::uint8_t { v0_4, v0_5 };

/// How an OME-Zarr is written.
struct ZarrOptions {
    /// Default: 0.5. Older readers take 0.4 alone.
    ZarrVersion version = ZarrVersion::v0_5;
    /// Of each chunk. Default: gzip, which every reader has.
    Encoding encoding = Encoding::gzip;
    /// Effort of gzip and zstd, 1 to 9; ignored for raw. Default: 1, which keeps up with a run.
    int level = 1;
    /// Replaces an existing Zarr group of the same name, and no other folder. Default: false, it is an error.
    bool force = false;
    /// Also writes a PNG of the finest level, as NrrdOptions::preview.
    std::filesystem::path preview{};
};

/// An OME-Zarr: a folder with the levels "0", "1", ... of one volume, the finest first; a sink for each. Axes are z, y,
/// x, or c, z, y, x where a sample has several channels. Chunks have VolumeInfo::chunk_depth slices (or what the volume
/// has), and at most 128 x 128 samples of each; scale and translation say where samples lie, in LPS millimetres. What
/// OME-Zarr has no word for is in the attribute "stack2nrrd". The folder is made under a hidden name beside its own,
/// made durable, and published as a whole by the first of the sinks; a run must finish and publish all of them, as
/// run_imports() does. A symbolic link is followed. Two runs cannot write one folder at the same time.
/// `threads`: how many may compress, the calling one included, at most 8; 0 = one a core. It does not change the bytes.
/// Not promised: as nrrd_sink(). 	hrows Error as nrrd_sink(); invalid_argument also for a folder that is no Zarr
/// group,
///         unsupported for an encoding that is not built in.
[[nodiscard]] STACK2NRRD_EXPORT std::vector<std::unique_ptr<Sink>> zarr_sinks(const std::filesystem::path& folder,
                                                                              std::size_t levels,
                                                                              const ZarrOptions& options = {},
                                                                              unsigned threads = 0);

/// Writes into a caller's buffer: size z × size y × size x × channels, the last one fastest, native byte order, of
/// exactly VolumeInfo::bytes() bytes. The buffer is not owned and needs no alignment. Its contents after an unfinished
/// run are unspecified.
/// \throws Error invalid_argument from begin() if the size does not fit.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> memory_sink(std::span<std::byte> volume);

/// What sinks have in common that fill a volume of another library in memory, such as those of teem.hpp, itk.hpp and
/// vtk.hpp: samples go straight into its buffer, and it replaces the caller's when the whole run has succeeded.
class STACK2NRRD_EXPORT BufferSink : public Sink {
public:
    ~BufferSink() override;
    void begin(const VolumeInfo& volume) final;
    void write_slice(Index z, std::span<const std::byte> samples) final;
    void write_late_notes(std::span<const std::string> values) final;
    void finish() final;
    void publish() final;
    void withdraw() noexcept final;

protected:
    BufferSink();

    /// Makes the volume and returns its buffer: VolumeInfo::bytes() bytes, in the order of memory_sink(). Refuse here
    /// what the library does not hold. Called once.
    virtual std::byte* make(const VolumeInfo& volume) = 0;
    /// Called when all samples are there, with all key/values that the header of a NRRD file would have,
    /// but for checksums.
    virtual void complete(const std::vector<std::pair<std::string, std::string>>& notes) = 0;
    /// Exchanges the caller's volume and the new one. Called once more to take that back.
    virtual void exchange() noexcept = 0;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The header of a NRRD file of `volume`, as nrrd_sink() writes it for raw samples that follow it, up to and with the
/// empty line. What is known only at the end is not in it: late notes, the keys `min` and `max`, and
/// checksums.
[[nodiscard]] STACK2NRRD_EXPORT std::string nrrd_header_text(const VolumeInfo& volume);

}  // namespace stack2nrrd
