#include "sink/preview.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"
#include "sink/file_sink.hpp"
#include "sink/publish.hpp"

#include <stack2nrrd/error.hpp>

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <new>
#include <optional>
#include <span>

namespace stack2nrrd {

namespace {

/// Rows that are kept of the planes along z: more slices than this share rows, so that memory stays bounded.
constexpr Index most_rows = 1024;

/// Longest side of a panel in the picture.
constexpr double panel_side = 512;

float sample_at(const std::byte* samples, SampleType type, std::size_t i) {
    return with_sample_type(type, [&](auto sample) {
        std::memcpy(&sample, samples + i * sizeof(sample), sizeof(sample));
        return static_cast<float>(sample);
    });
}

/// The plane at another size: means of what falls together, repetition where there is less.
Preview::Plane scaled(const Preview::Plane& plane, Index width, Index height) {
    Preview::Plane result{width, height, std::vector<float>(static_cast<std::size_t>(width * height))};
    const auto covered = [](Index k, Index outputs, Index source) {
        const Index first = k * source / outputs;
        return Range{first, std::max(first + 1, (k + 1) * source / outputs)};
    };
    for (Index y = 0; y < height; ++y) {
        const Range rows = covered(y, height, plane.height);
        for (Index x = 0; x < width; ++x) {
            const Range columns = covered(x, width, plane.width);
            double sum = 0;
            for (Index j = rows.first; j < rows.end; ++j) {
                for (Index i = columns.first; i < columns.end; ++i) {
                    sum += static_cast<double>(plane.numbers[static_cast<std::size_t>(j * plane.width + i)]);
                }
            }
            result.numbers[static_cast<std::size_t>(y * width + x)] =
                static_cast<float>(sum / static_cast<double>(rows.size() * columns.size()));
        }
    }
    return result;
}

/// The values below which 1 % and 99 % of the numbers lie.
std::pair<float, float> grey_range(const std::array<Preview::Plane, 3>& panels) {
    std::vector<float> numbers;
    for (const Preview::Plane& panel : panels) {
        std::copy_if(panel.numbers.begin(), panel.numbers.end(), std::back_inserter(numbers),
                     [](float v) { return std::isfinite(v); });
    }
    if (numbers.empty()) return {0.F, 1.F};
    std::sort(numbers.begin(), numbers.end());
    const std::size_t last = numbers.size() - 1;
    const float low = numbers[last / 100];
    const float high = numbers[last - last / 100];
    return {low, high > low ? high : low + 1};
}

void write_png(OutputFile& file, const std::vector<std::uint8_t>& grey, Index width, Index height) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::vector<std::byte> png(bytes);
    if (png_image_write_to_memory(&image, png.data(), &bytes, 0, grey.data(), 0, nullptr) == 0) throw std::bad_alloc();
    file.write(std::span(png.data(), bytes));
}

}  // namespace

Preview::Preview(const VolumeInfo& volume) : volume_(volume) {
    const Index rows = std::min(volume.size[2], most_rows);
    const auto plane = [](Index width, Index height) {
        return Plane{width, height, std::vector<float>(static_cast<std::size_t>(width * height), 0.F)};
    };
    planes_ = {plane(volume.size[0], volume.size[1]), plane(volume.size[0], rows), plane(volume.size[1], rows)};
    gathered_.assign(static_cast<std::size_t>(rows), 0);
}

void Preview::add(Index z, std::span<const std::byte> samples) {
    const auto channels = static_cast<std::size_t>(volume_.channels);
    const bool colour = volume_.colour == Colour::rgb || volume_.colour == Colour::rgba;
    const std::size_t colours = colour ? 3 : 1;  // alpha is not shown, nor any component but the first
    const auto at = [&](Index x, Index y) {
        float sum = 0;
        const std::size_t first = static_cast<std::size_t>(y * volume_.size[0] + x) * channels;
        for (std::size_t c = 0; c < colours; ++c) sum += sample_at(samples.data(), volume_.type, first + c);
        return sum / static_cast<float>(colours);
    };
    if (z == volume_.size[2] / 2) {
        for (Index y = 0; y < volume_.size[1]; ++y) {
            for (Index x = 0; x < volume_.size[0]; ++x) {
                planes_[0].numbers[static_cast<std::size_t>(y * volume_.size[0] + x)] = at(x, y);
            }
        }
    }
    std::vector<float> row;
    for (Index x = 0; x < volume_.size[0]; ++x) row.push_back(at(x, volume_.size[1] / 2));
    gather_row(planes_[1], z, row);
    row.clear();
    for (Index y = 0; y < volume_.size[1]; ++y) row.push_back(at(volume_.size[0] / 2, y));
    gather_row(planes_[2], z, row);
    ++gathered_[static_cast<std::size_t>(z * planes_[1].height / volume_.size[2])];
}

void Preview::gather_row(Plane& plane, Index z, const std::vector<float>& row) {
    const Index y = z * plane.height / volume_.size[2];
    for (std::size_t x = 0; x < row.size(); ++x) {
        plane.numbers[static_cast<std::size_t>(y * plane.width) + x] += row[x];
    }
}

void Preview::write(OutputFile& file) {
    for (std::size_t p = 1; p < 3; ++p) {
        Plane& plane = planes_[p];
        for (std::size_t i = 0; i < plane.numbers.size(); ++i) {
            plane.numbers[i] /= static_cast<float>(gathered_[i / static_cast<std::size_t>(plane.width)]);
        }
    }
    std::array<double, 3> extent{};  // in units of the widest spacing: any spacing may be near the end of the numbers
    double widest = 0;
    for (int a = 0; a < 3; ++a) widest = std::max(widest, spacing(volume_.geometry, a));
    for (std::size_t a = 0; a < 3; ++a) {
        extent[a] = spacing(volume_.geometry, static_cast<int>(a)) / widest * static_cast<double>(volume_.size[a]);
    }
    const double unit = std::max({extent[0], extent[1], extent[2]}) / panel_side;
    const auto side = [&](std::size_t axis) { return std::max<Index>(1, std::lround(extent[axis] / unit)); };
    const std::array<Plane, 3> panels{scaled(planes_[0], side(0), side(1)), scaled(planes_[1], side(0), side(2)),
                                      scaled(planes_[2], side(1), side(2))};

    constexpr Index gap = 8;
    const Index width = panels[0].width + panels[1].width + panels[2].width + 2 * gap;
    const Index height = std::max({panels[0].height, panels[1].height, panels[2].height});
    std::vector<std::uint8_t> picture(static_cast<std::size_t>(width * height), 0);
    const auto [low, high] = grey_range(panels);
    Index left = 0;
    for (const Plane& panel : panels) {
        for (Index y = 0; y < panel.height; ++y) {
            for (Index x = 0; x < panel.width; ++x) {
                const float number = panel.numbers[static_cast<std::size_t>(y * panel.width + x)];
                const float grey = (number - low) / (high - low) * 255.F + 0.5F;
                picture[static_cast<std::size_t>(y * width + left + x)] =
                    std::isnan(grey) ? std::uint8_t{0} : static_cast<std::uint8_t>(std::clamp(grey, 0.F, 255.F));
            }
        }
        left += panel.width + gap;
    }
    write_png(file, picture, width, height);
}

std::int64_t Preview::memory_bytes(const VolumeInfo& volume) {
    const Index rows = std::min(volume.size[2], most_rows);
    const ByteCount numbers =
        ByteCount(volume.size[0]) * volume.size[1] + (ByteCount(volume.size[0]) + volume.size[1]) * rows;
    // The panels, twice where their numbers are sorted, the picture, and what PNG makes of it.
    constexpr auto picture = static_cast<Index>(3 * panel_side * panel_side * (2 * sizeof(float) + 3));
    return (numbers * sizeof(float) + picture).value();
}

namespace {

class PreviewSink final : public FileSink {
public:
    using FileSink::FileSink;

    void begin(const VolumeInfo& volume) override {
        FileSink::begin(volume);
        preview_.emplace(volume);
    }
    void write_slice(Index z, std::span<const std::byte> samples) override { preview_->add(z, samples); }
    void finish() override {
        preview_->write(file());
        file().sync();
    }

private:
    std::optional<Preview> preview_;
};

}  // namespace

std::unique_ptr<Sink> preview_sink(const std::filesystem::path& file, bool force) {
    return std::make_unique<PreviewSink>(file, force);
}

std::unique_ptr<Sink> with_preview(std::unique_ptr<Sink> volume, const std::filesystem::path& file, bool force) {
    if (file.empty()) return volume;
    std::vector<std::unique_ptr<Sink>> both;
    both.push_back(std::move(volume));
    both.push_back(preview_sink(file, force));
    check_suffix(followed(file), {".png"}, ".png");
    return tee(std::move(both));
}

}  // namespace stack2nrrd
