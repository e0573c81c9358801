#pragma once

// Slices of a volume on disk.

#include "source/slices.hpp"
#include "volume/sample_reader.hpp"

#include <cstdint>
#include <memory>

namespace stack2nrrd {

class VolumeSlices final : public ListedSource {
public:
    /// `files` are those of the volume, with their stamps. Course::backward if `slices` go back through a volume that
    /// is sequential.
    VolumeSlices(std::shared_ptr<const NrrdVolume> volume, FileList files, SliceList slices, Course course);

    [[nodiscard]] bool sequential() const override { return stack2nrrd::sequential(*volume_); }
    [[nodiscard]] std::int64_t reader_bytes() const override;
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override;

private:
    class Reader;

    std::shared_ptr<const NrrdVolume> volume_;
    FileList files_;
    Course course_;
};

}  // namespace stack2nrrd
