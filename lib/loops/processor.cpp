#include "loops/processor.hpp"

#include "core/vector_state.hpp"

#include <cstdlib>
#include <string_view>

namespace stack2nrrd {

bool has(InstructionSet set) noexcept {
    switch (set) {
        case InstructionSet::baseline: return true;
        case InstructionSet::avx2: return vector_features().avx2;
        case InstructionSet::avx512: return vector_features().avx512;
    }
    return false;
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
