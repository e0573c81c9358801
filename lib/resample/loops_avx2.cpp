#include "resample/loops_body.hpp"

namespace stack2nrrd {

const LoopTable avx2_loops{compiled_loops<float>, compiled_loops<double>};

}  // namespace stack2nrrd
