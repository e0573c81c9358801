// What data sets of HDF5 hold.

#include "transform/hdf5_cursor.hpp"
#include "transform/hdf5_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace stack2nrrd {

namespace {

constexpr std::uint64_t nowhere = ~std::uint64_t{0};

enum MessageType : unsigned { dataspace = 1, datatype = 3, old_fill = 4, layout = 8, filters = 11 };
enum FilterId : unsigned { deflated = 1, shuffled = 2, summed = 3 };
enum TypeClass : unsigned { floats = 1, string = 3, variable = 9 };

/// IEEE's floats, as a data type's properties have them: precision, exponent's place and size, mantissa's, bias.
struct Ieee {
    unsigned bits, exponent_at, exponent_bits, mantissa_bits, bias;
};
constexpr Ieee single{32, 23, 8, 23, 127};
constexpr Ieee twofold{64, 52, 11, 52, 1023};

/// Bytes of all numbers, the first ones first, to numbers one by one.
std::vector<std::byte> unshuffled(const std::vector<std::byte>& bytes, std::size_t size) {
    const std::size_t count = bytes.size() / size;
    std::vector<std::byte> result = bytes;
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t b = 0; b < size; ++b) result[i * size + b] = bytes[b * count + i];
    }
    return result;
}

}  // namespace

/// What its header says of a data set.
struct Hdf5File::DataSet {
    std::uint64_t count = 1;  ///< elements
    unsigned rank = 0;
    unsigned type = 0;  ///< a TypeClass
    bool big_endian = false;
    std::size_t element_bytes = 0;
    enum class Layout : std::uint8_t { none, compact, contiguous, chunked } layout = Layout::none;
    Bytes compact{};
    Address at = nowhere;
    std::uint64_t chunk = 0;          ///< elements
    std::vector<unsigned> filters{};  ///< in the order in which they were applied
};

Hdf5File::DataSet Hdf5File::data_set(Address header) const {
    DataSet set;
    for (const Message& message : messages(header)) {
        Cursor at(*this, message.data);
        if (message.type == dataspace) {
            const unsigned version = at.u8();
            set.rank = at.u8();
            at.skip(version == 1 ? 6 : 2);
            for (unsigned i = 0; i < set.rank; ++i) {
                const std::uint64_t size = at.u64();
                if (size > 0 && set.count > (std::uint64_t{1} << 40) / size) damaged("declares too many numbers");
                set.count *= size;
            }
        } else if (message.type == datatype) {
            set.type = at.u8() & 15;
            const unsigned flags = at.u8();
            at.skip(2);
            set.element_bytes = at.u32();
            if (set.type == floats) {
                set.big_endian = (flags & 1) != 0;
                const Ieee& ieee = set.element_bytes == 4 ? single : twofold;
                const bool is_ieee = (set.element_bytes == 4 || set.element_bytes == 8) && at.u16() == 0 &&
                                     at.u16() == ieee.bits && at.u8() == ieee.exponent_at &&
                                     at.u8() == ieee.exponent_bits && at.u8() == 0 && at.u8() == ieee.mantissa_bits &&
                                     at.u32() == ieee.bias && (flags & 0x40) == 0;
                if (!is_ieee) unsupported("floats that are not of 32 or 64 bits");
            } else if (set.type == variable && (flags & 15) != 1) {
                set.type = 0;  // no string
            }
        } else if (message.type == layout) {
            const unsigned version = at.u8();
            if (version != 3) unsupported("a data layout of version " + std::to_string(version));
            const unsigned kind = at.u8();
            if (kind == 0) {
                const std::span<const std::byte> bytes = at.take(at.u16());
                set.compact.assign(bytes.begin(), bytes.end());
                set.layout = DataSet::Layout::compact;
            } else if (kind == 1) {
                set.at = at.u64();
                set.layout = DataSet::Layout::contiguous;
            } else if (kind == 2) {
                const unsigned rank = at.u8();
                set.at = at.u64();
                set.chunk = at.u32();
                if (rank != 2 || set.chunk == 0) unsupported("chunks of more than one dimension");
                set.layout = DataSet::Layout::chunked;
            }
        } else if (message.type == filters) {
            const unsigned version = at.u8();
            const unsigned count = at.u8();
            at.skip(version == 1 ? 6 : 0);
            for (unsigned i = 0; i < count; ++i) {
                const unsigned id = at.u16();
                const unsigned name = version == 1 || id >= 256 ? at.u16() : 0;
                at.skip(2);
                const unsigned values = at.u16();
                at.skip(name + 4 * values + (version == 1 ? 4 * (values % 2) : 0));
                if (id != deflated && id != shuffled) unsupported("the filter " + std::to_string(id));
                set.filters.push_back(id);
            }
        }
    }
    if (set.layout == DataSet::Layout::none || set.element_bytes == 0) damaged("has a data set without data");
    // No more is allocated than the file can hold, deflated as far as can be.
    const std::uint64_t most_ratio = set.layout == DataSet::Layout::chunked ? 1032 : 1;
    const auto file = static_cast<std::uint64_t>(file_.bytes());
    if (set.element_bytes > file || set.count > most_ratio * file / set.element_bytes) {
        damaged("declares more than it can hold");
    }
    return set;
}

/// In parts, so that a large field is not in memory twice.
void Hdf5File::for_each_part(const DataSet& set, const TakePart& take) const {
    constexpr std::uint64_t at_once = std::uint64_t{1} << 17;  // elements
    const std::uint64_t size = set.count * set.element_bytes;
    if (set.layout == DataSet::Layout::compact) {
        if (set.compact.size() < size) damaged("has a data set that ends too early");
        take(0, std::span(set.compact).first(static_cast<std::size_t>(size)));
        return;
    }
    if (set.layout == DataSet::Layout::contiguous) {
        if (size > 0 && set.at == nowhere) damaged("has a data set without data");
        for (std::uint64_t first = 0; first < set.count; first += at_once) {
            const std::uint64_t count = std::min(at_once, set.count - first);
            take(first, read(set.at + first * set.element_bytes, count * set.element_bytes));
        }
        return;
    }
    if (set.chunk > std::max<std::uint64_t>(set.count, 1) * 64) damaged("has chunks that are too large");
    std::uint64_t found = 0;
    for_each_leaf(set.at, 1, 8 + 16, 0, [&](Cursor key, Address at) {
        take_chunk(set, key, at, take);
        ++found;
    });
    if (found != (set.count + set.chunk - 1) / set.chunk) damaged("has a data set that is not whole");
}

void Hdf5File::take_chunk(const DataSet& set, Cursor key, Address at, const TakePart& take) const {
    const std::uint32_t stored = key.u32();
    const std::uint32_t left_out = key.u32();  // filters that this chunk was not put through
    const std::uint64_t first = key.u64();
    if (first >= set.count || first % set.chunk != 0) damaged("has a chunk that belongs nowhere");
    const std::size_t whole = static_cast<std::size_t>(set.chunk) * set.element_bytes;
    Bytes bytes = read(at, stored);
    for (std::size_t i = set.filters.size(); i-- > 0;) {
        if (i < 32 && (left_out >> i & 1) != 0) continue;
        if (set.filters[i] == shuffled) {
            bytes = unshuffled(bytes, set.element_bytes);
            continue;
        }
        Bytes unpacked(whole);
        uLongf size = static_cast<uLongf>(whole);
        const int result = uncompress(reinterpret_cast<Bytef*>(unpacked.data()), &size,
                                      reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
        if (result != Z_OK || size != whole) damaged("has a chunk that cannot be unpacked");
        bytes = std::move(unpacked);
    }
    if (bytes.size() < whole) damaged("has a chunk that ends too early");
    const std::uint64_t count = std::min(set.chunk, set.count - first);
    take(first, std::span(bytes).first(static_cast<std::size_t>(count) * set.element_bytes));
}

std::vector<double> Hdf5File::numbers(Address header) const {
    const DataSet set = data_set(header);
    if (set.type != floats || set.rank != 1) damaged("has a data set that is no list of floats");
    std::vector<double> result(static_cast<std::size_t>(set.count));
    for_each_part(set, [&](std::uint64_t first, std::span<const std::byte> bytes) {
        Cursor at(*this, bytes);
        const auto from = static_cast<std::size_t>(first);
        const std::size_t end = from + bytes.size() / set.element_bytes;
        for (std::size_t i = from; i < end; ++i) {
            std::uint64_t bits = at.number(set.element_bytes);
            if (set.big_endian) {
                std::uint64_t turned = 0;
                for (std::size_t b = 0; b < set.element_bytes; ++b) turned = turned << 8 | (bits >> (8 * b) & 0xFF);
                bits = turned;
            }
            result[i] = set.element_bytes == 8
                            ? std::bit_cast<double>(bits)
                            : static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
        }
    });
    return result;
}

std::string Hdf5File::text(Address header) const {
    const DataSet set = data_set(header);
    if (set.count != 1 || (set.type != string && set.type != variable)) damaged("has a data set that is no string");
    std::string text;
    for_each_part(set, [&](std::uint64_t /*first*/, std::span<const std::byte> bytes) {
        Cursor at(*this, bytes);
        text = set.type == variable ? from_heap(at) : std::string(at.text(set.element_bytes));
    });
    const std::size_t end = std::min(text.find('\0'), text.find_last_not_of(' ') + 1);
    return text.substr(0, end);
}

/// A collection of objects, one of which is meant.
std::string Hdf5File::from_heap(Cursor reference) const {
    const std::uint32_t length = reference.u32();
    const Address heap = reference.u64();
    const std::uint32_t wanted = reference.u32();
    constexpr std::uint64_t head_bytes = 16;
    const Bytes begin = read(heap, head_bytes);
    Cursor head(*this, begin);
    head.expect("GCOL");
    head.skip(4);
    const std::uint64_t size = head.u64();
    if (size < head_bytes) damaged("has a structure that ends too early");
    const Bytes bytes = read(heap + head_bytes, size - head_bytes);
    Cursor at(*this, bytes);
    while (at.left() >= head_bytes) {
        const unsigned index = at.u16();
        at.skip(6);
        const std::uint64_t object = at.u64();
        if (index == 0) break;  // free space
        if (index == wanted) return std::string(at.text(std::min<std::uint64_t>(object, length)));
        if (object > at.left()) break;
        at.skip(std::min<std::uint64_t>((object + 7) / 8 * 8, at.left()));
    }
    damaged("has a string that is nowhere");
}

}  // namespace stack2nrrd
