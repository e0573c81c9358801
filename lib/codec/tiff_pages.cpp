#include "codec/tiff_pages.hpp"

#include "codec/tiff_directory.hpp"
#include "codec/tiff_layout.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace stack2nrrd {

namespace {

constexpr std::size_t most_pages = 1'000'000;
constexpr std::size_t most_notes = 10;
constexpr std::uint64_t most_description_bytes = std::uint64_t{1} << 20;

/// What the samples of a page are when they are delivered, as far as its directory tells: of which type, and with
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

/// All directories of the chain. Where it is broken it ends, and `notes` says so.
std::vector<Directory> walk(InputFile& file, TiffDirectory& directory, std::vector<std::string>& notes) {
    std::vector<Directory> pages;
    std::unordered_set<std::uint64_t> seen;
    for (std::uint64_t offset = directory.first(); offset != 0; offset = directory.next()) {
        const std::string after = "the list of pages ends after page " + std::to_string(pages.size());
        if (!seen.insert(offset).second) {
            notes.push_back(after + ", where it begins to repeat itself");
            break;
        }
        if (offset >= static_cast<std::uint64_t>(file.bytes())) {
            notes.push_back(after + ", the next one would stand beyond the end of the file");
            break;
        }
        if (!directory.read(offset)) {
            notes.push_back(after + ", the next one is damaged");
            break;
        }
        if (pages.size() == most_pages) {
            refuse(file, ErrorCode::limit,
                   "has more than " + std::to_string(most_pages) + " pages, fewer were expected; cut it into parts");
        }
        pages.push_back(
            {offset, kind_of(directory), why_aside(directory), directory.integer(TIFFTAG_SUBIFD).has_value()});
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

/// What stands behind "KEY=" on a line of it.
std::optional<std::string_view> imagej_value(std::string_view text, std::string_view key) {
    const std::string wanted = "\n" + std::string(key) + "=";
    const std::size_t start = text.find(wanted);
    if (start == std::string_view::npos) return std::nullopt;
    const std::size_t end = std::min(text.find_first_of("\r\n", start + 1), text.size());
    return trimmed(text.substr(0, end).substr(start + wanted.size()));
}

/// The number of slices that ImageJ says there are; 1 if it does not.
Index imagej_slices(const TiffDirectory& directory) {
    const std::string text = imagej_text(directory);
    const std::optional<std::string_view> number = imagej_value(text, "images");
    return number ? std::max<Index>(parse_integer(*number).value_or(1), 1) : 1;
}

/// Beyond 4 GiB, ImageJ writes one directory, and behind its slice the samples of all others.
void add_slices_without_directory(InputFile& file, const Directory& only, Index declared, Pages& found) {
    const std::string says = "ImageJ's text says that there are " + std::to_string(declared) + " slices";
    const TiffHandle tiff(file);
    const TiffLayout layout = read_tiff_layout(tiff, Samples::stored);
    const std::optional<std::int64_t> first = samples_in_one_piece(tiff, layout);
    const Index bytes = layout.row_bytes * layout.probe.image.height;
    const Index room = first ? (file.bytes() - *first) / bytes : 1;
    const auto directory = static_cast<std::int64_t>(only.offset);
    // What an editor leaves when it saves one slice of a stack and keeps the text.
    const auto single = [&] { found.notes.push_back(says + ", the file has a directory for one only; one is read"); };
    if (room < 2 || directory > *first) return single();
    if (declared > room) {
        constexpr Index beyond_directories = Index{4'000'000'000};
        if (declared < beyond_directories / bytes) return single();
        refuse(file, ErrorCode::corrupt,
               "is a damaged TIFF, it holds " + std::to_string(room) + " slices, " + std::to_string(declared) +
                   " were expected from ImageJ's text; copy it again from its source");
    }
    if (declared > static_cast<Index>(most_pages)) {
        refuse(file, ErrorCode::limit,
               "has more than " + std::to_string(most_pages) + " slices, fewer were expected; cut it into parts");
    }
    for (Index i = 1; i < declared; ++i) found.slices.push_back({-(*first + i * bytes), i});
}

}  // namespace

Pages tiff_pages(InputFile& file) {
    Pages found;
    TiffDirectory directory(file);
    const std::vector<Directory> pages = walk(file, directory, found.notes);
    if (std::any_of(pages.begin(), pages.end(), [](const Directory& page) { return page.has_inner; })) {
        found.notes.emplace_back("what stands inside of its pages (SubIFDs, such as smaller copies) is left out");
    }
    if (pages.size() < 2) {
        found.slices.push_back({});  // also where the file is damaged: probe() knows to say how
        if (pages.empty()) found.notes.clear();
        if (pages.empty() || directory.next() != 0) return found;
        const Index declared = imagej_slices(directory);
        if (declared > 1) add_slices_without_directory(file, pages.front(), declared, found);
        return found;
    }

    const auto whole =
        std::find_if(pages.begin(), pages.end(), [](const Directory& page) { return page.aside == nullptr; });
    const bool all_aside = whole == pages.end();
    const Kind wanted = all_aside ? pages.front().kind : whole->kind;
    LeftOut left_out(found.notes);
    for (std::size_t i = 0; i < pages.size(); ++i) {
        if ((all_aside || pages[i].aside == nullptr) && pages[i].kind == wanted) {
            const std::int64_t place = i == 0 ? 0 : static_cast<std::int64_t>(pages[i].offset);
            found.slices.push_back({place, static_cast<Index>(i)});
        } else {
            left_out.add(i + 1, difference(pages[i], wanted));
        }
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
        probe.notes.emplace_back("only the first 1 MiB of its description is read");
    }
    tiff.file().check();
}

}  // namespace stack2nrrd
