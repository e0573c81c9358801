#pragma once

// What is true of every codec, whatever the file holds.

#include "codec/codec.hpp"
#include "harness.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd::fuzz {

/// Decoded samples beyond this are not asked for.
inline constexpr std::int64_t most_samples_bytes = std::int64_t{256} << 10;

/// Collects rows, and checks that they come in order, each once.
class Collector final : public RowSink {
public:
    Collector(const ImageInfo& image, Range rows);
    void rows(Index y, Index count, const std::byte* samples) override;
    [[nodiscard]] bool is_complete() const { return next_ == end_; }
    [[nodiscard]] const std::vector<std::byte>& samples() const { return samples_; }

private:
    std::size_t row_bytes_;
    Index next_;
    Index end_;
    std::vector<std::byte> samples_;
};

/// Is a decoding of such a slice asked for?
[[nodiscard]] bool is_small(const ImageInfo& image);

/// The file of these bytes.
[[nodiscard]] InputFile input_of(Bytes bytes);

/// Pages, headers and samples of a file that may be the codec's.
void try_codec(const Codec& codec, Bytes bytes);

}  // namespace stack2nrrd::fuzz
