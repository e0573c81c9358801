#pragma once

#include <stack2nrrd/sink.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace stack2nrrd {

/// The lowest and the highest sample of each channel of what has passed. NaN does not count.
class ValueRange {
public:
    ValueRange(SampleType type, int channels);

    void add(std::span<const std::byte> samples);

    /// One number a channel, blanks between them; "nan" where there was none.
    [[nodiscard]] std::string min_text() const;
    [[nodiscard]] std::string max_text() const;

private:
    using Bits = std::array<std::byte, 8>;  ///< of any type
    struct Bounds {
        bool any = false;
        Bits min{};
        Bits max{};
    };
    [[nodiscard]] std::string text_of(Bits Bounds::*bound) const;

    SampleType type_;
    std::vector<Bounds> bounds_;
};

}  // namespace stack2nrrd
