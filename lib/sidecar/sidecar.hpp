#pragma once

// What the scanner said: the text files that lie beside slices. Pure functions on text; who reads the files, and what
// to do when they contradict the slices, is decided elsewhere. To add a format: write its two functions in a file of
// its own and add a line to the table in sidecar.cpp.

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

struct Sidecar {
    std::string format;                               ///< "SkyScan log", ...
    std::array<std::optional<double>, 3> spacing_mm;  ///< x, y, z of the slices; nothing where it is not certain
    std::optional<Index> first, last;                 ///< numbers of the slices; `last` need not be a slice if step > 1
    std::optional<Index> count;                       ///< how many slices
    bool other_axes = false;                          ///< files may also follow each other in time: `count` are along z
    std::optional<Index> step;                        ///< slice thicknesses from one slice to the next; in spacing_mm
    std::optional<Index> width, height;               ///< samples of a slice
    std::string prefix;                               ///< of the slices' names, in UTF-8; empty if unknown
    int index_length = 0;                             ///< digits of the number in a name; 0 if unknown
    std::string file_type;                            ///< "bmp", "tif", in lower case; empty if unknown
    /// What is odd, missing or was not used: sentences without the file's name, ready to follow "<file>: ".
    std::vector<std::string> doubts;
};

struct SidecarFormat {
    const char* name;
    const char* suffix;  ///< of the file's name, in any case
    /// Is a text from a file of that suffix in this format? Cheap.
    bool (*matches)(std::string_view text);
    /// Never fails: what is unknown is left out, and a doubt says so if it matters.
    void (*parse)(std::string_view text, Sidecar& sidecar);
};

extern const SidecarFormat skyscan_log_format;
extern const SidecarFormat phoenix_pcr_format;
extern const SidecarFormat phoenix_pca_format;
extern const SidecarFormat nikon_xtekct_format;
extern const SidecarFormat tescan_format;
extern const SidecarFormat micro_manager_format;
extern const SidecarFormat rigaku_format;
extern const SidecarFormat tomcat_format;

/// All formats; where several files lie beside a stack, an earlier one knows more of the slices than a later one.
[[nodiscard]] std::span<const SidecarFormat* const> sidecar_formats() noexcept;

/// May a file of this name be a sidecar? By its suffix alone: to be asked before a file is read.
[[nodiscard]] bool may_be_sidecar(std::string_view file_name) noexcept;

/// Nothing if the text is in no known format. `file_name`: a name or path, of which the suffix counts. Takes time in
/// proportion to the text, whatever is in it.
[[nodiscard]] std::optional<Sidecar> parse_sidecar(std::string_view file_name, std::string_view text);

}  // namespace stack2nrrd
