#pragma once

// The loops over sums, for the files that compile them for one instruction set each. Nothing here may be visible to
// other files, and nothing of the standard library is called: the linker would take one of several versions for all,
// and that one might need instructions that the processor does not have.

#include "core/buffer.hpp"
#include "core/compiler.hpp"
#include "loops/loops.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace stack2nrrd {

namespace {

template <class Real>
using V = typename VectorOf<Real, vector_bytes>::type;

template <class Real>
constexpr std::size_t lanes = sizeof(V<Real>) / sizeof(Real);

template <class Real>
V<Real> load(const Real* p) {
    V<Real> v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

template <class Real>
void store(Real* p, V<Real> v) {
    std::memcpy(p, &v, sizeof v);
}

/// Calls work(Count) with the number, 1 … Most, as a constant: loops over a few items have no branch then that could be
/// mispredicted, which took longer than the sums.
template <std::size_t Most, class Work>
void with_count(std::size_t count, Work work) {
    if constexpr (Most > 1) {
        if (count < Most) return with_count<Most - 1>(count, work);
    }
    work(std::integral_constant<std::size_t, Most>());
}

template <std::size_t Count, bool Fresh, class Real>
void add_group(Real* sum, const Real* const* some_items, const Real* some_weights, std::size_t length) {
    const Real* items[Count];
    Real weights[Count];
    for (std::size_t j = 0; j < Count; ++j) {
        items[j] = some_items[j];
        weights[j] = some_weights[j];
    }
    std::size_t x = 0;
    STACK2NRRD_HINT(GCC unroll 4)
    for (; x + lanes<Real> <= length; x += lanes<Real>) {
        V<Real> group = weights[0] * load(items[0] + x);
        for (std::size_t j = 1; j < Count; ++j) group += weights[j] * load(items[j] + x);
        store(sum + x, Fresh ? group : load(sum + x) + group);
    }
    for (; x < length; ++x) {
        Real group = weights[0] * items[0][x];
        for (std::size_t j = 1; j < Count; ++j) group += weights[j] * items[j][x];
        sum[x] = Fresh ? group : sum[x] + group;
    }
}

template <class Real>
void add_up(Real* sum, bool fresh, const Real* const* items, const Real* weights, std::size_t count,
            std::size_t length) {
    with_count<summing_group>(count, [&](auto constant) {
        fresh ? add_group<constant(), true>(sum, items, weights, length)
              : add_group<constant(), false>(sum, items, weights, length);
    });
}

template <std::size_t Count, class Real>
void deal_to(const Real* row, std::size_t length, Real* const* phases) {
    Real* phase[Count];
    for (std::size_t p = 0; p < Count; ++p) phase[p] = phases[p];
    const std::size_t whole = length / Count;
    for (std::size_t i = 0; i < whole; ++i) {
        STACK2NRRD_HINT(GCC unroll 4)
        for (std::size_t p = 0; p < Count; ++p) phase[p][i] = row[i * Count + p];
    }
    for (std::size_t p = 0; p < length % Count; ++p) phase[p][whole] = row[whole * Count + p];
}

template <class Real>
void deal(const Real* row, std::size_t length, std::size_t count, Real* const* phases) {
    with_count<most_phases>(count, [&](auto constant) { deal_to<constant()>(row, length, phases); });
}

template <class Real>
void put_away(const Real* from, std::size_t length, Real* to) {
    std::size_t i = 0;
    if constexpr (can_stream) {
        // Whole cache lines only: the processor would have to read the others first.
        constexpr std::size_t line = cache_line / sizeof(Real);
        for (; i < length && reinterpret_cast<std::uintptr_t>(to + i) % cache_line != 0; ++i) to[i] = from[i];
        for (; i + line <= length; i += line) {
            for (std::size_t part = 0; part < line; part += 16 / sizeof(Real))
                stream_16(to + i + part, from + i + part);
        }
    }
    for (; i < length; ++i) to[i] = from[i];
}

void settle() { drain_streams(); }

/// Adds the taps j … j + Count of outputs that have those, in rows that lie side by side.
template <std::size_t Count, bool Fresh, class Real>
void filter_taps(const Real* columns, std::int64_t first, std::size_t channels, const TapView<Real>* taps,
                 std::size_t outputs, std::size_t j, Real* results) {
    const std::size_t stride = channels * bundle_rows<Real>;
    const Real* known = nullptr;
    Real weights[Count]{};
    for (std::size_t k = 0; k < outputs; ++k) {
        if (taps[k].weights != known) {  // most often all outputs share them
            known = taps[k].weights;
            for (std::size_t i = 0; i < Count; ++i) weights[i] = known[j + i];
        }
        const Real* samples = columns + (static_cast<std::size_t>(taps[k].first - first) + j) * stride;
        for (const Real* end = samples + stride; samples < end; samples += lanes<Real>, results += lanes<Real>) {
            V<Real> total = Fresh ? V<Real>{} : load(results);
            for (std::size_t begin = 0; begin < Count; begin += summing_group) {
                V<Real> group = weights[begin] * load(samples + begin * stride);
                for (std::size_t i = begin + 1; i < begin + summing_group && i < Count; ++i) {
                    group += weights[i] * load(samples + i * stride);
                }
                total = Fresh && begin == 0 ? group : total + group;
            }
            store(results, total);
        }
    }
}

template <class Real>
void filter(const Real* columns, std::int64_t first, std::size_t channels, const TapView<Real>* taps,
            std::size_t outputs, Real* results) {
    constexpr std::size_t most = 3 * summing_group;  // Lanczos-3 at 1/2 in one go
    for (std::size_t k = 0; k < outputs;) {
        const auto count = static_cast<std::size_t>(taps[k].count);
        std::size_t end = k + 1;
        while (end < outputs && taps[end].count == taps[k].count) ++end;
        Real* out = results + k * channels * bundle_rows<Real>;
        for (std::size_t j = 0; j < count; j += most) {
            with_count<most>(count - j < most ? count - j : most, [&](auto constant) {
                j == 0 ? filter_taps<constant(), true>(columns, first, channels, taps + k, end - k, j, out)
                       : filter_taps<constant(), false>(columns, first, channels, taps + k, end - k, j, out);
            });
        }
        k = end;
    }
}

/// Four rows of four become four columns of four. Rows often lie a power of two apart, where a processor's first cache
/// holds only a few at once: hence four at a time.
template <class Source, class Target>
void turn(Source source, Target target) {
    FourFloats a, b, c, d;
    std::memcpy(&a, source(0), sizeof a);
    std::memcpy(&b, source(1), sizeof b);
    std::memcpy(&c, source(2), sizeof c);
    std::memcpy(&d, source(3), sizeof d);
    const FourFloats ab_low = shuffled<0, 4, 1, 5>(a, b);
    const FourFloats ab_high = shuffled<2, 6, 3, 7>(a, b);
    const FourFloats cd_low = shuffled<0, 4, 1, 5>(c, d);
    const FourFloats cd_high = shuffled<2, 6, 3, 7>(c, d);
    const FourFloats turned[4] = {shuffled<0, 1, 4, 5>(ab_low, cd_low), shuffled<2, 3, 6, 7>(ab_low, cd_low),
                                  shuffled<0, 1, 4, 5>(ab_high, cd_high), shuffled<2, 3, 6, 7>(ab_high, cd_high)};
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(target(i), &turned[i], sizeof turned[i]);
}

template <class Real>
void lay_side_by_side(const Real* const* rows, std::size_t length, Real* columns) {
    constexpr std::size_t bundle = bundle_rows<Real>;
    std::size_t turned = 0;
    if constexpr (sizeof(Real) == sizeof(float)) {
        turned = length / 4 * 4;
        for (std::size_t r = 0; r < bundle; r += 4) {
            for (std::size_t i = 0; i < turned; i += 4) {
                turn([rows, r, i](std::size_t n) { return rows[r + n] + i; },
                     [columns, r, i](std::size_t n) { return columns + (i + n) * bundle + r; });
            }
        }
    }
    for (std::size_t i = turned; i < length; ++i) {
        for (std::size_t r = 0; r < bundle; ++r) columns[i * bundle + r] = rows[r][i];
    }
}

template <class Real>
void lay_apart(const Real* columns, std::size_t length, Real* const* rows) {
    constexpr std::size_t bundle = bundle_rows<Real>;
    std::size_t turned = 0;
    if constexpr (sizeof(Real) == sizeof(float)) {
        turned = length / 4 * 4;
        for (std::size_t r = 0; r < bundle; r += 4) {
            for (std::size_t i = 0; i < turned; i += 4) {
                turn([columns, r, i](std::size_t n) { return columns + (i + n) * bundle + r; },
                     [rows, r, i](std::size_t n) { return rows[r + n] + i; });
            }
        }
    }
    for (std::size_t i = turned; i < length; ++i) {
        for (std::size_t r = 0; r < bundle; ++r) rows[r][i] = columns[i * bundle + r];
    }
}

template <class Real>
constexpr Loops<Real> compiled_loops{add_up<Real>,           deal<Real>,   put_away<Real>, settle,
                                     lay_side_by_side<Real>, filter<Real>, lay_apart<Real>};

}  // namespace

}  // namespace stack2nrrd
