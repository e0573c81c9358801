// OME-XML. One of its images is read; elements are known by their place, since annotations may hold any XML.

#include "core/text.hpp"
#include "sidecar/description.hpp"
#include "sidecar/xml.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr Index largest_size = 1'000'000'000;
constexpr std::size_t most_tiff_data = 1'000'000;

/// The attribute `name` as an integer from `least`; a doubt if it is there and is none.
std::optional<Index> integer(const XmlScanner& xml, std::string_view name, Index least,
                             std::vector<std::string>& doubts) {
    const std::optional<std::string_view> text = xml.attribute(name);
    if (!text) return std::nullopt;
    const std::optional<Index> value = parse_integer(*text);
    if (value && *value >= least && *value <= largest_size) return value;
    constexpr std::size_t enough = 20;  // a hostile text may have a million of them
    if (doubts.size() < enough) {
        doubts.push_back(quotation(name) + " is " + quotation(*text) + ", an integer from " + std::to_string(least) +
                         " to " + std::to_string(largest_size) + " was expected; it is not used");
    }
    return std::nullopt;
}

std::optional<double> spacing(const XmlScanner& xml, std::string_view name, std::vector<std::string>& doubts) {
    const std::optional<std::string_view> text = xml.attribute(name);
    if (!text) return std::nullopt;
    const std::string unit = unescaped(xml.attribute(std::string(name) + "Unit").value_or("um"));
    if (const std::optional<double> mm = unit_in_mm(unit)) return checked_spacing(name, *text, *mm, doubts);
    if (!is_pixel_unit(unit)) {
        doubts.push_back(quotation(name) + " is in " + quotation(unit) +
                         ", a unit of length was expected; it is not used");
    }
    return std::nullopt;
}

bool is_dimension_order(std::string_view order) {
    if (order.size() != 5 || !order.starts_with("XY")) return false;
    std::string rest(order.substr(2));
    std::sort(rest.begin(), rest.end());
    return rest == "CTZ";
}

void read_pixels(const XmlScanner& xml, OmeDescription& ome) {
    ome.width = integer(xml, "SizeX", 1, ome.doubts).value_or(0);
    ome.height = integer(xml, "SizeY", 1, ome.doubts).value_or(0);
    ome.slices = integer(xml, "SizeZ", 1, ome.doubts).value_or(1);
    ome.channels = integer(xml, "SizeC", 1, ome.doubts).value_or(1);
    ome.frames = integer(xml, "SizeT", 1, ome.doubts).value_or(1);
    const std::string_view order = xml.attribute("DimensionOrder").value_or("");
    if (is_dimension_order(order)) {
        ome.dimension_order = order;
    } else {
        ome.doubts.push_back("\"DimensionOrder\" is " + quotation(order) + ", \"XYZCT\" or alike was expected");
    }
    std::optional<std::string_view> type = xml.attribute("Type");
    if (!type) type = xml.attribute("PixelType");  // until 2012
    constexpr std::size_t longest_type = 40;
    ome.type = unescaped(type.value_or("").substr(0, longest_type));
    ome.spacing_mm = {spacing(xml, "PhysicalSizeX", ome.doubts), spacing(xml, "PhysicalSizeY", ome.doubts),
                      spacing(xml, "PhysicalSizeZ", ome.doubts)};
    if (const std::optional<std::string_view> big = xml.attribute("BigEndian")) {
        if (*big == "true" || *big == "1") ome.big_endian = true;
        if (*big == "false" || *big == "0") ome.big_endian = false;
    }
}

/// Reads what belongs to one image, tag by tag.
class ImageReader {
public:
    explicit ImageReader(OmeDescription& ome) : ome_(&ome) {}

    void pixels(const XmlScanner& xml) {
        if (!has_pixels_) read_pixels(xml, *ome_);
        inside_ = !has_pixels_;
        has_pixels_ = true;
    }

    void channel(const XmlScanner& xml) {
        const std::optional<Index> samples = integer(xml, "SamplesPerPixel", 1, ome_->doubts);
        if (!samples) return;
        if (!has_channel_) ome_->samples_per_pixel = *samples;
        if (*samples != ome_->samples_per_pixel && !channels_differ_) {
            channels_differ_ = true;
            ome_->doubts.push_back("its channels have " + std::to_string(ome_->samples_per_pixel) + " and " +
                                   std::to_string(*samples) + " samples, one number was expected");
        }
        has_channel_ = true;
    }

    void tiff_data(const XmlScanner& xml) {
        if (ome_->tiff_data.size() == most_tiff_data) {
            full_ = true;
            return;
        }
        OmeTiffData data;
        data.ifd = integer(xml, "IFD", 0, ome_->doubts);
        data.first_z = integer(xml, "FirstZ", 0, ome_->doubts).value_or(0);
        data.first_c = integer(xml, "FirstC", 0, ome_->doubts).value_or(0);
        data.first_t = integer(xml, "FirstT", 0, ome_->doubts).value_or(0);
        data.plane_count = integer(xml, "PlaneCount", 0, ome_->doubts);
        if (!data.plane_count) data.plane_count = integer(xml, "NumPlanes", 0, ome_->doubts);  // until 2008
        ome_->tiff_data.push_back(data);
    }

    void uuid(const XmlScanner& xml) {
        if (ome_->tiff_data.empty()) return;
        OmeFile file{to_utf8(unescaped(xml.attribute("FileName").value_or(""))), std::string(trimmed(xml.content()))};
        if (full_ || file == OmeFile{}) return;
        const auto [known, is_new] = numbers_.try_emplace(file.uuid + '\n' + file.name, ome_->files.size());
        ome_->tiff_data.back().file = known->second;
        if (is_new) ome_->files.push_back(std::move(file));
    }

    [[nodiscard]] bool has_pixels() const { return has_pixels_; }
    [[nodiscard]] bool inside_pixels() const { return inside_; }
    [[nodiscard]] bool full() const { return full_; }
    void leave_pixels() { inside_ = false; }

private:
    OmeDescription* ome_;
    std::unordered_map<std::string, std::size_t> numbers_;  // of files
    bool has_pixels_ = false, inside_ = false, has_channel_ = false, channels_differ_ = false, full_ = false;
};

}  // namespace

std::optional<OmeDescription> parse_ome(std::string_view text,
                                        const std::function<bool(const OmeDescription&)>& wanted) {
    constexpr int in_root = 2, in_image = 3, in_pixels = 4, in_tiff_data = 5;
    XmlScanner xml(text);
    if (!xml.next() || xml.name() != "OME") return std::nullopt;
    OmeDescription root;  // what is said of no image
    root.uuid = trimmed(xml.attribute("UUID").value_or(""));
    OmeDescription ome = root;
    std::optional<ImageReader> reader;
    std::optional<OmeDescription> chosen;
    bool is_wanted = false;
    Index images = 0;
    std::string_view parent;  // the last child of <Pixels>
    const auto end_image = [&] {
        if (!reader || !reader->has_pixels()) return;
        if (reader->full()) {
            ome.doubts.push_back("its OME text has more than " + std::to_string(most_tiff_data) +
                                 " <TiffData>, the others are not read");
        }
        is_wanted = !wanted || wanted(ome);
        if (is_wanted || !chosen) chosen = std::move(ome);
        reader.reset();
    };
    while (xml.next()) {
        const std::string_view name = xml.name();
        if (xml.depth() <= in_image && reader) reader->leave_pixels();
        if (xml.depth() == in_root) {
            if (!is_wanted) end_image();
            reader.reset();
            if (name == "Image") {
                ++images;
                ome = root;
                if (!is_wanted) reader.emplace(ome);
            }
            if (name == "BinaryOnly") {
                root.metadata_file = to_utf8(unescaped(xml.attribute("MetadataFile").value_or("")));
                if (root.uuid.empty()) root.uuid = trimmed(xml.attribute("UUID").value_or(""));
            }
        } else if (!reader) {
            continue;
        } else if (xml.depth() == in_image) {
            if (name == "Pixels") reader->pixels(xml);
            if (name == "LogicalChannel") reader->channel(xml);  // until 2008
        } else if (xml.depth() == in_pixels && reader->inside_pixels()) {
            parent = name;
            if (name == "Channel") reader->channel(xml);
            if (name == "TiffData") reader->tiff_data(xml);
        } else if (xml.depth() == in_tiff_data && reader->inside_pixels() && parent == "TiffData") {
            if (name == "UUID") reader->uuid(xml);
        }
    }
    if (!is_wanted) end_image();
    if (!chosen) {
        if (root.metadata_file.empty()) return std::nullopt;
        root.doubts.push_back("its OME metadata is in " + quotation(root.metadata_file) + ", which is not read");
        return root;
    }
    chosen->metadata_file = root.metadata_file;
    chosen->further_images = std::max<Index>(images - 1, 0);
    return chosen;
}

}  // namespace stack2nrrd
