#pragma once

// The slow truth: the resampling rules (design, section 4) worked out word by word on a whole volume in memory, in
// long double, with a dense row of weights for each output sample. It shares no code with the library, and is not
// clever: where the two differ, this is what was meant.

#include "support/volume.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reference {

using Real = long double;

/// num/den, exact, den > 0, in lowest terms.
struct Fraction {
    std::int64_t num = 0;
    std::int64_t den = 1;
    friend bool operator==(const Fraction&, const Fraction&) = default;
};
[[nodiscard]] Fraction fraction(std::int64_t num, std::int64_t den);

struct Kernel {
    std::string name;
    std::vector<Real> parameters;
    Real scale = 1;
};

/// `name:p,p,...` with exactly the parameters of the kernel, or with a scale before them.
[[nodiscard]] Kernel kernel(const std::string& spec);
[[nodiscard]] Real support(const Kernel& kernel);
/// h(x), of unit area as far as its textbook formula has it.
[[nodiscard]] Real value(const Kernel& kernel, Real x);
/// The modified Bessel function of order 0, by its power series; libc++ has no std::cyl_bessel_i.
[[nodiscard]] Real bessel_i0(Real x);

struct Axis {
    std::int64_t n = 1;         ///< source samples
    std::int64_t a = 0, b = 1;  ///< crop [a, b)
    Fraction factor{1, 1};
    std::int64_t size = 0;  ///< output samples, instead of the factor
    bool cell = true;       ///< or "first"
    Kernel kernel{"lanczos", {3}, 1};
    /// A grid of its own: so many output samples, instead of the count, and the first of them at `start`.
    std::int64_t outputs = 0;
    Fraction start{};
};

[[nodiscard]] std::int64_t count(const Axis& axis);
[[nodiscard]] Fraction step(const Axis& axis);
/// Where output sample k lies, on the source index axis.
[[nodiscard]] Fraction position(const Axis& axis, std::int64_t k);
/// The share of each of the n source samples in output sample k; the shares sum to 1.
[[nodiscard]] std::vector<Real> weights(const Axis& axis, std::int64_t k);

struct Result {
    std::array<std::int64_t, 3> size{0, 0, 0};
    int channels = 1;
    std::vector<Real> value;   ///< before rounding; NaN where less than a quarter of the weight fell on numbers
    std::vector<Real> weight;  ///< the share that did not fall on NaN, 1 if none was there
};

[[nodiscard]] Result resample(const support::Volume& source, const std::array<Axis, 3>& axes);

/// Kernel mode: the sample indices that output k covers, one entry each, those beyond the border as the edge sample.
[[nodiscard]] std::vector<std::int64_t> covered(const Axis& axis, std::int64_t k);
/// The most frequent value under each output, the lowest of several; NaN only where there is nothing else.
[[nodiscard]] std::vector<double> modes(const support::Volume& source, const std::array<Axis, 3>& axes);

/// floor(v + 1/2), clamped to the range of an integer type; NaN gives 0. Floats: the nearest one.
[[nodiscard]] double rounded(Real v, stack2nrrd::SampleType type);

/// v where low maps to the lowest and high to the highest value of the type, 0 and 1 for floats.
[[nodiscard]] Real windowed(Real v, Real low, Real high, stack2nrrd::SampleType type);

[[nodiscard]] support::Volume luma(const support::Volume& colour);
[[nodiscard]] support::Volume channel(const support::Volume& colour, int channel);

/// How far a result may be from the truth, before it is rounded.
struct Tolerance {
    Real absolute = 0;  ///< in units of the samples
};

/// The tolerance of promise 2: 4e-7 of full scale (of the range of `source` for floats); 1e-12 of it where the library
/// works in double precision.
[[nodiscard]] Tolerance tolerance(const support::Volume& source, stack2nrrd::SampleType source_type);

/// "" if `samples` are the truth, rounded to `type`, within the tolerance: integers at most 1 off, and then only where
/// the truth lies within the tolerance from a tie. Else what is wrong. `off` counts integers that are 1 off.
[[nodiscard]] std::string disagreement(const Result& truth, std::span<const double> samples,
                                       stack2nrrd::SampleType type, const Tolerance& tolerance,
                                       std::int64_t* off = nullptr);

}  // namespace reference
