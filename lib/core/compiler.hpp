#pragma once

// All that belongs to a compiler or a processor rather than to C++. Where a compiler has none of it, plain C++ makes
// the same bytes. What the loops use is static: they are compiled for several instruction sets, and the linker would
// take one of several versions for all.

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__GNUC__) || defined(__clang__)
#define STACK2NRRD_GNU_WAYS
#endif

#if defined(__x86_64__) || defined(_M_X64)
#define STACK2NRRD_X86_64
#include <xmmintrin.h>
#if defined(STACK2NRRD_GNU_WAYS)
#include <cpuid.h>
#else
#include <immintrin.h>
#include <intrin.h>
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
#define STACK2NRRD_SANITIZES_ADDRESSES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STACK2NRRD_SANITIZES_ADDRESSES
#endif
#endif
#if defined(STACK2NRRD_SANITIZES_ADDRESSES)
#include <sanitizer/asan_interface.h>
#endif

/// In front of a loop: STACK2NRRD_HINT(GCC unroll 4). It changes the speed and nothing else.
#if defined(STACK2NRRD_GNU_WAYS)
#define STACK2NRRD_HINT(text) _Pragma(#text)
#else
#define STACK2NRRD_HINT(text)
#endif

namespace stack2nrrd {

// ---------------------------------------------------------------------------------------------------------- vectors

/// Of the instruction set that the including file is compiled for.
#if defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX2__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif

/// Numbers side by side that +, *, < and ?: take one by one; a vector of one where the compiler has none.
template <class Number, std::size_t bytes>
struct VectorOf {
#if defined(STACK2NRRD_GNU_WAYS)
    typedef Number type __attribute__((vector_size(bytes)));
#else
    using type = Number;
#endif
};

/// Four numbers that are moved, not reckoned with.
#if defined(STACK2NRRD_GNU_WAYS)
using FourFloats = VectorOf<float, 16>::type;
#else
struct FourFloats {
    float number[4];
};
#endif

/// Number i of the result is number places[i] of a and b, one behind the other.
template <int... places>
static inline FourFloats shuffled(FourFloats a, FourFloats b) {
#if !defined(STACK2NRRD_GNU_WAYS)
    return {{(places < 4 ? a.number[places % 4] : b.number[places % 4])...}};
#elif __has_builtin(__builtin_shufflevector)
    return __builtin_shufflevector(a, b, places...);
#else
    return __builtin_shuffle(a, b, VectorOf<std::int32_t, 16>::type{places...});  // GCC 11
#endif
}

// ----------------------------------------------------------------------------------------------------- past the caches

/// Writes 16 bytes to where they are aligned, and not into the caches. drain_streams() makes all of them visible to
/// other threads.
#if defined(STACK2NRRD_X86_64)
constexpr bool can_stream = true;
static inline void stream_16(void* to, const void* from) {
    __m128 bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    _mm_stream_ps(static_cast<float*>(to), bytes);
}
static inline void drain_streams() { _mm_sfence(); }
#else
constexpr bool can_stream = false;
static inline void stream_16(void* to, const void* from) { std::memcpy(to, from, 16); }
static inline void drain_streams() {}
#endif

// ---------------------------------------------------------------------------------------------------- the processor

struct ProcessorWords {
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

/// What x86's CPUID says about a subject, and which registers the operating system keeps (XCR0; ask for it only where
/// CPUID says OSXSAVE). Zeros on any other processor. Not the compiler's own question after features: zig has none.
#if !defined(STACK2NRRD_X86_64)
inline ProcessorWords cpuid(std::uint32_t) { return {}; }
inline std::uint64_t kept_registers() { return 0; }
inline void clear_upper_halves() {}
#elif defined(STACK2NRRD_GNU_WAYS)
inline ProcessorWords cpuid(std::uint32_t subject) {
    ProcessorWords words;
    __cpuid_count(subject, 0, words.eax, words.ebx, words.ecx, words.edx);
    return words;
}
inline std::uint64_t kept_registers() {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return std::uint64_t{high} << 32 | low;
}
/// Of the vector registers; for processors with AVX.
__attribute__((target("avx"))) inline void clear_upper_halves() { __builtin_ia32_vzeroupper(); }
#else
inline ProcessorWords cpuid(std::uint32_t subject) {
    int words[4]{};
    __cpuidex(words, static_cast<int>(subject), 0);
    return {static_cast<std::uint32_t>(words[0]), static_cast<std::uint32_t>(words[1]),
            static_cast<std::uint32_t>(words[2]), static_cast<std::uint32_t>(words[3])};
}
inline std::uint64_t kept_registers() { return _xgetbv(0); }
inline void clear_upper_halves() { _mm256_zeroupper(); }
#endif

// ------------------------------------------------------------------------------------------------ address sanitizer

/// Memory that is ours and that nobody may touch, until it is opened again.
inline void close_memory([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(STACK2NRRD_SANITIZES_ADDRESSES)
    ASAN_POISON_MEMORY_REGION(memory, bytes);
#endif
}
inline void open_memory([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(STACK2NRRD_SANITIZES_ADDRESSES)
    ASAN_UNPOISON_MEMORY_REGION(memory, bytes);
#endif
}

}  // namespace stack2nrrd
