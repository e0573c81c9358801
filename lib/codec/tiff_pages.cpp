#include "codec/tiff_pages.hpp"

#include "codec/tiff_directory.hpp"
#include "codec/tiff_layout.hpp"
#include "core/hashed_numbers.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

namespace stack2nrrd {

namespace {

constexpr std::size_t most_pages = 1'000'000;
constexpr std::size_t most_notes = 10;

/// What the samples of a page are when they are delivered, as far as its directory says: of which type, and with
/// palettes expanded.
struct Kind {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint16_t bits = 1;
    std::uint16_t format = SAMPLEFORMAT_UINT;
    std::uint16_t channels = 1;
    std::uint16_t colour = PHOTOMETRIC_MINISBLACK;

    bool operator==(const Kind&) const = default;
};

struct Directory {
    std::uint64_t offset = 0;
    Kind kind;
    const char* aside = nullptr;  // why it is no slice of its own: "reduced"
    bool has_inner = false;       // directories that are not in the chain
};

template <class T>
T value_or(const TiffDirectory& directory, std::uint16_t tag, T otherwise) {
    constexpr std::uint64_t most = static_cast<T>(-1);
    return static_cast<T>(std::min(directory.integer(tag).value_or(otherwise), most));
}

Kind kind_of(const TiffDirectory& directory) {
    Kind kind;
    kind.width = value_or<std::uint32_t>(directory, TIFFTAG_IMAGEWIDTH, 0);
    kind.height = value_or<std::uint32_t>(directory, TIFFTAG_IMAGELENGTH, 0);
    kind.bits = value_or(directory, TIFFTAG_BITSPERSAMPLE, kind.bits);
    kind.format = value_or(directory, TIFFTAG_SAMPLEFORMAT, kind.format);
    kind.channels = value_or(directory, TIFFTAG_SAMPLESPERPIXEL, kind.channels);
    const std::uint16_t unsaid = kind.channels < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
    kind.colour = value_or(directory, TIFFTAG_PHOTOMETRIC, unsaid);
    if (kind.colour == PHOTOMETRIC_MINISWHITE) kind.colour = PHOTOMETRIC_MINISBLACK;
    if (kind.colour == PHOTOMETRIC_YCBCR) kind.colour = PHOTOMETRIC_RGB;
    if (const TiffSamples* samples = tiff_samples(kind.format, kind.bits)) {
        kind.bits = static_cast<std::uint16_t>(8 * sample_bytes(samples->type));
    }
    if (kind.colour == PHOTOMETRIC_PALETTE) kind.bits = 8;
    return kind;
}

const char* why_aside(const TiffDirectory& directory) {
    const std::uint64_t type = directory.integer(TIFFTAG_SUBFILETYPE).value_or(0);
    if ((type & FILETYPE_MASK) != 0) return "a mask";
    const bool old = directory.integer(TIFFTAG_OSUBFILETYPE) == std::uint64_t{OFILETYPE_REDUCEDIMAGE};
    return (type & FILETYPE_REDUCEDIMAGE) != 0 || old ? "reduced" : nullptr;
}

std::string size_text(const Kind& kind) { return std::to_string(kind.width) + " x " + std::to_string(kind.height); }

/// How a page that is no slice differs from those that are.
std::string difference(const Directory& page, const Kind& wanted) {
    const Kind& kind = page.kind;
    if (page.aside != nullptr) return size_text(kind) + ", " + page.aside;
    if (kind.width != wanted.width || kind.height != wanted.height) return size_text(kind);
    if (kind.bits != wanted.bits) return std::to_string(kind.bits) + "-bit samples";
    if (kind.format != wanted.format) return "another sample type";
    if (kind.channels != wanted.channels)
        return std::to_string(kind.channels) + (kind.channels == 1 ? " channel" : " channels");
    return "another colour";
}

/// "pages 4 to 9 (64 x 64) are left out", one such for each run of pages.
class LeftOut {
public:
    explicit LeftOut(std::vector<std::string>& notes) : notes_(notes) {}

    void add(std::size_t page, const std::string& why) {
        if (last_ != 0 && last_ + 1 == page && why == why_) {
            last_ = page;
            return;
        }
        end_run();
        first_ = last_ = page;
        why_ = why;
    }
    void finish() {
        end_run();
        if (more_ > 0) notes_.push_back(std::to_string(more_) + " more pages are left out");
    }

private:
    void end_run() {
        if (last_ == 0) return;
        const bool one = first_ == last_;
        if (said_++ < most_notes) {
            notes_.push_back((one ? "page " + std::to_string(first_)
                                  : "pages " + std::to_string(first_) + " to " + std::to_string(last_)) +
                             " (" + why_ + ") " + (one ? "is" : "are") + " left out");
        } else {
            more_ += last_ - first_ + 1;
        }
        last_ = 0;
    }

    std::vector<std::string>& notes_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;  // 0 = no run
    std::string why_;
    std::size_t said_ = 0;
    std::size_t more_ = 0;
};

/// All directories of the chain; none if not even the first one can be read.
std::vector<Directory> walk(InputFile& file, TiffDirectory& directory) {
    std::vector<Directory> pages;
    HashedNumbers seen;  // pages by their offsets
    const auto hash = [](std::uint64_t offset) {
        return std::hash<std::uint64_t>()(offset * 0x9E3779B97F4A7C15U >> 16U);
    };
    for (std::uint64_t offset = directory.first(); offset != 0; offset = directory.next()) {
        const auto is_it = [&](std::uint32_t page) { return pages[page].offset == offset; };
        const bool again = seen.find(hash(offset), is_it) != HashedNumbers::none;
        const bool outside = offset >= static_cast<std::uint64_t>(file.bytes());
        if (again || outside || !directory.read(offset)) {
            file.check();
            if (pages.empty()) break;
            refuse(file, ErrorCode::corrupt,
                   "is a damaged TIFF, its list of pages goes on behind page " + std::to_string(pages.size()) + ", " +
                       (again     ? "where it begins to repeat itself"
                        : outside ? "where the next one would be beyond the end of the file"
                                  : "where the next one is damaged") +
                       "; copy it again from its source");
        }
        if (pages.size() == most_pages) {
            refuse(file, ErrorCode::limit,
                   "has more than " + std::to_string(most_pages) + " pages, fewer were expected; cut it into parts");
        }
        pages.push_back(
            {offset, kind_of(directory), why_aside(directory), directory.integer(TIFFTAG_SUBIFD).has_value()});
        seen.add(static_cast<std::uint32_t>(pages.size() - 1),
                 [&](std::uint32_t page) { return hash(pages[page].offset); });
    }
    file.check();
    return pages;
}

/// The text that ImageJ left in a directory; empty if there is none.
std::string imagej_text(const TiffDirectory& directory) {
    std::uint64_t declared = 0;
    std::string text = directory.text(TIFFTAG_IMAGEDESCRIPTION, 4096, declared);
    return text.starts_with("ImageJ=") ? text : std::string();
}

/// The text behind "KEY=" on a line of it.
std::optional<std::string_view> imagej_value(std::string_view text, std::string_view key) {
    const std::string wanted = "\n" + std::string(key) + "=";
    const std::size_t start = text.find(wanted);
    if (start == std::string_view::npos) return std::nullopt;
    const std::size_t end = std::min(text.find_first_of("\r\n", start + 1), text.size());
    return trimmed(text.substr(0, end).substr(start + wanted.size()));
}

std::string kind_text(const Kind& kind) {
    return size_text(kind) + " with " + std::to_string(kind.channels) +
           (kind.channels == 1 ? " channel of " : " channels of ") + std::to_string(kind.bits) + " bits";
}

/// Is the first page a small copy of what follows, though nothing says so?
bool is_thumbnail(const Kind& first, const Kind& other) {
    if (first.width >= other.width || first.height >= other.height) return false;
    // Of the same shape, but for what is lost when its sides are rounded.
    const double width = static_cast<double>(other.width) * first.height / other.height;
    return std::abs(width - first.width) <= 1;
}

/// Which pages are slices: those of the first kind there is. But one page in front of several that are all alike, and
/// different, is a thumbnail, or nobody knows what.
Kind kind_of_slices(const InputFile& file, std::vector<Directory>& pages) {
    const auto is_whole = [](const Directory& page) { return page.aside == nullptr; };
    const auto first = std::find_if(pages.begin(), pages.end(), is_whole);
    const auto second = std::find_if(first + 1, pages.end(), is_whole);
    if (second == pages.end() || second->kind == first->kind) return first->kind;
    const auto others = std::count_if(second, pages.end(), is_whole);
    const auto alike = std::count_if(
        second, pages.end(), [&](const Directory& page) { return is_whole(page) && page.kind == second->kind; });
    if (others != alike) return first->kind;
    if (is_thumbnail(first->kind, second->kind)) {
        first->aside = "a thumbnail";
        return second->kind;
    }
    if (others > 1) {
        refuse(file, ErrorCode::inconsistent,
               "page " + std::to_string(first - pages.begin() + 1) + " is " + kind_text(first->kind) + ", the " +
                   std::to_string(others) + " pages behind it are " + kind_text(second->kind) +
                   ", pages of one kind were expected; take out the others");
    }
    return first->kind;
}

/// The number of slices that ImageJ says there are; 1 if it does not.
Index imagej_slices(const TiffDirectory& directory) {
    const std::string text = imagej_text(directory);
    const auto value = [&](std::string_view key) {
        constexpr Index largest = 1'000'000'000;
        return std::clamp<Index>(parse_integer(imagej_value(text, key).value_or("1")).value_or(1), 1, largest);
    };
    // What it leaves out is 1; without "images" the others count.
    const double product = static_cast<double>(value("channels")) * static_cast<double>(value("slices")) *
                           static_cast<double>(value("frames"));
    return std::max(value("images"), static_cast<Index>(std::min(product, 1e15)));
}

/// The number of slices that tifffile says there are in a file that it calls truncated, {"truncated": true, "shape":
/// [8, 6, 7]}; 1 in any other.
Index tifffile_slices(const TiffDirectory& directory, const Kind& kind) {
    std::uint64_t declared = 0;
    const std::string text = directory.text(TIFFTAG_IMAGEDESCRIPTION, 4096, declared);
    const std::string_view shape = "\"shape\": [";
    const std::size_t start = text.find(shape);
    if (!text.starts_with('{') || text.find("\"truncated\": true") == std::string::npos || start == std::string::npos) {
        return 1;
    }
    const std::size_t begin = start + shape.size();
    double samples = 1;
    for (const std::string_view word :
         split(std::string_view(text).substr(begin, text.find(']', begin) - begin), ',')) {
        samples *= static_cast<double>(std::max<std::int64_t>(parse_integer(trimmed(word)).value_or(1), 1));
    }
    constexpr double largest = 1e15;
    const double slices = samples / (static_cast<double>(kind.width) * kind.height * kind.channels);
    return slices <= largest && slices == std::floor(slices) ? std::max<Index>(static_cast<Index>(slices), 1) : 1;
}

/// Beyond 4 GiB, ImageJ writes one directory, and behind its slice the samples of all others; tifffile does so if
/// asked.
void add_slices_without_directory(InputFile& file, const Directory& only, Index declared, const std::string& writer,
                                  Pages& found) {
    const TiffHandle tiff(file);
    const TiffLayout layout = read_tiff_layout(tiff, Samples::stored);
    const std::optional<std::int64_t> first = samples_in_one_piece(tiff, layout);
    const auto directory = static_cast<std::int64_t>(only.offset);
    if (!first || directory > *first) {
        // What an editor leaves when it saves one slice of a stack and keeps the text: no slice can follow this one.
        found.notes.push_back(writer + "'s text says that there are " + std::to_string(declared) +
                              " slices, the file has a directory for one only; one is read");
        return;
    }
    const Index room = (file.bytes() - *first) / (layout.row_bytes * layout.probe.image.height);
    if (declared > room) {
        refuse(file, ErrorCode::corrupt,
               "is a TIFF that holds " + std::to_string(room) + (room == 1 ? " slice, " : " slices, ") +
                   std::to_string(declared) + " were expected from " + writer +
                   "'s text; copy it again from its source, or save it again where it was made");
    }
    if (declared > static_cast<Index>(most_pages)) {
        refuse(file, ErrorCode::limit,
               "has more than " + std::to_string(most_pages) + " slices, fewer were expected; cut it into parts");
    }
    const Index bytes = layout.row_bytes * layout.probe.image.height;
    for (Index i = 1; i < declared; ++i) found.slices.push_back({-(*first + i * bytes), i});
}

/// MetaMorph (STK) has one directory for all planes, and the samples of each behind those of the one before.
void add_metamorph_planes(InputFile& file, const Directory& only, std::uint64_t planes, Pages& found) {
    if (planes > most_pages) {
        refuse(file, ErrorCode::limit,
               "has more than " + std::to_string(most_pages) + " slices, fewer were expected; cut it into parts");
    }
    const TiffHandle tiff(file);
    const TiffLayout layout = read_tiff_layout(tiff, Samples::stored);
    const std::optional<std::int64_t> first = samples_in_one_piece(tiff, layout);
    const Index bytes = layout.row_bytes * layout.probe.image.height;
    const auto declared = static_cast<Index>(planes);
    const auto directory = static_cast<std::int64_t>(only.offset);
    if (!first || (directory > *first && directory < *first + declared * bytes)) {
        refuse_tiff(file, std::to_string(planes) + " slices of MetaMorph (STK) that do not follow each other",
                    "open it in Fiji (Bio-Formats) and save it as TIFF");
    }
    const Index room = (file.bytes() - *first) / bytes;
    if (declared > room) {
        refuse(file, ErrorCode::corrupt,
               "is a TIFF that holds " + std::to_string(room) + (room == 1 ? " slice, " : " slices, ") +
                   std::to_string(declared) + " were expected from MetaMorph's words; copy it again from its source");
    }
    for (Index i = 1; i < declared; ++i) found.slices.push_back({-(*first + i * bytes), i});
}

}  // namespace

Pages tiff_pages(InputFile& file) {
    Pages found;
    TiffDirectory directory(file);
    std::vector<Directory> pages = walk(file, directory);
    if (std::any_of(pages.begin(), pages.end(), [](const Directory& page) { return page.has_inner; })) {
        found.notes.emplace_back("images inside of its pages (SubIFDs, such as smaller copies) are left out");
    }
    if (pages.size() < 2) {
        found.slices.push_back({});
        if (pages.empty()) {
            // libtiff knows to say what is damaged, but reads a directory that broke off where the next one is named.
            const TiffHandle tiff(file);
            (void)read_tiff_layout(tiff, Samples::stored);
            refuse(file, ErrorCode::corrupt,
                   "is a damaged TIFF, its list of pages breaks off in its first page; copy it again from its source");
        }
        const Index declared = imagej_slices(directory);
        constexpr std::uint16_t metamorph = 33629;  // UIC2: as many values as there are planes
        const std::uint64_t planes = directory.count(metamorph);
        if (planes > 1) {
            add_metamorph_planes(file, pages.front(), planes, found);
        } else if (declared > 1) {
            add_slices_without_directory(file, pages.front(), declared, "ImageJ", found);
        } else if (const Index all = tifffile_slices(directory, pages.front().kind); all > 1) {
            add_slices_without_directory(file, pages.front(), all, "tifffile", found);
        }
        return found;
    }

    if (std::all_of(pages.begin(), pages.end(), [](const Directory& page) { return page.aside != nullptr; })) {
        for (Directory& page : pages) page.aside = nullptr;
    }
    const Kind wanted = kind_of_slices(file, pages);
    const auto is_slice = [&](const Directory& page) { return page.aside == nullptr && page.kind == wanted; };
    const auto last = std::find_if(pages.rbegin(), pages.rend(), is_slice).base();
    found.slices.reserve(static_cast<std::size_t>(std::count_if(pages.begin(), pages.end(), is_slice)));
    LeftOut left_out(found.notes);
    for (auto page = pages.begin(); page != pages.end(); ++page) {
        const Index number = page - pages.begin();
        if (is_slice(*page)) {
            found.slices.push_back({number == 0 ? 0 : static_cast<std::int64_t>(page->offset), number});
            continue;
        }
        if (page->aside == nullptr && page < last && !found.slices.empty()) {
            refuse(file, ErrorCode::inconsistent,
                   "page " + std::to_string(number + 1) + " of " + std::to_string(pages.size()) + " is " +
                       kind_text(page->kind) + ", " + kind_text(wanted) +
                       " was expected as of the pages around it; take it out, or replace it by one of that kind");
        }
        left_out.add(static_cast<std::size_t>(number) + 1, difference(*page, wanted));
    }
    left_out.finish();
    return found;
}

std::string TiffCalibration::text() const {
    if (!linear) return "function " + function;
    return number_text(offset) + " + " + number_text(slope) + " x sample";
}

std::optional<TiffCalibration> tiff_calibration(const TiffDirectory& directory) {
    const std::string text = imagej_text(directory);
    const std::optional<std::string_view> function = imagej_value(text, "cf");
    constexpr std::string_view none = "20";  // as ImageJ counts its functions
    if (!function || *function == none) return std::nullopt;
    TiffCalibration calibration;
    calibration.function = printable(*function);
    const auto coefficient = [&](const char* key) {
        const std::optional<std::string_view> value = imagej_value(text, key);
        return value ? parse_double(*value) : std::nullopt;
    };
    const std::optional<double> offset = coefficient("c0");
    const std::optional<double> slope = coefficient("c1");
    calibration.linear = *function == "0" && offset && slope;
    calibration.offset = offset.value_or(0);
    calibration.slope = slope.value_or(0);
    return calibration;
}

void read_tiff_texts(const TiffHandle& tiff, Probe& probe) {
    TiffDirectory directory(tiff.file());
    directory.read(TIFFCurrentDirOffset(tiff.get()));
    FileDensity& density = probe.density;
    density.x = directory.rational(TIFFTAG_XRESOLUTION);
    density.y = directory.rational(TIFFTAG_YRESOLUTION);
    if (density.x || density.y) {
        const std::uint64_t unit = directory.integer(TIFFTAG_RESOLUTIONUNIT).value_or(RESUNIT_INCH);
        density.unit = unit == RESUNIT_INCH         ? FileDensity::Unit::inch
                       : unit == RESUNIT_CENTIMETER ? FileDensity::Unit::centimetre
                                                    : FileDensity::Unit::none;
    }
    std::uint64_t declared = 0;
    probe.description = directory.text(TIFFTAG_IMAGEDESCRIPTION, most_description_bytes, declared);
    if (declared > most_description_bytes) {
        probe.notes.push_back("only the first " + bytes_text(most_description_bytes) + " of its description are read");
    }
    // A text of many megabytes is kept, and read piece by piece.
    const auto text_bytes = 2 * static_cast<std::int64_t>(probe.description.size());
    probe.decoder_bytes = std::max(probe.decoder_bytes, text_bytes);
    tiff.file().check();
}

}  // namespace stack2nrrd
