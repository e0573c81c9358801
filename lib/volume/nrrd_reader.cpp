#include "volume/nrrd_reader.hpp"

#include "codec/codec.hpp"
#include "core/text.hpp"
#include "volume/bottom_up.hpp"
#include "volume/nrrd_axes.hpp"
#include "volume/nrrd_files.hpp"
#include "volume/nrrd_kinds.hpp"
#include "volume/nrrd_placing.hpp"
#include "volume/piece.hpp"

#include <algorithm>

namespace stack2nrrd {

namespace {

struct TypeName {
    std::string_view name;
    SampleType type;
};

/// All that the format allows. "char" alone is not among them: its sign is anybody's guess.
constexpr std::array<TypeName, 42> type_names{{
    {"signed char", SampleType::int8},
    {"int8", SampleType::int8},
    {"int8_t", SampleType::int8},
    {"uchar", SampleType::uint8},
    {"unsigned char", SampleType::uint8},
    {"uint8", SampleType::uint8},
    {"uint8_t", SampleType::uint8},
    {"short", SampleType::int16},
    {"short int", SampleType::int16},
    {"signed short", SampleType::int16},
    {"signed short int", SampleType::int16},
    {"int16", SampleType::int16},
    {"int16_t", SampleType::int16},
    {"ushort", SampleType::uint16},
    {"unsigned short", SampleType::uint16},
    {"unsigned short int", SampleType::uint16},
    {"uint16", SampleType::uint16},
    {"uint16_t", SampleType::uint16},
    {"int", SampleType::int32},
    {"signed int", SampleType::int32},
    {"int32", SampleType::int32},
    {"int32_t", SampleType::int32},
    {"uint", SampleType::uint32},
    {"unsigned int", SampleType::uint32},
    {"uint32", SampleType::uint32},
    {"uint32_t", SampleType::uint32},
    {"longlong", SampleType::int64},
    {"long long", SampleType::int64},
    {"long long int", SampleType::int64},
    {"signed long long", SampleType::int64},
    {"signed long long int", SampleType::int64},
    {"int64", SampleType::int64},
    {"int64_t", SampleType::int64},
    {"ulonglong", SampleType::uint64},
    {"unsigned long long", SampleType::uint64},
    {"unsigned long long int", SampleType::uint64},
    {"uint64", SampleType::uint64},
    {"uint64_t", SampleType::uint64},
    {"float", SampleType::float32},
    {"float32", SampleType::float32},  // not in the format, but written by some and unmistakable
    {"double", SampleType::float64},
    {"float64", SampleType::float64},
}};

const std::string& required(const InputFile& file, const NrrdText& text, std::string_view field) {
    const std::string* value = text.field(field);
    if (value == nullptr) damaged_header(file, "it has no field " + in_quotes(field));
    return *value;
}

void read_type(const InputFile& file, const NrrdText& text, NrrdVolume& volume) {
    const std::string& value = required(file, text, "type");
    const std::string name = lower_case(value);
    if (name == "block") unsupported_nrrd(file, "samples of type \"block\"");
    for (const TypeName& known : type_names) {
        if (name != known.name) continue;
        volume.type = known.type;
        return;
    }
    unsupported_nrrd(file, "samples of type " + in_quotes(value), "correct its field \"type\"");
}

void read_encoding(const InputFile& file, const NrrdText& text, NrrdVolume& volume) {
    const std::string& value = required(file, text, "encoding");
    const std::string name = lower_case(value);
    if (name == "raw") {
        volume.encoding = NrrdEncoding::raw;
    } else if (name == "gzip" || name == "gz") {
        volume.encoding = NrrdEncoding::gzip;
    } else if (name == "hex") {
        volume.encoding = NrrdEncoding::hex;
    } else if (name == "ascii" || name == "text" || name == "txt") {
        volume.encoding = NrrdEncoding::ascii;
    } else if (name == "stack2nrrd-image") {
        volume.encoding = NrrdEncoding::image_list;
    } else {
        const bool bzip2 = name == "bzip2" || name == "bz2";
        unsupported_nrrd(file, (bzip2 ? "bzip2 encoding" : "the encoding " + in_quotes(value)),
                         "write it again with raw or gzip encoding, for example with unu save");
    }
}

void read_byte_order(const InputFile& file, const NrrdText& text, NrrdVolume& volume) {
    const std::string* value = text.field("endian");
    const bool matters = volume.stored_bytes() > 1 && volume.encoding != NrrdEncoding::ascii &&
                         volume.encoding != NrrdEncoding::image_list;
    if (value == nullptr) {
        if (matters) {
            damaged_header(file, "it has no field \"endian\", \"little\" or \"big\" was expected for samples of " +
                                     std::to_string(volume.stored_bytes()) + " bytes");
        }
        return;
    }
    const std::string name = lower_case(*value);
    if (name != "little" && name != "big") damaged_header(file, "its field \"endian\" says " + in_quotes(*value));
    if (matters) volume.endian = name == "little" ? std::endian::little : std::endian::big;
}

void read_skips(const InputFile& file, const NrrdText& text, NrrdVolume& volume) {
    if (const std::string* lines = text.field("lineskip")) volume.line_skip = field_integer(file, "line skip", *lines);
    if (const std::string* bytes = text.field("byteskip")) volume.byte_skip = field_integer(file, "byte skip", *bytes);
    if (volume.line_skip < 0) damaged_header(file, "its line skip is " + std::to_string(volume.line_skip));
    constexpr std::int64_t most = std::int64_t{1} << 58;  // so that sums with it cannot overflow
    if (volume.byte_skip > most || volume.byte_skip < -most) {
        damaged_header(file, "its byte skip is " + std::to_string(volume.byte_skip));
    }
    const bool from_end = volume.byte_skip < 0;
    if (from_end && volume.encoding != NrrdEncoding::raw && volume.encoding != NrrdEncoding::gzip) {
        damaged_header(file, "its byte skip is " + std::to_string(volume.byte_skip) +
                                 ", which only raw and gzip encoding can have");
    }
}

void read_files(InputFile& file, const NrrdText& text, const NrrdAxes& axes, NrrdVolume& volume) {
    const bool images = volume.encoding == NrrdEncoding::image_list;
    if (text.field("datafile") == nullptr) {
        if (images) damaged_header(file, "it has no list of images");
        if (!text.blank_line) damaged_header(file, "it names no data file, and no blank line and samples follow it");
        volume.files.add(volume.path);
        volume.attached_offset = text.end;
    } else {
        NrrdFiles found = nrrd_files(file, text, axes.sizes, !images);
        volume.files = std::move(found.files);
        volume.file_dimension = found.subdim;
        if (!found.remark.empty()) volume.remarks.push_back(found.remark);
    }
    const auto count = static_cast<std::int64_t>(volume.files.size());
    volume.piece_bytes = count > 0 ? volume.payload_bytes() / count : 0;
}

/// Only what is named a colour is one. An axis of one sample is no loss, whatever its kind.
void read_channels(const NrrdAxes& axes, const AxisRoles& roles, NrrdVolume& volume) {
    if (roles.vector < 0) return;
    const auto axis = static_cast<std::size_t>(roles.vector);
    const auto channels = static_cast<int>(axes.sizes[axis]);
    if (channels == 1) return;
    const NrrdKind* kind = axes.kinds.empty() ? nullptr : find_nrrd_kind(axes.kinds[axis]);
    volume.colour = kind != nullptr ? kind->colour : Colour::components;
    volume.components = channels;
    volume.component_axis.kind = kind != nullptr ? kind->name : "???";
    volume.component_axis.place = axis;
    if (!axes.labels.empty()) volume.component_axis.label = axes.labels[axis];
    volume.channels_last = roles.vector > 0;
}

/// Fields that are of no use here, but of somebody else's.
void read_fields(const NrrdText& text, const NrrdAxes& axes, const AxisRoles& roles, NrrdVolume& volume) {
    for (std::size_t a = 0; a < 3; ++a) {
        const int axis = roles.spatial[a];
        if (axis >= 0 && !axes.labels.empty()) volume.fields.labels[a] = axes.labels[static_cast<std::size_t>(axis)];
    }
    const auto value = [&](std::string_view field) {
        const std::string* found = text.field(field);
        return found == nullptr ? std::string() : *found;
    };
    volume.fields.content = value("content");
    volume.fields.sample_units = value("sampleunits");
    volume.fields.old_min = value("oldmin");
    volume.fields.old_max = value("oldmax");
}

/// Vectors and matrices are counted along axes of their own, which lie in space as this frame has it.
void read_measurement_frame(const NrrdAxes& axes, NrrdVolume& volume) {
    if (volume.colour != Colour::components || !volume.geometry.spacing_known) return;
    volume.component_axis.measurement_frame = nrrd_measurement_frame(axes);
    const NrrdKind* kind = find_nrrd_kind(lower_case(volume.component_axis.kind));
    const bool turned = axes.space == "rightanteriorsuperior" || axes.space == "leftanteriorsuperior";
    if (volume.component_axis.measurement_frame || !turned || kind == nullptr || !kind->in_space) return;
    volume.remarks.push_back(
        "it has no measurement frame, so that nobody knows whether its " + std::string(kind->name) +
        " samples count along " + (axes.space[0] == 'r' ? "RAS" : "LAS") +
        ", as its directions do; they are left as they are, and the directions are written in LPS");
}

/// Channels one behind the other are unpacked all at once, each from its own place.
void check_streams(const InputFile& file, const NrrdVolume& volume) {
    constexpr int most_streams = 256;
    const bool packed = volume.encoding != NrrdEncoding::raw && volume.encoding != NrrdEncoding::image_list;
    if (!packed || !volume.channels_last || volume.channels() <= most_streams) return;
    refuse(file, ErrorCode::limit,
           "has " + std::to_string(volume.channels()) +
               " channels one behind the other in a compressed form, at most " + std::to_string(most_streams) +
               " are read that way; write it with raw encoding, for example with unu save");
}

/// A list of ours may say that its rows are upside down. A copy that another program made of it has no list of files
/// any more, and is taken as it is.
void turn_rows(const NrrdText& text, NrrdVolume& volume) {
    const std::string* top_left = text.key_value(top_left_key);
    if (top_left == nullptr || text.list_size == 0 || volume.encoding != NrrdEncoding::raw) return;
    volume.bottom_up = true;
    // Without a spacing the geometry is not the header's but that of any such stack, its rows counted from the top.
    if (!volume.geometry.spacing_known) return;
    volume.geometry = rows_restored(volume.geometry, volume.size[1], parse_vector(*top_left));
}

/// Limits that hold whatever the file's length says.
void check_sizes(const InputFile& file, const NrrdVolume& volume) {
    constexpr Index longest_side = 1'000'000;
    for (const Index size : volume.size) {
        if (size > longest_side) {
            refuse(file, ErrorCode::limit,
                   "declares an axis of " + std::to_string(size) + " samples, at most " + std::to_string(longest_side) +
                       " are read; cut it into parts if it is genuine");
        }
    }
    // Sums and small multiples of it must not overflow.
    constexpr std::int64_t most_bytes = std::int64_t{1} << 60;
    if (volume.payload_bytes() > most_bytes) {
        refuse(file, ErrorCode::limit,
               "declares more than " + bytes_text(most_bytes) +
                   " of samples, less was expected; correct its field \"sizes\"");
    }
}

}  // namespace

ImageInfo NrrdVolume::image() const { return {size[0], size[1], colour, type, "NRRD", components}; }

namespace {

/// How the samples are stored, and where.
void read_storage(InputFile& file, const NrrdText& text, const NrrdAxes& axes, NrrdVolume& volume) {
    read_encoding(file, text, volume);
    check_streams(file, volume);
    read_byte_order(file, text, volume);
    read_skips(file, text, volume);
    read_files(file, text, axes, volume);
}

/// `storage`: does the header say where the samples are?
NrrdVolume read_header(InputFile& file, bool storage) {
    const NrrdText text = read_nrrd_text(file);
    NrrdVolume volume;
    volume.path = file.path();
    read_type(file, text, volume);
    const NrrdAxes axes = read_nrrd_axes(file, text);
    const AxisRoles roles = axis_roles(file, axes);
    for (std::size_t a = 0; a < 3; ++a) {
        const int axis = roles.spatial[a];
        volume.size[a] = axis < 0 ? 1 : axes.sizes[static_cast<std::size_t>(axis)];
    }
    read_channels(axes, roles, volume);
    check_sizes(file, volume);
    if (storage) read_storage(file, text, axes, volume);
    volume.kinds = axes.kinds;
    read_fields(text, axes, roles, volume);
    volume.key_values = text.key_values;

    volume.geometry = nrrd_geometry(file, axes, roles, volume.remarks);
    const std::string* spacing = text.key_value("stack2nrrd_spacing");
    if (spacing != nullptr && *spacing == "unknown") volume.geometry = Geometry{};  // what we wrote ourselves
    turn_rows(text, volume);
    read_measurement_frame(axes, volume);
    if (!volume.geometry.spacing_known && text.field("axismins") != nullptr) {
        volume.remarks.emplace_back("axis mins and maxs are not taken for a spacing");
    }
    return volume;
}

}  // namespace

NrrdVolume read_nrrd_header(std::string_view text, const std::string& name) {
    InputFile file = InputFile::of_text(name, text);
    return read_header(file, false);
}

NrrdVolume read_nrrd(const std::string& path_utf8) {
    InputFile file(path_utf8);
    NrrdVolume volume = read_header(file, true);
    if (volume.files.size() == 1 && volume.encoding != NrrdEncoding::image_list) {
        InputFile data = open_piece(volume, 0);
        const Piece piece = locate_piece(volume, data);
        if (piece.surplus > 0) {
            volume.remarks.push_back(bytes_text(piece.surplus) + " follow the samples and are not read");
        }
    }
    return volume;
}

Index check_data_files(const NrrdVolume& volume) {
    Index longer = 0;
    if (volume.encoding == NrrdEncoding::image_list) return longer;
    for (std::size_t i = 0; i < volume.files.size(); ++i) {
        InputFile data = open_piece(volume, i);
        if (locate_piece(volume, data).surplus > 0) ++longer;
    }
    return longer;
}

}  // namespace stack2nrrd
