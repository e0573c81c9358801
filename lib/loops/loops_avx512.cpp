#include "core/compiler.hpp"

#if defined(STACK2NRRD_X86_64)

#include "loops/loops.hpp"
#include "loops/points_body.hpp"
#include "loops/samples_body.hpp"
#include "loops/sums_body.hpp"

namespace stack2nrrd {

const LoopTable avx512_loops{compiled_loops<float>,
                             compiled_loops<double>,
                             compiled_point_loops<float>,
                             compiled_point_loops<double>,
                             compiled_sample_loops<std::uint8_t>,
                             compiled_sample_loops<std::uint16_t>};

}  // namespace stack2nrrd

#endif
