#include "core/vector_state.hpp"

#include "core/compiler.hpp"

namespace stack2nrrd {

namespace {

VectorFeatures found_features() noexcept {
    const auto has_all = [](std::uint64_t word, std::uint64_t bits) { return (word & bits) == bits; };
    constexpr std::uint64_t avx_and_osxsave = 1U << 28 | 1U << 27;
    constexpr std::uint64_t avx2 = 1U << 5;
    constexpr std::uint64_t avx512 = 1U << 31 | 1U << 30 | 1U << 17 | 1U << 16;  // VL, BW, DQ, F
    constexpr std::uint64_t kept_for_avx = 0x06;
    constexpr std::uint64_t kept_for_avx512 = 0xE6;

    VectorFeatures found;
    const std::uint32_t last_subject = cpuid(0).eax;
    if (last_subject < 1 || !has_all(cpuid(1).ecx, avx_and_osxsave)) return found;
    const std::uint64_t kept = kept_registers();
    found.avx = has_all(kept, kept_for_avx);
    const std::uint32_t more = last_subject >= 7 ? cpuid(7).ebx : 0;
    found.avx2 = found.avx && has_all(more, avx2);
    found.avx512 = found.avx2 && has_all(more, avx512) && has_all(kept, kept_for_avx512);
    return found;
}

}  // namespace

const VectorFeatures& vector_features() noexcept {
    static const VectorFeatures features = found_features();
    return features;
}

void restore_vector_state() noexcept {
    if (vector_features().avx) clear_upper_halves();
}

}  // namespace stack2nrrd
