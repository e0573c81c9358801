#pragma once

#include <stack2nrrd/export.hpp>

#include <array>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// A resampling kernel: an even function of unit area that vanishes beyond its support. A value; cheap to copy.
///
/// Specs are written as for `unu resample -k`: `name` or `name:parameter,...`, case-insensitive:
///
/// | spec                      | kernel                                                               | support   |
/// |---------------------------|----------------------------------------------------------------------|-----------|
/// | `box[:S]`                 | area mean                                                            | S/2       |
/// | `tent[:S]`                | linear                                                               | S         |
/// | `cubic:[S,]B,C`           | Mitchell and Netravali, "Reconstruction filters", SIGGRAPH 1988      | 2 S       |
/// | `ctmr`, `mitchell`        | `cubic:0,0.5` (Catmull-Rom), `cubic:1/3,1/3`                         | 2         |
/// | `bspl2`, `bspl3`, `bspl5` | quadratic, cubic and quintic B-spline                                | 1½, 2, 3  |
/// | `gauss:SIGMA,CUT`         | Gaussian, cut off at CUT standard deviations                         | SIGMA·CUT |
/// | `hann:[S,]R`              | sinc(x) · (1 + cos(πx/R))/2                                          | R S       |
/// | `blackman:[S,]R`, `black` | sinc(x) · (0.42 + 0.5 cos(πx/R) + 0.08 cos(2πx/R))                   | R S       |
/// | `lanczos:A`               | sinc(x) · sinc(x/A) (Duchon 1979)                                    | A         |
/// | `kaiser:R,BETA[,CUTOFF]`  | CUTOFF sinc(CUTOFF·x) · I0(BETA √(1 − (x/R)²)) / I0(BETA)             | R         |
/// | `nearest`                 | takes one sample, floor(u + ½)                                       | ½         |
/// | `mode`                    | the most frequent value of the samples whose cells the output covers | ½         |
///
/// `nearest` and `mode` make no value that the source does not have; they are for labels. `mode` counts over all three
/// axes at once and cannot be mixed with other kernels. Of equally frequent values it takes the lowest; on an axis that
/// is not reduced an output covers only the nearest sample.
///
/// S is an optional scale, as in Teem: h(x/S)/S. Numbers may be decimals or fractions ("1/3").
class STACK2NRRD_EXPORT Kernel {
public:
    enum class Kind { box, tent, cubic, bspl2, bspl3, bspl5, gauss, hann, blackman, lanczos, kaiser, nearest, mode };

    Kernel();  ///< lanczos:3

    /// \throws Error invalid_argument for an unknown name, a wrong number of parameters or one out of range.
    [[nodiscard]] static Kernel parse(std::string_view spec);

    /// h(x), x in output samples.
    [[nodiscard]] double operator()(double x) const noexcept;

    /// Half width, in output samples: h(x) = 0 for |x| > support().
    [[nodiscard]] double support() const noexcept;

    [[nodiscard]] Kind kind() const noexcept { return kind_; }

    /// The scale S of the table above; 1 for kernels that have none.
    [[nodiscard]] double scale() const noexcept { return scale_; }

    /// The standard deviation of a Gaussian, in output samples; without meaning for other kernels.
    [[nodiscard]] double sigma() const noexcept { return parameter_[0]; }

    /// The spec in its normal form, as it is written into the header.
    [[nodiscard]] const std::string& spec() const noexcept { return spec_; }

private:
    Kind kind_ = Kind::lanczos;
    double scale_ = 1;
    std::array<double, 3> parameter_{3, 0, 0};
    std::string spec_ = "lanczos:3";
};

}  // namespace stack2nrrd
