#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "picture/histogram.hpp"
#include "picture/panels.hpp"
#include "picture/views.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "sink/file_sink.hpp"
#include "sink/publish.hpp"
#include "sink/slab_checksums.hpp"
#include "sink/value_range.hpp"

#include <stack2nrrd/report.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

class PageSink final : public FileSink {
public:
    PageSink(std::filesystem::path name, bool force, std::function<const Findings&()> findings)
        : FileSink(std::move(name), force), findings_(std::move(findings)) {}

    void begin(const VolumeInfo& volume) override {
        FileSink::begin(volume);
        volume_ = volume;
        gathered_.emplace(volume);
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        gathered_->views.add(z, samples);
        gathered_->histogram.add(samples);
        gathered_->checksums.add(samples);
        gathered_->checksums.end_slice();
        if (gathered_->range) gathered_->range->add(samples);
    }

    void write_late_notes(std::span<const std::string> values) override {
        late_notes_.assign(values.begin(), values.end());
    }

    void finish() override {
        const Histogram& histogram = gathered_->histogram;
        const auto& range = gathered_->range;
        const PageFacts facts{findings_(),
                              volume_,
                              histogram,
                              range ? range->min_text() : number_text(histogram.least()),
                              range ? range->max_text() : number_text(histogram.most()),
                              late_notes_,
                              gathered_->checksums.text()};
        file().write(page_begin(page_title(facts)) + sections_before(facts));
        write_pictures();
        file().write(sections_after(facts) + page_end());
        file().sync();
        gathered_.reset();
    }

private:
    struct Gathered {
        explicit Gathered(const VolumeInfo& volume) : views(volume), histogram(volume.type), checksums(volume.size[2]) {
            const bool simple = volume.channels == 1 && !is_float(volume.type) && !is_wide_integer(volume.type);
            if (!simple) range.emplace(volume.type, volume.channels);
        }
        Views views;
        Histogram histogram;
        SlabChecksums checksums;
        std::optional<ValueRange> range;  ///< where the histogram does not have it
    };

    /// One after the other, so that there is never more than one as a text; all in one scale.
    void write_pictures() {
        constexpr std::array<std::string_view, 6> names{"slice through the middle across z",
                                                        "slice through the middle across y",
                                                        "slice through the middle across x",
                                                        "largest values along z",
                                                        "largest values along y",
                                                        "largest values along x"};
        const std::array<Picture, 6> pictures = painted(gathered_->views.take(), volume_);
        Index widest = 0;
        for (const Picture& picture : pictures) widest = std::max(widest, picture.width);
        file().write("<section>\n<h2>Views</h2>\n<div class=\"views\">\n");
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            const Picture& picture = pictures[i];
            file().write("<figure><img alt=\"" + std::string(names[i]) + "\" width=\"" + std::to_string(picture.width) +
                         "\" height=\"" + std::to_string(picture.height) + "\" style=\"width: " +
                         std::to_string(100 * picture.width / widest) + "%\" src=\"data:image/png;base64,");
            file().write(base64(png_of(picture)));
            file().write("\"></figure>\n");
        }
        file().write(
            "</div>\n<p class=\"soft\">Slices through the middle, and the largest values along each axis; both from "
            "black at their "
            "1st to white at their 99th percentile. Slices are counted from 0.</p>\n</section>\n");
    }

    std::function<const Findings&()> findings_;
    VolumeInfo volume_;
    std::optional<Gathered> gathered_;
    std::vector<std::string> late_notes_;
};

}  // namespace

std::unique_ptr<Sink> page_sink(const std::filesystem::path& file, bool force,
                                std::function<const Findings&()> findings) {
    check_suffix(followed(file), {".html", ".htm"}, ".html");
    return std::make_unique<PageSink>(file, force, std::move(findings));
}

}  // namespace stack2nrrd
