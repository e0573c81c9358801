#pragma once

// Numbers of a result to its samples: the last step of a warp, which knows what is outside.

#include "intensity/to_sample.hpp"
#include "warp/inside.hpp"

#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace stack2nrrd {

/// How numbers, or labels, become samples.
struct Finish {
    SampleType from = SampleType::float32;  ///< floats, unless they are labels
    SampleType to = SampleType::uint8;
    bool labels = false;
    int channels = 1;
    LinearMap intensity{};
    bool may_clip = false;
    std::vector<std::byte> outside{};  ///< a sample, all channels
    std::array<Index, 3> first{};      ///< the sample of the whole grid that comes first
    Index row = 0;                     ///< samples of a row of that grid
};

/// Gets slices of the type `from`, and gives slices of the type `to`. Samples that are outside are not counted. Begins
/// and finishes nothing.
class Finishing final : public Sink {
public:
    Finishing(const Finish& finish, const std::array<Index, 3>& size, std::shared_ptr<Inside> inside, Sink& next);

    void begin(const VolumeInfo& volume) override;
    void write_slice(Index z, std::span<const std::byte> samples) override;
    void finish() override {}

    [[nodiscard]] const Losses& losses() const noexcept { return losses_; }

    [[nodiscard]] static std::int64_t memory_bytes(const Finish& finish, const std::array<Index, 3>& size);

private:
    void convert(const std::byte* from, std::size_t count, std::byte* to);
    template <class Real>
    void convert_numbers(const Real* from, std::size_t count, std::byte* to);

    Finish finish_;
    std::array<Index, 3> size_;
    std::shared_ptr<Inside> inside_;
    Sink& next_;
    std::vector<std::byte> slice_;
    std::vector<double> numbers_;  ///< of a row with NaN
    Losses losses_;
};

}  // namespace stack2nrrd
