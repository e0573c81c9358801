#include "intensity/air.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace stack2nrrd {

namespace {

using Counts = std::vector<std::int64_t>;

std::int64_t sum_of(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

/// The bins that have samples, as a range of them.
struct Occupied {
    std::size_t first = 0;
    std::size_t end = 0;  ///< first if there are none

    explicit Occupied(const Counts& counts) {
        const auto has_any = [](std::int64_t count) { return count > 0; };
        first = static_cast<std::size_t>(std::find_if(counts.begin(), counts.end(), has_any) - counts.begin());
        end = first;
        for (std::size_t i = first; i < counts.size(); ++i) {
            if (counts[i] > 0) end = i + 1;
        }
    }
};

/// Without padding and what is saturated.
Counts inner_counts(const ValueHistogram& histogram) {
    Counts counts = histogram.counts;
    const std::int64_t few = sum_of(counts) / 100;
    const Occupied occupied(counts);
    if (occupied.first == occupied.end) return counts;
    if (histogram.at_lowest > few) counts[occupied.first] -= histogram.at_lowest;
    if (histogram.at_highest > few && counts[occupied.end - 1] >= histogram.at_highest) {
        counts[occupied.end - 1] -= histogram.at_highest;
    }
    return counts;
}

/// `width` bins at a time, from `occupied.first` on.
std::vector<double> joined(const Counts& counts, const Occupied& occupied, std::size_t width) {
    std::vector<double> bins((occupied.end - occupied.first + width - 1) / width);
    for (std::size_t i = occupied.first; i < occupied.end; ++i) {
        bins[(i - occupied.first) / width] += static_cast<double>(counts[i]);
    }
    return bins;
}

/// (1, 2, 1) / 4, at the ends by what there is.
std::vector<double> smoothed(const std::vector<double>& bins) {
    std::vector<double> result(bins.size());
    for (std::size_t i = 0; i < bins.size(); ++i) {
        double sum = 2 * bins[i];
        double weight = 2;
        if (i > 0) {
            sum += bins[i - 1];
            weight += 1;
        }
        if (i + 1 < bins.size()) {
            sum += bins[i + 1];
            weight += 1;
        }
        result[i] = sum / weight;
    }
    return result;
}

/// A peak at some width of bins; positions and widths count in these, from the centre of the first one.
struct Rough {
    double mode = 0;
    double height = 0;
    double half_width = 0;
    bool two_sided = false;
    std::size_t left = 0;  ///< the bins that are at least half as high
    std::size_t right = 0;
};

/// Where the curve, on its way from bin `at` by steps of `step`, falls to `level`. Nothing if it ends before.
std::optional<double> crossing(const std::vector<double>& curve, std::size_t at, int step, double level) {
    for (auto i = static_cast<std::ptrdiff_t>(at); i >= 0 && i < std::ssize(curve); i += step) {
        const double here = curve[static_cast<std::size_t>(i)];
        if (here >= level) continue;
        const double before = curve[static_cast<std::size_t>(i - step)];
        return static_cast<double>(i) - step * (level - here) / (before - here);
    }
    return std::nullopt;
}

/// The top of the first peak: where the curve, being at least a fifth as high as it ever is, falls by a tenth, and by
/// more than chance explains.
std::optional<std::size_t> first_top(const std::vector<double>& curve) {
    const double highest = *std::max_element(curve.begin(), curve.end());
    std::size_t top = curve.size();
    for (std::size_t i = 0; i < curve.size(); ++i) {
        if (top == curve.size()) {
            if (curve[i] >= highest / 5) top = i;
        } else if (curve[i] > curve[top]) {
            top = i;
        } else if (curve[top] - curve[i] > std::max(curve[top] / 10, 4 * std::sqrt(curve[top]))) {
            return top;
        }
    }
    return std::nullopt;
}

std::optional<Rough> rough_peak(const std::vector<double>& curve) {
    const std::optional<std::size_t> top = first_top(curve);
    if (!top) return std::nullopt;
    Rough peak;
    peak.height = curve[*top];
    const std::optional<double> right = crossing(curve, *top, 1, peak.height / 2);
    const std::optional<double> left = crossing(curve, *top, -1, peak.height / 2);
    if (!right) return std::nullopt;
    peak.mode = static_cast<double>(*top);
    const std::optional<double> near_left = crossing(curve, *top, -1, peak.height * .8);
    const std::optional<double> near_right = crossing(curve, *top, 1, peak.height * .8);
    if (near_left && near_right) peak.mode = (*near_left + *near_right) / 2;  // steadier than the top itself
    peak.two_sided = left.has_value();
    peak.half_width = *right - peak.mode;
    if (left) peak.half_width = std::min(peak.half_width, peak.mode - *left);
    peak.left = left ? static_cast<std::size_t>(std::ceil(*left)) : 0;
    peak.right = static_cast<std::size_t>(*right);
    return peak;
}

/// Is it a peak, or a plain with an end?
bool is_narrow(const Rough& peak, const std::vector<double>& curve) {
    return peak.half_width <= static_cast<double>(curve.size()) / 4;
}

/// Has every half of the bins of a peak samples? Values that come in steps have not, nor has a single value.
bool is_dense(const std::vector<double>& halves, const Rough& peak) {
    for (std::size_t i = 2 * peak.left; i < std::min(2 * peak.right + 2, halves.size()); ++i) {
        if (halves[i] == 0) return false;
    }
    return true;
}

std::int64_t count_from(const ValueHistogram& histogram, double value) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        if (histogram.value_at(static_cast<double>(i) + histogram.centre) >= value) count += histogram.counts[i];
    }
    return count;
}

std::optional<double> lowest_of_four(const ValueHistogram& histogram) {
    const std::vector<double> thresholds = otsu_thresholds(histogram, 4);
    if (thresholds.empty()) return std::nullopt;
    return thresholds.front();
}

/// That of the brightest thousandth of the samples.
double bright_value(const ValueHistogram& histogram) {
    const std::int64_t wanted = sum_of(histogram.counts) / 1000;
    std::int64_t count = 0;
    std::size_t i = histogram.counts.size();
    while (i > 0 && count <= wanted) count += histogram.counts[--i];
    return histogram.value_at(static_cast<double>(i) + histogram.centre);
}

/// Are many samples darker than those of the peak? Then it is not that of air. A kernel that overshoots makes some of
/// them beside bright objects: what is within a fifth of the contrast does not count.
bool is_dark(const ValueHistogram& histogram, const Peak& peak, std::int64_t samples) {
    const double overshoot = (bright_value(histogram) - peak.mode) / 5;
    const std::int64_t darker = samples - count_from(histogram, peak.mode - std::max(4 * peak.sigma, overshoot));
    return darker <= samples / 100;
}

/// Where a Gaussian peak ends. Something faint begins there if there are more samples than the peak has.
double end_of(const ValueHistogram& histogram, const Peak& peak, std::int64_t samples) {
    constexpr double expected = .0048597 * 2;  // of those below the mode: Phi(3) - Phi(2.5), and Phi(0) = 1/2
    const auto from = [&](double sigmas) { return count_from(histogram, peak.mode + sigmas * peak.sigma); };
    const auto below = static_cast<double>(samples - from(0));
    const bool is_faint = static_cast<double>(from(2.5) - from(3)) > 1.5 * expected * below;
    return peak.mode + (is_faint ? 2.6 : 3) * peak.sigma;
}

std::optional<AirThreshold> automatic(const ValueHistogram& histogram) {
    const std::int64_t all = sum_of(histogram.counts);
    const Occupied occupied(histogram.counts);
    if (occupied.end - occupied.first < 2) return std::nullopt;
    AirThreshold air;
    std::optional<double> threshold;
    if (histogram.at_lowest > all / 4) {
        air.mode = histogram.value_at(static_cast<double>(occupied.first));
        threshold = lowest_of_four(histogram);
    } else {
        const std::optional<Peak> peak = first_peak(histogram);
        const std::int64_t samples = all - (histogram.at_lowest > all / 100 ? histogram.at_lowest : 0);
        if (!peak || !is_dark(histogram, *peak, samples)) return std::nullopt;
        air.mode = peak->mode;
        threshold = peak->two_sided ? end_of(histogram, *peak, samples) : lowest_of_four(histogram);
    }
    const bool is_below = threshold && *threshold > *air.mode;
    if (!is_below || static_cast<double>(count_from(histogram, *threshold)) < .003 * static_cast<double>(all)) {
        return std::nullopt;
    }
    air.threshold = *threshold;
    return air;
}

}  // namespace

std::optional<Peak> first_peak(const ValueHistogram& histogram) {
    const Counts counts = inner_counts(histogram);
    const Occupied occupied(counts);
    constexpr std::size_t least_bins = 64;
    constexpr double enough_bins = 4;
    constexpr double enough_samples = 400;
    std::size_t width = 1;
    while ((occupied.end - occupied.first) / width > least_bins) width *= 2;
    std::optional<Rough> found;
    for (;; width /= 2) {
        const std::vector<double> bins = joined(counts, occupied, width);
        if (bins.empty()) return std::nullopt;
        if (found && (found->height < enough_samples || !is_dense(bins, *found))) {
            width *= 2;  // finer ones show less
            break;
        }
        const std::vector<double> curve = smoothed(bins);
        std::optional<Rough> finer = rough_peak(curve);
        if (finer && !is_narrow(*finer, curve)) finer.reset();
        if (found && !finer) {
            width *= 2;
            break;
        }
        found = finer;
        if (width == 1 || (found && found->half_width >= enough_bins)) break;
    }
    if (!found) return std::nullopt;
    Peak peak;
    peak.two_sided = found->two_sided;
    const auto w = static_cast<double>(width);
    const double first = static_cast<double>(occupied.first) + (w - 1) / 2 + histogram.centre;
    peak.mode = histogram.value_at(first + found->mode * w);
    const double measured = found->half_width / 1.1774;
    const double spread = measured * measured - (.5 + 1. / 12);
    peak.sigma = std::max(std::sqrt(std::max(spread, 0.)), measured / 2) * w * histogram.width;
    return peak;
}

std::vector<double> otsu_thresholds(const ValueHistogram& histogram, int classes) {
    // Sums of the occupied bins before each one; values count in bins, from the first.
    std::vector<std::size_t> bins;
    std::vector<double> samples{0};
    std::vector<double> sums{0};
    const auto is_used = [](std::int64_t count) { return count > 0; };
    const auto used =
        static_cast<std::size_t>(std::count_if(histogram.counts.begin(), histogram.counts.end(), is_used));
    bins.reserve(used);
    samples.reserve(used + 1);
    sums.reserve(used + 1);
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        if (histogram.counts[i] == 0) continue;
        const auto count = static_cast<double>(histogram.counts[i]);
        samples.push_back(samples.back() + count);
        sums.push_back(sums.back() + count * static_cast<double>(bins.empty() ? 0 : i - bins.front()));
        bins.push_back(i);
    }
    const std::size_t n = bins.size();
    const std::size_t wanted = std::min(static_cast<std::size_t>(classes), n);
    if (wanted < 2) return {};
    const auto merit = [&](std::size_t begin, std::size_t end) {
        const double sum = sums[end] - sums[begin];
        return sum * sum / (samples[end] - samples[begin]);
    };
    // best[e]: of the bins before e in the classes so far; from[c][e]: where the last of them begins.
    std::vector<double> best(n + 1);
    std::vector<double> next(n + 1);
    std::vector<std::vector<std::uint32_t>> from(wanted, std::vector<std::uint32_t>(n + 1));
    for (std::size_t e = 1; e <= n; ++e) best[e] = merit(0, e);
    struct Part {
        std::size_t first, end;   ///< ends of bins to be found
        std::size_t least, most;  ///< where their last class may begin
    };
    for (std::size_t c = 1; c < wanted; ++c) {
        std::vector<Part> parts{{c + 1, n + 1, c, n - 1}};
        while (!parts.empty()) {
            const Part part = parts.back();
            parts.pop_back();
            if (part.first >= part.end) continue;
            const std::size_t e = part.first + (part.end - part.first) / 2;
            std::size_t where = part.least;
            double most = -1;
            for (std::size_t b = part.least; b <= std::min(part.most, e - 1); ++b) {
                const double value = best[b] + merit(b, e);
                if (value > most) {
                    most = value;
                    where = b;
                }
            }
            next[e] = most;
            from[c][e] = static_cast<std::uint32_t>(where);
            parts.push_back({part.first, e, part.least, where});
            parts.push_back({e + 1, part.end, where, part.most});
        }
        best.swap(next);
    }
    std::vector<double> thresholds(wanted - 1);
    std::size_t end = n;
    for (std::size_t c = wanted - 1; c >= 1; --c) {
        end = from[c][end];
        thresholds[c - 1] = histogram.value_at(static_cast<double>(bins[end]));
    }
    return thresholds;
}

std::optional<AirThreshold> find_air(const ValueHistogram& histogram, const Dehaze& dehaze) {
    if (dehaze.kind == Dehaze::Kind::threshold) return AirThreshold{dehaze.threshold, {}};
    if (dehaze.kind == Dehaze::Kind::automatic) return automatic(histogram);
    constexpr std::array<int, 5> classes{4, 3, 2, 3, 4};
    const std::vector<double> thresholds =
        otsu_thresholds(histogram, classes.at(static_cast<std::size_t>(dehaze.levels - 1)));
    if (thresholds.empty()) return std::nullopt;
    return AirThreshold{dehaze.levels <= 3 ? thresholds.back() : thresholds.front(), {}};
}

std::int64_t air_bytes(std::int64_t bins) {
    return bins * static_cast<std::int64_t>(sizeof(std::size_t) + 4 * sizeof(double) + 4 * sizeof(std::uint32_t));
}

}  // namespace stack2nrrd
