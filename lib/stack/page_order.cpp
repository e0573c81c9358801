#include "stack/page_order.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace stack2nrrd {

namespace {

/// More slices than this, beyond those that are there, are taken for a misunderstood number.
constexpr Index most_missing = 1'000'000;

std::string count_of(Index count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string parts_text(const PageOrder& order) {
    return count_of(order.channels, "channel", "channels") + ", " + count_of(order.slices, "slice", "slices") + ", " +
           count_of(order.times, "point in time", "points in time");
}

PageOrder each_page_a_slice(std::size_t pages, std::vector<std::string> notes = {}) {
    PageOrder order;
    order.slices = static_cast<Index>(pages);
    order.positions.resize(pages);
    for (std::size_t i = 0; i < pages; ++i) order.positions[i] = static_cast<Index>(i);
    order.notes = std::move(notes);
    return order;
}

/// How many pages there should be; nothing if that is nonsense.
std::optional<Index> declared_pages(const PageOrder& order, std::size_t pages) {
    if (order.slices < 1 || order.channels < 1 || order.times < 1) return std::nullopt;
    const double product =
        static_cast<double>(order.slices) * static_cast<double>(order.channels) * static_cast<double>(order.times);
    constexpr double largest = 1e12;
    if (order.slices - static_cast<Index>(pages) > most_missing || product > largest) return std::nullopt;
    return order.slices * order.channels * order.times;
}

Index length(const PageOrder& order, char axis) {
    return axis == 'Z' ? order.slices : axis == 'C' ? order.channels : order.times;
}

bool is_placed(Index position) { return position >= 0; }

/// As OME names single pages. False if what it says cannot be.
bool place_by_number(PageOrder& order, const OmeDescription& ome, const std::vector<Page>& pages,
                     const std::vector<Index>& files, std::size_t own, Index declared) {
    const Index numbers = files.back();
    std::vector<Index> position_of_number(static_cast<std::size_t>(numbers), -1);
    // Some writers count each sample of a page as a channel.
    const bool by_samples = std::any_of(ome.tiff_data.begin(), ome.tiff_data.end(),
                                        [&](const OmeTiffData& data) { return data.first_c >= order.channels; });
    const Index samples = by_samples ? std::max<Index>(ome.channels / order.channels, 1) : 1;
    Index named = 0;
    for (const OmeTiffData& data : ome.tiff_data) {
        Index position = 0;
        Index stride = 1;
        for (const char axis : order.axes) {
            const Index first = axis == 'Z' ? data.first_z : axis == 'C' ? data.first_c / samples : data.first_t;
            if (first >= length(order, axis)) return false;
            position += first * stride;
            stride *= length(order, axis);
        }
        const std::size_t file = files.size() == 2 ? 0 : data.file.value_or(own);
        const Index first = files[file] + data.ifd.value_or(0);
        if (first >= files[file + 1]) continue;  // a page that was never written
        const Index all = declared - position;
        const Index count = std::min({data.plane_count.value_or(data.ifd ? 1 : all), all, files[file + 1] - first});
        named += count;
        if (named > numbers) return false;  // some page has to be two slices
        for (Index i = 0; i < count; ++i) position_of_number[static_cast<std::size_t>(first + i)] = position + i;
    }
    std::vector<Index> taken;
    std::copy_if(position_of_number.begin(), position_of_number.end(), std::back_inserter(taken), is_placed);
    std::sort(taken.begin(), taken.end());
    if (std::adjacent_find(taken.begin(), taken.end()) != taken.end()) return false;
    for (std::size_t i = 0; i < pages.size(); ++i) {
        order.positions[i] = position_of_number[static_cast<std::size_t>(pages[i].number)];
    }
    return std::any_of(order.positions.begin(), order.positions.end(), is_placed);
}

/// In the order of the file; false if there are more pages than positions.
bool place_in_order(PageOrder& order, Index declared) {
    if (static_cast<Index>(order.positions.size()) > declared) return false;
    for (std::size_t i = 0; i < order.positions.size(); ++i) order.positions[i] = static_cast<Index>(i);
    return true;
}

/// Reports how pages and words differ, once all pages have their positions.
void compare(PageOrder& order, Index declared, const std::string& words) {
    const auto outside = std::count(order.positions.begin(), order.positions.end(), -1);
    const Index placed = static_cast<Index>(order.positions.size()) - outside;
    if (outside > 0) {
        order.notes.push_back(count_of(outside, "page is", "pages are") + " left out, which " + words +
                              " does not count among those of its first image");
    }
    if (placed < declared) {
        order.notes.push_back("holds " + count_of(placed, "page", "pages") + ", " + words + " declares " +
                              std::to_string(declared) + " (" + parts_text(order) + "); check that it is complete");
    }
}

PageOrder imagej_order(const ImageJDescription& imagej, std::size_t pages) {
    if (pages == 1) return each_page_a_slice(pages);  // the codec reports what became of the others
    PageOrder order;
    const auto refuse = [&](const std::string& advice) {
        PageOrder plain = each_page_a_slice(pages);
        plain.refusal = "holds " + count_of(static_cast<Index>(pages), "page", "pages") +
                        ", its ImageJ text declares " + count_of(imagej.images, "image", "images") + ", " +
                        parts_text(order) + "; " + advice;
        return plain;
    };
    order.slices = imagej.slices;
    order.channels = imagej.channels;
    order.times = imagej.frames;
    order.axes = "CZT";
    order.positions.resize(pages, -1);
    const std::optional<Index> declared = declared_pages(order, pages);
    if (!declared || std::max(imagej.images, *declared) > static_cast<Index>(pages)) {
        return refuse("copy it again from its source, or save it again where it was made");
    }
    if (place_in_order(order, *declared)) return order;
    if (order.channels > 1 || order.times > 1) return refuse("save it again where it was made");
    return each_page_a_slice(
        pages, {"holds " + count_of(static_cast<Index>(pages), "page", "pages") + ", its ImageJ text declares " +
                parts_text(order) + "; each page is taken for a slice"});
}

/// How many of the axes of `shape` count pages: what is behind them is one page. Of several that are possible, the one
/// with as many pages as there are.
std::optional<std::size_t> axes_of_pages(const std::vector<Index>& shape, const ImageInfo& image, std::size_t pages) {
    std::optional<std::size_t> found;
    const Index samples = image.channels();
    Index count = 1;
    for (std::size_t axes = 0; axes < shape.size(); ++axes) {
        std::vector<Index> page(shape.begin() + static_cast<std::ptrdiff_t>(axes), shape.end());
        if (page.size() == 3 && page.back() == samples) page.pop_back();
        if (page.size() == 3 && page.front() == samples) page.erase(page.begin());
        if (page == std::vector<Index>{image.height, image.width} && (!found || count == static_cast<Index>(pages)))
            found = axes;
        count *= shape[axes];
    }
    return found;
}

PageOrder tifffile_order(const TifffileDescription& text, std::size_t pages, const ImageInfo& image) {
    const std::optional<std::size_t> axes = axes_of_pages(text.shape, image, pages);
    if (!axes) return each_page_a_slice(pages);  // a text of some other picture
    PageOrder order;
    order.slices = 1;
    order.axes.clear();
    std::string sizes;
    Index declared = 1;
    Index others = 1;  // of axes that are none of these
    std::size_t long_axes = 0;
    for (std::size_t i = *axes; i-- > 0;) {  // what varies fastest is the last one
        const Index axis_length = text.shape[i];
        declared *= axis_length;
        sizes = std::to_string(axis_length) + (sizes.empty() ? "" : " x ") + sizes;
        if (axis_length == 1) continue;
        ++long_axes;
        const char letter = text.axes.empty() ? '?' : text.axes[i];
        if (letter == 'Z' || letter == 'C' || letter == 'T') {
            (letter == 'Z' ? order.slices : letter == 'C' ? order.channels : order.times) = axis_length;
            order.axes += letter;
        } else {
            others *= axis_length;
        }
    }
    const auto holds =
        "holds " + count_of(static_cast<Index>(pages), "page", "pages") + ", its text of tifffile declares ";
    const auto refuse = [&](const std::string& what) {
        PageOrder plain = each_page_a_slice(pages);
        plain.refusal = holds + what;
        return plain;
    };
    // Whoever writes one page after the other has a text for each.
    if (declared == 1) return each_page_a_slice(pages);
    if (pages == 1) {
        return each_page_a_slice(pages,
                                 {holds + std::to_string(declared) + "; one is read, check that it is complete"});
    }
    if (declared > static_cast<Index>(pages)) {
        return refuse(sizes + "; copy it again from its source, or save it again where it was made");
    }
    const std::string axes_text = sizes + " of axes " + printable(text.axes.substr(0, *axes));
    if (declared < static_cast<Index>(pages)) {
        const std::string more = "; each page is taken for a slice, check that all are of one series";
        if (order.channels == 1 && order.times == 1) return each_page_a_slice(pages, {holds + sizes + more});
        return refuse(axes_text + "; save it again where it was made");
    }
    if (others > 1) {
        // One axis of any name is that of the slices.
        if (long_axes == 1) return each_page_a_slice(pages);
        if (text.axes.empty()) return each_page_a_slice(pages, {holds + sizes + "; each page is taken for a slice"});
        return refuse(axes_text + ", Z, C and T are known; save it again as volumes of their own");
    }
    for (const char letter : {'Z', 'C', 'T'}) {
        if (order.axes.find(letter) == std::string::npos) order.axes += letter;
    }
    order.positions.resize(pages);
    return place_in_order(order, declared) ? order : each_page_a_slice(pages);
}

}  // namespace

std::vector<std::optional<std::size_t>> PageOrder::pages_of(Index channel, Index time) const {
    std::vector<std::optional<std::size_t>> found(static_cast<std::size_t>(slices));
    for (std::size_t page = 0; page < positions.size(); ++page) {
        if (positions[page] < 0) continue;
        std::array<Index, 3> at{};  // z, c, t
        Index rest = positions[page];
        for (const char axis : axes) {
            const Index axis_length = length(*this, axis);
            at[axis == 'Z' ? 0 : axis == 'C' ? 1 : 2] = rest % axis_length;
            rest /= axis_length;
        }
        if (at[1] == channel && at[2] == time) found[static_cast<std::size_t>(at[0])] = page;
    }
    return found;
}

PageOrder page_order(const OmeDescription& ome, const std::vector<Page>& pages, const std::vector<Index>& files,
                     std::size_t own, const ImageInfo& image) {
    if (ome.dimension_order.size() != 5) return each_page_a_slice(pages.size());
    PageOrder order;
    order.slices = ome.slices;
    order.channels = std::max<Index>(ome.channels / ome.samples_per_pixel, 1);
    order.times = ome.frames;
    order.axes = ome.dimension_order.substr(2);
    order.positions.resize(pages.size(), -1);
    std::optional<Index> declared = declared_pages(order, pages.size());
    // Old texts do not say that colours are samples of one page.
    const Index samples = image.channels();
    const auto count = static_cast<Index>(pages.size());
    if (samples > 1 && ome.samples_per_pixel == 1 && ome.channels % samples == 0 && declared == count * samples) {
        order.channels = ome.channels / samples;
        declared = count;
    }
    const bool names_pages = !ome.tiff_data.empty();
    bool fits = declared && names_pages && place_by_number(order, ome, pages, files, own, *declared);
    if (!fits && declared && ome.further_images == 0 && files.size() == 2) {
        fits = place_in_order(order, *declared);
        if (fits && names_pages) {
            order.notes.push_back(
                "its OME text gives single pages places that are impossible; they are taken in its order " +
                ome.dimension_order);
        }
    }
    if (!fits) {
        const std::string text = "holds " + count_of(count, "page", "pages") + ", its OME text declares " +
                                 parts_text(order) + (ome.further_images > 0 ? " and other images" : "");
        const bool plain =
            declared && order.channels == 1 && order.times == 1 && ome.further_images == 0 && files.size() == 2;
        if (plain) return each_page_a_slice(pages.size(), {text + "; each page is taken for a slice"});
        PageOrder refused = each_page_a_slice(pages.size());
        refused.refusal = text + ", which does not say which page is which; save it again where it was made";
        return refused;
    }
    compare(order, *declared, "its OME text");
    return order;
}

PageOrder page_order(const std::vector<Page>& pages, const std::string& description, const ImageInfo& image) {
    if (const auto imagej = parse_imagej(description)) return imagej_order(*imagej, pages.size());
    if (const auto text = parse_tifffile(description)) return tifffile_order(*text, pages.size(), image);
    if (auto ome = parse_ome(description)) {
        if (ome->files.size() > 1 && pages.size() > 1) {
            PageOrder order = each_page_a_slice(pages.size());
            order.refusal = "is one of a set of " + std::to_string(ome->files.size()) +
                            " files by its OME text; give it without --order given, which reads each file for itself";
            return order;
        }
        if (description.size() >= most_description_bytes) ome->tiff_data.clear();  // known by halves only
        return page_order(*ome, pages, {0, pages.back().number + 1}, 0, image);
    }
    return each_page_a_slice(pages.size());
}

}  // namespace stack2nrrd
