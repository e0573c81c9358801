#include "sink/zarr_metadata.hpp"

#include "core/json.hpp"
#include "core/sample_types.hpp"
#include "sink/zarr_layout.hpp"

#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace stack2nrrd {

namespace {

constexpr bool is_little = std::endian::native == std::endian::little;

/// Of a 0 of the volume's type: integers have no point.
Json zero(SampleType type) { return is_float(type) ? Json(0.0) : Json(0); }

/// (c,) z, y, x, the slowest first.
Json shape(const std::array<Index, 3>& xyz, bool has_channels, Index channels) {
    Json json = Json::array();
    if (has_channels) json.push_back(channels);
    for (std::size_t a = 3; a-- > 0;) json.push_back(xyz[a]);
    return json;
}

// -------------------------------------------------------------------------------------------------- Zarr 3

Json codec(const char* name, const Json& configuration) {
    return Json::object({{"name", name}, {"configuration", configuration}});
}

Json bytes_codec() { return codec("bytes", Json::object({{"endian", is_little ? "little" : "big"}})); }

Json chunk_codecs(const ZarrOptions& options) {
    Json codecs = Json::array();
    codecs.push_back(bytes_codec());
    if (options.encoding == Encoding::gzip) {
        codecs.push_back(codec("gzip", Json::object({{"level", options.level}})));
    } else if (options.encoding == Encoding::zstd) {
        codecs.push_back(codec("zstd", Json::object({{"level", options.level}, {"checksum", false}})));
    }
    return codecs;
}

/// A slab is a file, its chunks are within.
Json array_3(const VolumeInfo& volume, const ZarrOptions& options) {
    const ZarrLayout layout(volume);
    const bool has_channels = volume.channels > 1;
    const std::array<Index, 3> slab{layout.chunk[0] * layout.chunks[0], layout.chunk[1] * layout.chunks[1],
                                    layout.chunk[2]};
    Json index_codecs = Json::array();
    index_codecs.push_back(codec("bytes", Json::object({{"endian", "little"}})));
    index_codecs.push_back(Json::object({{"name", "crc32c"}}));
    Json codecs = Json::array();
    codecs.push_back(codec("sharding_indexed", Json::object({{"chunk_shape", shape(layout.chunk, has_channels, 1)},
                                                             {"codecs", chunk_codecs(options)},
                                                             {"index_codecs", index_codecs},
                                                             {"index_location", "end"}})));
    Json names = Json::array();
    if (has_channels) names.push_back("c");
    for (const char* name : {"z", "y", "x"}) names.push_back(name);
    return Json::object(
        {{"zarr_format", 3},
         {"node_type", "array"},
         {"shape", shape(volume.size, has_channels, volume.channels)},
         {"data_type", sample_type_name(volume.type)},
         {"chunk_grid", codec("regular", Json::object({{"chunk_shape", shape(slab, has_channels, 1)}}))},
         {"chunk_key_encoding", codec("default", Json::object({{"separator", "/"}}))},
         {"fill_value", zero(volume.type)},
         {"codecs", codecs},
         {"dimension_names", names},
         {"attributes", Json::object({})}});
}

// -------------------------------------------------------------------------------------------------- Zarr 2

/// As numpy spells it: "<u2".
std::string dtype(SampleType type) {
    const std::size_t bytes = sample_bytes(type);
    const char kind = is_float(type) ? 'f' : sample_type_name(type).starts_with('u') ? 'u' : 'i';
    const char order = bytes == 1 ? '|' : is_little ? '<' : '>';
    return {order, kind, static_cast<char>('0' + bytes)};
}

Json compressor(const ZarrOptions& options) {
    if (options.encoding == Encoding::raw) return nullptr;
    return Json::object({{"id", options.encoding == Encoding::gzip ? "gzip" : "zstd"}, {"level", options.level}});
}

Json array_2(const VolumeInfo& volume, const ZarrOptions& options) {
    const bool has_channels = volume.channels > 1;
    return Json::object({{"zarr_format", 2},
                         {"shape", shape(volume.size, has_channels, volume.channels)},
                         {"chunks", shape(ZarrLayout(volume).chunk, has_channels, 1)},
                         {"dtype", dtype(volume.type)},
                         {"compressor", compressor(options)},
                         {"fill_value", zero(volume.type)},
                         {"order", "C"},
                         {"filters", nullptr},
                         {"dimension_separator", "/"}});
}

// ------------------------------------------------------------------------------------------------- OME-Zarr

Json axes(const VolumeInfo& volume) {
    Json json = Json::array();
    if (volume.channels > 1) json.push_back(Json::object({{"name", "c"}, {"type", "channel"}}));
    for (const char* name : {"z", "y", "x"}) {
        Json axis = Json::object({{"name", name}, {"type", "space"}});
        if (volume.geometry.spacing_known) axis.add("unit", "millimeter");
        json.push_back(axis);
    }
    return json;
}

/// How far the first sample is from zero along an axis of the volume; for axes along L, P, S the origin itself.
double translation(const Geometry& geometry, std::size_t axis) {
    const Vector3& d = geometry.direction[axis];
    const double length = spacing(geometry, static_cast<int>(axis));
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        if (d[i] != 0) sum += d[i] / length * geometry.origin[i];
    }
    return sum;
}

/// Where the samples of a level lie.
Json transformations(const VolumeInfo& volume) {
    Json scale = Json::array();
    Json shift = Json::array();
    if (volume.channels > 1) {
        scale.push_back(1.0);
        shift.push_back(0.0);
    }
    for (std::size_t a = 3; a-- > 0;) {
        scale.push_back(spacing(volume.geometry, static_cast<int>(a)));
        shift.push_back(translation(volume.geometry, a));
    }
    Json both = Json::array();
    both.push_back(Json::object({{"type", "scale"}, {"scale", scale}}));
    both.push_back(Json::object({{"type", "translation"}, {"translation", shift}}));
    return both;
}

/// What OME-Zarr has no word for.
Json own(const ZarrLevel& level, std::size_t number) {
    const VolumeInfo& volume = level.volume;
    Json json = Json::object({{"path", std::to_string(number)},
                              {"space", "left-posterior-superior"},
                              {"directions", volume.geometry.direction},
                              {"origin", volume.geometry.origin}});
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) json.add(key, value);
    };
    const HeaderFields& fields = volume.fields;
    if (volume.colour == Colour::components) {
        json.add("kind", volume.components.kind);
        add("component label", volume.components.label);
        if (volume.components.measurement_frame) {
            json.add("measurement frame", *volume.components.measurement_frame);
        }
    }
    const auto has_text = [](const std::string& label) { return !label.empty(); };
    if (std::any_of(fields.labels.begin(), fields.labels.end(), has_text)) json.add("labels", fields.labels);
    add("content", fields.content);
    add("sample units", fields.sample_units);
    add("old min", fields.old_min);
    add("old max", fields.old_max);
    Json key_values = Json::object({});
    std::vector<std::string_view> keys;
    for (const auto& [key, value] : level.notes) {
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
        keys.emplace_back(key);
        key_values.add(key, value);
    }
    json.add("key_values", key_values);
    return json;
}

std::string note(const ZarrLevel& level, std::string_view wanted) {
    for (const auto& [key, value] : level.notes) {
        if (key == wanted) return value;
    }
    return {};
}

Json multiscales(const std::vector<ZarrLevel>& levels, const ZarrOptions& options, const std::string& name) {
    Json datasets = Json::array();
    for (std::size_t i = 0; i < levels.size(); ++i) {
        datasets.push_back(Json::object(
            {{"path", std::to_string(i)}, {"coordinateTransformations", transformations(levels[i].volume)}}));
    }
    Json scales = Json::object({{"name", name}, {"axes", axes(levels.front().volume)}, {"datasets", datasets}});
    if (options.version == ZarrVersion::v0_4) scales.add("version", "0.4");
    if (const std::string kernel = note(levels.front(), "stack2nrrd_kernel"); !kernel.empty()) {
        scales.add("type", kernel);
        scales.add("metadata", Json::object({{"description", "each level is made of the source"},
                                             {"method", "stack2nrrd"},
                                             {"version", STACK2NRRD_VERSION}}));
    }
    Json all = Json::array();
    all.push_back(scales);
    return all;
}

std::string line(const Json& json) { return json.indented() + "\n"; }

}  // namespace

std::vector<ZarrText> zarr_array_texts(const VolumeInfo& volume, const ZarrOptions& options) {
    if (options.version == ZarrVersion::v0_4) return {{".zarray", line(array_2(volume, options))}};
    return {{"zarr.json", line(array_3(volume, options))}};
}

std::vector<ZarrText> zarr_group_texts(const std::vector<ZarrLevel>& levels, const ZarrOptions& options,
                                       const std::string& name) {
    Json owns = Json::array();
    for (std::size_t i = 0; i < levels.size(); ++i) owns.push_back(own(levels[i], i));
    const Json scales = multiscales(levels, options, name);
    if (options.version == ZarrVersion::v0_4) {
        return {{".zgroup", line(Json::object({{"zarr_format", 2}}))},
                {".zattrs", line(Json::object({{"multiscales", scales}, {"stack2nrrd", owns}}))}};
    }
    const Json attributes =
        Json::object({{"ome", Json::object({{"version", "0.5"}, {"multiscales", scales}})}, {"stack2nrrd", owns}});
    return {
        {"zarr.json", line(Json::object({{"zarr_format", 3}, {"node_type", "group"}, {"attributes", attributes}}))}};
}

bool is_along_lps(const Geometry& geometry) noexcept {
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t i = 0; i < 3; ++i) {
            if (a == i ? !(geometry.direction[a][i] > 0) : geometry.direction[a][i] != 0) return false;
        }
    }
    return true;
}

}  // namespace stack2nrrd
