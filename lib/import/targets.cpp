#include "import/targets.hpp"

#include "core/text.hpp"
#include "import/refuse.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace stack2nrrd {

namespace {

using Factors = std::array<Rational, 3>;

bool is_below(const Rational& a, const Rational& b) { return a.num * b.den < b.num * a.den; }  // terms are up to 10^9

/// The nearest fraction to the ratio of two spacings.
Rational fraction(double ratio) {
    if (!(ratio <= static_cast<double>(rational_limit))) {
        refuse("--target-spacing: is more than 1000000000 times the spacing of the source; give a smaller one");
    }
    return parse_rational(number_text(ratio));
}

void check_targets(const Options& options, const TargetSource& source) {
    for (const AxisOptions& axis : options.axes) {
        if (axis.factor != Rational{} || axis.size) {
            refuse(
                "--factor, --size: say how far to reduce, and so does --fit, --max-dim, --target-spacing or "
                "--isotropic; give one of them");
        }
    }
    const bool whole = options.target.fit > 0 || options.target.max_dim > 0;
    if (options.target.spacing && whole && !options.target.isotropic) {
        refuse(
            "--target-spacing: has a factor of its own for each axis, --fit and --max-dim have one for all; give "
            "one of them, or --isotropic as well");
    }
    if (options.target.isotropic && options.target.spacing) {
        const Vector3& s = *options.target.spacing;
        if (s[0] != s[1] || s[1] != s[2]) {
            refuse("--target-spacing: is not the same for x, y and z, which --isotropic asks for; give one number");
        }
    }
    if ((options.target.spacing || options.target.isotropic) && !source.spacing_known) {
        refuse(std::string(options.target.isotropic ? "--isotropic" : "--target-spacing") +
               ": the spacing of the source is unknown; give it with --spacing, or reduce with --factor");
    }
}

/// One factor, or factors that make one spacing, by how often the axis `a` is cut: into `parts`.
class Reductions {
public:
    Reductions(const Options& options, const TargetSource& source)
        : source_(source), isotropic_(options.target.isotropic) {
        coarsest_ = *std::max_element(source.spacing.begin(), source.spacing.end());
    }

    /// None if axes would have to be enlarged.
    [[nodiscard]] std::optional<Factors> operator()(std::size_t axis, Index parts) const {
        const Rational along = make_rational(source_.size[axis], parts);
        if (!isotropic_) return Factors{along, along, along};
        return isotropic(along.value() * source_.spacing[axis], axis, along);
    }

    /// None reduced, or as little as one spacing asks for.
    [[nodiscard]] Factors least() const {
        return isotropic_ ? *isotropic(coarsest_, 3, {}) : Factors{Rational{}, Rational{}, Rational{}};
    }

    [[nodiscard]] Factors of_spacing(double spacing) const { return *isotropic(std::max(spacing, coarsest_), 3, {}); }

private:
    /// `exact`: the factor of `axis`, which need not be worked out.
    [[nodiscard]] std::optional<Factors> isotropic(double spacing, std::size_t axis, const Rational& exact) const {
        if (spacing < coarsest_) return std::nullopt;
        Factors factors;
        for (std::size_t a = 0; a < 3; ++a) {
            factors[a] = a == axis ? exact : fraction(spacing / source_.spacing[a]);
            if (is_below(factors[a], {})) factors[a] = {};  // within 1e-9
        }
        return factors;
    }

    const TargetSource& source_;
    bool isotropic_;
    double coarsest_ = 1;
};

Factors larger(const Factors& a, const Factors& b) {
    // Those of one spacing, or of one factor, are larger on all axes.
    return is_below(a[0], b[0]) || is_below(a[1], b[1]) || is_below(a[2], b[2]) ? b : a;
}

void put(const Factors& factors, Options& options) {
    for (std::size_t a = 0; a < 3; ++a) options.axes[a].factor = factors[a];
}

/// Sizes change where an axis is cut into one part less; between two such places all reductions make the same sizes, so
/// only these are looked at. Of each axis the most parts that fit are found by bisection.
Factors that_fit(const Options& options, const TargetSource& source, const Reductions& reductions,
                 const Factors& least) {
    Options one = options;
    one.target = {};
    one.slab = {};  // the whole is to fit, whatever part of it is made
    std::int64_t smallest = 0;
    const auto fits = [&](const Factors& factors) {
        put(factors, one);
        smallest = source.file_bytes(one);
        return static_cast<std::uint64_t>(smallest) <= options.target.fit;
    };
    if (fits(least)) return least;
    std::optional<Factors> best;
    std::int64_t fewest = smallest;
    for (std::size_t a = 0; a < 3; ++a) {
        std::optional<Factors> found;
        Index low = 0;
        Index high = source.size[a];
        while (low < high) {
            const Index parts = high - (high - low) / 2;
            const std::optional<Factors> tried = reductions(a, parts);
            if (tried && !is_below((*tried)[a], least[a]) && fits(*tried)) {
                found = tried;
                low = parts;
            } else {
                high = parts - 1;
            }
            fewest = std::min(fewest, smallest);
        }
        if (found) best = best && larger(*best, *found) == *found ? best : found;
    }
    if (!best) {
        refuse("--fit: " + bytes_text(static_cast<std::int64_t>(options.target.fit)) +
               " are too few, header and samples take " + std::to_string(fewest) + " bytes at least; give more");
    }
    return *best;
}

}  // namespace

Options with_factors(Options options, const TargetSource& source) {
    check_targets(options, source);
    const Reductions reductions(options, source);
    Factors factors = reductions.least();
    if (options.target.spacing) {
        const double unit = options.space_unit_mm.value();
        if (options.target.isotropic) {
            factors = larger(factors, reductions.of_spacing((*options.target.spacing)[0] * unit));
        } else {
            for (std::size_t a = 0; a < 3; ++a) {
                const Rational wanted = fraction((*options.target.spacing)[a] * unit / source.spacing[a]);
                factors[a] = is_below(wanted, {}) ? Rational{} : wanted;
            }
        }
    }
    for (std::size_t a = 0; options.target.max_dim > 0 && a < 3; ++a) {
        if (source.size[a] <= options.target.max_dim) continue;
        if (const std::optional<Factors> enough = reductions(a, options.target.max_dim))
            factors = larger(factors, *enough);
    }
    if (options.target.fit > 0) factors = that_fit(options, source, reductions, factors);
    put(factors, options);
    options.target = {};
    return options;
}

}  // namespace stack2nrrd
