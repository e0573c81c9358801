#include "import/survey.hpp"

#include "core/text.hpp"
#include "import/conduct.hpp"
#include "intensity/percentiles.hpp"
#include "intensity/to_float.hpp"

#include <stack2nrrd/error.hpp>

#include <memory>
#include <vector>

namespace stack2nrrd {

namespace {

using Detail = ImportPlan::Detail;

/// One worker's part: counts the samples of slices that lie in the crop.
class Surveyor final : private RowSink {
public:
    Surveyor(const Detail& plan, unsigned worker)
        : plan_(plan),
          worker_(worker),
          convert_(row_conversion<double>(plan.image, plan.channel)),
          numbers_(static_cast<std::size_t>(plan.crop[0].size() * plan.volume.channels)),
          nan_(numbers_.size()) {}

    /// Before each pass.
    void begin(const Percentiles& percentiles, SliceSource& source) {
        percentiles_ = &percentiles;
        source_ = &source;
        counts_ = percentiles.no_counts();
    }

    void run(Index z, const std::function<void()>& pulse) {
        if (plan_.slices[static_cast<std::size_t>(z)] == Detail::blank) {
            source_->pass(z, pulse);
            return;  // what stands for a missing slice is no sample of the source
        }
        pulse_ = &pulse;
        source_->read(worker_, z, plan_.crop[1], *this, pulse);
    }

    [[nodiscard]] Percentiles::Counts counts() { return std::move(counts_); }

private:
    void rows(Index, Index count, const std::byte* samples) override {
        (*pulse_)();
        for (Index i = 0; i < count; ++i, samples += plan_.image.row_bytes()) {
            const bool has_nan = convert_(samples, plan_.crop[0], numbers_.data(), nan_.data());
            percentiles_->count(numbers_.data(), has_nan ? nan_.data() : nullptr, numbers_.size(), counts_);
        }
    }

    const Detail& plan_;
    unsigned worker_;
    RowConversion<double> convert_;
    std::vector<double> numbers_;
    std::vector<double> nan_;
    const Percentiles* percentiles_ = nullptr;
    SliceSource* source_ = nullptr;
    Percentiles::Counts counts_;
    const std::function<void()>* pulse_ = nullptr;
};

}  // namespace

std::int64_t survey_worker_bytes(const Detail& plan) {
    const auto row = static_cast<std::int64_t>(sizeof(double)) * plan.crop[0].size() * plan.volume.channels;
    return Percentiles::counts_bytes + 2 * row;
}

Window survey_window(const Stack& stack, const Options& options, const KeepGoing& keep_going) {
    Options open = options;
    open.window.reset();
    open.window_auto = true;
    Detail plan = plan_import(stack, open).detail();
    plan.source = plan.crop[2];  // whatever the slab: all parts of a volume have one window

    Percentiles percentiles(plan.image.type);
    std::vector<std::unique_ptr<Surveyor>> surveyors;
    for (unsigned worker = 0; worker < plan.threads; ++worker) {
        surveyors.push_back(std::make_unique<Surveyor>(plan, worker));
    }
    const int passes = percentiles.passes();
    struct Nothing {};
    try {
        for (int pass = 0; pass < passes; ++pass) {
            SliceSource source(plan);
            for (const auto& surveyor : surveyors) surveyor->begin(percentiles, source);
            const KeepGoing over_all = [&](Progress progress) {
                progress.done += pass * progress.total;
                progress.total *= passes;
                return !keep_going || keep_going(progress);
            };
            conduct<Nothing>(
                plan, source, over_all,
                [&](Index z, unsigned worker, const std::function<void()>& pulse) {
                    surveyors[worker]->run(z, pulse);
                    return Nothing{};
                },
                [](Index, Nothing, const Share&) { return Losses{}; });
            std::vector<Percentiles::Counts> counts;
            for (const auto& surveyor : surveyors) counts.push_back(surveyor->counts());
            if (!percentiles.end_pass(counts)) {
                throw Error(ErrorCode::changed,
                            printable(stack.name) +
                                ": its samples changed between two passes over them, the same ones were expected; "
                                "import it again when nothing writes to it");
            }
        }
    } catch (const Stopped&) {
        throw Error(ErrorCode::cancelled, "the survey of the samples was cancelled");
    }
    if (percentiles.samples() == 0) {
        throw Error(ErrorCode::invalid_argument,
                    "--window: auto finds no sample with a value, NaN and infinities do not count; give LO,HI");
    }
    const auto [low, high] = percentiles.values();
    if (!(low < high)) {
        throw Error(ErrorCode::invalid_argument, "--window: the 1st and the 99th percentile are both " +
                                                     number_text(low) + ", two values were expected; give LO,HI");
    }
    return {low, high};
}

}  // namespace stack2nrrd
