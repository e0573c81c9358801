// What the file is made of: headers of objects, and the names in groups.

#include "transform/hdf5_file.hpp"

#include "transform/hdf5_cursor.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr std::uint64_t nowhere = ~std::uint64_t{0};

/// More than any file of transforms has. Where there are more of them, they go round in a circle.
constexpr std::size_t most_blocks = 10000;
constexpr int most_levels = 16;

enum MessageType : unsigned { link_info = 2, link = 6, continuation = 16, symbol_table = 17 };

}  // namespace

void Hdf5File::damaged(const std::string& what) const {
    throw Error(ErrorCode::corrupt, file_.shown() + ": is an HDF5 file that " + what +
                                        ", a whole file of transforms was expected; copy it again from its source");
}

void Hdf5File::unsupported(const std::string& what) const {
    throw Error(ErrorCode::unsupported, file_.shown() + ": is an HDF5 file with " + what +
                                            ", transforms as ITK writes them were expected; save it again with ITK, "
                                            "ANTs or 3D Slicer, or as .tfm or .nrrd");
}

Hdf5File::Bytes Hdf5File::read(Address at, std::uint64_t size) const {
    const auto end = static_cast<std::uint64_t>(file_.bytes());
    if (at > end - base_ || size > end - base_ - at) damaged("ends too early");
    Bytes bytes(static_cast<std::size_t>(size));
    const std::size_t got = file_.read_at(static_cast<std::int64_t>(base_ + at), bytes.data(), bytes.size());
    file_.check();
    if (got < bytes.size()) damaged("ends too early");
    return bytes;
}

Hdf5File::Hdf5File(InputFile& file) : file_(file) {
    constexpr std::uint64_t most = 128;  // bytes that any form of the beginning has
    const Bytes bytes = read(0, std::min<std::uint64_t>(most, static_cast<std::uint64_t>(file.bytes())));
    Cursor at(*this, bytes);
    at.expect("\x89HDF\r\n\x1A\n");
    const unsigned version = at.u8();
    if (version > 3) unsupported("a superblock of version " + std::to_string(version));
    if (version < 2) at.skip(4);
    if (at.u8() != 8 || at.u8() != 8) unsupported("addresses that are not of 64 bits");
    at.skip(version == 0 ? 9 : version == 1 ? 13 : 1);
    const Address base = at.u64();
    at.skip(16);  // free space, or an extension; and the end
    if (version < 2) at.skip(16);
    root_ = at.u64();
    base_ = base;
    if (base_ > static_cast<std::uint64_t>(file.bytes())) damaged("begins behind its end");
}

// ---------------------------------------------------------------------------------------------------------- headers

std::vector<Hdf5File::Message> Hdf5File::messages(Address header) const {
    std::vector<Message> found;
    std::vector<std::array<std::uint64_t, 2>> blocks;
    constexpr std::uint64_t prefix = 16;
    const Bytes begin = read(header, prefix);
    unsigned version = 1;
    bool numbered = false;
    Cursor at(*this, begin);
    if (at.u8() == 1) {
        at.skip(7);
        read_block(header + prefix, at.u32(), version, numbered, found, blocks);
    } else {
        at = Cursor(*this, begin);
        at.expect("OHDR");
        version = at.u8();
        if (version != 2) unsupported("an object header of version " + std::to_string(version));
        const unsigned flags = at.u8();
        numbered = (flags & 0x04) != 0;
        std::uint64_t size_at = header + 6 + ((flags & 0x20) != 0 ? 16U : 0U) + ((flags & 0x10) != 0 ? 4U : 0U);
        const std::size_t size_bytes = std::size_t{1} << (flags & 3);
        const Bytes size = read(size_at, size_bytes);
        read_block(size_at + size_bytes, Cursor(*this, size).number(size_bytes), version, numbered, found, blocks);
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (i > most_blocks) damaged("has an object header without an end");
        auto [block, size] = blocks[i];
        if (version == 2) {
            constexpr std::uint64_t around = 8;  // a signature and a checksum
            Cursor(*this, read(block, 4)).expect("OCHK");
            if (size < around) damaged("has a structure that ends too early");
            block += 4;
            size -= around;
        }
        read_block(block, size, version, numbered, found, blocks);
    }
    return found;
}

void Hdf5File::read_block(Address where, std::uint64_t size, unsigned version, bool numbered,
                          std::vector<Message>& found, std::vector<std::array<std::uint64_t, 2>>& blocks) const {
    const Bytes bytes = read(where, size);
    Cursor at(*this, bytes);
    const std::size_t head = version == 1 ? 8 : numbered ? 6 : 4;
    while (at.left() >= head) {  // less than that is a gap
        const unsigned type = version == 1 ? at.u16() : at.u8();
        const unsigned length = at.u16();
        const unsigned flags = at.u8();
        at.skip(head - (version == 1 ? 5 : 4));
        const std::span<const std::byte> data = at.take(length);
        if (type == continuation) {
            Cursor block(*this, data);
            const std::uint64_t address = block.u64();
            blocks.push_back({address, block.u64()});
        } else if (type != 0) {
            constexpr unsigned shared = 2;
            if ((flags & shared) != 0 && type <= 11) unsupported("a type that several data sets share");
            found.push_back({type, Bytes(data.begin(), data.end())});
            if (found.size() > most_blocks) damaged("has an object header without an end");
        }
    }
}

// ------------------------------------------------------------------------------------------------------------ groups

void Hdf5File::for_each_link(Address group, const TakeLink& take) const {
    for (const Message& message : messages(group)) {
        Cursor at(*this, message.data);
        if (message.type == symbol_table) {
            const Address tree = at.u64();
            for_each_old_link(tree, at.u64(), take);
        } else if (message.type == link) {
            at.skip(1);
            const unsigned flags = at.u8();
            const unsigned kind = (flags & 8) != 0 ? at.u8() : 0;
            at.skip(((flags & 4) != 0 ? 8U : 0U) + ((flags & 16) != 0 ? 1U : 0U));
            const std::string_view name = at.text(at.number(std::size_t{1} << (flags & 3)));
            if (kind == 0) take(name, at.u64());
        } else if (message.type == link_info) {
            at.skip(1);
            const unsigned flags = at.u8();
            at.skip((flags & 1) != 0 ? 8 : 0);
            if (at.u64() != nowhere) unsupported("more than eight transforms in its newer form");
        }
    }
}

void Hdf5File::for_each_old_link(Address tree, Address heap, const TakeLink& take) const {
    const Bytes begin = read(heap, 32);
    Cursor at(*this, begin);
    at.expect("HEAP");
    at.skip(4);
    const std::uint64_t size = at.u64();
    at.skip(8);
    const Bytes names = read(at.u64(), size);
    for_each_leaf(tree, 0, 8, 0, [&](Cursor /*key*/, Address node) {
        constexpr std::uint64_t entry_bytes = 40;
        const Bytes head = read(node, 8);
        Cursor symbols(*this, head);
        symbols.expect("SNOD");
        symbols.skip(2);
        const unsigned count = symbols.u16();
        const Bytes entries = read(node + 8, count * entry_bytes);
        Cursor entry(*this, entries);
        for (unsigned i = 0; i < count; ++i) {
            const std::uint64_t name = entry.u64();
            const Address object = entry.u64();
            entry.skip(entry_bytes - 16);
            if (name >= names.size()) damaged("has a name that is nowhere");
            const std::string_view rest(reinterpret_cast<const char*>(names.data()) + name, names.size() - name);
            take(rest.substr(0, rest.find('\0')), object);
        }
    });
}

void Hdf5File::for_each_leaf(Address tree, unsigned type, std::size_t key_bytes, int depth,
                             const std::function<void(Cursor key, Address child)>& take) const {
    if (tree == nowhere) return;  // nothing was ever stored
    constexpr std::uint64_t head_bytes = 24;
    const Bytes begin = read(tree, head_bytes);
    Cursor at(*this, begin);
    at.expect("TREE");
    if (at.u8() != type) damaged("has something else where a structure was expected");
    const unsigned level = at.u8();
    const unsigned count = at.u16();
    if (depth > most_levels) damaged("has a tree without leaves");
    const Bytes children = read(tree + head_bytes, count * (key_bytes + 8));
    Cursor child(*this, children);
    for (unsigned i = 0; i < count; ++i) {
        const Cursor key(*this, child.take(key_bytes));
        const Address address = child.u64();
        if (level == 0) {
            take(key, address);
        } else {
            for_each_leaf(address, type, key_bytes, depth + 1, take);
        }
    }
}

std::optional<Hdf5File::Address> Hdf5File::find(Address group, std::string_view name) const {
    std::optional<Address> found;
    for_each_link(group, [&](std::string_view one, Address object) {
        if (one == name) found = object;
    });
    return found;
}

std::size_t Hdf5File::links(Address group) const {
    std::size_t count = 0;
    for_each_link(group, [&](std::string_view, Address) { ++count; });
    return count;
}

}  // namespace stack2nrrd
