#include "import/provenance.hpp"

#include "core/file.hpp"
#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "import/inputs.hpp"
#include "import/like.hpp"

#include <stack2nrrd/version.hpp>

#include <array>

namespace stack2nrrd {

namespace {

/// One text if the three are equal, else three.
template <class Axis, class Text>
std::string per_axis(const std::array<Axis, 3>& axes, Text text, const char* separator) {
    const std::array<std::string, 3> each{text(axes[0]), text(axes[1]), text(axes[2])};
    if (each[0] == each[1] && each[1] == each[2]) return each[0];
    return each[0] + separator + each[1] + separator + each[2];
}

std::string crop_text(const std::array<Range, 3>& crop) {
    std::string text;
    for (std::size_t a = 0; a < 3; ++a) {
        text += (a == 0 ? "" : ",") + std::to_string(crop[a].first) + ":" + std::to_string(crop[a].end);
    }
    return text;
}

/// "x,z"
std::string flip_text(const std::array<bool, 3>& flip) {
    std::string text;
    for (std::size_t a = 0; a < 3; ++a) {
        if (flip[a]) text += (text.empty() ? "" : ",") + std::string(1, "xyz"[a]);
    }
    return text;
}

std::string missing_text(Missing missing) {
    switch (missing) {
        case Missing::repeat: return "repeat";
        case Missing::blank: return "blank";
        case Missing::close: return "close";
        case Missing::error: break;
    }
    return "error";
}

std::string channel_text(Channel channel) {
    switch (channel) {
        case Channel::luma: return "luma";
        case Channel::all: return "all";
        case Channel::index: return "index";
        default: return std::to_string(static_cast<int>(channel));
    }
}

std::string dehaze_text(const Dehaze& dehaze) {
    switch (dehaze.kind) {
        case Dehaze::Kind::automatic: return "auto";
        case Dehaze::Kind::levels: return std::to_string(dehaze.levels);
        case Dehaze::Kind::threshold: break;
    }
    const std::string text = number_text(dehaze.threshold);
    const bool is_like_a_level = text.size() == 1 && text >= "1" && text <= "5";
    return is_like_a_level ? text + ".0" : text;
}

/// The name of a file or folder, which may be given with a slash behind it. In quotes where blanks would end it: see
/// words_of(). A file whose name looks like a grid or a matrix that is written out has "./" in front.
std::string name_text(const std::filesystem::path& path) {
    std::string name = utf8(path.has_filename() ? path.filename() : path.parent_path().filename());
    if (name.starts_with("grid:") || name.starts_with("affine:")) name.insert(0, "./");
    if (printable(name) == name && name.find_first_of(" \"\\") == std::string::npos) return name;
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

/// Sizes of axes that are enlarged, for which no factor stands; 0 for others.
std::array<Index, 3> enlarged_sizes(const ImportPlan::Detail& plan) {
    if (plan.warp) return plan.warp_enlarged;
    std::array<Index, 3> sizes{};
    for (std::size_t a = 0; a < 3; ++a) {
        if (plan.axes[a].step.num < plan.axes[a].step.den) sizes[a] = plan.axes[a].outputs;
    }
    return sizes;
}

std::string vector_text(const Vector3& v) {
    return number_text(v[0]) + "," + number_text(v[1]) + "," + number_text(v[2]);
}

std::string grid_text(const GivenGrid& grid) {
    std::string text = "grid:" + std::to_string(grid.size[0]) + "," + std::to_string(grid.size[1]) + "," +
                       std::to_string(grid.size[2]) + "," + vector_text(grid.origin);
    for (const Vector3& direction : grid.direction) text += "," + vector_text(direction);
    return text;
}

std::string matrix_text(const GivenTransform& transform) {
    std::string text = "affine:";
    for (const auto& row : transform.matrix) {
        for (const double number : row) text += (text.back() == ':' ? "" : ",") + number_text(number);
    }
    return text;
}

}  // namespace

ListedOptions listed_options(const Stack& stack, const Options& options) {
    ListedOptions listed = stack.listed;
    if (options.order == Order::given) listed.order = "given";
    if (options.spacing) {
        listed.spacing = vector_text(*options.spacing) + "*" + to_string(options.space_unit_mm) + "mm";
    }
    if (options.origin) listed.origin = vector_text(*options.origin);
    return listed;
}

std::vector<std::pair<std::string, std::string>> provenance(const Stack& stack, const Options& options,
                                                            const ImportPlan::Detail& plan) {
    const auto& axes = plan.axes;
    const std::array<Index, 3> source{axes[0].source, axes[1].source, axes[2].source};
    const auto spec = [](const Kernel& k) { return k.spec(); };
    const std::string kernel = plan.warp ? per_axis(plan.warp->kernels, spec, " ")
                                         : per_axis(
                                               axes, [](const AxisPlan& a) { return a.kernel.spec(); }, " ");
    const std::string reduced = per_axis(
        axes, [](const AxisPlan& a) { return to_string(make_rational(a.step.num, a.step.den)); }, ",");
    const std::string factor = plan.warp ? plan.warp_factor : reduced;
    const std::string crop = crop_text(plan.crop);

    std::string given = factor.empty() ? "" : "factor=" + factor + " ";
    if (!has_reference(options)) {
        if (const std::array<Index, 3> sizes = enlarged_sizes(plan); sizes != std::array<Index, 3>{}) {
            given += "size=" + std::to_string(sizes[0]) + "," + std::to_string(sizes[1]) + "," +
                     std::to_string(sizes[2]) + " ";
        }
        given += std::string("align=") + (options.align == Align::cell ? "cell" : "first");
    } else {
        given += "like=" + (options.like_grid ? grid_text(*options.like_grid) : name_text(options.like));
    }
    if (plan.through->transform != nullptr) {
        for (const GivenTransform& transform : options.transforms) {
            given += " transform=" + (transform.file.empty() ? matrix_text(transform) : name_text(transform.file));
        }
        if (options.header_only) given += " header-only";
    }
    // It also says that the source is not reduced before it is looked up.
    if (plan.warp && options.quality == Quality::max) given += " quality=max";
    if (options.labels) given += " labels";
    if (options.flip != std::array<bool, 3>{}) given += " flip=" + flip_text(options.flip);
    if (stack.taken.channels > 1) {
        given += " channel=" + std::to_string(stack.taken.channel);
    } else if (stack.image.colour != Colour::grey || plan.channel == Channel::index) {
        given += " channel=" + channel_text(plan.channel);
    }
    if (stack.taken.times > 1) given += " time=" + std::to_string(stack.taken.time);
    if (options.step != 1) given += " step=" + std::to_string(options.step);
    if (options.reverse) given += " reverse";
    if (plan.part) given += " slab=" + std::to_string(plan.part->first) + ":" + std::to_string(plan.part->end);
    const ListedOptions listed = listed_options(stack, options);
    if (!listed.order.empty()) given += " order=" + listed.order;
    if (!stack.missing.empty()) given += " missing=" + missing_text(options.missing);
    if (options.type) given += " type=" + std::string(sample_type_name(*options.type));
    if (!options.mask.empty()) given += " mask=" + name_text(options.mask);
    if (has_reference(options) || !options.mask.empty() || plan.warp) given += " fill=" + number_text(options.fill);
    if (options.dehaze) given += " dehaze=" + dehaze_text(*options.dehaze);
    if (!listed.spacing.empty()) given += " spacing=" + listed.spacing;
    if (!listed.origin.empty()) given += " origin=" + listed.origin;

    std::vector<std::pair<std::string, std::string>> notes{
        {"stack2nrrd_version", STACK2NRRD_VERSION},
        {"stack2nrrd_options", given},
        {"stack2nrrd_kernel", kernel},
        {"stack2nrrd_factor", factor},
        {"stack2nrrd_crop", crop},
        {"stack2nrrd_source", printable(stack.name) + ", " + std::to_string(source[2]) + " slices"},
    };
    if (stack.source == nullptr) notes.emplace_back("stack2nrrd_inputs", inputs_text(stack.files));
    if (factor.empty()) std::erase_if(notes, [](const auto& note) { return note.first == "stack2nrrd_factor"; });
    if (plan.warp) {
        const std::string finer = per_axis(
            plan.warp->warp.finer, [](const Rational& n) { return to_string(n); }, ",");
        notes.emplace_back("stack2nrrd_warp", "reduced by " + reduced + ", looked up on a grid " + finer +
                                                  " times finer" + (plan.warp->labels ? "" : " by lanczos:3"));
    }
    if (!stack.missing.empty()) {
        std::string gaps = missing_text(options.missing);
        for (const std::string& gap : stack.missing) gaps += " " + printable(gap);
        notes.emplace_back("stack2nrrd_missing", gaps);
    }
    if (options.window) {
        notes.emplace_back("stack2nrrd_window", number_text(options.window->low) + "," +
                                                    number_text(options.window->high) + " -> " +
                                                    (is_float(plan.volume.type) ? "0,1" : "the range of the type"));
    }
    if (!plan.volume.geometry.spacing_known) notes.emplace_back("stack2nrrd_spacing", "unknown");
    return notes;
}

}  // namespace stack2nrrd
