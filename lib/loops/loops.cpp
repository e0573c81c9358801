#include "loops/loops.hpp"

#include "core/compiler.hpp"

namespace stack2nrrd {

namespace {

const LoopTable& table([[maybe_unused]] InstructionSet set) noexcept {
#if defined(STACK2NRRD_X86_64)
    if (set == InstructionSet::avx512) return avx512_loops;
    if (set == InstructionSet::avx2) return avx2_loops;
#endif
    return baseline_loops;
}

}  // namespace

template <>
const Loops<float>& loops<float>(InstructionSet set) noexcept {
    return table(set).single;
}

template <>
const Loops<double>& loops<double>(InstructionSet set) noexcept {
    return table(set).twice;
}

template <>
const PointLoops<float>& point_loops<float>(InstructionSet set) noexcept {
    return table(set).single_points;
}

template <>
const PointLoops<double>& point_loops<double>(InstructionSet set) noexcept {
    return table(set).twice_points;
}

template <>
const SampleLoops<std::uint8_t>& sample_loops<std::uint8_t>(InstructionSet set) noexcept {
    return table(set).bytes;
}

template <>
const SampleLoops<std::uint16_t>& sample_loops<std::uint16_t>(InstructionSet set) noexcept {
    return table(set).words;
}

}  // namespace stack2nrrd
