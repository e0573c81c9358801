#pragma once

// ISA-L returns with the upper halves of the vector registers in use, against the ABI. All SSE code that the thread
// runs after it, the caller's as well, then waits for them: sums took three times as long.

namespace stack2nrrd {

#if defined(__GNUC__) && defined(__x86_64__)

__attribute__((target("avx"))) inline void clear_upper_halves() { __builtin_ia32_vzeroupper(); }

/// To be called after every function of ISA-L that works on data.
inline void restore_vector_state() {
    if (__builtin_cpu_supports("avx") != 0) clear_upper_halves();
}

#else

inline void restore_vector_state() {}

#endif

}  // namespace stack2nrrd
