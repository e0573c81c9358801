#include <stack2nrrd/options.hpp>

#include "core/file.hpp"
#include "core/text.hpp"
#include "import/option_values.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace stack2nrrd {

namespace {

using Parse = void (*)(Options&, std::string_view value);

struct Entry {
    OptionInfo info;
    Parse parse;
};

// --------------------------------------------------------------------------------------------- one per option

void set_order(Options& o, std::string_view v) {
    o.order = to_choice<Order>(v, {{"natural", Order::natural}, {"given", Order::given}});
}

void set_step(Options& o, std::string_view v) { o.step = to_integer(v, 1); }
void set_reverse(Options& o, std::string_view v) { o.reverse = to_flag(v); }

void set_missing(Options& o, std::string_view v) {
    o.missing = to_choice<Missing>(
        v,
        {{"error", Missing::error}, {"repeat", Missing::repeat}, {"blank", Missing::blank}, {"close", Missing::close}});
}

void set_channel(Options& o, std::string_view v) {
    const std::string word = lower_case(trimmed(v));
    if (word == "luma") {
        o.channel = Channel::luma;
    } else if (word == "index") {
        o.channel = Channel::index;
    } else if (word == "all") {
        o.channel = Channel::all;
    } else if (word == "first") {
        o.channel = Channel::c0;
    } else if (const auto number = parse_integer(word);
               number && *number >= 0 && *number <= std::numeric_limits<std::int32_t>::max()) {
        o.channel = static_cast<Channel>(*number);
    } else {
        constexpr std::array<std::string_view, 4> words{"luma", "first", "all", "index"};
        refuse(shown(v) + " is not one of luma, first, all, index, 0, 1, 2, ..." + did_you_mean(word, words));
    }
}

void set_time(Options& o, std::string_view v) { o.time = to_integer(v, 0); }

void set_factor(Options& o, std::string_view v) {
    const std::array<std::string_view, 3> fields = triple(v, true);
    for (std::size_t a = 0; a < 3; ++a) o.axes[a].factor = to_factor(fields[a]);
}

void set_size(Options& o, std::string_view v) {
    const std::array<std::string_view, 3> fields = triple(v, true);
    std::array<Index, 3> size{};
    for (std::size_t a = 0; a < 3; ++a) size[a] = to_integer(fields[a], 0);
    if (size == std::array<Index, 3>{}) refuse(shown(v) + " gives no size at all");
    for (std::size_t a = 0; a < 3; ++a) o.axes[a].size = size[a];
}

void set_fit(Options& o, std::string_view v) { o.target.fit = to_bytes(v); }
void set_max_dim(Options& o, std::string_view v) { o.target.max_dim = to_integer(v, 1); }

void set_like(Options& o, std::string_view v) {
    constexpr std::string_view word = "grid:";
    o.like.clear();
    o.like_grid.reset();
    if (!v.starts_with(word)) {
        o.like = path_from_utf8(v);
        return;
    }
    const std::vector<double> numbers =
        to_numbers(v.substr(word.size()), 15, "sizes, origin, and the steps along x, y, z");
    GivenGrid grid;
    for (std::size_t a = 0; a < 3; ++a) {
        if (!(numbers[a] >= 1 && numbers[a] <= 1e9) || numbers[a] != std::floor(numbers[a])) {
            refuse(shown(number_text(numbers[a])) + " is no number of samples; give whole ones from 1 on first");
        }
        grid.size[a] = static_cast<Index>(numbers[a]);
        grid.origin[a] = numbers[3 + a];
        for (std::size_t w = 0; w < 3; ++w) grid.direction[a][w] = numbers[6 + 3 * a + w];
    }
    o.like_grid = grid;
}

void set_transform(Options& o, std::string_view v) {
    constexpr std::string_view word = "affine:";
    GivenTransform transform;
    if (v.starts_with(word)) {
        const std::vector<double> numbers = to_numbers(v.substr(word.size()), 12, "three rows of a matrix and a shift");
        for (std::size_t i = 0; i < numbers.size(); ++i) transform.matrix[i / 4][i % 4] = numbers[i];
    } else {
        transform.file = path_from_utf8(v);
    }
    o.transforms.push_back(transform);
}

void set_header_only(Options& o, std::string_view v) { o.header_only = to_flag(v); }
void set_fill(Options& o, std::string_view v) { o.fill = to_number(v); }
void set_mask(Options& o, std::string_view v) { o.mask = path_from_utf8(v); }

void set_flip(Options& o, std::string_view v) {
    o.flip = {};
    for (const std::string_view field : split(v, ',')) {
        const std::size_t axis = std::string_view("xyz").find(lower_case(trimmed(field)));
        if (trimmed(field).size() != 1 || axis == std::string_view::npos) {
            refuse(shown(field) + " is no axis; name x, y or z, or several of them: x,y");
        }
        o.flip[axis] = true;
    }
}

void set_quality(Options& o, std::string_view v) {
    o.quality = to_choice<Quality>(
        v,
        {{"fast", Quality::fast}, {"standard", Quality::standard}, {"max", Quality::max}, {"smooth", Quality::smooth}});
}

void set_target_spacing(Options& o, std::string_view v) { o.target.spacing = to_spacing(v); }
void set_isotropic(Options& o, std::string_view v) { o.target.isotropic = to_flag(v); }

void set_kernel(Options& o, std::string_view v) {
    const Kernel kernel = Kernel::parse(v);
    for (AxisOptions& axis : o.axes) axis.kernel = kernel;
}

void set_kernel_x(Options& o, std::string_view v) { o.axes[0].kernel = Kernel::parse(v); }
void set_kernel_y(Options& o, std::string_view v) { o.axes[1].kernel = Kernel::parse(v); }
void set_kernel_z(Options& o, std::string_view v) { o.axes[2].kernel = Kernel::parse(v); }

void set_labels(Options& o, std::string_view v) { o.labels = to_flag(v); }

void set_align(Options& o, std::string_view v) {
    o.align = to_choice<Align>(v, {{"cell", Align::cell}, {"first", Align::first}});
}

void set_crop(Options& o, std::string_view v) {
    // Here an empty last field is a field, not a trailing comma: "0:9,,".
    std::array<Range, 3> crop{};
    std::size_t axis = 0;
    for (std::string_view rest = v;; ++axis) {
        const std::size_t comma = rest.find(',');
        const std::string_view field = trimmed(rest.substr(0, comma));
        if (axis < 3)
            crop[axis] = field.empty() ? Range{} : to_range(field, "crop", "source samples");
        else if (!field.empty() || comma != std::string_view::npos)
            axis = 4;
        if (comma == std::string_view::npos || axis > 3) break;
        rest.remove_prefix(comma + 1);
    }
    if (axis < 2 || axis > 3) refuse(shown(v) + " is no crop; write X0:X1,Y0:Y1,Z0:Z1, an empty field keeps the axis");
    for (std::size_t a = 0; a < 3; ++a) o.axes[a].crop = crop[a];
}

void set_slab(Options& o, std::string_view v) { o.slab = to_range(trimmed(v), "slab", "slices of the result"); }

void set_roi(Options& o, std::string_view v) {
    const std::vector<std::string_view> fields = split(v, ',');
    if (fields.size() != 6 && fields.size() != 15) {
        refuse(shown(v) + " has " + std::to_string(fields.size()) +
               " fields, six were expected: CX,CY,CZ,RX,RY,RZ; or 15, with the directions of the edges behind them");
    }
    std::vector<double> numbers;
    for (const std::string_view field : fields) numbers.push_back(to_number(field));
    Box box;
    for (std::size_t i = 0; i < 3; ++i) {
        box.centre[i] = numbers[i];
        box.half[i] = numbers[3 + i];
        if (box.half[i] < 0) refuse(shown(v) + " has a half-width below 0; give widths from 0 on");
    }
    // A matrix row by row, with the edges as its columns.
    if (numbers.size() == 15) {
        for (std::size_t edge = 0; edge < 3; ++edge) {
            box.edges[edge] = {numbers[6 + edge], numbers[9 + edge], numbers[12 + edge]};
            if (box.edges[edge] == Vector3{}) refuse(shown(v) + " has an edge without direction; give unit vectors");
        }
    }
    o.roi = box;
}

void set_spacing(Options& o, std::string_view v) { o.spacing = to_spacing(v); }

void set_space_units(Options& o, std::string_view v) {
    o.space_unit_mm = to_choice<Rational>(v, {{"nm", {1, 1'000'000}},
                                              {"um", {1, 1000}},
                                              {"µm", {1, 1000}},
                                              {"mm", {1, 1}},
                                              {"cm", {10, 1}},
                                              {"m", {1000, 1}}});
}

void set_origin(Options& o, std::string_view v) { o.origin = to_vector(v, false); }
void set_type(Options& o, std::string_view v) { o.type = parse_sample_type(v); }

void set_window(Options& o, std::string_view v) {
    constexpr std::string_view automatic = "auto";
    const std::string_view text = trimmed(v);
    const std::string_view word = text.substr(0, automatic.size());
    const std::string_view rest = text.substr(word.size());
    o.window.reset();
    o.window_percentiles = Options{}.window_percentiles;
    o.window_auto = lower_case(word) == automatic && (rest.empty() || rest.front() == ':');
    if (o.window_auto) {
        if (rest.empty()) return;
        const std::vector<std::string_view> shares = split(rest.substr(1), ',');
        if (shares.size() != 2) refuse(shown(v) + " is no window; write auto:LO,HI, in percent");
        o.window_percentiles = {to_number(shares[0]), to_number(shares[1])};
        const auto [low, high] = o.window_percentiles;
        if (!(low >= 0 && low < high && high <= 100)) {
            refuse(shown(v) + " has no two percentiles; give LO from 0 on, and HI above it, up to 100");
        }
        return;
    }
    const std::vector<std::string_view> fields = split(v, ',');
    if (fields.size() != 2 || !parse_double(fields[0])) {
        refuse(shown(v) + " is no window; write LO,HI or auto" + or_auto(text.substr(0, text.find(':'))));
    }
    const Window window{to_number(fields[0]), to_number(fields[1])};
    if (!(window.low < window.high)) refuse(shown(v) + " is no window; LO must be below HI");
    o.window = window;
}

void set_dehaze(Options& o, std::string_view v) {
    const std::string word = lower_case(trimmed(v));
    const std::optional<std::int64_t> level = parse_integer(word);
    if (word == "auto") {
        o.dehaze = Dehaze{};
    } else if (level && *level >= 1 && *level <= 5) {
        o.dehaze = Dehaze{Dehaze::Kind::levels, 0, static_cast<int>(*level)};
    } else {
        if (!parse_double(word)) refuse(shown(v) + " is no threshold; write auto, a number, or 1 to 5" + or_auto(word));
        o.dehaze = Dehaze{Dehaze::Kind::threshold, to_number(word), 0};
    }
}

void set_report(Options& o, std::string_view v) { o.report = path_from_utf8(v); }
void set_scratch(Options& o, std::string_view v) { o.scratch = path_from_utf8(v); }

void set_pyramid(Options& o, std::string_view v) {
    o.pyramid.clear();
    o.pyramid_auto = lower_case(trimmed(v)) == "auto";
    if (o.pyramid_auto) return;
    for (const std::string_view field : split(v, ',')) {
        if (!parse_integer(field)) refuse(shown(field) + " is no whole factor; write 2,4,8 or auto" + or_auto(field));
        o.pyramid.push_back(to_integer(field, 1));
    }
}

void set_encoding(Options& o, std::string_view v) {
    o.nrrd.encoding = o.zarr.encoding =
        to_choice<Encoding>(v, {{"raw", Encoding::raw}, {"gzip", Encoding::gzip}, {"zstd", Encoding::zstd}});
}

void set_level(Options& o, std::string_view v) { o.nrrd.level = o.zarr.level = static_cast<int>(to_integer(v, 1, 9)); }

void set_zarr_version(Options& o, std::string_view v) {
    o.zarr.version = to_choice<ZarrVersion>(v, {{"0.5", ZarrVersion::v0_5}, {"0.4", ZarrVersion::v0_4}});
}

void set_preview(Options& o, std::string_view v) { o.nrrd.preview = o.zarr.preview = path_from_utf8(v); }
void set_force(Options& o, std::string_view v) { o.nrrd.force = o.zarr.force = to_flag(v); }

void set_threads(Options& o, std::string_view v) { o.threads = static_cast<unsigned>(to_integer(v, 0, 1024)); }

void set_retry(Options& o, std::string_view v) { o.retry = static_cast<unsigned>(to_integer(v, 0, 1000)); }

void set_memory(Options& o, std::string_view v) { o.memory = to_bytes(v); }

// --------------------------------------------------------------------------------------------------- the table

constexpr std::array<Entry, 45> entries{{
    {{"order", "natural|given", "natural", "Input",
      "order of several files or a list; given takes them as they come and checks neither gaps nor duplicates"},
     set_order},
    {{"step", "N", "1", "Input", "take every Nth file before anything else, without filtering"}, set_step},
    {{"reverse", "", "", "Input", "last slice first"}, set_reverse},
    {{"missing", "error|repeat|blank|close", "error", "Input",
      "a gap in the numbering: stop and list it, repeat the nearest slice, fill with zeros, or close it"},
     set_missing},
    {{"channel", "C", "luma", "Input",
      "of colour slices: luma (0.2126 R + 0.7152 G + 0.0722 B), first, 0 to 3, or all; of slices with a palette: "
      "index; of components that are no colour: 0, 1, 2, ..., else all; of a TIFF with pages for several channels: "
      "0, 1, 2, ..., else the first"},
     set_channel},
    {{"time", "T", "0", "Input", "of a TIFF with pages for several points in time: 0, 1, 2, ..."}, set_time},
    {{"factor", "F|FX,FY,FZ", "1", "Resampling", "reduce: 2 means half as many samples; decimals or fractions (8/3)"},
     set_factor},
    {{"size", "NX,NY,NZ", "", "Resampling", "exact output size instead; 0 follows the ratio of the first axis given"},
     set_size},
    {{"pyramid", "F,F,...|auto", "", "Resampling",
      "several results from one reading, each as by its own --factor, a whole number: NAME_2.nrrd, NAME_4.nrrd, ..., "
      "or levels of an "
      "OME-Zarr; auto = 1, 2, 4, ... until no axis has more than 256 samples"},
     set_pyramid},
    {{"fit", "BYTES", "", "Resampling",
      "reduce all axes by the least factor after which the file, raw samples and header, has at most that many bytes "
      "(20K, 2G)"},
     set_fit},
    {{"max-dim", "N", "", "Resampling",
      "reduce all axes by one factor, that which leaves N samples of the longest; if it has more"},
     set_max_dim},
    {{"target-spacing", "S|SX,SY,SZ", "", "Resampling",
      "reduce to this spacing (in mm, or --space-units); an axis that is coarser stays"},
     set_target_spacing},
    {{"isotropic", "", "", "Resampling",
      "reduce to the same spacing on all axes: the finest that is possible, or that of --target-spacing, --fit or "
      "--max-dim"},
     set_isotropic},
    {{"like", "REF", "", "Resampling",
      "make the grid of this volume: its size, spacing, origin and directions, whichever these are; its samples are "
      "not read"},
     set_like},
    {{"transform", "FILE", "", "Resampling",
      "where the source is, seen from the result: a file of ITK (.tfm, .txt, .h5, .mat), a displacement field "
      "(.nrrd), or affine: and 12 numbers; may be repeated, the last one is applied first",
      true},
     set_transform},
    {{"header-only", "", "", "Resampling",
      "of a linear --transform: move the header, and leave the samples as they are"},
     set_header_only},
    {{"quality", "fast|standard|max|smooth", "standard", "Resampling",
      "choice of the kernel: box, lanczos:3, kaiser:6,3.7,.975 (sharpest) or kaiser:1,3,.001 (no overshoot)"},
     set_quality},
    {{"kernel", "SPEC", "lanczos:3", "Resampling",
      "box, tent, cubic:B,C, ctmr, mitchell, bspl2, bspl3, bspl5, gauss:SIGMA,CUT, hann:R, blackman:R, lanczos:A, "
      "kaiser:R,BETA[,CUTOFF], nearest or mode"},
     set_kernel},
    {{"kernel-x", "SPEC", "", "Resampling", "kernel of the x axis alone"}, set_kernel_x},
    {{"kernel-y", "SPEC", "", "Resampling", "kernel of the y axis alone"}, set_kernel_y},
    {{"kernel-z", "SPEC", "", "Resampling", "kernel of the z axis alone"}, set_kernel_z},
    {{"labels", "", "", "Resampling",
      "samples are labels: each output takes the most frequent one that it covers (kernel mode), and none is mixed"},
     set_labels},
    {{"align", "cell|first", "cell", "Resampling",
      "cell keeps the field of view, first puts the first output sample on the first source sample"},
     set_align},
    {{"crop", "X0:X1,Y0:Y1,Z0:Z1", "", "Crop",
      "part of the source, in source samples; an empty field keeps the axis, 10: and :50 are parts, too"},
     set_crop},
    {{"roi", "CX,CY,CZ,RX,RY,RZ", "", "Crop",
      "the same as a box, by its centre and half of its widths (LPS mm): the samples whose centres are inside"},
     set_roi},
    {{"mask", "FILE", "", "Crop",
      "a stack or volume of the source's size: where it is 0, the source counts as --fill before it is filtered"},
     set_mask},
    {{"fill", "V", "0", "Crop",
      "value of the source where --mask is 0; with --like or --transform, of the result where the source has nothing"},
     set_fill},
    {{"slab", "K0:K1", "", "Crop",
      "make the slices K0 to K1 - 1 of the result alone, each as it is in the whole, at its place in space"},
     set_slab},
    {{"spacing", "S|SX,SY,SZ", "", "Metadata", "source spacing; overrides what was found"}, set_spacing},
    {{"space-units", "nm|um|mm|cm|m", "mm", "Metadata", "unit of --spacing"}, set_space_units},
    {{"origin", "X,Y,Z", "0,0,0", "Metadata", "LPS mm, centre of the first source sample"}, set_origin},
    {{"type", "T", "source's", "Output",
      "uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32 or float64"},
     set_type},
    {{"flip", "x,y,z", "", "Output", "turn these axes around, and the geometry with them: samples keep their places"},
     set_flip},
    {{"window", "LO,HI|auto[:LO,HI]", "", "Output",
      "map source values LO..HI to the type's range (floats: to 0..1); auto = from the .01st to the 99.99th percentile "
      "of what is no padding, or from LO to HI, found in a reading before"},
     set_window},
    {{"dehaze", "auto|T|1..5", "", "Output",
      "set air to the darkest value, so that the file compresses: below a threshold that auto finds, below T ('3.0' "
      "for one of 1 to 5), or by Otsu's classes: 1 keeps the least, 5 the most"},
     set_dehaze},
    {{"encoding", "raw|gzip|zstd", "raw", "Output", "of the samples; OME-Zarr has gzip by itself, and may have zstd"},
     set_encoding},
    {{"level", "1..9", "6", "Output",
      "of gzip: to 5 fast, from 7 small; 6 is fast where that makes samples of it at most 1 % longer; OME-Zarr has 1 "
      "by itself"},
     set_level},
    {{"zarr-version", "0.5|0.4", "0.5", "Output", "of an OME-Zarr; 0.4 is for older readers"}, set_zarr_version},
    {{"preview", "FILE.png", "", "Output",
      "six views of the result, made in the same run: slices through its middle, and the maxima along each axis"},
     set_preview},
    {{"report", "FILE.html", "", "Output",
      "a page about the run: pictures, histogram, geometry, source, warnings, header, and the command"},
     set_report},
    {{"force", "", "", "Output", "replace an existing output"}, set_force},
    {{"threads", "N", "0", "Running", "0 = one a core"}, set_threads},
    {{"memory", "BYTES", "none", "Running", "cap, such as 512M or 2G; if it cannot be kept, the error names the least"},
     set_memory},
    {{"scratch", "DIR", "", "Running",
      "folder for a scratch file, which --dehaze, --flip z, and some --like and --transform need; beside the output by "
      "itself"},
     set_scratch},
    {{"retry", "N", "0", "Running",
      "try a read that failed again, up to N times, ever later: for disks and shares of the network that come back"},
     set_retry},
}};

}  // namespace

std::span<const OptionInfo> option_table() noexcept {
    static constexpr std::array<OptionInfo, entries.size()> table = [] {
        std::array<OptionInfo, entries.size()> infos{};
        for (std::size_t i = 0; i < infos.size(); ++i) infos[i] = entries[i].info;
        return infos;
    }();
    return table;
}

void set_option(Options& options, std::string_view name, std::string_view value) {
    std::string wanted(name);
    std::replace(wanted.begin(), wanted.end(), '_', '-');
    for (const Entry& entry : entries) {
        if (entry.info.name != wanted) continue;
        try {
            entry.parse(options, value);
        } catch (const Error& error) {
            throw Error(error.code(), "--" + wanted + ": " + error.what());
        }
        return;
    }
    std::vector<std::string_view> names;
    for (const OptionInfo& option : option_table()) names.push_back(option.name);
    refuse("there is no option '" + printable(name) + "'" + did_you_mean(wanted, names));
}

}  // namespace stack2nrrd
