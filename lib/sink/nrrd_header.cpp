#include "sink/nrrd_header.hpp"

#include "core/nrrd_words.hpp"
#include "sink/slab_checksums.hpp"

#include <algorithm>
#include <bit>

namespace stack2nrrd {

namespace {

/// The longest shortest text of a double has 24 characters.
constexpr std::size_t number_width = 24;

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"') result += '\\';
        result += c;
    }
    return result + "\"";
}

/// What the header of the source said, as far as it still holds.
std::string further_fields(const VolumeInfo& volume) {
    const HeaderFields& fields = volume.fields;
    const bool components = volume.colour == Colour::components;
    const std::string& component_label = components ? volume.components.label : std::string();
    std::string text;
    if (components && volume.components.measurement_frame) {
        text += "measurement frame:";
        for (const Vector3& axis : *volume.components.measurement_frame) text += " " + nrrd_vector(axis);
        text += "\n";
    }
    bool labels = !component_label.empty();
    for (const std::string& label : fields.labels) labels = labels || !label.empty();
    if (labels) {
        text += "labels:";
        if (volume.channels > 1) text += " " + in_quotes(component_label);
        for (const std::string& label : fields.labels) text += " " + in_quotes(label);
        text += "\n";
    }
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) text += std::string(name) + ": " + value + "\n";
    };
    add("content", fields.content);
    add("sample units", fields.sample_units);
    add("old min", fields.old_min);
    add("old max", fields.old_max);
    return text;
}

}  // namespace

std::size_t range_width(const VolumeInfo& volume) noexcept {
    return static_cast<std::size_t>(volume.channels) * (number_width + 1) - 1;
}

namespace {

/// All lines whose text is known before the run.
std::string known_lines(const VolumeInfo& volume, Encoding encoding) {
    std::string text = nrrd_axes(volume.type, {volume.colour, volume.channels, volume.components}, volume.size,
                                 volume.geometry.direction);
    if (sample_bytes(volume.type) > 1) {
        text += std::endian::native == std::endian::little ? "endian: little\n" : "endian: big\n";
    }
    text += encoding == Encoding::gzip ? "encoding: gzip\n" : "encoding: raw\n";
    if (volume.geometry.spacing_known) text += "space units: \"mm\" \"mm\" \"mm\"\n";
    text += "space origin: " + nrrd_vector(volume.geometry.origin) + "\n";
    text += further_fields(volume);
    for (const auto& [key, value] : volume.notes) text += nrrd_escaped(key) + ":=" + nrrd_escaped(value) + "\n";
    return text;
}

}  // namespace

std::string nrrd_header_text(const VolumeInfo& volume) { return known_lines(volume, Encoding::raw) + "\n"; }

NrrdHeader nrrd_header(const VolumeInfo& volume, Encoding encoding, std::string_view data_file) {
    NrrdHeader header;
    std::string& text = header.text;
    text = known_lines(volume, encoding);
    for (const std::string& key : volume.late_notes) {
        text += key + ":=";
        header.late_notes_at.push_back(text.size());
        text += std::string(late_note_width, ' ') + "\n";
    }
    text += "min:=";
    header.min_at = text.size();
    text += std::string(range_width(volume), ' ') + "\nmax:=";
    header.max_at = text.size();
    text += std::string(range_width(volume), ' ') + "\n";
    text += std::string(samples_crc_key) + ":=";
    header.samples_crc_at = text.size();
    text += std::string(SlabChecksums::text_width(volume.size[2]), ' ') + "\n";
    header.header_crc_line = text.size();
    text += std::string(header_crc_key) + ":=";
    header.header_crc_at = text.size();
    text += std::string(hex_text(0).size(), ' ') + "\n";
    // The name of the data file is the last line of a detached header; an attached one ends with an empty line.
    text += data_file.empty() ? "\n" : "data file: " + std::string(data_file) + "\n";
    return header;
}

void complete_header(NrrdHeader& header, const HeaderValues& values) {
    const auto put = [&](std::size_t at, const std::string& value) { header.text.replace(at, value.size(), value); };
    for (std::size_t i = 0; i < std::min(header.late_notes_at.size(), values.late_notes.size()); ++i) {
        put(header.late_notes_at[i], values.late_notes[i]);
    }
    put(header.min_at, values.min);
    put(header.max_at, values.max);
    put(header.samples_crc_at, values.samples_crc);
    put(header.header_crc_at, hex_text(crc32_of(std::string_view(header.text).substr(0, header.header_crc_line))));
}

}  // namespace stack2nrrd
