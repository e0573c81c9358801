#include "loops/processor.hpp"

#include <cstdlib>
#include <string_view>

namespace stack2nrrd {

bool has(InstructionSet set) noexcept {
#if defined(__GNUC__) && defined(__x86_64__)
    switch (set) {
        case InstructionSet::baseline: return true;
        case InstructionSet::avx2: return __builtin_cpu_supports("avx2") != 0;
        case InstructionSet::avx512:
            return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                   __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    }
    return false;
#else
    return set == InstructionSet::baseline;
#endif
}

InstructionSet instruction_set() noexcept {
    static const InstructionSet chosen = [] {
        const char* text = std::getenv("STACK2NRRD_INSTRUCTIONS");
        const std::string_view wanted = text != nullptr ? text : "";
        if (wanted == "baseline") return InstructionSet::baseline;
        if (wanted != "avx2" && has(InstructionSet::avx512)) return InstructionSet::avx512;
        return has(InstructionSet::avx2) ? InstructionSet::avx2 : InstructionSet::baseline;
    }();
    return chosen;
}

}  // namespace stack2nrrd
