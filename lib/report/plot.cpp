#include "report/plot.hpp"

#include "core/sample_types.hpp"
#include "report/html.hpp"
#include "report/numbers.hpp"

#include <algorithm>
#include <cmath>

namespace stack2nrrd {

namespace {

constexpr double plot_width = 1000;
constexpr double plot_height = 200;

std::string place_text(double place) { return fixed_text(place, 2); }

}  // namespace

std::string histogram_plot(const Histogram& histogram, const std::vector<Mark>& marks) {
    const std::vector<std::int64_t> counts = histogram.counts();
    if (counts.empty()) return {};
    // All in bins: values may be so far apart that no number is their difference.
    const double width = histogram.width();
    auto from = static_cast<double>(histogram.first());
    double to = from + static_cast<double>(counts.size());
    const double first = from;
    for (const Mark& mark : marks) {
        from = std::min(from, mark.value / width);
        to = std::max(to, mark.value / width);
    }
    const auto x_of = [&](double bin) { return (bin - from) / (to - from) * plot_width; };

    constexpr double most_bars = 256;
    const double bins_a_bar = std::ceil((to - from) / most_bars);  // a mark may be 2^1000 bins away
    const auto group = static_cast<std::size_t>(std::clamp(bins_a_bar, 1., static_cast<double>(counts.size())));
    std::vector<std::int64_t> bars;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (i % group == 0) bars.push_back(0);
        bars.back() += counts[i];
    }
    const double most = std::log1p(static_cast<double>(*std::max_element(bars.begin(), bars.end())));
    std::string path;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (bars[i] == 0) continue;
        const double left = first + static_cast<double>(i * group);
        const double right = std::min(left + static_cast<double>(group), first + static_cast<double>(counts.size()));
        const double height = std::log1p(static_cast<double>(bars[i])) / most * (plot_height - 8);
        path += "M" + place_text(x_of(left)) + " " + place_text(plot_height) + "V" + place_text(plot_height - height) +
                "H" + place_text(x_of(right)) + "V" + place_text(plot_height) + "z";
    }
    std::string html =
        "<svg viewBox=\"0 0 1000 200\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"histogram\">"
        "<path class=\"bars\" d=\"" +
        path + "\"/>";
    for (const Mark& mark : marks) {
        const std::string x = place_text(std::clamp(x_of(mark.value / width), 1.0, plot_width - 1));
        html += "<line class=\"" + escaped(mark.kind) + "\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"0\" y2=\"200\"/>";
    }
    const double last_step = is_float(histogram.type()) ? 0 : 1;  // a bin ends before the next number
    return html + "</svg>\n<div class=\"axis soft\"><span>" + short_text(from * width) +
           "</span><span>counts, in a logarithmic scale</span><span>" + short_text(to * width - last_step) +
           "</span></div>\n";
}

}  // namespace stack2nrrd
