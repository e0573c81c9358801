#pragma once

#include <stack2nrrd/sink.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace stack2nrrd {

class OutputFile;

/// Gathers three orthogonal slices through the middle of a volume while its slices pass: x-y, x-z and y-z. Paints them
/// side by side, in physical aspect, the grey range from the 1st to the 99th percentile.
class Preview {
public:
    explicit Preview(const VolumeInfo& volume);

    void add(Index z, std::span<const std::byte> samples);

    /// Paints what was gathered into a PNG.
    void write(OutputFile& file);

    [[nodiscard]] static std::int64_t memory_bytes(const VolumeInfo& volume);

    /// A grey picture: width x height numbers, rows from top to bottom.
    struct Plane {
        Index width = 0;
        Index height = 0;
        std::vector<float> numbers;
    };

private:
    void gather_row(Plane& plane, Index z, const std::vector<float>& row);

    VolumeInfo volume_;
    std::array<Plane, 3> planes_;
    std::vector<Index> gathered_;  ///< slices in each row of the planes along z
};

/// A preview of the slices that pass, as a PNG file.
[[nodiscard]] std::unique_ptr<Sink> preview_sink(const std::filesystem::path& file, bool force);

/// `volume`, and with it a preview in `file`; without one if that is empty. \throws Error invalid_argument for a suffix
/// other than `.png`.
[[nodiscard]] std::unique_ptr<Sink> with_preview(std::unique_ptr<Sink> volume, const std::filesystem::path& file,
                                                 bool force);

}  // namespace stack2nrrd
