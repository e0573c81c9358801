#pragma once

// What is made of a volume before all of it is: parts, each a volume in a NRRD file of its own, so that it is there as
// a whole or not at all, and that others can look at it.

#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// Some slices of one of the results of a run.
struct Part {
    std::size_t result = 0;
    Range slices;

    friend bool operator==(const Part&, const Part&) = default;
};

/// The slices that share `index` of `count` has of so many: all of them once, in order, none more than one slice more
/// than another.
[[nodiscard]] Range share_of(Index slices, Index index, Index count) noexcept;

/// Cuts `slices` of a result of `whole` into parts: small enough that little is lost with one, large enough that they
/// are few.
[[nodiscard]] std::vector<Part> cut_into_parts(std::size_t result, Range slices, const VolumeInfo& whole);

/// "0-000120-000128.nrrd"
[[nodiscard]] std::string part_name(const Part& part);
[[nodiscard]] bool is_part_name(std::string_view name) noexcept;

/// `whole` with a note of the plan that it is made by: parts of another plan are none of its.
[[nodiscard]] VolumeInfo marked_volume(VolumeInfo whole, std::string_view plan);
/// The volume of a part of a marked volume: in its place, with notes of what is needed to make a whole of parts.
[[nodiscard]] VolumeInfo part_volume(const VolumeInfo& whole, const Part& part);
/// The values of its late notes. `report`: of its slices alone; `checksum`: crc32_behind() of its samples.
[[nodiscard]] std::vector<std::string> part_notes(const Report& report, std::uint32_t checksum);

/// A part as it is on disk.
class PartFile {
public:
    /// Is it another part, or one of another plan? One that is damaged is not. \throws Error io.
    [[nodiscard]] static bool is_foreign(const std::filesystem::path& file, const VolumeInfo& whole, const Part& part);

    /// `whole`: marked. \throws Error corrupt if it is none, or not this one, or not of this size; io.
    PartFile(const std::filesystem::path& file, const VolumeInfo& whole, const Part& part);

    /// What part_notes() has said.
    [[nodiscard]] const Report& report() const noexcept { return report_; }
    /// Hands on its slices, in order, each with its place in the whole, and only then looks whether they were as they
    /// were written. \throws Error corrupt, io, and whatever `take` throws.
    void read(const std::function<void(Index z, std::span<const std::byte>)>& take) const;

private:
    std::filesystem::path file_;
    Part part_;
    std::size_t slice_bytes_;
    std::int64_t offset_ = 0;
    Report report_;
    std::uint32_t checksum_ = 0;
};

}  // namespace stack2nrrd
