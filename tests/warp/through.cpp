#include "warp/through.hpp"

#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"

namespace warps {

using namespace stack2nrrd;

namespace {

/// Keeps what comes, and looks at the order in which it does.
class Kept final : public Sink {
public:
    explicit Kept(Outcome& outcome) : outcome_(outcome) {}

    void begin(const VolumeInfo& volume) override { outcome_.info = volume; }
    void write_slice(Index z, std::span<const std::byte> samples) override {
        CHECK(z == slices_++);
        CHECK(samples.size() == static_cast<std::size_t>(outcome_.info.slice_bytes()));
        outcome_.bytes.insert(outcome_.bytes.end(), samples.begin(), samples.end());
    }
    void write_late_notes(std::span<const std::string> values) override {
        outcome_.late_notes.assign(values.begin(), values.end());
    }
    void finish() override { CHECK(slices_ == outcome_.info.size[2]); }

private:
    Outcome& outcome_;
    Index slices_ = 0;
};

}  // namespace

VolumeInfo info_of(const support::Volume& volume, SampleType type, const Geometry& geometry) {
    VolumeInfo info;
    info.size = volume.size;
    info.channels = volume.channels;
    info.colour = volume.channels == 1 ? Colour::grey : Colour::components;
    info.type = type;
    info.geometry = geometry;
    return info;
}

Outcome through(const WarpPlan& plan, const support::Volume& volume, SampleType type, const Geometry& geometry,
                std::int64_t room, const std::function<void()>& pulse) {
    Outcome outcome;
    Kept kept(outcome);
    support::TempFolder folder;
    const auto stage_plan = warping(plan);
    const VolumeInfo info = info_of(volume, type, geometry);
    auto stage = stage_plan->before(kept, {folder.path(),
                                           [&] {
                                               ++outcome.pulses;
                                               if (pulse) pulse();
                                           },
                                           room});
    const std::vector<std::byte> bytes = support::to_bytes(volume.samples, type);
    stage->begin(info);
    const auto slice = static_cast<std::size_t>(info.slice_bytes());
    for (Index z = 0; z < info.size[2]; ++z) {
        if (support::open_files_lose_their_names()) CHECK(folder.entries() == 0);  // the scratch file has no name
        stage->write_slice(z, std::span(bytes).subspan(static_cast<std::size_t>(z) * slice, slice));
    }
    stage->add_to(outcome.report);
    stage->write_late_notes({});
    stage->finish();
    stage->publish();
    stage.reset();
    CHECK(folder.entries() == 0);
    CHECK(outcome.info.size == stage_plan->result(info).size);
    return outcome;
}

}  // namespace warps
