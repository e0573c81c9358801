// 64-bit integers: copies keep all bits, means are those of doubles.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/sink.hpp>

#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using Size = phantom::Size;

constexpr std::array wide_types{SampleType::int64, SampleType::uint64};

/// Any 64 bits, the ends of both types among them.
std::vector<std::uint64_t> any_bits(const Size& size, int channels = 1) {
    std::mt19937_64 random(3);
    std::vector<std::uint64_t> samples(static_cast<std::size_t>(size[0] * size[1] * size[2] * channels));
    for (std::uint64_t& sample : samples) sample = random();
    constexpr std::uint64_t high = std::uint64_t{1} << 63;
    for (const std::uint64_t end : {std::uint64_t{0}, ~std::uint64_t{0}, high, high - 1, high + 1, ~high - 1}) {
        samples[random() % samples.size()] = end;
    }
    return samples;
}

Bytes bytes_of(const std::vector<std::uint64_t>& samples) {
    Bytes bytes(samples.size() * sizeof(std::uint64_t));
    std::memcpy(bytes.data(), samples.data(), bytes.size());
    return bytes;
}

std::vector<std::uint64_t> samples_of(const Bytes& bytes) {
    std::vector<std::uint64_t> samples(bytes.size() / sizeof(std::uint64_t));
    std::memcpy(samples.data(), bytes.data(), bytes.size());
    return samples;
}

/// The most frequent value, the lowest of several as `type` orders them.
std::uint64_t mode_of(const std::vector<std::uint64_t>& samples, SampleType type) {
    const std::uint64_t flip = type == SampleType::int64 ? std::uint64_t{1} << 63 : 0;
    std::map<std::uint64_t, int> counts;
    for (const std::uint64_t sample : samples) ++counts[sample ^ flip];
    auto best = counts.begin();
    for (auto at = counts.begin(); at != counts.end(); ++at) {
        if (at->second > best->second) best = at;
    }
    return best->first ^ flip;
}

}  // namespace

TEST_CASE("copies of 64-bit integers keep every bit", "[import]") {
    const Size size{11, 7, 6};
    const auto samples = any_bits(size);
    support::TempFolder folder;
    for (const SampleType type : wide_types) {
        for (const bool gzip : {false, true}) {
            support::write_volume(folder / "v.nrrd", size, 1, type, bytes_of(samples), {.gzip = gzip});
            const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
            CHECK(stack.image.type == type);
            for (const std::string kernel : {"lanczos:3", "bspl3", "nearest", "mode"}) {
                for (const unsigned threads : {1U, 3U}) {
                    CAPTURE(kernel, threads, gzip);
                    Options options = options_of(recipe(kernel, {1, 1}));
                    options.threads = threads;
                    stack2nrrd::VolumeInfo volume;
                    stack2nrrd::Report report;
                    CHECK((import_bytes(stack, options, &volume, &report) == bytes_of(samples)));
                    CHECK(volume.type == type);
                    CHECK_FALSE(report.rounded_integers);
                    options = options_of(recipe(kernel, {1, 1}, Align::cell, {Range{2, 9}, Range{1, 6}, Range{3, 5}}));
                    options.threads = threads;
                    std::vector<std::uint64_t> cut;
                    for (std::size_t z = 3; z < 5; ++z)
                        for (std::size_t y = 1; y < 6; ++y)
                            for (std::size_t x = 2; x < 9; ++x) cut.push_back(samples[(z * 7 + y) * 11 + x]);
                    CHECK((import_bytes(stack, options) == bytes_of(cut)));
                }
            }
            Options labels;
            labels.labels = true;
            CHECK((import_bytes(stack, labels) == bytes_of(samples)));
        }
    }
}

TEST_CASE("a channel of 64-bit integers is copied, too", "[import]") {
    const Size size{5, 4, 3};
    const auto samples = any_bits(size, 3);
    support::TempFolder folder;
    for (const bool last : {false, true}) {
        support::write_volume(folder / "v.nrrd", size, 3, SampleType::uint64, bytes_of(samples), {.last = last});
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        CHECK((import_bytes(stack, {}) == bytes_of(samples)));
        Options options;
        options.channel = stack2nrrd::Channel::c1;
        std::vector<std::uint64_t> second;
        for (std::size_t i = 1; i < samples.size(); i += 3) second.push_back(samples[i]);
        CHECK((import_bytes(stack, options) == bytes_of(second)));
    }
}

TEST_CASE("nearest and mode take 64-bit integers as they are", "[import]") {
    const Size size{12, 9, 7};
    support::TempFolder folder;
    for (const SampleType type : wide_types) {
        std::vector<std::uint64_t> samples = any_bits(size);
        const std::uint64_t far = (std::uint64_t{1} << 63) - 1;  // no double tells it from its neighbours
        for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = i % 5 == 0 ? samples[i] : far - i % 4;
        support::write_volume(folder / "v.nrrd", size, 1, type, bytes_of(samples));
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        const auto at = [&](std::size_t x, std::size_t y, std::size_t z) { return samples[(z * 9 + y) * 12 + x]; };
        const auto nearest = import_bytes(stack, options_of(recipe("nearest", {2, 1}, Align::first)));
        const auto modes = import_bytes(stack, options_of(recipe("mode", {2, 1})));
        std::vector<std::uint64_t> expected;
        std::vector<std::uint64_t> expected_modes;
        for (std::size_t z = 0; z < 3; ++z)
            for (std::size_t y = 0; y < 4; ++y)
                for (std::size_t x = 0; x < 6; ++x) {
                    expected.push_back(at(2 * x, 2 * y, 2 * z));
                    std::vector<std::uint64_t> cell;
                    for (std::size_t i = 0; i < 8; ++i)
                        cell.push_back(at(2 * x + i % 2, 2 * y + i / 2 % 2, 2 * z + i / 4));
                    expected_modes.push_back(mode_of(cell, type));
                }
        CHECK(samples_of(nearest) == expected);
        CHECK(samples_of(modes) == expected_modes);
        Options narrow = options_of(recipe("mode", {2, 1}));
        for (const SampleType to : {SampleType::uint8, SampleType::int32, SampleType::float64, SampleType::float32}) {
            narrow.type = to;
            CHECK(refusal([&] { static_cast<void>(import_bytes(stack, narrow)); }) == ErrorCode::invalid_argument);
        }
    }
}

TEST_CASE("means of 64-bit integers are those of doubles, and said to be", "[import]") {
    support::TempFolder folder;
    for (const SampleType type : wide_types) {
        for (const double range : {1e4, 1e12, 9e18}) {
            Volume volume = phantom::noise({23, 17, 13}, type == SampleType::int64 ? -range : 0, range, true, 9);
            support::write_volume(folder / "v.nrrd", volume, type);
            const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
            for (const Recipe& r : {recipe("lanczos:3", {2, 1}), recipe("box", {8, 3}), recipe("bspl3", {3, 1})}) {
                CAPTURE(range, r.text());
                const Doubles samples = import_samples(stack, options_of(r));
                const reference::Result truth = reference::resample(volume, axes_of(r, volume.size));
                CHECK(reference::disagreement(truth, samples, type, reference::tolerance(volume, type)).empty());
            }
        }
    }
    const auto rounds = [&](const std::vector<std::uint64_t>& samples, const Options& options) {
        support::write_volume(folder / "v.nrrd", {4, 2, 1}, 1, SampleType::int64, bytes_of(samples));
        stack2nrrd::Report report;
        static_cast<void>(import_bytes(stack2nrrd::find_stack(folder / "v.nrrd"), options, nullptr, &report));
        return report.rounded_integers;
    };
    constexpr std::uint64_t two_53 = std::uint64_t{1} << 53;
    const Options half = options_of(recipe("box", {2, 1}));
    CHECK_FALSE(rounds({1, 2, two_53, 4, 0 - two_53, 6, std::uint64_t{1} << 63, 8}, half));
    CHECK(rounds({1, 2, 3, 4, 5, 6, 7, two_53 + 1}, half));
    CHECK_FALSE(rounds({1, 2, 3, 4, 5, 6, 7, two_53 + 1}, {}));
    Options to_float;
    to_float.type = SampleType::float64;
    CHECK(rounds({1, 2, 3, 4, 5, 6, 7, two_53 + 1}, to_float));
}

TEST_CASE("64-bit integers overshoot to the ends of their range and no further", "[import]") {
    support::TempFolder folder;
    for (const SampleType type : wide_types) {
        Volume volume = phantom::checkerboard({24, 24, 24}, support::lowest(type), support::highest(type));
        for (std::size_t i = 0; i < volume.samples.size(); ++i)
            volume.samples[i] = i / 12 % 2 == 0 ? support::lowest(type) : support::highest(type);
        support::write_volume(folder / "v.nrrd", volume, type);
        const Bytes bytes =
            import_bytes(stack2nrrd::find_stack(folder / "v.nrrd"), options_of(recipe("lanczos:3", {2, 1})));
        const auto samples = samples_of(bytes);
        const bool sign = type == SampleType::int64;
        const std::uint64_t low = sign ? std::uint64_t{1} << 63 : 0;
        CHECK(std::count(samples.begin(), samples.end(), low) > 0);
        CHECK(std::count(samples.begin(), samples.end(), ~low) > 0);
    }
}

TEST_CASE("64-bit volumes are written as such, and read again", "[import]") {
    const Size size{6, 5, 4};
    const auto samples = any_bits(size);
    support::TempFolder folder;
    for (const SampleType type : wide_types) {
        support::write_volume(folder / "v.nrrd", size, 1, type, bytes_of(samples));
        stack2nrrd::NrrdOptions force;
        force.force = true;
        const auto plan = stack2nrrd::plan_import(stack2nrrd::find_stack(folder / "v.nrrd"), {});
        stack2nrrd::run_import(plan, *stack2nrrd::nrrd_sink(folder / "w.nrrd", force));
        const support::Nrrd nrrd = support::read_nrrd(folder / "w.nrrd");
        CHECK(nrrd.type == type);
        CHECK(nrrd.samples == bytes_of(samples));
        CHECK((import_bytes(stack2nrrd::find_stack(folder / "w.nrrd"), {}) == bytes_of(samples)));
    }
}
