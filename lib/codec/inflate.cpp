#include "codec/inflate.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace stack2nrrd {

namespace {

// An entry of a table says what the next bits mean.
//
//   bits 0-5    how many bits it takes, those that follow the code (for lengths and distances) included
//   bits 6-7    how many literals it stands for; they are in bits 8-31
// and if it stands for none:
//   bits 8-12   how many bits the code itself takes; of a link: how many bits choose in the table that it leads to
//   bits 13-15  what else it is
//   bits 16-31  the shortest length or distance; of a link: where its table begins
constexpr std::uint32_t taken = 63;
constexpr std::uint32_t one_literal = 1U << 6;
constexpr std::uint32_t some_literals = 3U << 6;
constexpr std::uint32_t link = 1U << 13;
constexpr std::uint32_t end_of_block = 1U << 14;
constexpr std::uint32_t no_code = 1U << 15;
constexpr std::uint32_t special = link | end_of_block | no_code;

constexpr unsigned end_symbol = 256;
constexpr unsigned first_length = 257;
constexpr unsigned most_literals = 286;
constexpr unsigned most_distances = 30;
constexpr unsigned longest_match = 258;

struct Base {
    std::uint16_t value;
    std::uint8_t extra;
};

constexpr std::array<Base, 29> lengths{{{3, 0},   {4, 0},   {5, 0},   {6, 0},   {7, 0},  {8, 0},  {9, 0},  {10, 0},
                                        {11, 1},  {13, 1},  {15, 1},  {17, 1},  {19, 2}, {23, 2}, {27, 2}, {31, 2},
                                        {35, 3},  {43, 3},  {51, 3},  {59, 3},  {67, 4}, {83, 4}, {99, 4}, {115, 4},
                                        {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}}};
constexpr std::array<Base, 30> distances{{{1, 0},     {2, 0},     {3, 0},     {4, 0},      {5, 1},      {7, 1},
                                          {9, 2},     {13, 2},    {17, 3},    {25, 3},     {33, 4},     {49, 4},
                                          {65, 5},    {97, 5},    {129, 6},   {193, 6},    {257, 7},    {385, 7},
                                          {513, 8},   {769, 8},   {1025, 9},  {1537, 9},   {2049, 10},  {3073, 10},
                                          {4097, 11}, {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}}};

constexpr std::uint32_t with_extra(Base base) { return std::uint32_t{base.value} << 16 | base.extra; }

std::uint32_t literal_meaning(unsigned symbol) {
    if (symbol < end_symbol) return symbol << 8 | one_literal;
    if (symbol == end_symbol) return end_of_block;
    if (symbol - first_length < lengths.size()) return with_extra(lengths[symbol - first_length]);
    return no_code;
}

std::uint32_t distance_meaning(unsigned symbol) {
    return symbol < distances.size() ? with_extra(distances[symbol]) : no_code;
}

/// `meaning` (with the number of extra bits in the lowest bits) of a code that takes `length` bits.
std::uint32_t entry_of(std::uint32_t meaning, unsigned length) {
    const std::uint32_t code = (meaning & some_literals) != 0 ? 0 : length << 8;
    return meaning + code + length;
}

std::uint32_t reversed(std::uint32_t code, unsigned length) {
    std::uint32_t result = 0;
    for (unsigned i = 0; i < length; ++i) result |= (code >> i & 1) << (length - 1 - i);
    return result;
}

/// Fills a table from the lengths of the codes. Codes that are longer than `root_bits` are found through a link.
/// False if the lengths make no code. As in zlib, a code must use up all its words, but for one of a single word of one
/// bit and for one of no word, where `may_lack` allows them.
template <class Meaning>
bool fill(std::uint32_t* table, unsigned root_bits, unsigned longest, const std::uint8_t* length_of, unsigned symbols,
          bool may_lack, Meaning meaning) {
    std::array<unsigned, 16> count{};
    for (unsigned s = 0; s < symbols; ++s) ++count[length_of[s]];
    count[0] = 0;
    std::array<unsigned, 17> next{};  // the next code of each length
    unsigned space = 0;               // in words of 15 bits
    for (unsigned length = 1; length <= 15; ++length) {
        next[length + 1] = (next[length] + count[length]) << 1;
        space += count[length] << (15 - length);
    }
    if (space > 1U << 15) return false;
    if (space < 1U << 15) {
        if (!may_lack || (space != 0 && (space != 1U << 14 || count[1] != 1))) return false;
        std::fill_n(table, std::size_t{1} << root_bits, no_code | 1U);
    }
    const std::uint32_t root_mask = (1U << root_bits) - 1;
    const std::size_t sub_size = std::size_t{1} << (longest - root_bits);
    std::size_t end = std::size_t{1} << root_bits;
    std::uint32_t last_root = ~0U;
    for (unsigned length = 1; length <= longest; ++length) {
        if (count[length] == 0) continue;
        for (unsigned s = 0; s < symbols; ++s) {
            if (length_of[s] != length) continue;
            const std::uint32_t code = reversed(next[length]++, length);
            if (length <= root_bits) {
                const std::uint32_t entry = entry_of(meaning(s), length);
                for (std::size_t i = code; i <= root_mask; i += std::size_t{1} << length) table[i] = entry;
                continue;
            }
            // Codes of one root come one after the other.
            const std::uint32_t root = code & root_mask;
            if (root != last_root) {
                table[root] = link | static_cast<std::uint32_t>(end) << 16 | (longest - root_bits) << 8 | root_bits;
                end += sub_size;
                last_root = root;
            }
            std::uint32_t* sub = table + (table[root] >> 16);
            const std::uint32_t entry = entry_of(meaning(s), length - root_bits);
            for (std::size_t i = code >> root_bits; i < sub_size; i += std::size_t{1} << (length - root_bits)) {
                sub[i] = entry;
            }
        }
    }
    return true;
}

/// Where two or three literals fit into the bits of one look-up, it gives them all.
void join_literals(std::uint32_t* table, unsigned bits) {
    // From the top, so that what is looked up, which lies below, still stands for one literal.
    for (std::uint32_t i = 1U << bits; i-- > 0;) {
        const std::uint32_t first = table[i];
        const std::uint32_t second = table[i >> (first & taken)];
        const std::uint32_t used = (first & taken) + (second & taken);
        if ((first & second & one_literal) == 0 || used > bits) continue;
        const std::uint32_t third = table[i >> used];
        const std::uint32_t two = first + (second & taken) + one_literal + ((second & 0xFF00U) << 8);
        const bool fits = (third & one_literal) != 0 && used + (third & taken) <= bits;
        const std::uint32_t three = two + (third & taken) + one_literal + ((third & 0xFF00U) << 16);
        table[i] = fits ? three : two;
    }
}

std::uint64_t load64(const std::byte* from) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, sizeof value);
    if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
    return value;
}

void store32(std::byte* to, std::uint32_t value) {
    if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap32(value);
    std::memcpy(to, &value, sizeof value);
}

void copy8(std::byte* to, const std::byte* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    std::memcpy(to, &word, sizeof word);
}

/// May write up to 15 bytes too many.
std::byte* copy_match(std::byte* out, std::size_t distance, std::size_t length) {
    const std::byte* from = out - distance;
    std::byte* const end = out + length;
    if (distance >= 8) {
        copy8(out, from);
        copy8(out + 8, from + 8);
        for (std::size_t i = 16; i < length; i += 8) copy8(out + i, from + i);
    } else if (distance == 1) {
        std::memset(out, std::to_integer<int>(*from), length);
    } else {
        while (out < end) *out++ = *from++;
    }
    return end;
}

}  // namespace

/// The input, bit by bit.
struct Inflater::Bits {
    const std::byte* next;
    const std::byte* end;
    std::uint64_t value;
    unsigned count;
    unsigned beyond = 0;  // bytes of zeros that were supplied behind the end

    /// 56 bits or more; reads up to 8 bytes.
    void refill() {
        value |= load64(next) << count;
        next += (63 - count) >> 3;
        count |= 56;
    }
    void refill_carefully() {
        while (count <= 56) {
            if (next < end) {
                value |= std::to_integer<std::uint64_t>(*next++) << count;
            } else {
                ++beyond;
            }
            count += 8;
        }
    }
    [[nodiscard]] bool overrun() const { return beyond * 8 > count; }
    void drop(unsigned n) {
        value >>= n;
        count -= n;
    }
    unsigned take(unsigned n) {
        const auto result = static_cast<unsigned>(value & ((std::uint64_t{1} << n) - 1));
        drop(n);
        return result;
    }
    /// Gives whole bytes back.
    void settle() {
        const unsigned bytes = count / 8;
        next -= bytes - std::min(bytes, beyond);
        beyond -= std::min(bytes, beyond);
        count %= 8;
        value &= (std::uint64_t{1} << count) - 1;
    }
};

bool Inflater::make_tables(const std::uint8_t* code_lengths, unsigned literals, unsigned distances) {
    if (!fill(literals_.data(), literal_bits, longest_code, code_lengths, literals, true, literal_meaning))
        return false;
    join_literals(literals_.data(), literal_bits);
    return fill(distances_.data(), distance_bits, longest_code, code_lengths + literals, distances, true,
                distance_meaning);
}

bool Inflater::read_codes(Bits& bits) {
    constexpr unsigned code_bits = 7;
    constexpr unsigned code_symbols = 19;
    static constexpr std::array<std::uint8_t, code_symbols> order{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                                  11, 4,  12, 3, 13, 2, 14, 1, 15};
    bits.refill_carefully();
    const unsigned literals = bits.take(5) + first_length;
    const unsigned distances = bits.take(5) + 1;
    const unsigned codes = bits.take(4) + 4;
    if (literals > most_literals || distances > most_distances) return false;
    std::array<std::uint8_t, code_symbols> code_lengths{};
    for (unsigned i = 0; i < codes; ++i) {
        bits.refill_carefully();
        code_lengths[order[i]] = static_cast<std::uint8_t>(bits.take(3));
    }
    std::array<std::uint32_t, 1U << code_bits> table{};
    if (!fill(table.data(), code_bits, code_bits, code_lengths.data(), code_symbols, false,
              [](unsigned symbol) { return symbol << 16; })) {
        return false;
    }
    std::array<std::uint8_t, most_literals + most_distances> found{};
    for (unsigned i = 0; i < literals + distances;) {
        bits.refill_carefully();
        const std::uint32_t entry = table[bits.value & (table.size() - 1)];
        bits.drop(entry & taken);
        const std::uint32_t symbol = entry >> 16;
        if (symbol < 16) {
            found[i++] = static_cast<std::uint8_t>(symbol);
            continue;
        }
        if (symbol == 16 && i == 0) return false;
        const std::uint8_t value = symbol == 16 ? found[i - 1] : std::uint8_t{0};
        const unsigned repeat = symbol == 16 ? 3 + bits.take(2) : symbol == 17 ? 3 + bits.take(3) : 11 + bits.take(7);
        if (repeat > literals + distances - i) return false;
        std::fill_n(&found[i], repeat, value);
        i += repeat;
    }
    if (bits.overrun() || found[end_symbol] == 0) return false;
    return make_tables(found.data(), literals, distances);
}

Inflater::State Inflater::read_header(Bits& bits) {
    bits.refill_carefully();
    final_ = bits.take(1) != 0;
    switch (bits.take(2)) {
        case 0: {
            bits.drop(bits.count % 8);
            bits.refill_carefully();
            stored_ = bits.take(16);
            const unsigned check = bits.take(16);
            if (bits.overrun() || (stored_ ^ 0xFFFFU) != check) return State::damage;
            bits.settle();
            return State::stored;
        }
        case 1: {
            std::array<std::uint8_t, 288 + 32> fixed{};
            std::fill_n(&fixed[0], 144, std::uint8_t{8});
            std::fill_n(&fixed[144], 112, std::uint8_t{9});
            std::fill_n(&fixed[256], 24, std::uint8_t{7});
            std::fill_n(&fixed[280], 8, std::uint8_t{8});
            std::fill_n(&fixed[288], 32, std::uint8_t{5});
            return make_tables(fixed.data(), 288, 32) && !bits.overrun() ? State::codes : State::damage;
        }
        case 2: return read_codes(bits) ? State::codes : State::damage;
        default: return State::damage;
    }
}

template <bool careful>
Inflater::State Inflater::unpack(Bits& stream, Output& output) const {
    constexpr std::uint64_t literal_mask = (1U << literal_bits) - 1;
    constexpr std::uint64_t distance_mask = (1U << distance_bits) - 1;
    const auto refill = [](Bits& b) {
        if constexpr (careful) {
            b.refill_carefully();
        } else {
            b.refill();
        }
    };
    const auto done = [&](Bits& b, std::byte* out, State state) {
        output.next = out;
        stream = b;
        return careful && b.overrun() ? State::damage : state;
    };
    Bits bits = stream;
    std::byte* out = output.next;
    std::byte* const out_stop = output.end - least_room;
    // An iteration refills twice, which reads up to 16 bytes.
    const std::byte* const in_stop = careful ? bits.end : bits.end - 24;
    while (out <= out_stop && (careful ? !bits.overrun() : bits.next <= in_stop)) {
        refill(bits);
        std::uint32_t entry = literals_[bits.value & literal_mask];
        const auto put_literals = [&] {
            store32(out, entry >> 8);
            out += entry >> 6 & 3;
            bits.drop(entry & taken);
            entry = literals_[bits.value & literal_mask];
        };
        if ((entry & some_literals) != 0) {
            put_literals();
            if ((entry & some_literals) != 0) {
                put_literals();
                if ((entry & some_literals) != 0) {
                    put_literals();
                    if ((entry & some_literals) != 0) {
                        put_literals();
                        continue;
                    }
                }
            }
            refill(bits);
        }
        if ((entry & special) != 0) {
            if ((entry & link) != 0) {
                bits.drop(entry & taken);
                entry = literals_[(entry >> 16) + (bits.value & ((1U << (longest_code - literal_bits)) - 1))];
                if ((entry & some_literals) != 0) {
                    *out++ = static_cast<std::byte>(entry >> 8);
                    bits.drop(entry & taken);
                    continue;
                }
            }
            if ((entry & end_of_block) != 0) {
                bits.drop(entry & taken);
                return done(bits, out, final_ ? State::end : State::header);
            }
            if ((entry & no_code) != 0) return done(bits, out, State::damage);
        }
        const auto value = [&](std::uint32_t e) {
            const std::uint64_t all = bits.value & ((std::uint64_t{1} << (e & taken)) - 1);
            return (e >> 16) + static_cast<std::uint32_t>(all >> (e >> 8 & 31));
        };
        const std::uint32_t length = value(entry);
        bits.drop(entry & taken);
        entry = distances_[bits.value & distance_mask];
        if ((entry & special) != 0) {
            if ((entry & link) == 0) return done(bits, out, State::damage);
            bits.drop(entry & taken);
            entry = distances_[(entry >> 16) + (bits.value & ((1U << (longest_code - distance_bits)) - 1))];
            if ((entry & special) != 0) return done(bits, out, State::damage);
        }
        const std::uint32_t distance = value(entry);
        bits.drop(entry & taken);
        if (distance > static_cast<std::size_t>(out - output.begin)) return done(bits, out, State::damage);
        out = copy_match(out, distance, length);
    }
    return done(bits, out, State::codes);
}

Inflater::Stop Inflater::run(Input& input, Output& output) {
    Bits bits{input.next, input.end, bits_, count_};
    Stop stop = Stop::damage;
    for (bool going = true; going;) {
        switch (state_) {
            case State::header:
                if (!input.last && bits.end - bits.next < least_input) {
                    stop = Stop::input;
                    going = false;
                } else {
                    state_ = read_header(bits);
                    bits.settle();
                }
                break;
            case State::stored: {
                const auto part = static_cast<std::size_t>(std::min<std::ptrdiff_t>(
                    {static_cast<std::ptrdiff_t>(stored_), bits.end - bits.next, output.end - output.next}));
                std::memcpy(output.next, bits.next, part);
                output.next += part;
                bits.next += part;
                stored_ -= static_cast<std::uint32_t>(part);
                if (stored_ == 0) {
                    state_ = final_ ? State::end : State::header;
                } else if (bits.next < bits.end) {
                    stop = Stop::room;
                    going = false;
                } else if (input.last) {
                    state_ = State::damage;
                } else {
                    stop = Stop::input;
                    going = false;
                }
                break;
            }
            case State::codes:
                if (output.end - output.next < least_room) {
                    stop = Stop::room;
                    going = false;
                } else if (bits.end - bits.next >= least_input) {
                    state_ = unpack<false>(bits, output);
                    bits.settle();
                } else if (input.last) {
                    state_ = unpack<true>(bits, output);
                    bits.settle();
                } else {
                    stop = Stop::input;
                    going = false;
                }
                break;
            case State::end:
                stop = Stop::end;
                going = false;
                break;
            case State::damage: going = false; break;
        }
    }
    input.next = bits.next;
    bits_ = bits.value;
    count_ = bits.count;
    return stop;
}

}  // namespace stack2nrrd
