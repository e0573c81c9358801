// Air as one value, against the rule told sample by sample.

#include "stage/dehaze.hpp"

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using stack2nrrd::Air;
using stack2nrrd::Dehaze;
using stack2nrrd::Index;
using stack2nrrd::SampleType;
using stack2nrrd::VolumeInfo;
using support::Volume;

/// Takes what comes.
class Recorder final : public stack2nrrd::Sink {
public:
    void begin(const VolumeInfo& volume) override { info = volume; }
    void write_slice(Index z, std::span<const std::byte> slice) override {
        CHECK(z == slices++);
        samples.insert(samples.end(), slice.begin(), slice.end());
    }
    void write_late_notes(std::span<const std::string> values) override { notes.assign(values.begin(), values.end()); }
    void finish() override { finished = true; }

    VolumeInfo info;
    Index slices = 0;
    std::vector<std::byte> samples;
    std::vector<std::string> notes;
    bool finished = false;
};

struct Made {
    Volume volume;
    std::vector<std::byte> bytes;
    Air air;
    std::vector<std::string> notes;
};

VolumeInfo info_of(const Volume& volume, SampleType type) {
    VolumeInfo info;
    info.size = volume.size;
    info.type = type;
    info.late_notes = {"one", "two"};
    return info;
}

Made dehazed(const VolumeInfo& info, const std::vector<std::byte>& bytes, const Dehaze& dehaze) {
    const support::TempFolder scratch;
    Recorder recorder;
    const auto plan = stack2nrrd::dehazing(dehaze);
    Made made;
    {
        const auto stage = plan->before(recorder, {scratch.path(), [] {}});
        stage->begin(info);
        CHECK(recorder.info.late_notes == plan->result(info).late_notes);
        const auto slice = static_cast<std::size_t>(info.slice_bytes());
        for (Index z = 0; z < info.size[2]; ++z) {
            stage->write_slice(z, std::span(bytes).subspan(static_cast<std::size_t>(z) * slice, slice));
            if (support::open_files_lose_their_names()) CHECK(scratch.entries() == 0);
        }
        CHECK(recorder.slices == info.size[2]);
        stage->write_late_notes(std::vector<std::string>{"1", "2"});
        stage->finish();
        stack2nrrd::Report report;
        stage->add_to(report);
        REQUIRE(report.air);
        made.air = *report.air;
    }
    CHECK(scratch.entries() == 0);
    CHECK(recorder.finished);
    CHECK(recorder.info.late_notes.size() == recorder.notes.size());
    for (const std::string& note : recorder.notes) CHECK(note.size() <= stack2nrrd::late_note_width);
    made.bytes = recorder.samples;
    made.volume.size = info.size;
    made.volume.samples = support::from_bytes(recorder.samples, info.type);
    made.notes = recorder.notes;
    return made;
}

Made dehazed(const Volume& volume, SampleType type, const Dehaze& dehaze) {
    return dehazed(info_of(volume, type), support::to_bytes(volume.samples, type), dehaze);
}

Dehaze below(double threshold) { return {Dehaze::Kind::threshold, threshold, 0}; }

/// The rule: what is bright, and has a bright neighbour, is kept; all else becomes the lowest value, but for NaN.
Volume told(const Volume& volume, double threshold, std::int64_t& blanked) {
    double darkest = std::numeric_limits<double>::infinity();
    for (const double v : volume.samples) {
        if (std::isfinite(v)) darkest = std::min(darkest, v);
    }
    Volume result = volume;
    blanked = 0;
    const auto [nx, ny, nz] = volume.size;
    const auto is_bright = [&, nx = nx, ny = ny, nz = nz](std::int64_t x, std::int64_t y, std::int64_t z) {
        return x >= 0 && y >= 0 && z >= 0 && x < nx && y < ny && z < nz && volume.at(x, y, z) >= threshold;
    };
    for (std::int64_t z = 0; z < nz; ++z) {
        for (std::int64_t y = 0; y < ny; ++y) {
            for (std::int64_t x = 0; x < nx; ++x) {
                const bool kept = is_bright(x, y, z) || is_bright(x - 1, y, z) || is_bright(x + 1, y, z) ||
                                  is_bright(x, y - 1, z) || is_bright(x, y + 1, z) || is_bright(x, y, z - 1) ||
                                  is_bright(x, y, z + 1);
                if (kept || std::isnan(volume.at(x, y, z))) continue;
                result.at(x, y, z) = darkest;
                ++blanked;
            }
        }
    }
    return result;
}

bool same(const Volume& a, const Volume& b) {
    return std::equal(a.samples.begin(), a.samples.end(), b.samples.begin(), b.samples.end(),
                      [](double v, double w) { return v == w || (std::isnan(v) && std::isnan(w)); });
}

/// Numbers around 0, of one sigma; the same everywhere.
class Noise {
public:
    explicit Noise(std::uint32_t seed) : random_(seed) {}
    double operator()() {
        const double u = (static_cast<double>(random_()) + 1) / 4294967297.;
        const double v = static_cast<double>(random_()) / 4294967296.;
        return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
    }

private:
    std::mt19937 random_;
};

/// A ball with that share of the volume.
bool is_in_ball(const Volume& volume, double part, std::int64_t x, std::int64_t y, std::int64_t z) {
    const double n = static_cast<double>(volume.size[0]);
    const double radius = n * std::cbrt(part * .75 / 3.141592653589793);
    const auto off = [&](std::int64_t i) { return static_cast<double>(i) + .5 - n / 2; };
    return std::sqrt(off(x) * off(x) + off(y) * off(y) + off(z) * off(z)) <= radius;
}

Volume with_ball(std::int64_t n, double part, double air, double contrast, double sigma, double step,
                 std::uint32_t seed) {
    Volume volume({n, n, n});
    Noise noise(seed);
    for (std::int64_t z = 0; z < n; ++z) {
        for (std::int64_t y = 0; y < n; ++y) {
            for (std::int64_t x = 0; x < n; ++x) {
                const double value = air + sigma * noise() + (is_in_ball(volume, part, x, y, z) ? contrast : 0);
                volume.at(x, y, z) =
                    step == 0 ? static_cast<float>(value) : std::max(0., std::round(value / step) * step);
            }
        }
    }
    return volume;
}

/// The share of the ball's samples that were changed.
double lost(const Volume& before, const Volume& after, double part) {
    double all = 0;
    double changed = 0;
    for (std::int64_t z = 0; z < before.size[2]; ++z) {
        for (std::int64_t y = 0; y < before.size[1]; ++y) {
            for (std::int64_t x = 0; x < before.size[0]; ++x) {
                if (!is_in_ball(before, part, x, y, z)) continue;
                all += 1;
                changed += before.at(x, y, z) == after.at(x, y, z) ? 0 : 1;
            }
        }
    }
    return changed / all;
}

}  // namespace

TEST_CASE("what is neither bright nor beside it becomes the darkest value", "[stage]") {
    const std::vector<phantom::Size> sizes{{1, 1, 1}, {7, 1, 1},   {1, 6, 1}, {1, 1, 9},
                                           {2, 3, 4}, {13, 11, 7}, {70, 5, 3}};
    for (const SampleType type : support::all_types) {
        for (const phantom::Size& size : sizes) {
            Volume volume = phantom::noise(size, type, 3);
            std::vector<double> sorted = volume.samples;
            std::sort(sorted.begin(), sorted.end());
            // Beyond both ends, at samples, and between them; few and many are bright.
            std::vector<double> thresholds{-1e30, 1e30, sorted.front(), sorted.back(), sorted.back() - .25, .5};
            for (const double part : {.5, .9, .95, .99}) {
                thresholds.push_back(sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))]);
            }
            for (const double threshold : thresholds) {
                CAPTURE(stack2nrrd::sample_type_name(type), size, threshold);
                std::int64_t blanked = 0;
                const Volume wanted = told(volume, threshold, blanked);
                const Made made = dehazed(volume, type, below(threshold));
                CHECK(same(made.volume, wanted));
                CHECK(made.air.found);
                CHECK(made.air.samples == blanked);
                CHECK(made.air.darkest == sorted.front());
                CHECK_FALSE(made.air.mode);
            }
        }
    }
}

TEST_CASE("NaN stays, and infinity is no darkest value", "[stage]") {
    for (const SampleType type : {SampleType::float32, SampleType::float64}) {
        Volume volume = phantom::noise({9, 8, 7}, type, 4);
        const double odd[] = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity()};
        for (std::size_t i = 0; i < volume.samples.size(); i += 5) volume.samples[i] = odd[i % 3];
        std::int64_t blanked = 0;
        const Volume wanted = told(volume, 900, blanked);
        const Made made = dehazed(volume, type, below(900));
        CHECK(same(made.volume, wanted));
        CHECK(made.air.samples == blanked);
        for (const Dehaze dehaze : {Dehaze{}, Dehaze{Dehaze::Kind::levels, 0, 2}}) {
            const Made found = dehazed(volume, type, dehaze);
            CHECK(same(found.volume, found.air.found ? told(volume, found.air.threshold, blanked) : volume));
        }
        // Nothing else: nothing to be done.
        Volume none({3, 3, 3});
        for (std::size_t i = 0; i < none.samples.size(); ++i) none.samples[i] = odd[i % 3];
        const Made same_again = dehazed(none, type, below(0));
        CHECK(same(same_again.volume, none));
        CHECK_FALSE(same_again.air.found);
    }
}

TEST_CASE("integers of 64 bits keep their values", "[stage]") {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const std::vector<std::int64_t> samples{most, 5, most - 1, 4, 3, -most - 1, 2, -most, 1};
    VolumeInfo info;
    info.size = {9, 1, 1};
    info.type = SampleType::int64;
    info.late_notes = {"one", "two"};
    std::vector<std::byte> bytes(sizeof(std::int64_t) * samples.size());
    std::memcpy(bytes.data(), samples.data(), bytes.size());
    const Made made = dehazed(info, bytes, below(4.5));
    std::vector<std::int64_t> result(samples.size());
    std::memcpy(result.data(), made.bytes.data(), made.bytes.size());
    CHECK(result ==
          std::vector<std::int64_t>{most, 5, most - 1, 4, -most - 1, -most - 1, -most - 1, -most - 1, -most - 1});
    // Those that no double tells apart.
    const std::vector<std::int64_t> near{most - 3, most - 2, most - 1, most, most - 3, most - 2, most - 3, most, most};
    std::memcpy(bytes.data(), near.data(), bytes.size());
    const Made all = dehazed(info, bytes, below(1e19));
    std::memcpy(result.data(), all.bytes.data(), all.bytes.size());
    CHECK(std::all_of(result.begin(), result.end(), [](std::int64_t v) { return v == most - 3; }));
}

TEST_CASE("air is found, and little of the object is lost", "[stage]") {
    struct Case {
        SampleType type;
        double part, air, contrast, sigma, step;
    };
    const std::vector<Case> cases{
        {SampleType::uint16, .3, 1000, 4000, 100, 1},  {SampleType::uint16, .02, 1000, 4000, 100, 1},
        {SampleType::uint16, .49, 1000, 2000, 100, 1}, {SampleType::uint16, .3, 1000, 320, 100, 1},
        {SampleType::uint16, .3, 1000, 500, 100, 1},   {SampleType::uint8, .3, 30, 60, 6, 1},
        {SampleType::int16, .3, 0, 900, 25, 1},        {SampleType::uint32, .3, 1e6, 4e6, 1e5, 1},
        {SampleType::float32, .3, -1000, 1000, 40, 0}, {SampleType::float64, .3, -1, 1, .04, 0},
    };
    for (const Case& c : cases) {
        for (const std::uint32_t seed : {1U, 2U}) {
            CAPTURE(stack2nrrd::sample_type_name(c.type), c.part, c.contrast / c.sigma, seed);
            Volume volume =
                with_ball(64, c.part, c.type == SampleType::int16 ? 1000 : c.air, c.contrast, c.sigma, c.step, seed);
            if (c.type == SampleType::int16) {
                for (double& v : volume.samples) v -= 2000;
            }
            const double mode = c.type == SampleType::int16 ? -1000 : c.air;
            const Made made = dehazed(volume, c.type, {});
            REQUIRE(made.air.found);
            REQUIRE(made.air.mode);
            CHECK(*made.air.mode == Approx(mode).margin(.2 * c.sigma));
            CHECK(made.air.threshold > mode + 2.4 * c.sigma);
            CHECK(made.air.threshold < mode + 3.4 * c.sigma);
            CHECK(lost(volume, made.volume, c.part) <= .001);
            // Nearly all of the air has gone.
            CHECK(static_cast<double>(made.air.samples) > .9 * (1 - c.part) * 262144);
            std::int64_t blanked = 0;
            CHECK(same(made.volume, told(volume, made.air.threshold, blanked)));
            CHECK(made.air.samples == blanked);
        }
    }
}

TEST_CASE("where no air is found, nothing changes, and it is told", "[stage]") {
    const Volume tissue = with_ball(40, .3, 20000, 0, 300, 1, 3);
    const Made made = dehazed(tissue, SampleType::uint16, {});
    CHECK_FALSE(made.air.found);
    CHECK(made.air.samples == 0);
    CHECK(same(made.volume, tissue));
    CHECK(made.notes == std::vector<std::string>{"1", "2", "none", "none", "0"});
}

TEST_CASE("what was found is in the late notes", "[stage]") {
    const Volume volume = with_ball(40, .3, 1000, 4000, 100, 1, 3);
    const Made made = dehazed(volume, SampleType::uint16, {});
    REQUIRE(made.notes.size() == 5);
    CHECK(made.notes[0] == "1");
    CHECK(std::stod(made.notes[2]) == *made.air.mode);
    CHECK(std::stod(made.notes[3]) == made.air.threshold);
    CHECK(std::stod(made.notes[4]) == Approx(static_cast<double>(made.air.samples) / 64000).margin(1e-6));
    // Whatever the number.
    const Made odd = dehazed(volume, SampleType::float64, below(-1.2345678901234567e-300));
    CHECK(std::stod(odd.notes[3]) == Approx(-1.2345678901234567e-300));
}

TEST_CASE("a stage of dehazing refuses colours, and stops when it is told to", "[stage]") {
    VolumeInfo colours;
    colours.size = {4, 4, 4};
    colours.channels = 3;
    colours.colour = stack2nrrd::Colour::rgb;
    std::string sentence;
    CHECK(support::refusal([&] { (void)stack2nrrd::dehazing({})->result(colours); }, &sentence) ==
          stack2nrrd::ErrorCode::invalid_argument);
    CHECK(sentence.find("--dehaze: ") == 0);

    const Volume volume = with_ball(20, .3, 1000, 4000, 100, 1, 3);
    const std::vector<std::byte> bytes = support::to_bytes(volume.samples, SampleType::uint16);
    const support::TempFolder scratch;
    Recorder recorder;
    int left = 7;
    const auto stage = stack2nrrd::dehazing({})->before(recorder, {scratch.path(), [&] {
                                                                       if (--left == 0)
                                                                           throw std::runtime_error("stop");
                                                                   }});
    stage->begin(info_of(volume, SampleType::uint16));
    for (std::size_t z = 0; z < 19; ++z) {
        stage->write_slice(static_cast<Index>(z), std::span(bytes).subspan(z * 800, 800));
    }
    CHECK(recorder.slices == 0);
    CHECK_THROWS_AS(stage->write_slice(19, std::span(bytes).subspan(std::size_t{19} * 800, 800)), std::runtime_error);
    CHECK(recorder.slices < 7);
    // A folder that is not there.
    const auto lost_stage = stack2nrrd::dehazing({})->before(recorder, {scratch / "none", [] {}});
    CHECK(support::refusal([&] { lost_stage->begin(info_of(volume, SampleType::uint16)); }, &sentence) ==
          stack2nrrd::ErrorCode::io);
    CHECK(sentence.find("--scratch") != std::string::npos);
}
