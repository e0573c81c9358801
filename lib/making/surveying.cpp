#include "making/surveying.hpp"

#include "core/byte_count.hpp"
#include "intensity/to_float.hpp"

namespace stack2nrrd {

namespace {

std::size_t row_length(const MakingPlan& plan) {
    return static_cast<std::size_t>(plan.crop[0].size() * plan.volume.channels);
}

}  // namespace

class Surveying::Surveyor final : public SliceWorker {
public:
    Surveyor(Surveying& surveying, std::size_t number)
        : surveying_(surveying),
          number_(number),
          convert_(row_conversion<double>(surveying.plan_.image, surveying.plan_.channel)),
          numbers_(row_length(surveying.plan_)),
          nan_(numbers_.size()) {}

    void begin(Index /*z*/) override {}
    void end() override {}
    void blank(Index /*z*/) override {}  // what replaces a missing slice is no sample of the source

    void rows(Index /*y*/, Index count, const std::byte* samples) override {
        const MakingPlan& plan = surveying_.plan_;
        Percentiles::Counts& counts = surveying_.counts_[number_];
        for (Index i = 0; i < count; ++i, samples += plan.image.row_bytes()) {
            const bool has_nan = convert_(samples, plan.crop[0], numbers_.data(), nan_.data());
            surveying_.percentiles_.count(numbers_.data(), has_nan ? nan_.data() : nullptr, numbers_.size(), counts);
        }
    }

private:
    Surveying& surveying_;
    std::size_t number_;
    RowConversion<double> convert_;
    std::vector<double> numbers_;
    std::vector<double> nan_;
};

std::unique_ptr<SliceWorker> Surveying::worker() {
    counts_.push_back(percentiles_.no_counts());
    return std::make_unique<Surveyor>(*this, counts_.size() - 1);
}

std::int64_t surveying_bytes(const MakingPlan& plan, unsigned threads) {
    return (ByteCount(threads) * (ByteCount(2) * row_length(plan) * sizeof(double) + Percentiles::counts_bytes))
        .value();
}

}  // namespace stack2nrrd
