#pragma once

// The bodies of the loops, for the files that compile them for one instruction set each. Nothing here may be visible to
// other files, and nothing of the standard library is called: the linker would take one of several versions for all,
// and that one might need instructions that the processor does not have.

#include "resample/loops.hpp"

#include <cstddef>
#include <cstring>

namespace stack2nrrd {

namespace {

#if defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX2__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif

template <class Real>
struct Vector {
#if defined(__GNUC__)
    typedef Real type __attribute__((vector_size(vector_bytes)));
#else
    typedef Real type;  // a vector of one
#endif
};
template <class Real>
using V = typename Vector<Real>::type;

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

constexpr std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

/// `Wide` vectors of weighted sums: item j begins at item(j).
template <std::size_t Wide, class Real, class Item>
struct Sums {
    V<Real> total[Wide];

    /// The group of items j … end, which is not empty.
    void group(std::size_t j, std::size_t end, const Real* weights, Item item, V<Real>* sum) {
        const Real* first = item(j);
        for (std::size_t v = 0; v < Wide; ++v) sum[v] = weights[j] * load(first + v * lanes<Real>);
        for (++j; j < end; ++j) {
            const Real* next = item(j);
            for (std::size_t v = 0; v < Wide; ++v) sum[v] += weights[j] * load(next + v * lanes<Real>);
        }
    }

    void begin(std::size_t first_group, const Real* weights, Item item) { group(0, first_group, weights, item, total); }

    void add(std::size_t j, std::size_t count, const Real* weights, Item item) {
        V<Real> sum[Wide];
        for (; j + summing_group <= count; j += summing_group) {
            group(j, j + summing_group, weights, item, sum);
            for (std::size_t v = 0; v < Wide; ++v) total[v] += sum[v];
        }
        if (j == count) return;
        group(j, count, weights, item, sum);
        for (std::size_t v = 0; v < Wide; ++v) total[v] += sum[v];
    }
};

template <std::size_t Wide, class Real>
void add_up_at(std::size_t x, Real* sum, const Real* onto, const Real* const* items, const Real* weights,
               std::size_t count, std::size_t first_group) {
    const auto item = [items, x](std::size_t j) { return items[j] + x; };
    Sums<Wide, Real, decltype(item)> sums;
    if (onto == nullptr) {
        sums.begin(first_group, weights, item);
    } else {
        for (std::size_t v = 0; v < Wide; ++v) sums.total[v] = load(onto + x + v * lanes<Real>);
        V<Real> first[Wide];
        sums.group(0, first_group, weights, item, first);
        for (std::size_t v = 0; v < Wide; ++v) sums.total[v] += first[v];
    }
    sums.add(first_group, count, weights, item);
    for (std::size_t v = 0; v < Wide; ++v) store(sum + x + v * lanes<Real>, sums.total[v]);
}

/// The same for a single sample.
template <class Real>
void add_up_one(std::size_t x, Real* sum, const Real* onto, const Real* const* items, const Real* weights,
                std::size_t count, std::size_t first_group) {
    Real total = onto == nullptr ? Real{0} : onto[x];
    for (std::size_t j = 0, end = first_group; j < count; end = smaller(count, end + summing_group)) {
        Real group = weights[j] * items[j][x];
        const bool begins = j == 0 && onto == nullptr;
        for (++j; j < end; ++j) group += weights[j] * items[j][x];
        total = begins ? group : total + group;
    }
    sum[x] = total;
}

template <class Real>
void add_up(Real* sum, const Real* onto, const Real* const* items, const Real* weights, std::size_t count,
            std::size_t first_group, std::size_t length) {
    constexpr std::size_t wide = 4;
    std::size_t x = 0;
    for (; x + wide * lanes<Real> <= length; x += wide * lanes<Real>) {
        add_up_at<wide>(x, sum, onto, items, weights, count, first_group);
    }
    for (; x + lanes<Real> <= length; x += lanes<Real>) {
        add_up_at<1>(x, sum, onto, items, weights, count, first_group);
    }
    for (; x < length; ++x) add_up_one(x, sum, onto, items, weights, count, first_group);
}

template <class Real>
void filter(const Real* columns, std::int64_t first, std::size_t channels, const TapView<Real>* taps,
            std::size_t outputs, Real* results) {
    constexpr std::size_t bundle = bundle_rows<Real>;
    constexpr std::size_t wide = bundle / lanes<Real>;
    const std::size_t stride = channels * bundle;
    for (std::size_t k = 0; k < outputs; ++k) {
        const Real* samples = columns + static_cast<std::size_t>(taps[k].first - first) * stride;
        const Real* weights = taps[k].weights;
        const auto count = static_cast<std::size_t>(taps[k].count);
        const std::size_t first_group = smaller(count, summing_group);
        for (std::size_t c = 0; c < channels; ++c, samples += bundle, results += bundle) {
            const auto item = [samples, stride](std::size_t j) { return samples + j * stride; };
            Sums<wide, Real, decltype(item)> sums;
            sums.begin(first_group, weights, item);
            sums.add(first_group, count, weights, item);
            for (std::size_t v = 0; v < wide; ++v) store(results + v * lanes<Real>, sums.total[v]);
        }
    }
}

#if defined(__GNUC__)

// Rows often lie a power of two apart, where a processor's first cache holds only a few at once: hence four at a time.
typedef float Four __attribute__((vector_size(16)));

/// Four rows of four become four columns of four.
template <class Source, class Target>
void turn(Source source, Target target) {
    Four a, b, c, d;
    std::memcpy(&a, source(0), sizeof a);
    std::memcpy(&b, source(1), sizeof b);
    std::memcpy(&c, source(2), sizeof c);
    std::memcpy(&d, source(3), sizeof d);
    const Four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const Four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    const Four turned[4] = {
        __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5), __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7),
        __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5), __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)};
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(target(i), &turned[i], sizeof(Four));
}

#endif

template <class Real>
void lay_side_by_side(const Real* const* rows, std::size_t length, Real* columns) {
    constexpr std::size_t bundle = bundle_rows<Real>;
    std::size_t turned = 0;
#if defined(__GNUC__)
    if constexpr (sizeof(Real) == sizeof(float)) {
        turned = length / 4 * 4;
        for (std::size_t r = 0; r < bundle; r += 4) {
            for (std::size_t i = 0; i < turned; i += 4) {
                turn([rows, r, i](std::size_t n) { return rows[r + n] + i; },
                     [columns, r, i](std::size_t n) { return columns + (i + n) * bundle + r; });
            }
        }
    }
#endif
    for (std::size_t i = turned; i < length; ++i) {
        for (std::size_t r = 0; r < bundle; ++r) columns[i * bundle + r] = rows[r][i];
    }
}

template <class Real>
void lay_apart(const Real* columns, std::size_t length, Real* const* rows) {
    constexpr std::size_t bundle = bundle_rows<Real>;
    std::size_t turned = 0;
#if defined(__GNUC__)
    if constexpr (sizeof(Real) == sizeof(float)) {
        turned = length / 4 * 4;
        for (std::size_t r = 0; r < bundle; r += 4) {
            for (std::size_t i = 0; i < turned; i += 4) {
                turn([columns, r, i](std::size_t n) { return columns + (i + n) * bundle + r; },
                     [rows, r, i](std::size_t n) { return rows[r + n] + i; });
            }
        }
    }
#endif
    for (std::size_t i = turned; i < length; ++i) {
        for (std::size_t r = 0; r < bundle; ++r) rows[r][i] = columns[i * bundle + r];
    }
}

template <class Real>
constexpr Loops<Real> compiled_loops{add_up<Real>, lay_side_by_side<Real>, filter<Real>, lay_apart<Real>};

}  // namespace

}  // namespace stack2nrrd
