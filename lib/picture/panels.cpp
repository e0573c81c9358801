#include "picture/panels.hpp"

#include "core/byte_count.hpp"
#include "picture/glyphs.hpp"
#include "picture/greys.hpp"
#include "picture/legend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

constexpr Index text_scale = 2;
constexpr Index line = glyph_height * text_scale;
constexpr Index space = 6;
constexpr Index margin = glyph_width * text_scale + 2 * space;  // beside a view
constexpr Index head = space + line + space + line + space;     // title and letter
constexpr Index bar_height = 4;
constexpr Index foot = space + line + space + bar_height + space + line + space;  // letter, bar, its length

constexpr std::uint8_t paper = 24;
constexpr std::uint8_t ink = 225;

struct Layout {
    std::array<Panel, 3> panels;
    std::array<Legend, 6> legends;
};

Layout layout_of(const VolumeInfo& volume) {
    double widest = 0;
    for (int a = 0; a < 3; ++a) widest = std::max(widest, spacing(volume.geometry, a));
    std::array<double, 3> extent{};  // in units of the widest spacing: any spacing may be near the end of the numbers
    for (std::size_t a = 0; a < 3; ++a) {
        extent[a] = spacing(volume.geometry, static_cast<int>(a)) / widest * static_cast<double>(volume.size[a]);
    }
    const double unit = std::max({extent[0], extent[1], extent[2]}) / static_cast<double>(panel_side);
    const auto side = [&](std::size_t axis) { return std::max<Index>(1, std::lround(extent[axis] / unit)); };
    Layout layout{{}, legends_of(volume, unit, widest)};
    constexpr std::array<std::array<std::size_t, 2>, 3> axes{{{0, 1}, {0, 2}, {1, 2}}};
    for (std::size_t p = 0; p < 3; ++p) {
        Panel& panel = layout.panels[p];
        panel.view_width = side(axes[p][0]);
        panel.view_height = side(axes[p][1]);
        panel.width = panel.view_width;
        for (const Legend* legend : {&layout.legends[p], &layout.legends[p + 3]}) {
            panel.width = std::max({panel.width, text_width(legend->title, text_scale), legend->bar_width,
                                    text_width(legend->bar, text_scale)});
        }
        panel.width += 2 * margin;
        panel.height = head + panel.view_height + foot;
        panel.left = (panel.width - panel.view_width) / 2;
        panel.top = head;
    }
    return layout;
}

/// The places that each of `dots` shows.
std::vector<Range> covered(Index dots, Index places) {
    std::vector<Range> ranges;
    for (Index k = 0; k < dots; ++k) {
        const Index first = k * places / dots;
        ranges.push_back({first, std::max(first + 1, (k + 1) * places / dots)});
    }
    return ranges;
}

/// The view at another size.
template <bool largest>
View scaled(const View& view, Index width, Index height) {
    const Index colours = view.colours;
    View result{width, height, view.colours, {}};
    result.numbers.reserve(static_cast<std::size_t>(width * height * colours));
    const std::vector<Range> all_columns = covered(width, view.width);
    for (const Range& rows : covered(height, view.height)) {
        for (const Range& columns : all_columns) {
            for (Index c = 0; c < colours; ++c) {
                double sum = 0;
                float most = -std::numeric_limits<float>::infinity();
                for (Index j = rows.first; j < rows.end; ++j) {
                    const float* const places = view.numbers.data() + j * view.width * colours + c;
                    for (Index i = columns.first; i < columns.end; ++i) {
                        sum += static_cast<double>(places[i * colours]);
                        most = std::max(most, places[i * colours]);
                    }
                }
                const double mean = sum / static_cast<double>(rows.size() * columns.size());
                result.numbers.push_back(largest ? most : static_cast<float>(mean));
            }
        }
    }
    return result;
}

void write_centred(Picture& picture, Index centre, Index top, const std::string& text) {
    draw_text(picture, centre - text_width(text, text_scale) / 2, top, text, text_scale, ink);
}

Picture painted(const View& view, Greys greys, const Panel& panel, const Legend& legend) {
    Picture picture(panel.width, panel.height, view.colours, paper);
    const Index row = view.width * view.colours;
    for (Index y = 0; y < view.height; ++y) {
        std::uint8_t* const to = picture.row(panel.top + y) + panel.left * view.colours;
        for (Index i = 0; i < row; ++i) to[i] = grey_of(view.numbers[static_cast<std::size_t>(y * row + i)], greys);
    }
    const Index middle = panel.left + view.width / 2;
    const Index bottom = panel.top + view.height;
    write_centred(picture, panel.width / 2, space, legend.title);
    write_centred(picture, middle, space + line + space, legend.top);
    write_centred(picture, middle, bottom + space, legend.bottom);
    const Index beside = panel.top + view.height / 2 - line / 2;
    write_centred(picture, panel.left - margin / 2, beside, legend.left);
    write_centred(picture, panel.left + view.width + margin / 2, beside, legend.right);
    const Index bar = bottom + space + line + space;
    fill(picture, (panel.width - legend.bar_width) / 2, bar, legend.bar_width, bar_height, ink);
    write_centred(picture, panel.width / 2, bar + bar_height + space, legend.bar);
    return picture;
}

}  // namespace

std::array<Panel, 3> panels_of(const VolumeInfo& volume) { return layout_of(volume).panels; }

std::array<Picture, 6> painted(std::array<View, 6> views, const VolumeInfo& volume) {
    const Layout layout = layout_of(volume);
    for (std::size_t v = 0; v < views.size(); ++v) {
        const Panel& panel = layout.panels[v % 3];
        views[v] = v < 3 ? scaled<false>(views[v], panel.view_width, panel.view_height)
                         : scaled<true>(views[v], panel.view_width, panel.view_height);
    }
    const std::span<const View> all(views);
    const Greys of_slices = greys_of(all.first(3));
    const Greys of_largest = greys_of(all.last(3));
    std::array<Picture, 6> pictures;
    for (std::size_t v = 0; v < views.size(); ++v) {
        pictures[v] = painted(views[v], v < 3 ? of_slices : of_largest, layout.panels[v % 3], layout.legends[v]);
    }
    return pictures;
}

Picture sheet_of(std::array<Picture, 6> panels) {
    const Index height = std::max({panels[0].height, panels[1].height, panels[2].height});
    Picture sheet(panels[0].width + panels[1].width + panels[2].width, 2 * height, panels[0].colours, paper);
    Index left = 0;
    for (std::size_t p = 0; p < 3; ++p) {
        put(sheet, left, 0, panels[p]);
        put(sheet, left, height, panels[p + 3]);
        left += panels[p].width;
    }
    return sheet;
}

std::int64_t painting_bytes(const VolumeInfo& volume) {
    ByteCount dots = 0;
    ByteCount shown = 0;
    Index width = 0;
    Index height = 0;
    for (const Panel& panel : panels_of(volume)) {
        dots = dots + ByteCount(2) * panel.width * panel.height;
        shown = shown + ByteCount(panel.view_width) * panel.view_height;
        width += panel.width;
        height = std::max(height, panel.height);
    }
    const int colours = Views::colours_of(volume);
    const ByteCount numbers = ByteCount(2) * shown * colours * sizeof(float);  // of six views
    const ByteCount sheet = ByteCount(width) * (2 * height) * colours;
    constexpr ByteCount ranges = 2 * panel_side * sizeof(Range);
    return (numbers + greys_bytes + ranges + dots * colours + sheet + png_bytes(width, 2 * height, colours)).value();
}

}  // namespace stack2nrrd
