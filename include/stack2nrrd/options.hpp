#pragma once

#include <stack2nrrd/export.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/kernel.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/stack.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// As the end of a crop: up to the last source sample, whichever it is.
inline constexpr Index open_end = std::numeric_limits<Index>::max();

/// How one axis is resampled. A default AxisOptions leaves the axis as it is.
struct AxisOptions {
    /// What output samples are weighted means by. Default: lanczos:3, or mode with FindOptions::labels. Change it if
    /// ringing beside sharp edges disturbs (tent, cubic, gauss), or for exact block means (box).
    std::optional<Kernel> kernel;
    /// How many source samples one output sample replaces: 2 makes half as many samples. At least 1; need not be whole.
    /// Default: 1. Ignored where `size` is set.
    Rational factor{};
    /// The number of output samples, instead of a factor. 0 follows the ratio of the first axis that has a size.
    /// Default: none.
    std::optional<Index> size;
    /// The part of the source that the output covers, in source samples. Default: empty, which means all. The kernel
    /// still reads samples outside of it, so that a crop has the samples that the whole would have there. Its end may
    /// be open_end.
    Range crop{};
};

/// The position of output sample k on the source index axis, for a crop that begins at a and a step s.
enum class Align : std::uint8_t {
    cell,   ///< a + (k + ½)s − ½: the field of view is kept; the outputs are centred on the blocks that they cover
    first,  ///< a + k·s: the first output sample is at the first source sample
};

/// What replaces a missing slice.
enum class Missing : std::uint8_t {
    error,   ///< nothing: plan_import() throws
    repeat,  ///< the nearest slice that exists; the lower one if two are equally near
    blank,   ///< zeros
    close,   ///< nothing: the slices beside the gap become neighbours
};

/// Maps source value `low` to the lowest and `high` to the highest value of the output type (0 and 1 for floats).
struct Window {
    double low = 0;
    double high = 0;
    /// What survey_window() took for padding, and did not count. It is reported, and makes no difference. Default:
    /// none.
    std::optional<double> padding{};
};

/// A box in space, in the coordinates of the header: LPS millimetres, or source samples where the spacing is unknown.
struct Box {
    Vector3 centre{};
    Vector3 half{};  ///< half of its size along each of its edges
    std::array<Vector3, 3> edges{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};  ///< directions; any length
};

/// What a result is written as.
enum class Format : std::uint8_t { nrrd, zarr };

/// What is asked for where a factor is not known; instead of factors and sizes. plan_import() works the factors out.
struct Target {
    /// The largest file, in bytes, header and raw samples together, that the whole result may be: the axes are reduced
    /// by one factor, the least that does. Default: 0, no limit.
    std::uint64_t fit = 0;
    /// The most samples that an axis of the result may have: the axes are reduced by one factor. Default: 0, no limit.
    Index max_dim = 0;
    /// Spacing of the result, in units of Options::space_unit_mm. An axis that is coarser stays as it is. Default:
    /// none.
    std::optional<Vector3> spacing{};
    /// Gives all axes the same spacing: the finest that reducing can make, or the one that the other three ask for.
    /// Default: false.
    bool isotropic = false;

    friend bool operator==(const Target&, const Target&) = default;
};

/// A choice of kernels for those who do not want to choose one.
enum class Quality : std::uint8_t {
    fast,      ///< box: exact block means
    standard,  ///< lanczos:3
    max,       ///< kaiser:6,3.7,.975: the sharpest, with the least aliasing
    smooth,    ///< kaiser:1,3,.001: no overshoot beside edges
};

/// How air around an object is set to the darkest value of the result, so that the file compresses well. What is air is
/// decided by the histogram of the whole result: samples at the threshold or above it are kept, and so are their
/// neighbours in all six directions. See README for what `automatic` does.
struct Dehaze {
    enum class Kind : std::uint8_t {
        automatic,  ///< the threshold is worked out from the histogram of the result
        threshold,  ///< samples below `threshold` are air
        levels,     ///< Otsu's classes: see `levels`
    };
    Kind kind = Kind::automatic;
    double threshold = 0;  ///< a value of the result
    int levels = 0;        ///< 1 to 5, as MRIcroGL counts: 1 keeps the least (the brightest of four of Otsu's classes),
                           ///< then come the brightest of three and of two, all but the darkest of three, and 5, which
                           ///< keeps the most (all but the darkest of four)

    friend bool operator==(const Dehaze&, const Dehaze&) = default;
};

/// A grid of samples in space: the centre of sample (i, j, k) is at origin + i·direction[0] + …, in LPS millimetres.
struct GivenGrid {
    std::array<Index, 3> size{};
    std::array<Vector3, 3> direction{};
    Vector3 origin{};

    friend bool operator==(const GivenGrid&, const GivenGrid&) = default;
};

/// One transform: a file or, if there is none, numbers.
struct GivenTransform {
    std::filesystem::path file{};
    /// y[r] = matrix[r][0] x[0] + matrix[r][1] x[1] + matrix[r][2] x[2] + matrix[r][3], in LPS millimetres.
    std::array<std::array<double, 4>, 3> matrix{};

    friend bool operator==(const GivenTransform&, const GivenTransform&) = default;
};

/// Everything that can be asked of an import: how slices are found (FindOptions), and what is made of them. A plain
/// struct: set fields, or use set_option(), which reads text. Default options copy the stack as it is. Nothing is
/// checked before plan_import(). Fields may be added in later versions, so do not rely on its size or on the order of
/// its fields.
struct Options : FindOptions {
    /// Kernel, factor, size and crop of x, y and z.
    std::array<AxisOptions, 3> axes{};
    /// Instead of crops (both together are an error): the source samples whose centres are in the box or on its border
    /// (within a millionth of a sample). Its edges must be parallel to the axes of the source, in any order; what is
    /// outside of the source is cut off. Default: none.
    std::optional<Box> roi;
    /// What decides the factors instead. Default: nothing.
    Target target{};
    /// A volume (or stack) whose grid the result has: its size, spacing, origin and directions, whichever the factors.
    /// Where its axes are those of the source, in any order and sense, within a hundredth of a source sample, positions
    /// are exact within a millionth of one; else the source is looked up between its samples. What else decides the
    /// grid (factors, sizes, `target`, `align`, `flip`) is an error. Its samples are not read. Default: empty, none.
    std::filesystem::path like{};
    /// The same as numbers; not both. Default: none.
    std::optional<GivenGrid> like_grid{};
    /// Transforms, which say where the source is to be looked at for a place of the result, as ITK has it: a
    /// point of the result goes through the last of them first. Files are text and HDF5 files of ITK, and displacement
    /// fields in NRRD. Without `like` the result covers the transformed source, along its axes and at its spacing times
    /// the factor; but where the transform is linear and keeps the directions of the source's axes, in any order,
    /// samples are not looked up between others: the geometry is moved. Default: none.
    std::vector<GivenTransform> transforms{};
    /// Of a linear transform: moves the geometry of the result, whatever its directions become, and no sample.
    /// Default: false.
    bool header_only = false;
    /// What a sample of the source counts as where `mask` is 0, and what a sample of the result is whose centre is
    /// outside of the source (or its crop), with `like`: rounded to the type of the result, which must hold it, and not
    /// mapped by `window`. Default: 0.
    double fill = 0;
    /// Axes of the result that are turned around. Their samples stay at their places in space. Default: none.
    std::array<bool, 3> flip{};
    /// A stack or volume of the source's size: where it is 0, the source counts as `fill` before it is filtered.
    /// Default: empty, none.
    std::filesystem::path mask{};
    /// The kernels of all axes that have none of their own. Default: none, which is Quality::standard.
    std::optional<Quality> quality{};
    /// Where output samples are placed. Default: cell. Use first to match programs that keep every n-th sample.
    Align align = Align::cell;
    /// Takes every step-th slice before anything else, without filtering. Default: 1. For a quick look; the skipped
    /// slices can alias, which axes[2].factor avoids.
    Index step = 1;
    /// The last slice comes first; applied after `step`. Default: false. For scans that were numbered from the far end.
    bool reverse = false;
    /// What replaces missing slices. Default: error. Choose another value once it is clear that they are lost.
    Missing missing = Missing::error;
    /// Spacing of the source, before `step`, in units of `space_unit_mm`; replaces what was found. Default: what was
    /// found beside or in the slices. Set it where that is wrong or unknown.
    std::optional<Vector3> spacing;
    /// The unit of `spacing`, in millimetres. Default: 1. Micrometres are {1, 1000}.
    Rational space_unit_mm{};
    /// Centre of the first source sample, LPS mm. Default: that of a volume's header, else 0, 0, 0.
    std::optional<Vector3> origin;
    /// Type of the output samples. Default: that of the source. Values are rounded and clipped, not scaled, unless
    /// there is a window; see Report for how many were clipped.
    std::optional<SampleType> type;
    /// The source values that become the ends of the output's range. Default: none, values stay as they are. Set it
    /// to turn 16 bits into 8, for instance.
    std::optional<Window> window;
    /// Asks for the window that survey_window() finds; the plan then needs it before it can run, see surveyed_plans().
    /// Default: false.
    bool window_auto = false;
    /// The percentiles that this window reaches from and to. Default: .01 and 99.99.
    std::array<double, 2> window_percentiles{.01, 99.99};
    /// Sets air to the darkest value, in the result. Default: none.
    std::optional<Dehaze> dehaze{};
    /// Makes these output slices only; their values and positions are those that they have in the whole result.
    /// They are counted in the result as it is written, also where `flip` or `like` turn its axes. Its end may be
    /// open_end. Default: empty, which means all. For results that are made piece by piece.
    Range slab{};
    /// Factors of several results, which levels_of() turns into options of their own: whole numbers in ascending order,
    /// without a factor, size or slab besides.
    /// Default: empty, which means one result. Only levels_of() looks at it.
    std::vector<Index> pyramid{};
    /// Asks levels_of() for the factors 1, 2, 4, … until no axis has more than 256 samples. Default: false.
    bool pyramid_auto = false;
    /// The most memory that a run may take, in bytes, as ImportPlan::memory_bytes() counts it. Default: 0, no limit. A
    /// lower limit makes a run slower, not different (but for the depth of the chunks of an OME-Zarr); one that cannot
    /// be kept is an error that names the least.
    std::uint64_t memory = 0;
    /// The folder of the scratch file, which runs that need the whole result twice keep it in (see
    /// ImportPlan::scratch_bytes()); nothing of it remains. Default: empty, which means the output's folder, or the
    /// system's for temporary files where there is no output.
    std::filesystem::path scratch{};
    /// A page about the run, in HTML, which shows the result and all that is known of it: see page_sink(). Default:
    /// empty, none.
    std::filesystem::path report{};
    /// What the plan counts as the sink of the result. Default: NRRD. levels_of() sets it by the name of the output.
    Format format = Format::nrrd;
    /// How the result is written: what output_sinks() gives to nrrd_sink() or to zarr_sinks(). set_option() sets what
    /// the two share in both.
    NrrdOptions nrrd{};
    ZarrOptions zarr{};
};

/// One option of those that all faces share (program, C, Python, Slicer).
struct OptionInfo {
    std::string_view name;    ///< "kernel-x"
    std::string_view value;   ///< "SPEC"; empty for a flag, which takes "true" or "false"
    std::string_view preset;  ///< the default, as text; may be empty
    std::string_view group;   ///< "Input", "Output", "Resampling", "Crop", "Metadata", "Running"
    std::string_view help;
    bool repeats = false;  ///< may be set several times, and then counts as often
};

/// All options that set_option() knows, in the order in which help shows them. The texts of `help` are for people: they
/// may change in any version. Names and values that set_option() accepts do not lose their meaning.
[[nodiscard]] STACK2NRRD_EXPORT std::span<const OptionInfo> option_table() noexcept;

/// Sets one option from text. In names `_` and `-` are the same.
/// \throws Error invalid_argument for an unknown name or a value that does not fit; the sentence names both.
STACK2NRRD_EXPORT void set_option(Options& options, std::string_view name, std::string_view value);

}  // namespace stack2nrrd
