#include "write_jpeg2000.hpp"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace stack2nrrd::test {

namespace {

/// A file in memory, for OpenJPEG to read or write.
struct Memory {
    Bytes bytes;
    std::size_t position = 0;

    static OPJ_SIZE_T read(void* out, OPJ_SIZE_T size, void* self) {
        Memory& memory = *static_cast<Memory*>(self);
        const std::size_t part = std::min(size, memory.bytes.size() - memory.position);
        std::memcpy(out, memory.bytes.data() + memory.position, part);
        memory.position += part;
        return part == 0 ? static_cast<OPJ_SIZE_T>(-1) : part;
    }
    static OPJ_SIZE_T write(void* in, OPJ_SIZE_T size, void* self) {
        Memory& memory = *static_cast<Memory*>(self);
        if (memory.bytes.size() < memory.position + size) memory.bytes.resize(memory.position + size);
        std::memcpy(memory.bytes.data() + memory.position, in, size);
        memory.position += size;
        return size;
    }
    static OPJ_OFF_T skip(OPJ_OFF_T size, void* self) {
        static_cast<Memory*>(self)->position += static_cast<std::size_t>(size);
        return size;
    }
    static OPJ_BOOL seek(OPJ_OFF_T position, void* self) {
        static_cast<Memory*>(self)->position = static_cast<std::size_t>(position);
        return OPJ_TRUE;
    }
};

using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

Stream open(Memory& memory, bool reads) {
    Stream stream(static_cast<opj_stream_t*>(opj_stream_create(4096, reads ? OPJ_STREAM_READ : OPJ_STREAM_WRITE)),
                  &opj_stream_destroy);
    opj_stream_set_user_data(stream.get(), &memory, nullptr);
    opj_stream_set_user_data_length(stream.get(), memory.bytes.size());
    opj_stream_set_read_function(stream.get(), Memory::read);
    opj_stream_set_write_function(stream.get(), Memory::write);
    opj_stream_set_skip_function(stream.get(), Memory::skip);
    opj_stream_set_seek_function(stream.get(), Memory::seek);
    return stream;
}

void must(OPJ_BOOL done, const char* what) {
    if (done == OPJ_FALSE) throw std::runtime_error(std::string("OpenJPEG cannot ") + what);
}

}  // namespace

J2kPlanes j2k_samples(const J2kSpec& spec) {
    const std::int64_t range = std::int64_t{1} << spec.bits;
    const std::int64_t least = spec.is_signed ? -range / 2 : 0;
    J2kPlanes planes;
    std::uint32_t noise = 12345;
    for (int c = 0; c < spec.components; ++c) {
        std::vector<std::int32_t>& plane = planes.emplace_back();
        for (int y = 0; y < spec.height; ++y) {
            for (int x = 0; x < spec.width; ++x) {
                noise = noise * 1664525 + 1013904223;
                const std::int64_t ramp = range * (x + y + 7 * c) / (spec.width + spec.height + 21);
                plane.push_back(static_cast<std::int32_t>(least + (ramp + (noise >> 16) % (1 + range / 9)) % range));
            }
        }
    }
    return planes;
}

Bytes make_j2k(const J2kSpec& spec, const J2kPlanes& samples) {
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.tcp_numlayers = static_cast<int>(spec.rates.size());
    std::copy(spec.rates.begin(), spec.rates.end(), parameters.tcp_rates);
    parameters.cp_disto_alloc = 1;
    parameters.numresolution = spec.resolutions;
    parameters.prog_order = static_cast<OPJ_PROG_ORDER>(spec.order);
    parameters.irreversible = spec.lossy ? 1 : 0;
    parameters.tcp_mct = spec.mixes_colour ? 1 : 0;
    parameters.cblockw_init = spec.block[0];
    parameters.cblockh_init = spec.block[1];
    parameters.mode = spec.mode;
    parameters.csty |= spec.markers;
    parameters.image_offset_x0 = spec.offset[0];
    parameters.image_offset_y0 = spec.offset[1];
    parameters.subsampling_dx = spec.step[0];
    parameters.subsampling_dy = spec.step[1];
    if (spec.tile[0] != 0) {
        parameters.tile_size_on = OPJ_TRUE;
        parameters.cp_tdx = spec.tile[0];
        parameters.cp_tdy = spec.tile[1];
        parameters.cp_tx0 = spec.tile_offset[0];
        parameters.cp_ty0 = spec.tile_offset[1];
    }
    if (!spec.precincts.empty()) {
        parameters.csty |= 1;
        parameters.res_spec = static_cast<int>(spec.precincts.size());
        for (std::size_t i = 0; i < spec.precincts.size(); ++i) {
            parameters.prcw_init[i] = spec.precincts[i][0];
            parameters.prch_init[i] = spec.precincts[i][1];
        }
    }

    std::vector<opj_image_cmptparm_t> components(static_cast<std::size_t>(spec.components));
    for (opj_image_cmptparm_t& component : components) {
        component.prec = static_cast<OPJ_UINT32>(spec.bits);
        component.sgnd = spec.is_signed ? 1 : 0;
        component.dx = static_cast<OPJ_UINT32>(spec.step[0]);
        component.dy = static_cast<OPJ_UINT32>(spec.step[1]);
        component.w = static_cast<OPJ_UINT32>(spec.width);
        component.h = static_cast<OPJ_UINT32>(spec.height);
    }
    const Image image(opj_image_create(static_cast<OPJ_UINT32>(spec.components), components.data(),
                                       spec.components < 3 ? OPJ_CLRSPC_GRAY : OPJ_CLRSPC_SRGB),
                      &opj_image_destroy);
    image->x0 = static_cast<OPJ_UINT32>(spec.offset[0]);
    image->y0 = static_cast<OPJ_UINT32>(spec.offset[1]);
    image->x1 = static_cast<OPJ_UINT32>(spec.offset[0] + (spec.width - 1) * spec.step[0] + 1);
    image->y1 = static_cast<OPJ_UINT32>(spec.offset[1] + (spec.height - 1) * spec.step[1] + 1);
    for (std::size_t c = 0; c < samples.size(); ++c) {
        std::copy(samples[c].begin(), samples[c].end(), image->comps[c].data);
    }
    if (spec.has_alpha) image->comps[spec.components - 1].alpha = 1;

    Memory memory;
    const Stream stream = open(memory, false);
    const Codec codec(static_cast<opj_codec_t*>(opj_create_compress(spec.has_boxes ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K)),
                      &opj_destroy_codec);
    must(opj_setup_encoder(codec.get(), &parameters, image.get()), "be set up");
    must(opj_start_compress(codec.get(), image.get(), stream.get()), "start");
    must(opj_encode(codec.get(), stream.get()), "encode");
    must(opj_end_compress(codec.get(), stream.get()), "end");
    return memory.bytes;
}

J2kPlanes plain_j2k(const Bytes& file) {
    Memory memory{file};
    const Stream stream = open(memory, true);
    const bool has_boxes = file.at(0) == std::byte{0};
    const Codec codec(static_cast<opj_codec_t*>(opj_create_decompress(has_boxes ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K)),
                      &opj_destroy_codec);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    must(opj_setup_decoder(codec.get(), &parameters), "be set up");
    opj_image_t* header = nullptr;
    must(opj_read_header(stream.get(), codec.get(), &header), "read a header");
    const Image image(header, &opj_image_destroy);
    must(opj_decode(codec.get(), stream.get(), image.get()), "decode");
    J2kPlanes planes;
    for (OPJ_UINT32 c = 0; c < image->numcomps; ++c) {
        const opj_image_comp_t& component = image->comps[c];
        planes.emplace_back(component.data, component.data + std::size_t{component.w} * component.h);
    }
    return planes;
}

Bytes interleaved(const J2kPlanes& samples, int bits) {
    Bytes bytes;
    for (std::size_t i = 0; i < samples.front().size(); ++i) {
        for (const std::vector<std::int32_t>& plane : samples) {
            put_little(bytes, static_cast<std::uint32_t>(plane[i]), bits <= 8 ? 1 : bits <= 16 ? 2 : 4);
        }
    }
    return bytes;
}

void put_big(Bytes& bytes, std::uint64_t value, int size) {
    while (size-- > 0) bytes.push_back(static_cast<std::byte>(value >> (8 * size)));
}

Bytes box(const std::string& type, const Bytes& content) {
    Bytes bytes;
    put_big(bytes, content.size() + 8, 4);
    for (const char c : type) bytes.push_back(static_cast<std::byte>(c));
    bytes.insert(bytes.end(), content.begin(), content.end());
    return bytes;
}

Bytes jp2_file(const J2kSpec& spec, const Bytes& inner, const Bytes& codestream, const std::string& brand) {
    Bytes signature;
    put_big(signature, 0x0D0A870A, 4);
    Bytes type;
    for (const char c : brand + std::string(4, '\0') + "jp2 ") type.push_back(static_cast<std::byte>(c));
    Bytes header;
    put_big(header, static_cast<std::uint64_t>((spec.height - 1) * spec.step[1] + 1), 4);
    put_big(header, static_cast<std::uint64_t>((spec.width - 1) * spec.step[0] + 1), 4);
    put_big(header, static_cast<std::uint64_t>(spec.components), 2);
    put_big(header, static_cast<std::uint64_t>(spec.bits - 1) | (spec.is_signed ? 0x80 : 0), 1);
    put_big(header, 7, 1);
    put_big(header, 0, 2);
    header = box("ihdr", header);
    header.insert(header.end(), inner.begin(), inner.end());
    Bytes file = box("jP  ", signature);
    for (const Bytes& part : {box("ftyp", type), box("jp2h", header), box("jp2c", codestream)}) {
        file.insert(file.end(), part.begin(), part.end());
    }
    return file;
}

Bytes enumerated_colour(std::uint32_t space) {
    Bytes content;
    put_big(content, 1, 1);
    put_big(content, 0, 2);
    put_big(content, space, 4);
    return box("colr", content);
}

std::size_t find_marker(const Bytes& bytes, int code, std::size_t from) {
    for (std::size_t i = from; i + 1 < bytes.size(); ++i) {
        if (bytes[i] == std::byte{0xFF} && bytes[i + 1] == static_cast<std::byte>(code)) return i;
    }
    throw std::logic_error("no marker");
}

void set_big(Bytes& bytes, std::size_t at, std::uint64_t value, int size) {
    Bytes number;
    put_big(number, value, size);
    std::copy(number.begin(), number.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

Slice decode_bytes(const std::string& file, const Bytes& bytes) {
    write_bytes(file, bytes);
    return decode_file(file);
}

std::string refusal_of(const std::string& file, const Bytes& bytes, ErrorCode expected) {
    write_bytes(file, bytes);
    ErrorCode code = ErrorCode::io;
    const std::string sentence = refusal(file, &code);
    if (!sentence.empty() && code != expected) throw std::logic_error("refused with another code: " + sentence);
    return sentence;
}

}  // namespace stack2nrrd::test
