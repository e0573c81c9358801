#include "support/write_volume.hpp"

#include <zlib.h>

#include <bit>
#include <fstream>
#include <stdexcept>

namespace support {

namespace {

std::vector<std::byte> gzipped(std::vector<std::byte> bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    std::vector<std::byte> out(deflateBound(&stream, static_cast<uLong>(bytes.size())) + 64);
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) throw std::runtime_error("deflate");
    return out;
}

}  // namespace

std::vector<std::byte> channels_apart(std::span<const std::byte> samples, std::size_t channels,
                                      std::size_t sample_bytes) {
    std::vector<std::byte> apart;
    apart.reserve(samples.size());
    for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t at = c * sample_bytes; at < samples.size(); at += channels * sample_bytes) {
            const auto sample = samples.subspan(at, sample_bytes);
            apart.insert(apart.end(), sample.begin(), sample.end());
        }
    }
    return apart;
}

void write_volume(const std::filesystem::path& file, const std::array<std::int64_t, 3>& size, int channels,
                  stack2nrrd::SampleType type, std::span<const std::byte> samples, const VolumeText& text) {
    static constexpr std::array<const char*, 10> names{"uchar", "signed char", "ushort", "short",     "uint",
                                                       "int",   "float",       "double", "long long", "uint64"};
    const bool vector = channels > 1;
    const auto axes = [&](const std::string& extra, const std::string& rest) {
        return !vector ? rest : text.last ? rest + " " + extra : extra + " " + rest;
    };
    const std::string sizes = std::to_string(size[0]) + " " + std::to_string(size[1]) + " " + std::to_string(size[2]);
    std::ofstream out(file, std::ios::binary);
    out << "NRRD0005\ntype: " << names.at(static_cast<std::size_t>(type)) << "\ndimension: " << (vector ? 4 : 3)
        << "\nsizes: " << axes(std::to_string(channels), sizes) << "\nkinds: " << axes(text.kind, "space space space")
        << "\nencoding: " << (text.gzip ? "gzip" : "raw")
        << "\nendian: " << (std::endian::native == std::endian::little ? "little" : "big") << "\n"
        << text.lines << "\n";
    std::vector<std::byte> bytes(samples.begin(), samples.end());
    if (text.last) bytes = channels_apart(samples, static_cast<std::size_t>(channels), stack2nrrd::sample_bytes(type));
    if (text.gzip) bytes = gzipped(std::move(bytes));
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void write_volume(const std::filesystem::path& file, const Volume& volume, stack2nrrd::SampleType type,
                  const VolumeText& text) {
    write_volume(file, volume.size, volume.channels, type, to_bytes(volume.samples, type), text);
}

}  // namespace support
