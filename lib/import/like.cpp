#include "import/like.hpp"

#include "core/text.hpp"
#include "import/refuse.hpp"
#include "transform/affine.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/stack.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace {

/// How far a sample may be from where the grid has it, in samples of the source.
constexpr double most_tilt = 0.01;      ///< by an axis that is taken for one of the source's
constexpr double most_rounding = 1e-6;  ///< by fractions: half of it by the step, half by the first position

/// `v` in samples along each axis of the source: the solution of Σ direction · result = v, by Cramer's rule.
Vector3 in_samples(const Geometry& source, const Vector3& v) {
    const auto& d = source.direction;
    const double volume = dot(d[0], cross(d[1], d[2]));
    return {dot(v, cross(d[1], d[2])) / volume, dot(v, cross(d[2], d[0])) / volume, dot(v, cross(d[0], d[1])) / volume};
}

/// A number for people: three digits.
std::string rough_text(double number) {
    if (number == 0 || !std::isfinite(number)) return number_text(number);
    const double unit = std::pow(10.0, 2 - std::floor(std::log10(std::abs(number))));
    return number_text(std::round(number * unit) / unit);
}

// ---------------------------------------------------------------------------------------------------- which axes

/// The axes of a grid as those of the source.
struct Axes {
    std::array<std::size_t, 3> from{};  ///< of each axis of the grid, the axis of the source
    std::array<Vector3, 3> steps{};     ///< of each axis of the grid, in samples of the source
};

/// The angle between two lines, in degrees.
double angle(const Vector3& a, const Vector3& b) {
    const Vector3 across = cross(a, b);
    constexpr double degrees = 57.295779513082320877;
    return degrees * std::atan2(std::hypot(across[0], across[1], across[2]), std::abs(dot(a, b)));
}

/// How far samples are displaced along axis `a` of the source if only the axes of the grid along it count.
double displacement(const Axes& axes, const std::array<Index, 3>& size, std::size_t a) {
    double up = 0;
    double down = 0;
    for (std::size_t o = 0; o < 3; ++o) {
        if (axes.from[o] == a) continue;
        const double far = axes.steps[o][a] * static_cast<double>(size[o] - 1);
        (far > 0 ? up : down) += far;
    }
    return std::max(up, -down);
}

/// None if they are others than those of the source.
std::optional<Axes> axes_of(const Grid& grid, const Geometry& source) {
    Axes axes;
    std::array<bool, 3> taken{};
    for (std::size_t o = 0; o < 3; ++o) {
        const Vector3& direction = grid.geometry.direction[o];
        axes.steps[o] = in_samples(source, direction);
        std::array<double, 3> angles{};
        for (std::size_t a = 0; a < 3; ++a) angles[a] = angle(direction, source.direction[a]);
        axes.from[o] = static_cast<std::size_t>(std::min_element(angles.begin(), angles.end()) - angles.begin());
        taken[axes.from[o]] = std::abs(axes.steps[o][axes.from[o]]) > 0;
    }
    bool fits = taken[0] && taken[1] && taken[2];
    for (std::size_t a = 0; a < 3; ++a) fits = fits && displacement(axes, grid.size, a) <= most_tilt;
    if (!fits) return std::nullopt;
    return axes;
}

// ------------------------------------------------------------------------------------------------------ fractions

/// The fraction of the least terms between `low` and `high`, 0 < low < high: as far as the two agree, their continued
/// fraction. None if terms would be beyond rational_limit.
std::optional<Rational> simplest(double low, double high) {
    Rational before{0, 1};
    Rational last{1, 0};
    for (;;) {
        const double whole = std::floor(low);
        const bool ends = whole == low || whole + 1 <= high;
        const double number = whole < low && ends ? whole + 1 : whole;
        if (number > static_cast<double>(rational_limit)) return std::nullopt;
        const auto term = static_cast<Index>(number);
        const Rational next{before.num + term * last.num, before.den + term * last.den};
        if (next.num > rational_limit || next.den > rational_limit) return std::nullopt;
        if (ends) return next;
        before = std::exchange(last, next);
        low = std::exchange(high, 1 / (low - whole));
        low = 1 / (low - whole);
    }
}

/// Do the directions of the grid's axis `o` come out to the last bit by this step?
bool is_exact(const Grid& grid, std::size_t o, const Vector3& source, const Rational& step, bool turned) {
    for (std::size_t world = 0; world < 3; ++world) {
        const double made = multiply(source[world], step);
        if (grid.geometry.direction[o][world] != (turned ? -made : made)) return false;
    }
    return true;
}

/// One axis of the source, as the grid has it.
struct Along {
    AxisPlan plan;    ///< its outputs are the samples of the grid that are inside
    Index first = 0;  ///< the first of them, counted along the source
};

/// Is `simple` nearer to `number` than fractions of such terms are by chance? These are about 1/den^2 away.
bool is_meant(const Rational& simple, double number) {
    const auto den = static_cast<double>(simple.den);
    const double distance = std::abs(simple.value() - number);
    return distance <= 1e-9 * number && distance * den * den <= 1e-4;
}

/// The step along axis `a` of the source, to be taken `times` times: a simple fraction, or the one of more digits that
/// this program must have made the grid by.
Rational step_along(const Grid& grid, std::size_t o, const Geometry& source, std::size_t a, double step, double times) {
    const auto refuse_step = [&] {
        refuse(grid.name + ": along " + "xyz"[o] + " one of its samples counts as " + rough_text(step) +
               " of the source's, from 1e-9 to 1000000000 were expected; check both spacings");
    };
    if (!(step < 1e18)) refuse_step();
    const bool turned = dot(grid.geometry.direction[o], source.direction[a]) < 0;
    const auto is_it = [&](const Rational& r) { return is_exact(grid, o, source.direction[a], r, turned); };
    const double tolerance = times > 0 ? std::min(most_rounding / 2 / times, step / 1000) : step / 1'000'000'000;
    const std::optional<Rational> simple = simplest(step - tolerance, step + tolerance);
    if (simple && (is_it(*simple) || is_meant(*simple, step))) return *simple;
    const double ratio = spacing(grid.geometry, static_cast<int>(o)) / spacing(source, static_cast<int>(a));
    for (const double near : {ratio, std::nextafter(ratio, 0.0), std::nextafter(ratio, 2 * ratio)}) {
        try {
            const Rational exact = parse_rational(number_text(near));
            if (exact.num > 0 && is_it(exact)) return exact;
        } catch (const Error&) {
            // no fraction is near enough
        }
    }
    if (!simple) refuse_step();
    return *simple;
}

Rational lowest_terms(Index num, Index den) {
    const Index common = std::gcd(num, den);
    return {num / common, den / common};
}

/// The fraction that `position` is, beside this step.
Rational place_along(double position, const Rational& step) {
    constexpr double tolerance = most_rounding / 2;
    const auto rounded = [&](Index den) {  // to whole numbers of 1/(2 · den)
        return lowest_terms(static_cast<Index>(std::round(position * 2 * static_cast<double>(den))), 2 * den);
    };
    const Rational near = rounded(step.den);
    if (std::abs(near.value() - position) <= tolerance) return near;
    // It is none of these, and so no whole number.
    const Index most = rational_limit / std::max(step.num, step.den);
    const double whole = std::floor(position);
    const double rest = position - whole;
    const std::optional<Rational> part = simplest(rest - tolerance, rest + tolerance);
    if (part && part->den / std::gcd(part->den, 2 * step.den) <= most) {
        return {static_cast<Index>(whole) * part->den + part->num, part->den};
    }
    const auto enough = static_cast<Index>(std::ceil(1 / (4 * tolerance * static_cast<double>(step.den))));
    return rounded(step.den * std::min(enough, most));
}

/// Leaves out outputs in front of others.
void skip(AxisPlan& plan, Index outputs) {
    const Index unit = 2 * plan.step.den;
    plan.first = lowest_terms(plan.first.num * (unit / plan.first.den) + 2 * outputs * plan.step.num, unit);
}

Index floor_divide(Index a, Index b) { return a / b - static_cast<Index>(a % b != 0 && (a < 0) != (b < 0)); }

/// The samples of axis `o` of the grid that are within the wanted part of axis `a` of the source; none if none does.
std::optional<Along> along(const Grid& grid, std::size_t o, const GridSource& source, std::size_t a,
                           double signed_step) {
    const Index count = grid.size[o];
    const auto steps = static_cast<double>(count - 1);
    Vector3 offset{};
    for (std::size_t world = 0; world < 3; ++world) {
        offset[world] = grid.geometry.origin[world] - source.geometry.origin[world];
    }
    const double origin = in_samples(source.geometry, offset)[a];
    const double step = std::abs(signed_step);
    const double first = signed_step < 0 ? origin - steps * step : origin;  // the lower end
    const Range wanted = source.wanted[a];
    const double low = static_cast<double>(wanted.first) - 0.5;
    const double high = static_cast<double>(wanted.end) - 0.5;
    if (!(first - 1 < high && first + steps * step + 1 > low)) return std::nullopt;

    // Fractions are looked for where the source is: what is outside may be far away.
    const double anchor = std::clamp(std::floor((low - first) / step), 0.0, steps);
    const double times = std::clamp(std::ceil((high - first) / step), anchor, steps) - anchor;
    const Rational by = step_along(grid, o, source.geometry, a, step, times);
    const Rational at = place_along(first + anchor * step, by);
    Along result;
    result.plan = make_axis_plan(source.size[a], source.axes[a].kernel.value_or(Kernel{}), by, at, 1, "xyz"[a]);
    AxisPlan& plan = result.plan;

    // Sample i from the anchor on is inside if low <= at + i · step <= high: in units of 1/(2 · den), as in AxisPlan.
    const Index unit = 2 * plan.step.den;
    const Index place = plan.first.num * (unit / plan.first.den);
    const Index before = static_cast<Index>(anchor);
    const auto inside_to = [&](Index end) { return floor_divide(unit * end - unit / 2 - place, 2 * plan.step.num); };
    const Index begin = std::max(-before, -floor_divide(place - unit * wanted.first + unit / 2, 2 * plan.step.num));
    const Index end = std::min(count - before, inside_to(wanted.end) + 1);
    if (begin >= end) return std::nullopt;
    result.first = before + begin;
    plan.outputs = end - begin;
    skip(plan, begin);
    return result;
}

/// "x 0 to 10, y 0 to 20, z -3 to 7": the box around samples, with their cells.
std::string extent_text(const Geometry& geometry, const std::array<Range, 3>& samples) {
    std::string text;
    for (std::size_t world = 0; world < 3; ++world) {
        double low = geometry.origin[world];
        double high = low;
        for (std::size_t a = 0; a < 3; ++a) {
            const double d = geometry.direction[a][world];
            const double begin = d * (static_cast<double>(samples[a].first) - 0.5);
            const double end = d * (static_cast<double>(samples[a].end) - 0.5);
            low += std::min(begin, end);
            high += std::max(begin, end);
        }
        text +=
            (world == 0 ? "" : ", ") + std::string(1, "xyz"[world]) + " " + rough_text(low) + " to " + rough_text(high);
    }
    return text;
}

/// Leaves of an axis of the result what `slab` has of it. What is made is a sample at least, also where it has no
/// place.
void cut(ArrangedAxis& axis, AxisPlan& plan, Range slab) {
    const Range shown{axis.before, axis.before + plan.outputs};
    Range kept{std::max(slab.first, shown.first), std::min(slab.end, shown.end)};
    axis.size = slab.size();
    axis.before = kept.empty() ? axis.size : kept.first - slab.first;
    if (kept.empty()) kept = {shown.first, shown.first + 1};
    skip(plan, axis.turned ? shown.end - kept.end : kept.first - shown.first);
    plan.outputs = kept.size();
}

}  // namespace

bool has_reference(const Options& options) noexcept { return !options.like.empty() || options.like_grid; }

void check_like_alone(const Options& options) {
    if (!has_reference(options)) return;
    if (!options.like.empty() && options.like_grid) refuse("--like: is a name and numbers; give one of them");
    const bool factors = std::any_of(options.axes.begin(), options.axes.end(),
                                     [](const AxisOptions& axis) { return axis.factor != Rational{} || axis.size; });
    if (factors || options.target != Target{}) {
        refuse(
            "--like: gives the grid of the result, and so does --factor, --size, --fit, --max-dim, --target-spacing or "
            "--isotropic; give one of them");
    }
    if (options.align != Align::cell) {
        refuse("--like: says where the samples of the result are, and so does --align first; leave one of them out");
    }
    if (options.flip != std::array<bool, 3>{}) {
        refuse("--like: gives the axes of the result, and --flip turns them around; leave one of them out");
    }
}

Grid grid_of(const Options& options) {
    if (options.like_grid) {
        const GivenGrid& given = *options.like_grid;
        return {"--like", given.size, {given.direction, given.origin, true, "command line"}, {}, {}};
    }
    FindOptions find;
    find.threads = options.threads;
    find.retry = options.retry;
    const Stack stack = find_stack(options.like, find);
    for (const Problem& problem : stack.problems) {
        if (problem.fatal) throw Error(problem.code, problem.text);
    }
    Grid grid{printable(stack.name),
              {stack.image.width, stack.image.height, static_cast<Index>(stack.slices.size())},
              stack.geometry,
              stack.files,
              {}};
    for (const Problem& problem : stack.problems) grid.notes.push_back(problem.text);
    for (const std::string& file : stack.other_inputs) grid.files.add(file);
    if (!grid.geometry.spacing_known) {
        refuse(grid.name +
               ": its spacing is unknown, a known one was expected for --like; write it into its header, or "
               "make a volume of it with --spacing");
    }
    return grid;
}

Geometry part_of(const Geometry& grid, Range slab) {
    if (slab.first == 0) return grid;
    return resampled(grid, {Rational{0}, Rational{0}, {slab.first}}, {Rational{}, Rational{}, Rational{}});
}

std::optional<Likeness> likeness_of(const Grid& grid, Range slab, const GridSource& source) {
    const std::optional<Axes> axes = axes_of(grid, source.geometry);
    if (!axes) return std::nullopt;
    Likeness likeness;
    for (std::size_t o = 0; o < 3; ++o) {
        const std::size_t a = axes->from[o];
        const double step = axes->steps[o][a];
        std::optional<Along> inside = along(grid, o, source, a, step);
        if (!inside) {
            refuse(
                grid.name +
                ": none of its samples has its centre within the source, some were expected for --like: in mm (LPS) it "
                "reaches from " +
                extent_text(grid.geometry, {Range{0, grid.size[0]}, {0, grid.size[1]}, {0, grid.size[2]}}) +
                ", and the source from " + extent_text(source.geometry, source.wanted) + "; check --origin and --crop");
        }
        ArrangedAxis& axis = likeness.arrangement.axes[o];
        axis.from = a;
        axis.turned = step < 0;
        axis.size = grid.size[o];
        axis.before = axis.turned ? grid.size[o] - inside->first - inside->plan.outputs : inside->first;
        if (o == 2) cut(axis, inside->plan, slab);
        likeness.axes[a] = std::move(inside->plan);
    }
    likeness.arrangement.geometry = part_of(grid.geometry, slab);
    return likeness;
}

}  // namespace stack2nrrd
