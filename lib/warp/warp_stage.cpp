#include "warp/warp_stage.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"
#include "making/read_through.hpp"
#include "stage/outside.hpp"
#include "transform/transform.hpp"
#include "warp/brick_reads.hpp"
#include "warp/finishing.hpp"
#include "warp/warp_source.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace {

Range part_of(const WarpPlan& plan, std::size_t axis) {
    return plan.part[axis].empty() ? Range{0, plan.warp.size[axis]} : plan.part[axis];
}

std::array<Index, 3> size_of(const WarpPlan& plan) {
    return {part_of(plan, 0).size(), part_of(plan, 1).size(), part_of(plan, 2).size()};
}

VolumeInfo result_of(const WarpPlan& plan, const VolumeInfo& volume) {
    if (!plan.labels && !is_float(volume.type)) {
        throw Error(ErrorCode::invalid_argument, "a warp: gets " + std::string(sample_type_name(volume.type)) +
                                                     ", numbers of a floating-point type were expected; reduce to "
                                                     "float32 or float64");
    }
    VolumeInfo result = volume;
    result.size = size_of(plan);
    result.type = plan.type;
    result.geometry = plan.geometry;
    result.fields.labels = {};  // the axes are others
    if (plan.may_clip) {
        result.late_notes.insert(result.late_notes.end(), {"stack2nrrd_clipped_low", "stack2nrrd_clipped_high"});
    }
    return result;
}

/// What becomes of the finer grid: numbers as they are, which Finishing rounds.
MakingPlan reducing(const WarpPlan& plan, const VolumeInfo& volume) {
    MakingPlan making;
    const Warp& warp = plan.warp;
    making.image = WarpSource::image_of(warp, volume.type, volume.channels);
    making.channel = Channel::all;
    for (std::size_t a = 0; a < 3; ++a) {
        // Sample k of the grid is at (k + 1/2) step - 1/2. Along z the slab says which are made.
        const Rational step = warp.finer[a];
        const Range part = a == 2 ? Range{0, warp.size[2]} : part_of(plan, a);
        const Rational first = make_rational((2 * part.first + 1) * step.num - step.den, 2 * step.den);
        making.axes[a] = make_axis_plan(warp.fine(a), plan.labels ? Kernel::parse("mode") : plan.kernels[a], step,
                                        first, part.size(), "xyz"[a]);
        making.crop[a] = {0, warp.fine(a)};
    }
    making.slab = part_of(plan, 2);
    making.read = reach(making.axes[2], making.slab);
    making.modes = plan.labels;
    making.single = volume.type == SampleType::float32;
    making.volume = volume;
    making.volume.size = size_of(plan);
    making.volume.late_notes.clear();
    making.z_batch = plan.labels || making.axes[2].copies() ? 1 : most_in_z_batch;
    return making;
}

/// How far the samples of the finer grid are that one of the result is made of.
Warp with_reach(Warp warp, const std::array<AxisPlan, 3>& axes) {
    for (std::size_t a = 0; a < 3; ++a) {
        warp.reach[a] = axes[a].copies() ? 0 : static_cast<Index>(std::ceil(axes[a].kernel.support())) + 1;
    }
    return warp;
}

template <class Real>
bool are_finite(const std::byte* samples, std::size_t count) {
    const auto* const numbers = reinterpret_cast<const Real*>(samples);
    int others = 0;
    for (std::size_t i = 0; i < count; ++i) others |= numbers[i] - numbers[i] == 0 ? 0 : 1;
    return others == 0;
}

bool are_finite(std::span<const std::byte> samples, SampleType type) {
    if (type == SampleType::float32) return are_finite<float>(samples.data(), samples.size() / sizeof(float));
    if (type == SampleType::float64) return are_finite<double>(samples.data(), samples.size() / sizeof(double));
    return true;
}

/// How large things are.
struct Layout {
    MakingPlan making;
    Warp warp;
    BrickLayout bricks;
    LookUp look_up = LookUp::lanczos;
    Finish finish;
    unsigned most_threads = 1;
    // What depends on the memory:
    unsigned threads = 1;
    Index depth = 1;   ///< of a slab of the finer grid
    Index held = 1;    ///< slices of the reduced volume that are kept until they are written
    Index cached = 1;  ///< bricks

    Layout(const WarpPlan& plan, const VolumeInfo& volume, std::int64_t room)
        : making(reducing(plan, volume)), warp(with_reach(plan.warp, making.axes)), most_threads(plan.threads) {
        bricks.size = volume.size;
        bricks.channels = volume.channels;
        bricks.type = volume.type;
        bricks.edge = plan.brick;
        look_up = plan.labels ? LookUp::nearest : LookUp::lanczos;
        finish = {volume.type,
                  plan.type,
                  plan.labels,
                  volume.channels,
                  plan.intensity,
                  plan.may_clip,
                  {},
                  {part_of(plan, 0).first, part_of(plan, 1).first, making.slab.first},
                  warp.size[0]};
        set_least();
        share_out((ByteCount(bytes()) + room).value());
    }

    /// Slices of the finer grid that are under way: hardly more than a slab has.
    [[nodiscard]] Index in_flight() const {
        return threads == 1 ? 1 : std::max<Index>(threads, std::min<Index>(depth, Index{2} * threads));
    }

    /// Slices of the result whose insides are remembered: from those that are not yet written to those that a slab is
    /// part of.
    [[nodiscard]] Index insides() const {
        return warp.coarse(2, 3 * depth + in_flight() + making.z_batch) + 2 * warp.reach[2] + 4;
    }

    [[nodiscard]] std::int64_t bytes() const {
        const ByteCount warping =
            ByteCount(BrickStore::reading_bytes(bricks, cached)) + WarpSource::memory_bytes(warp, bricks, depth) +
            ByteCount(threads) * WarpSource::reader_bytes(bricks, look_up, depth) +
            Inside::memory_bytes(warp, insides(), threads) + making_bytes(making, threads, in_flight()) +
            Finishing::memory_bytes(finish, making.volume.size);
        return std::max(BrickStore::writing_bytes(bricks, held), warping.value());
    }

    /// What is worth having.
    void set_most() {
        threads = most_threads;
        depth = deepest();
        held = bricks.edge;
        cached = most_cached();
    }

private:
    /// Where there is no room, a slab is this much thinner. It takes up to twice as long then.
    static constexpr Index shallowest = 8;

    [[nodiscard]] Index deepest() const {
        constexpr Index enough = 8;  // twice as many made no difference
        return std::max<Index>(enough, threads);
    }

    void set_least() {
        threads = 1;
        depth = deepest() / shallowest;
        held = 1;
        const Index across = bricks.along(0) + bricks.along(1) + bricks.along(2);
        cached = std::min({bricks.bricks().value(), 8 * across, most_cached()});
        cached = std::max<Index>(cached, 1);
    }

    /// A slab of the finer grid that runs through the volume on the skew.
    [[nodiscard]] Index most_cached() const {
        const std::array<Index, 3> n{bricks.along(0), bricks.along(1), bricks.along(2)};
        return std::min(bricks.bricks().value(), 4 * std::max({n[0] * n[1], n[1] * n[2], n[0] * n[2]}));
    }

    /// Thick slabs that fit, or thin ones.
    [[nodiscard]] bool has_room(std::int64_t all) {
        for (const Index part : {Index{1}, Index{2}, Index{4}, shallowest}) {
            depth = deepest() / part;
            if (bytes() <= all) return true;
        }
        return false;
    }

    void share_out(std::int64_t all) {
        threads = most_threads;
        while (!has_room(all) && threads > 1) --threads;
        for (const Index slices : {bricks.edge, (bricks.edge + 3) / 4, Index{1}}) {
            held = slices;
            if (BrickStore::writing_bytes(bricks, held) <= all) break;
        }
        const Index kept = held;
        held = 1;  // bricks take the rest of what there is when they are read
        const Index more = std::max<Index>(0, all - bytes()) / BrickStore::cached_bytes(bricks);
        cached = std::max(cached, std::min(cached + more, most_cached()));
        held = kept;
    }
};

class Warping final : public StageSink {
public:
    Warping(const WarpPlan& plan, Sink& next, StageRun run) : StageSink(next), plan_(plan), run_(std::move(run)) {}

    void begin(const VolumeInfo& volume) override {
        const VolumeInfo result = result_of(plan_, volume);
        layout_.emplace(plan_, volume, run_.room);
        layout_->finish.outside = outside_sample(result, plan_.outside);
        reduced_ = volume.geometry;
        next().begin(result);
        store_.emplace(layout_->bricks, run_.scratch_folder, layout_->held);
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        finite_ = finite_ && are_finite(samples, layout_->bricks.type);
        store_->write_slice(z, samples);
        if (z + 1 == layout_->bricks.size[2]) hand_on();
    }

    void write_late_notes(std::span<const std::string> values) override {
        std::vector<std::string> all(values.begin(), values.end());
        if (plan_.may_clip) {
            all.push_back(std::to_string(losses_.clipped.low));
            all.push_back(std::to_string(losses_.clipped.high));
        }
        next().write_late_notes(all);
    }

    void add_to(Report& report) const override {
        report.nan_samples += losses_.nan;
        report.clipped_low += losses_.clipped.low;
        report.clipped_high += losses_.clipped.high;
    }

private:
    void hand_on() {
        const Layout& l = *layout_;
        store_->open(l.cached);
        const auto inside = std::make_shared<Inside>(l.warp, l.insides());
        const WarpSource source(l.warp, reduced_, *store_, l.look_up, finite_, inside, l.making.read, l.depth);
        Finishing finishing(l.finish, l.making.volume.size, inside, next());
        const auto making = making_of(l.making, l.threads, l.in_flight(), finishing);
        Making* const makings[] = {making.get()};
        (void)read_through(source, makings, l.threads, l.in_flight(), [&](const Progress& progress) {
            if (run_.made && progress.total > 0) run_.made(progress.done * l.making.slab.size() / progress.total);
            if (run_.pulse) run_.pulse();
            return true;
        });
        losses_ = finishing.losses();
        if (!plan_.may_clip) losses_.clipped = {};
        store_.reset();
    }

    WarpPlan plan_;
    StageRun run_;
    std::optional<Layout> layout_;
    std::optional<BrickStore> store_;
    Geometry reduced_;
    bool finite_ = true;  ///< are all numbers?
    Losses losses_;
};

class WarpingPlan final : public StagePlan {
public:
    explicit WarpingPlan(const WarpPlan& plan) : plan_(plan) {}

    [[nodiscard]] VolumeInfo result(const VolumeInfo& volume) const override {
        VolumeInfo result = result_of(plan_, volume);
        (void)outside_sample(result, plan_.outside);
        return result;
    }
    [[nodiscard]] std::int64_t memory_bytes(const VolumeInfo& volume) const override {
        return Layout(plan_, volume, 0).bytes();
    }
    [[nodiscard]] std::int64_t useful_room(const VolumeInfo& volume) const override {
        Layout layout(plan_, volume, 0);
        const std::int64_t least = layout.bytes();
        layout.set_most();
        return std::max<std::int64_t>(0, layout.bytes() - least);
    }
    [[nodiscard]] std::int64_t scratch_bytes(const VolumeInfo& volume) const override {
        return Layout(plan_, volume, 0).bricks.file_bytes().value();
    }
    [[nodiscard]] std::unique_ptr<StageSink> before(Sink& next, const StageRun& run) const override {
        return std::make_unique<Warping>(plan_, next, run);
    }

private:
    WarpPlan plan_;
};

}  // namespace

std::shared_ptr<const StagePlan> warping(const WarpPlan& plan) { return std::make_shared<WarpingPlan>(plan); }

WarpEffort warp_effort(const WarpPlan& plan, const VolumeInfo& volume, std::int64_t room, double outside) {
    const Layout layout(plan, volume, room);
    const Warp& warp = layout.warp;
    const bool bends = warp.transform != nullptr && !warp.transform->linear();
    // Nanoseconds of a processor for a place, its share of what follows included: see benchmarks/grids.
    constexpr double turned = 48;
    constexpr double bent = 95;
    constexpr double nearest = 20;
    const double of_place = plan.labels ? nearest : bends ? bent : turned;
    WarpEffort effort;
    effort.places = static_cast<double>(warp.fine(0)) * static_cast<double>(warp.fine(1)) *
                    static_cast<double>(layout.making.read.size());
    effort.times_read =
        brick_reads(warp, volume.geometry, layout.bricks, layout.making.read, layout.depth, layout.cached) /
        static_cast<double>(layout.bricks.bricks().value());
    const double inside = effort.places * (1 - outside);
    effort.seconds = inside * volume.channels * of_place * 1e-9 / layout.threads;
    return effort;
}

}  // namespace stack2nrrd
