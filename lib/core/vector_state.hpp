#pragma once

// The vector registers of x86: what the processor has, and what a library leaves in them.

namespace stack2nrrd {

/// Instruction sets that the processor has, and whose registers the operating system keeps. macOS keeps AVX-512's from
/// their first use on, and does not show them before: they count as missing there.
struct VectorFeatures {
    bool avx = false;
    bool avx2 = false;
    bool avx512 = false;  ///< F, BW, DQ and VL
};
[[nodiscard]] const VectorFeatures& vector_features() noexcept;

/// To be called after every function of ISA-L that works on data. It returns with the upper halves of the vector
/// registers in use, against the ABI. All SSE code that the thread runs after it, the caller's as well, then waits for
/// them: sums took three times as long.
void restore_vector_state() noexcept;

}  // namespace stack2nrrd
