#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/stack.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

/// Whether the input of a result is still what it was made of: the number of its files, their base names and sizes, in
/// order. Neither dates nor contents are looked at.
enum class InputState : std::uint8_t {
    unchanged,
    changed,
    not_found,     ///< none was given, and none of its name is there
    not_recorded,  ///< the header does not say; it was not made from files
};

/// What verify() has found out about a NRRD volume.
struct Verification {
    std::filesystem::path file;
    Index slices = 0;
    Index slabs = 0;               ///< parts with a checksum each, of `slices_per_slab` slices; the last may have fewer
    Index slices_per_slab = 0;     ///< 0 if the header does not say in a form that can be read
    std::vector<Index> damaged{};  ///< slabs that are not as they were written, in order
    /// From this slice on samples cannot be read: the file is too short, or its compressed samples are broken.
    std::optional<Index> unreadable_from{};
    bool header_as_written = true;  ///< all lines in front of that of its own checksum
    bool samples_complete = true;   ///< neither fewer bytes than the header declares, nor more
    InputState inputs = InputState::not_recorded;
    std::string inputs_recorded{};    ///< "147 files", as the header has it
    std::filesystem::path input{};    ///< what was compared with that
    std::vector<Problem> problems{};  ///< what is not as it should be, a sentence each; the worst first, warnings last

    /// Is all as it should be, as far as it could be checked?
    [[nodiscard]] STACK2NRRD_EXPORT bool good() const noexcept;
    /// That of the first fatal problem: corrupt or changed. Only if not good().
    [[nodiscard]] STACK2NRRD_EXPORT ErrorCode code() const noexcept;
};

/// Reads a NRRD volume (`.nrrd`, or `.nhdr` with its samples) that stack2nrrd has written, once from end to end and in
/// little memory, and compares samples and header with the checksums in it. `input`: what it was made from. If that is
/// null, its name is looked for as find_source_of() does. What is damaged is in the result; it is no exception.
/// \throws Error invalid_argument for a header without checksums, and for an OME-Zarr; not_found, io; corrupt or
///         unsupported for a header that cannot be read at all; cancelled; as find_stack() of an `input` that is named.
[[nodiscard]] STACK2NRRD_EXPORT Verification verify(const std::filesystem::path& volume, const Stack* input = nullptr,
                                                    const KeepGoing& keep_going = {});

/// The folder or file that a result was made from, by the name that its header has: beside the result, in the working
/// directory, or the folder that the result lies in. Empty if there is none.
/// \throws Error as verify() for the header.
[[nodiscard]] STACK2NRRD_EXPORT std::filesystem::path find_source_of(const std::filesystem::path& volume);

/// How the slices were found that a NRRD volume was made from: for find_stack(), before verify(). By default where its
/// header does not say.
/// \throws Error as verify() for the header.
[[nodiscard]] STACK2NRRD_EXPORT FindOptions find_options_of(const std::filesystem::path& volume);

/// The options that a NRRD volume was made with, as its header has them. Files of `--like`, `--mask` and `--transform`,
/// of which it has the base names only, are looked for beside `input`, beside the volume and in the working directory.
/// What shapes no sample (threads, memory, encoding) is as by default.
/// \throws Error invalid_argument if the header does not say how it was made; not_found if one of those files is
///         nowhere; as verify() for the header.
[[nodiscard]] STACK2NRRD_EXPORT Options replay_options(const std::filesystem::path& volume,
                                                       const std::filesystem::path& input = {});

/// What replay() has found out.
struct Replay {
    std::filesystem::path file;
    std::string version;           ///< of the program that made it
    std::array<Index, 3> size{};   ///< of the result, as it is made now
    std::int64_t samples = 0;      ///< that were compared: those of all channels; 0 where the grids differ
    std::int64_t different = 0;    ///< of these
    std::array<Index, 3> first{};  ///< x, y, z of the first sample that differs
    int first_channel = 0;
    std::string first_there{};        ///< its value in the file, as text
    std::string first_made{};         ///< and as it is made now
    std::string grid_difference{};    ///< what of size, type, channels and geometry is another; empty if nothing is
    std::vector<std::string> keys{};  ///< of the header whose values are others now; no failure
    std::vector<Problem> problems{};  ///< a sentence each, the worst first, warnings last

    /// Do grid and samples agree?
    [[nodiscard]] bool same() const noexcept { return different == 0 && grid_difference.empty(); }
};

/// Makes a NRRD volume again from `stack` and compares it with the file while it is made, sample by sample: no second
/// volume is written or held. `options`: those of replay_options(), with threads, memory and scratch folder as wanted.
/// `stack` is what find_stack() finds with the same options. That the result is another one is no exception.
/// \throws Error as plan_import() and run_import(); as verify() for the header.
[[nodiscard]] STACK2NRRD_EXPORT Replay replay(const std::filesystem::path& volume, const Stack& stack,
                                              const Options& options, const KeepGoing& keep_going = {});

/// One JSON object and a line end. README.md lists the fields. `status`: of the program.
[[nodiscard]] STACK2NRRD_EXPORT std::string verification_json(const Verification& verification, int status);
[[nodiscard]] STACK2NRRD_EXPORT std::string replay_json(const Replay& replay, int status);

/// One sentence about what is as it should be: "v.nrrd: 128 slices in 64 slabs as written; inputs unchanged (147
/// files)". Of what is not, `problems` has the sentences.
[[nodiscard]] STACK2NRRD_EXPORT std::string verification_text(const Verification& verification);
[[nodiscard]] STACK2NRRD_EXPORT std::string replay_text(const Replay& replay);

}  // namespace stack2nrrd
