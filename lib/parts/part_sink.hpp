#pragma once

#include "parts/part.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace stack2nrrd {

/// Writes the slices of a making into parts, each durable before the next one begins. What was finished stays when it
/// is destroyed: publish() has nothing to do.
class PartSink final : public Sink {
public:
    /// `whole`: the volume that the parts are of, marked. `first`: the place in it of the first slice that will come.
    /// `parts`: those to be made, in order; slices of others are not kept. `threads`: of the sinks of the parts.
    PartSink(std::filesystem::path folder, VolumeInfo whole, Index first, std::vector<Part> parts);
    ~PartSink() override;

    /// What the making has found out about the slices that this sink has got. To be set before the first one.
    void set_report(std::function<Report()> report) { report_ = std::move(report); }

    void begin(const VolumeInfo& volume) override;
    void write_slice(Index z, std::span<const std::byte> samples) override;
    void finish() override {}
    void publish() override {}

private:
    void end_part();

    std::filesystem::path folder_;
    VolumeInfo whole_;
    Index first_;
    std::vector<Part> parts_;
    std::size_t next_ = 0;  ///< part
    std::function<Report()> report_;
    Report before_;               ///< of all slices in front of the part
    std::uint32_t checksum_ = 0;  ///< of the part so far
    std::unique_ptr<Sink> sink_;  ///< of the part that is under way
};

}  // namespace stack2nrrd
