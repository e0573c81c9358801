#pragma once

// Stages: what is between a making and the sink of its result. A stage gets the slices of one volume, in order, and
// hands on those of another one. It is for what needs the whole result, or another order of its samples.

#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/sink.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace stack2nrrd {

/// A sink in front of another one, `next`, which must outlive it. With the last slice it hands on all that it has kept,
/// so that `next` has the whole volume when the late notes come.
class StageSink : public Sink {
public:
    explicit StageSink(Sink& next) : next_(next) {}

    void write_late_notes(std::span<const std::string> values) override { next_.write_late_notes(values); }
    void finish() override { next_.finish(); }
    void publish() override { next_.publish(); }
    void withdraw() noexcept override { next_.withdraw(); }
    [[nodiscard]] std::vector<std::filesystem::path> files() const override { return next_.files(); }

    /// Adds what it has found out, when all slices have come.
    virtual void add_to(Report& /*report*/) const {}

protected:
    [[nodiscard]] Sink& next() noexcept { return next_; }

private:
    Sink& next_;
};

/// What the run gives to a stage.
struct StageRun {
    std::filesystem::path scratch_folder;  ///< for a scratch file
    std::function<void()> pulse;           ///< called now and then while a stage works on what it has kept; may throw
    std::int64_t room = 0;                 ///< memory that it may take besides, see StagePlan::useful_room()
    /// Called in front of a pulse by stages that take long: how many slices of the result are made. May be empty.
    std::function<void(Index)> made{};
};

/// One stage of a plan. A value that is never changed.
class StagePlan {
public:
    StagePlan() = default;
    StagePlan(const StagePlan&) = delete;
    StagePlan& operator=(const StagePlan&) = delete;
    virtual ~StagePlan() = default;

    /// What it hands on. \throws Error invalid_argument if it cannot take that volume.
    [[nodiscard]] virtual VolumeInfo result(const VolumeInfo& volume) const = 0;
    /// What it takes for `volume`: memory, and room in the scratch folder.
    [[nodiscard]] virtual std::int64_t memory_bytes(const VolumeInfo& volume) const = 0;
    [[nodiscard]] virtual std::int64_t scratch_bytes(const VolumeInfo& volume) const = 0;
    /// How much more memory would make it quicker. One stage of a plan at most wants any.
    [[nodiscard]] virtual std::int64_t useful_room(const VolumeInfo& /*volume*/) const { return 0; }
    /// The stage in front of `next`.
    [[nodiscard]] virtual std::unique_ptr<StageSink> before(Sink& next, const StageRun& run) const = 0;
};

}  // namespace stack2nrrd
