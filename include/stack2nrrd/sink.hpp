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

/// What a NRRD header says about its samples in fields that no import needs, and a copy keeps.
struct HeaderFields {
    std::array<std::string, 3> labels{};  ///< of x, y, z; empty where there is none
    std::string content{};
    std::string sample_units{};  ///< of the values
    std::string old_min{};       ///< what the lowest and the highest value of the type were before they were quantised
    std::string old_max{};
};

/// What a volume is: everything about it but its samples.
struct VolumeInfo {
    std::array<Index, 3> size{0, 0, 0};  ///< x, y, z
    int channels = 1;                    ///< > 1: interleaved, before x
    Colour colour = Colour::grey;        ///< what the channels mean
    ComponentAxis components{};          ///< more of it, of Colour::components
    SampleType type = SampleType::uint8;
    Geometry geometry{};
    HeaderFields fields{};                                     ///< of the header of the source
    std::vector<std::pair<std::string, std::string>> notes{};  ///< key/values for the header, in order
    std::vector<std::string> late_notes{};  ///< keys of further ones, whose values are known when all samples are

    /// Of the samples of one slice, and of all. What does not fit into 64 bits is the largest number that does.
    [[nodiscard]] STACK2NRRD_EXPORT std::int64_t slice_bytes() const noexcept;
    [[nodiscard]] STACK2NRRD_EXPORT std::int64_t bytes() const noexcept;
};

/// Room for the value of a late note: any number of 64 bits.
inline constexpr std::size_t late_note_width = 20;

/// Where slices go. One thread calls begin() once, then write_slice() for z = 0, 1, … in order, then write_late_notes()
/// if VolumeInfo has late notes, then finish(), then publish(). A sink that is destroyed before publish() returned
/// leaves things as they were before begin().
///
/// A sink of your own needs begin(), write_slice() and finish(). The other functions are for what appears under a name,
/// as a file does: together they make sure that several sinks (see tee()) have a result each, or none.
class STACK2NRRD_EXPORT Sink {
public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink();

    /// \throws Error as the kind of sink has it.
    virtual void begin(const VolumeInfo& volume) = 0;
    /// `samples`: size y × size x × channels, native byte order, valid during the call only.
    virtual void write_slice(Index z, std::span<const std::byte> samples) = 0;
    /// `values`: those of VolumeInfo::late_notes, in the same order; each has at most late_note_width characters. Sinks
    /// that write no header need not do anything.
    virtual void write_late_notes(std::span<const std::string> values);
    /// Does all that is left to do and may fail for lack of room or memory. Nothing has a name yet.
    virtual void finish() = 0;
    /// Gives the result its name. If it throws, it has taken back what it did.
    virtual void publish() {}
    /// Takes back publish(): what had the name before has it again. Called where another sink could not publish.
    virtual void withdraw() noexcept {}

    /// The files that publish() gives names to; the same before begin() and after it.
    [[nodiscard]] virtual std::vector<std::filesystem::path> files() const { return {}; }
};

/// Hands everything on to several sinks, in their order. They publish in reverse, so that the first comes last: all of
/// them or, if one throws, none. \throws Error invalid_argument if a file is named twice, under whatever name.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> tee(std::vector<std::unique_ptr<Sink>> sinks);

/// A text file beside a volume. `text` is called by finish(); slices are not looked at. Written as nrrd_sink() has it.
/// \throws Error as nrrd_sink(), but that any suffix will do.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> text_sink(const std::filesystem::path& file,
                                                                std::function<std::string()> text, bool force = false);

enum class Encoding : std::uint8_t { raw, gzip };

struct NrrdOptions {
    Encoding encoding = Encoding::raw;
    int level = 6;       ///< of gzip: 1 to 5 fast, 7 to 9 small, 6 fast where that makes it at most about 1 % longer
    bool force = false;  ///< replace what stands under the name
    /// A PNG with the three orthogonal slices through the middle, in physical aspect, grey from the 1st to the 99th
    /// percentile; gathered while the slices pass. Empty: none.
    std::filesystem::path preview{};
};

/// A NRRD file: `.nrrd` attached, `.nhdr` detached with its samples in `stem.raw` or `stem.raw.gz` beside it; and the
/// preview, if one is asked for. Written under hidden names in the same folder, made durable, and only then given their
/// names by publish(): all of the files or, if anything fails, none. A file that is replaced leaves its mode to the new
/// one. A symbolic link is followed. Two sinks cannot write one file at the same time, in whatever processes: the
/// second one's begin() throws.
/// `threads`: that may compress, the calling one included, and never more than 8; 0 = one a core. The bytes stay the
/// same.
/// \throws Error invalid_argument (other suffix, exists without force, not a regular file, two files of one name, being
///         written by somebody else), io (no such folder, or one that cannot be written to).
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> nrrd_sink(const std::filesystem::path& file,
                                                                const NrrdOptions& options = {}, unsigned threads = 0);

/// A caller's buffer: size z × size y × size x × channels, of exactly VolumeInfo::bytes() bytes. Not owned. What an
/// unfinished run leaves in it is unspecified.
/// \throws Error invalid_argument from begin() if the size does not fit.
[[nodiscard]] STACK2NRRD_EXPORT std::unique_ptr<Sink> memory_sink(std::span<std::byte> volume);

}  // namespace stack2nrrd
