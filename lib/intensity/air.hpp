#pragma once

// What is air, by the histogram of a volume alone.

#include <stack2nrrd/options.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace stack2nrrd {

/// How many samples have which values. Bin i has those from low + i · width to before low + (i + 1) · width.
struct ValueHistogram {
    double low = 0;
    double width = 1;
    double centre = 0;  ///< what the samples of a bin are taken for, in widths from its low end: 0 if all are equal
    std::vector<std::int64_t> counts{};
    std::int64_t at_lowest = 0;   ///< samples that have exactly the lowest value that there is
    std::int64_t at_highest = 0;  ///< the same of the highest

    [[nodiscard]] double value_at(double bins) const noexcept { return low + bins * width; }
};

/// A peak of a histogram.
struct Peak {
    double mode = 0;
    double sigma = 0;        ///< the smaller half width at half maximum, divided by 1.1774 (that of a Gaussian)
    bool two_sided = false;  ///< false: on its low side it does not fall to half before the values end
};

/// The first peak, from the darkest value on, that is at least a fifth as high as the highest one. The lowest and the
/// highest value are left out if more than 1 % of the samples have exactly them: they are padding, and saturated. Bins
/// are joined by twos as long as the half width is then at least four of them, and smoothed with (1, 2, 1) / 4, both of
/// which sigma makes up for (W. F. Sheppard, Proc. London Math. Soc. 29, 1898, p. 353). Nothing if no peak falls to
/// half on its high side, or if its half width is more than a quarter of all values.
[[nodiscard]] std::optional<Peak> first_peak(const ValueHistogram& histogram);

/// The classes − 1 thresholds that part the samples into classes with the largest variance between them; a sample that
/// equals a threshold is above it. Fewer if there are fewer values than classes. N. Otsu, IEEE Trans. Syst. Man Cybern.
/// 9, 1979, p. 62, with the sum that P.-S. Liao, T.-S. Chen and P.-C. Chung maximise (J. Inf. Sci. Eng. 17, 2001,
/// p. 713); exact for every bin, since the best first bin of the last class never falls when bins are added at the end
/// (X. Wu, J. Algorithms 12, 1991, p. 663). Of equal ones the lowest.
[[nodiscard]] std::vector<double> otsu_thresholds(const ValueHistogram& histogram, int classes);

/// Below `threshold` is air.
struct AirThreshold {
    double threshold = 0;
    std::optional<double> mode{};  ///< of the air, where it was looked for
};

/// Nothing where no air is found. Dehaze::Kind::automatic takes mode + 3 sigma of a peak with two sides, and mode + 2.6
/// sigma if between 2.5 and 3 sigma there are more than 1.5 times the samples of a Gaussian: what begins there at 3.2
/// sigma would lose more than .1 % of its samples otherwise. Of a peak without a low side (air that was clipped), and
/// if more than a quarter of the samples have exactly the lowest value, it takes the lowest of Otsu's four classes. It
/// finds no air if there is no peak; if more than 1 % of the samples that are no padding are darker than mode − 4 sigma
/// and than a fifth of the contrast below the mode (which a kernel may overshoot), since air is the darkest; and if
/// less than .3 % are at the threshold or above it, since then there is no object. Dehaze::Kind::levels: the brightest
/// of 4, 3 and 2 classes is no air (1, 2, 3), or all but the darkest of 3 and 4 (4, 5).
[[nodiscard]] std::optional<AirThreshold> find_air(const ValueHistogram& histogram, const Dehaze& dehaze);

/// What these functions take for a histogram of that many bins, without it.
[[nodiscard]] std::int64_t air_bytes(std::int64_t bins);

}  // namespace stack2nrrd
