#include "support/catch.hpp"
#include "support/refusal.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <cstddef>
#include <span>
#include <vector>

TEST_CASE("a buffer takes exactly its volume", "[sink]") {
    stack2nrrd::VolumeInfo info;
    info.size = {5, 4, 3};
    info.type = stack2nrrd::SampleType::uint16;
    std::vector<std::byte> samples(120);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::byte>(i);
    for (const std::size_t size : std::vector<std::size_t>{119, 121, 0}) {
        std::vector<std::byte> buffer(size);
        const auto sink = stack2nrrd::memory_sink(buffer);
        CHECK(support::refusal([&] { sink->begin(info); }) == stack2nrrd::ErrorCode::invalid_argument);
    }
    std::vector<std::byte> buffer(samples.size());
    const auto sink = stack2nrrd::memory_sink(buffer);
    sink->begin(info);
    for (int z = 0; z < 3; ++z) {
        sink->write_slice(z, std::span(samples).subspan(static_cast<std::size_t>(z) * 40, 40));
    }
    sink->finish();
    sink->publish();
    CHECK((buffer == samples));
}
