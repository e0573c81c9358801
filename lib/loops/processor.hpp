#pragma once

// What the processor can do.

#include <cstdint>

namespace stack2nrrd {

/// Instruction sets for which loops are compiled, from the one that every processor of its kind has to the widest.
enum class InstructionSet : std::uint8_t { baseline, avx2, avx512 };

/// Does this processor (and its operating system) have it?
[[nodiscard]] bool has(InstructionSet set) noexcept;

/// The widest that the processor has. The environment variable STACK2NRRD_INSTRUCTIONS (baseline, avx2, avx512) lowers
/// it, for tests and measurements: the bytes that come out are the same.
[[nodiscard]] InstructionSet instruction_set() noexcept;

}  // namespace stack2nrrd
