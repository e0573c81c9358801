#include "support/volume_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace support {

using stack2nrrd::SampleType;

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error("read_nrrd: " + what); }

SampleType type_named(const std::string& name) {
    static const std::vector<std::pair<std::string, SampleType>> names{
        {"uint8", SampleType::uint8},           {"int8", SampleType::int8},        {"uint16", SampleType::uint16},
        {"int16", SampleType::int16},           {"uint32", SampleType::uint32},    {"int32", SampleType::int32},
        {"float", SampleType::float32},         {"double", SampleType::float64},   {"uchar", SampleType::uint8},
        {"unsigned char", SampleType::uint8},   {"signed char", SampleType::int8}, {"short", SampleType::int16},
        {"unsigned short", SampleType::uint16}, {"int", SampleType::int32},        {"unsigned int", SampleType::uint32},
        {"int64", SampleType::int64},           {"uint64", SampleType::uint64}};
    for (const auto& [text, type] : names)
        if (text == name) return type;
    refuse("type " + name);
}

std::string unescaped(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == '\\')) {
            result += text[++i] == 'n' ? '\n' : '\\';
        } else {
            result += text[i];
        }
    }
    return result;
}

std::array<double, 3> vector_of(const std::string& text) {
    std::array<double, 3> v{};
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') refuse("vector " + text);
    std::size_t at = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t end = text.find_first_of(",)", at);
        const std::string number = text.substr(at, end - at);
        char* rest = nullptr;
        v[i] = std::strtod(number.c_str(), &rest);
        if (number.empty() || *rest != 0) refuse("vector " + text);
        at = end + 1;
    }
    if (at != text.size()) refuse("vector " + text);
    return v;
}

}  // namespace

std::vector<std::byte> read_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + file.string());
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    std::vector<std::byte> bytes(text.size());
    if (!bytes.empty()) std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

std::vector<std::byte> inflate_one_member(const std::vector<std::byte>& bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) refuse("inflateInit2");
    std::vector<std::byte> input = bytes;
    std::vector<std::byte> result;
    std::vector<std::byte> chunk(1 << 16);
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    int status = Z_OK;
    while (status == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        status = inflate(&stream, Z_NO_FLUSH);
        result.insert(result.end(), chunk.begin(), chunk.end() - stream.avail_out);
    }
    const uInt left = stream.avail_in;
    inflateEnd(&stream);
    if (status != Z_STREAM_END) refuse("gzip stream is broken");
    if (left != 0) refuse(std::to_string(left) + " bytes behind the gzip member");
    return result;
}

std::string Nrrd::field(const std::string& name) const {
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return "";
}

std::string Nrrd::pair(const std::string& key) const {
    for (const auto& [name, value] : pairs)
        if (name == key) return value;
    return "";
}

bool Nrrd::has_pair(const std::string& key) const {
    return std::any_of(pairs.begin(), pairs.end(), [&](const auto& entry) { return entry.first == key; });
}

std::vector<std::array<double, 3>> Nrrd::directions() const {
    std::vector<std::array<double, 3>> result;
    std::istringstream words(field("space directions"));
    for (std::string word; words >> word;)
        if (word != "none") result.push_back(vector_of(word));
    return result;
}

std::array<double, 3> Nrrd::origin() const { return vector_of(field("space origin")); }

Nrrd read_nrrd(const std::filesystem::path& file) {
    const std::vector<std::byte> bytes = read_file(file);
    const std::string all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    Nrrd nrrd;
    std::size_t at = 0;
    bool ended = false;
    while (at < all.size() && !ended) {
        const std::size_t end = all.find('\n', at);
        if (end == std::string::npos) refuse("a line without its end");
        const std::string line = all.substr(at, end - at);
        at = end + 1;
        if (nrrd.magic.empty()) {
            if (line.rfind("NRRD000", 0) != 0) refuse("magic " + line);
            nrrd.magic = line;
            continue;
        }
        if (line.empty()) {
            ended = true;
            break;
        }
        nrrd.lines.push_back(line);
        if (line[0] == '#') continue;
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || colon + 1 >= line.size()) refuse("line " + line);
        if (line[colon + 1] == '=') {
            nrrd.pairs.emplace_back(unescaped(line.substr(0, colon)), unescaped(line.substr(colon + 2)));
        } else if (line[colon + 1] == ' ') {
            nrrd.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        } else {
            refuse("line " + line);
        }
    }
    nrrd.text = all.substr(0, at);
    nrrd.type = type_named(nrrd.field("type"));
    std::istringstream sizes(nrrd.field("sizes"));
    for (std::int64_t size = 0; sizes >> size;) nrrd.sizes.push_back(size);
    if (std::to_string(nrrd.sizes.size()) != nrrd.field("dimension")) refuse("dimension and sizes");
    std::vector<std::byte> payload;
    const std::string data_file = nrrd.field("data file");
    if (data_file.empty()) {
        if (!ended) refuse("no blank line");
        payload.assign(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end());
    } else {
        if (nrrd.fields.back().first != "data file" || at != all.size()) refuse("data file is not the last line");
        payload = read_file(file.parent_path() / data_file);
    }
    nrrd.samples = nrrd.field("encoding") == "gzip" ? inflate_one_member(payload) : payload;
    std::size_t expected = stack2nrrd::sample_bytes(nrrd.type);
    for (const std::int64_t size : nrrd.sizes) expected *= static_cast<std::size_t>(size);
    if (nrrd.samples.size() != expected)
        refuse(std::to_string(nrrd.samples.size()) + " bytes of samples, not " + std::to_string(expected));
    return nrrd;
}

}  // namespace support
