#pragma once

#include <stack2nrrd/sink.hpp>

#include <array>
#include <filesystem>
#include <memory>
#include <vector>

/// Passes slices on to another sink and gathers three orthogonal mid-slices on the way: x–y, x–z, y–z. finish() paints
/// them side by side into a PNG, in physical aspect, the grey range from the 1st to the 99th percentile.
class PreviewSink final : public stack2nrrd::Sink {
public:
    /// Does not own `next`. \throws Error invalid_argument if `png` exists and is not to be replaced.
    PreviewSink(stack2nrrd::Sink& next, std::filesystem::path png, bool force);
    ~PreviewSink() override;

    void begin(const stack2nrrd::VolumeInfo& volume) override;
    void write_slice(stack2nrrd::Index z, std::span<const std::byte> samples) override;
    void finish() override;
    [[nodiscard]] std::int64_t memory_bytes(const stack2nrrd::VolumeInfo& volume) const override;

    /// A grey picture; `width` × `height` numbers, rows from top to bottom.
    struct Plane {
        stack2nrrd::Index width = 0;
        stack2nrrd::Index height = 0;
        std::vector<float> numbers;
    };

private:
    void gather_row(Plane& plane, stack2nrrd::Index z, const std::vector<float>& row);

    stack2nrrd::Sink& next_;
    std::filesystem::path png_;
    std::filesystem::path temporary_;
    stack2nrrd::VolumeInfo volume_;
    std::array<Plane, 3> planes_;
    std::vector<stack2nrrd::Index> gathered_;  ///< slices in each row of the planes along z
};
