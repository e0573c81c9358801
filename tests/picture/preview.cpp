// Previews, each dot of them, against a slow twin that takes its rules from what panels.hpp and views.hpp promise.

#include "sink/preview.hpp"
#include "picture/panels.hpp"
#include "picture/views.hpp"

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume.hpp"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace stack2nrrd;
using support::Volume;

namespace {

VolumeInfo info_of(const Volume& volume, SampleType type, Vector3 spacing, Colour colour = Colour::grey) {
    VolumeInfo info;
    for (std::size_t a = 0; a < 3; ++a) {
        info.size[a] = volume.size[a];
        info.geometry.direction[a] = {};
        info.geometry.direction[a][a] = spacing[a];
    }
    info.channels = volume.channels;
    info.colour = colour;
    info.type = type;
    info.geometry.spacing_known = true;
    return info;
}

Picture read_png(const std::filesystem::path& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(support::open_file(file, "rb"), &std::fclose);
    REQUIRE((stream && png_image_begin_read_from_stdio(&image, stream.get()) != 0));
    const bool colour = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
    image.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    Picture picture(image.width, image.height, colour ? 3 : 1, 0);
    REQUIRE(png_image_finish_read(&image, nullptr, picture.bytes.data(), 0, nullptr) != 0);
    return picture;
}

/// The preview that the sink writes.
Picture preview_of(const Volume& volume, const VolumeInfo& info) {
    const support::TempFolder folder;
    const std::unique_ptr<Sink> sink = preview_sink(folder / "p.png", false);
    const std::vector<std::byte> bytes = support::to_bytes(volume.samples, info.type);
    const auto slice = static_cast<std::size_t>(info.slice_bytes());
    sink->begin(info);
    for (Index z = 0; z < info.size[2]; ++z) {
        sink->write_slice(z, std::span(bytes).subspan(static_cast<std::size_t>(z) * slice, slice));
    }
    sink->finish();
    sink->publish();
    return read_png(folder / "p.png");
}

// ------------------------------------------------------------------------------------------------------- twin

struct Grid {
    Index width = 0;
    Index height = 0;
    std::vector<double> numbers;  ///< of one colour
};

/// View `v` of 0 to 5, before it is painted.
Grid twin_view(const Volume& volume, int v, int colour) {
    const Index nx = volume.size[0];
    const Index ny = volume.size[1];
    const Index nz = volume.size[2];
    const bool largest = v >= 3;
    const int side = v % 3;
    Grid grid{side == 2 ? ny : nx, side == 0 ? ny : std::min<Index>(nz, 1024), {}};
    for (Index row = 0; row < grid.height; ++row) {
        for (Index column = 0; column < grid.width; ++column) {
            double sum = 0;
            double most = -std::numeric_limits<double>::infinity();
            int count = 0;
            const auto take = [&](Index x, Index y, Index z) {
                const double value = static_cast<double>(static_cast<float>(volume.at(x, y, z, colour)));
                sum += value;
                if (value > most) most = value;
                ++count;
            };
            for (Index z = 0; z < nz; ++z) {
                if (side != 0 && z * grid.height / nz != row) continue;
                if (side == 0 && !largest && z != nz / 2) continue;
                if (side == 0) take(column, row, z);
                for (Index y = 0; side == 1 && y < ny; ++y) {
                    if (largest || y == ny / 2) take(column, y, z);
                }
                for (Index x = 0; side == 2 && x < nx; ++x) {
                    if (largest || x == nx / 2) take(x, column, z);
                }
            }
            grid.numbers.push_back(largest ? most : sum / count);
        }
    }
    return grid;
}

Grid twin_dots(const Grid& view, Index width, Index height, bool largest) {
    Grid dots{width, height, {}};
    for (Index y = 0; y < height; ++y) {
        for (Index x = 0; x < width; ++x) {
            double sum = 0;
            double most = -std::numeric_limits<double>::infinity();
            int count = 0;
            const Index top = y * view.height / height;
            const Index left = x * view.width / width;
            for (Index j = top; j < std::max(top + 1, (y + 1) * view.height / height); ++j) {
                for (Index i = left; i < std::max(left + 1, (x + 1) * view.width / width); ++i) {
                    const double value = view.numbers[static_cast<std::size_t>(j * view.width + i)];
                    sum += value;
                    if (value > most) most = value;
                    ++count;
                }
            }
            dots.numbers.push_back(largest ? most : sum / count);
        }
    }
    return dots;
}

/// Compares each dot of the six views. Greys may differ by one.
void compare(const Volume& volume, const VolumeInfo& info) {
    const int colours = info.colour == Colour::rgb || info.colour == Colour::rgba ? 3 : 1;
    const Picture sheet = preview_of(volume, info);
    CHECK(sheet.colours == colours);
    const std::array<Panel, 3> panels = panels_of(info);
    CHECK(sheet.width == panels[0].width + panels[1].width + panels[2].width);
    const Index row_height = std::max({panels[0].height, panels[1].height, panels[2].height});
    CHECK(sheet.height == 2 * row_height);

    double longest = 0;
    for (int a = 0; a < 3; ++a) {
        longest =
            std::max(longest, spacing(info.geometry, a) * static_cast<double>(info.size[static_cast<std::size_t>(a)]));
    }
    const auto side = [&](int axis) {
        const double extent =
            spacing(info.geometry, axis) * static_cast<double>(info.size[static_cast<std::size_t>(axis)]);
        return std::max<Index>(1, std::lround(extent / longest * 512));
    };
    const std::array<std::array<int, 2>, 3> axes{{{0, 1}, {0, 2}, {1, 2}}};
    int farthest = 0;
    for (int row = 0; row < 2; ++row) {
        std::array<std::array<Grid, 3>, 3> dots;  // by panel and colour
        std::vector<double> all;
        for (std::size_t p = 0; p < 3; ++p) {
            REQUIRE(panels[p].view_width == side(axes[p][0]));
            REQUIRE(panels[p].view_height == side(axes[p][1]));
            for (int c = 0; c < colours; ++c) {
                Grid& grid = dots[p][static_cast<std::size_t>(c)];
                grid = twin_dots(twin_view(volume, static_cast<int>(p) + 3 * row, c), panels[p].view_width,
                                 panels[p].view_height, row == 1);
                for (const double number : grid.numbers) {
                    if (std::isfinite(number)) all.push_back(number);
                }
            }
        }
        std::sort(all.begin(), all.end());
        const std::size_t one_percent = all.empty() ? 0 : (all.size() - 1) / 100;
        const double low = all.empty() ? 0 : all[one_percent];
        double high = all.empty() ? 1 : all[all.size() - 1 - one_percent];
        if (!(high > low)) high = low + 1;
        Index left = 0;
        for (std::size_t p = 0; p < 3; ++p) {
            const Panel& panel = panels[p];
            for (Index y = 0; y < panel.view_height; ++y) {
                const std::uint8_t* const seen =
                    sheet.row(row * row_height + panel.top + y) + (left + panel.left) * colours;
                for (Index i = 0; i < panel.view_width * colours; ++i) {
                    const Grid& grid = dots[p][static_cast<std::size_t>(i % colours)];
                    const double number = grid.numbers[static_cast<std::size_t>(y * panel.view_width + i / colours)];
                    const double share = std::clamp((number - low) / (high - low), 0.0, 1.0);
                    const int grey = std::isnan(number) ? 0 : static_cast<int>(std::floor(share * 255 + 0.5));
                    farthest = std::max(farthest, std::abs(grey - seen[i]));
                }
            }
            left += panel.width;
        }
    }
    CHECK(farthest <= 1);
}

}  // namespace

TEST_CASE("each dot of a preview, in all types", "[picture]") {
    for (const SampleType type : support::all_types) {
        CAPTURE(sample_type_name(type));
        const Volume volume = phantom::noise({37, 23, 29}, type);
        compare(volume, info_of(volume, type, {0.1, 0.13, 0.2}));
    }
}

TEST_CASE("each dot of a preview of thin, long and large volumes", "[picture]") {
    for (const phantom::Size size : std::vector<phantom::Size>{{1, 1, 1},
                                                               {33, 20, 1},
                                                               {1, 40, 30},
                                                               {40, 1, 30},
                                                               {1, 1, 10000},
                                                               {5000, 1, 1},
                                                               {1, 3000, 2},
                                                               {5, 4, 2500},
                                                               {700, 600, 3}}) {
        CAPTURE(size);
        const Volume volume = phantom::noise(size, SampleType::uint16, 3);
        compare(volume, info_of(volume, SampleType::uint16, {1, 1, 1}));
    }
    const Volume constant({20, 10, 5}, 1, 7);
    compare(constant, info_of(constant, SampleType::uint8, {1, 1, 1}));
    const Volume volume = phantom::noise({20, 10, 5}, SampleType::int16);
    for (const Vector3 spacing : {Vector3{1e300, 1e299, 1e300}, Vector3{1e-300, 1e-300, 1e-301}, Vector3{1, 100, 1}}) {
        compare(volume, info_of(volume, SampleType::int16, spacing));
    }
}

TEST_CASE("colours of a preview, and components", "[picture]") {
    const Volume rgb = phantom::noise({21, 17, 13}, 0, 255, true, 1, 3);
    compare(rgb, info_of(rgb, SampleType::uint8, {1, 1, 1}, Colour::rgb));
    const Volume rgba = phantom::noise({21, 17, 13}, 0, 65535, true, 1, 4);
    compare(rgba, info_of(rgba, SampleType::uint16, {1, 1, 1}, Colour::rgba));
    const Volume alpha = phantom::noise({21, 17, 13}, 0, 255, true, 1, 2);
    compare(alpha, info_of(alpha, SampleType::uint8, {1, 1, 1}, Colour::grey_alpha));
    const Volume vectors = phantom::noise({21, 17, 13}, -1, 1, false, 1, 5);
    Volume floats = vectors;
    for (double& value : floats.samples) value = static_cast<double>(static_cast<float>(value));
    compare(floats, info_of(floats, SampleType::float32, {1, 1, 1}, Colour::components));
}

TEST_CASE("samples without a value in a preview", "[picture]") {
    Volume volume = phantom::noise({30, 20, 1100}, -50, 50, true);
    const double nan = std::nan("");
    for (Index z = 0; z < 1100; ++z) {
        volume.at(15, 3, z) = nan;
        volume.at(z % 30, 10, z) = nan;
        volume.at((z + 7) % 30, 10, z) = std::numeric_limits<double>::infinity();
    }
    for (Index y = 0; y < 20; ++y) {
        for (Index x = 0; x < 30; ++x) volume.at(x, y, 550) = x > 20 ? nan : volume.at(x, y, 550);
    }
    compare(volume, info_of(volume, SampleType::float32, {1, 1, 0.02}));
    compare(volume, info_of(volume, SampleType::float64, {1, 1, 0.02}));
    const Volume none({12, 10, 8}, 1, nan);
    compare(none, info_of(none, SampleType::float32, {1, 1, 1}));
}

TEST_CASE("the bar of a preview is as long as it says, and letters are beside the views", "[picture]") {
    const Volume volume = phantom::noise({64, 48, 32}, SampleType::uint8);
    const VolumeInfo info = info_of(volume, SampleType::uint8, {0.25, 0.25, 0.5});
    const Picture sheet = preview_of(volume, info);
    const Panel panel = panels_of(info).front();
    constexpr int ink = 225;
    constexpr int paper = 24;
    // 16 mm are 512 dots: 2 mm are 64, and 5 mm would be 160.
    Index longest = 0;
    for (Index y = panel.top + panel.view_height; y < panel.height; ++y) {
        Index run = 0;
        for (Index x = 0; x < panel.width; ++x) {
            run = sheet.row(y)[x] == ink ? run + 1 : 0;
            longest = std::max(longest, run);
        }
    }
    CHECK(longest == 64);
    const auto inked = [&](Index left, Index right, Index top, Index bottom) {
        int count = 0;
        for (Index y = top; y < bottom; ++y) {
            for (Index x = left; x < right; ++x) {
                count += static_cast<int>(sheet.row(y)[x] == ink);
                CHECK((sheet.row(y)[x] == ink || sheet.row(y)[x] == paper));
            }
        }
        return count;
    };
    const Index right = panel.left + panel.view_width;
    CHECK(inked(0, panel.left, panel.top, panel.top + panel.view_height) == 4 * 18);       // the dots of R
    CHECK(inked(right, panel.width, panel.top, panel.top + panel.view_height) == 4 * 11);  // of L
    CHECK(inked(0, panel.width, panel.top - 20, panel.top) == 4 * 18);                     // of A
}

TEST_CASE("the memory that previews are said to take", "[picture]") {
    for (const phantom::Size size : std::vector<phantom::Size>{{64, 48, 32}, {3, 2, 5000}, {900, 1, 2}}) {
        for (const int channels : {1, 3}) {
            const Volume volume(size, channels, 1);
            const VolumeInfo info =
                info_of(volume, SampleType::uint8, {1, 1, 1}, channels == 3 ? Colour::rgb : Colour::grey);
            Views views(info);
            for (Index z = 0; z < size[2]; ++z) {
                views.add(z, std::vector<std::byte>(static_cast<std::size_t>(info.slice_bytes())));
            }
            std::array<View, 6> taken = views.take();
            std::size_t bytes = static_cast<std::size_t>(std::min<Index>(size[2], 1024)) * sizeof(Index);
            for (std::size_t v = 0; v < 6; ++v) {
                bytes += taken[v].numbers.capacity() * (v < 3 ? sizeof(float) : sizeof(float) + 1);  // and samples
            }
            CHECK(Views::memory_bytes(info) == static_cast<std::int64_t>(bytes));
            std::size_t painting = 0;
            const std::array<Picture, 6> pictures = painted(std::move(taken), info);
            for (const Picture& picture : pictures) painting += picture.bytes.capacity();
            const Picture sheet = sheet_of(pictures);
            painting +=
                sheet.bytes.capacity() + static_cast<std::size_t>(png_bytes(sheet.width, sheet.height, channels));
            CHECK(painting_bytes(info) >= static_cast<std::int64_t>(painting));
            CHECK(preview_bytes(info) == Views::memory_bytes(info) + painting_bytes(info));
        }
    }
}
