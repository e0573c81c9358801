#include "making/making.hpp"

#include "making/counting.hpp"
#include "making/filtering.hpp"

namespace stack2nrrd {

bool SliceWorker::lead(SliceWorker& /*other*/) { return false; }

std::unique_ptr<Making> making_of(const MakingPlan& plan, unsigned threads, Index in_flight, Sink& sink) {
    if (plan.modes) return counting(plan, threads, in_flight, sink);
    return plan.single ? filtering<float>(plan, in_flight, sink) : filtering<double>(plan, in_flight, sink);
}

std::int64_t making_bytes(const MakingPlan& plan, unsigned threads, Index in_flight) {
    if (plan.modes) return counting_bytes(plan, threads, in_flight);
    return plan.single ? filtering_bytes<float>(plan, threads, in_flight)
                       : filtering_bytes<double>(plan, threads, in_flight);
}

}  // namespace stack2nrrd
