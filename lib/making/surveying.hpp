#pragma once

// Surveying: nothing is made, samples are counted. See survey_window().

#include "intensity/percentiles.hpp"
#include "making/making.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace stack2nrrd {

/// One pass over the samples in MakingPlan::crop, whatever the slab: all parts of a volume have one window.
class Surveying final : public Making {
public:
    /// `plan` and `percentiles` must outlive this object.
    Surveying(const MakingPlan& plan, const Percentiles& percentiles) : plan_(plan), percentiles_(percentiles) {}

    [[nodiscard]] Range slices() const override { return plan_.crop[2]; }
    [[nodiscard]] Range rows() const override { return plan_.crop[1]; }
    [[nodiscard]] std::unique_ptr<SliceWorker> worker() override;
    void take(Index /*z*/, const Share& /*share*/) override {}
    [[nodiscard]] Report report() const override { return {}; }

    /// What each worker has counted, when all slices are read.
    [[nodiscard]] const std::vector<Percentiles::Counts>& counts() const noexcept { return counts_; }

private:
    class Surveyor;

    const MakingPlan& plan_;
    const Percentiles& percentiles_;
    std::vector<Percentiles::Counts> counts_;
};

/// What it takes, without readers, in bytes.
[[nodiscard]] std::int64_t surveying_bytes(const MakingPlan& plan, unsigned threads);

}  // namespace stack2nrrd
