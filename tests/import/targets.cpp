// Sizes and spacings that are asked for instead of a factor.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>
#include <stack2nrrd/sink.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::VolumeInfo;
using Size = std::array<Index, 3>;

VolumeInfo planned(const Stack& stack, const Settings& settings) {
    return stack2nrrd::plan_import(stack, options_with(settings)).volume();
}

std::array<double, 3> spacings(const VolumeInfo& volume) {
    return {spacing(volume.geometry, 0), spacing(volume.geometry, 1), spacing(volume.geometry, 2)};
}

std::string refused(const Stack& stack, const Settings& settings) {
    std::string sentence;
    CHECK(refusal([&] { (void)planned(stack, settings); }, &sentence) == ErrorCode::invalid_argument);
    return sentence;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Bytes of a file that is really written.
Index written(const Stack& stack, const Settings& settings) {
    const support::TempFolder out;
    const auto sink = stack2nrrd::nrrd_sink(out / "v.nrrd", {}, 1);
    (void)stack2nrrd::run_import(stack2nrrd::plan_import(stack, options_with(settings)), *sink);
    return static_cast<Index>(std::filesystem::file_size(out / "v.nrrd"));
}

/// A size, and the least factor that makes it.
struct Possible {
    Size size;
    std::string factor;
};

/// All sizes that one factor can make, from the largest on: every factor that cuts some axis into whole parts.
std::vector<Possible> possible_sizes(const Size& source) {
    std::vector<std::pair<Index, Index>> factors;  // as fractions
    for (const Index n : source) {
        for (Index parts = 1; parts <= n; ++parts) factors.emplace_back(n, parts);
    }
    std::sort(factors.begin(), factors.end(),
              [](const auto& a, const auto& b) { return a.first * b.second < b.first * a.second; });
    std::vector<Possible> sizes;
    for (const auto& [num, den] : factors) {
        Size size{};
        for (std::size_t a = 0; a < 3; ++a) size[a] = std::max<Index>(1, source[a] * den / num);
        if (!sizes.empty() && sizes.back().size == size) continue;
        sizes.push_back({size, std::to_string(num) + "/" + std::to_string(den)});
    }
    return sizes;
}

Index samples(const Size& size) { return size[0] * size[1] * size[2]; }

}  // namespace

TEST_CASE("--fit makes the largest file that fits, by one factor", "[import]") {
    const Size size{37, 29, 23};
    const Source source(phantom::noise(size, SampleType::uint16), SampleType::uint16);
    const std::vector<Possible> possible = possible_sizes(size);
    REQUIRE(possible.size() > 40);
    for (const Index budget : {3000, 5000, 20'480, 30'000, 49'000, 60'000}) {
        const Settings settings{{"fit", std::to_string(budget)}};
        const VolumeInfo volume = planned(source.stack, settings);
        const Index bytes = written(source.stack, settings);
        INFO(budget << " bytes: " << volume.size[0] << " x " << volume.size[1] << " x " << volume.size[2]);
        CHECK(bytes <= budget);
        const auto found = std::find_if(possible.begin(), possible.end(),
                                        [&](const Possible& each) { return each.size == volume.size; });
        REQUIRE(found != possible.end());
        // The next larger one has a header of another length.
        if (found != possible.begin()) CHECK(written(source.stack, {{"factor", (found - 1)->factor}}) > budget);
    }
}

TEST_CASE("--fit leaves alone what fits, and refuses what never does", "[import]") {
    const Source source(phantom::noise({12, 10, 8}, SampleType::uint8), SampleType::uint8);
    CHECK(planned(source.stack, {{"fit", "1M"}}).size == Size{12, 10, 8});
    CHECK(has(refused(source.stack, {{"fit", "100"}}), "at least"));
    CHECK(planned(source.stack, {{"fit", "1M"}, {"crop", "2:9,,"}}).size == Size{7, 10, 8});
    // A slab is one of the whole that fits.
    const VolumeInfo whole = planned(source.stack, {{"fit", "1200"}});
    const VolumeInfo slab = planned(source.stack, {{"fit", "1200"}, {"slab", "1:3"}});
    CHECK(whole.size[2] < 8);
    CHECK(slab.size == Size{whole.size[0], whole.size[1], 2});
    // The type counts, and so do other targets.
    CHECK(planned(source.stack, {{"fit", "1M"}, {"max-dim", "6"}}).size == Size{6, 5, 4});
    const VolumeInfo narrow = planned(source.stack, {{"fit", "1500"}});
    const VolumeInfo wide = planned(source.stack, {{"fit", "1500"}, {"type", "float64"}});
    CHECK(samples(wide.size) < samples(narrow.size));
}

TEST_CASE("--max-dim makes the longest axis that long, and the others shorter in proportion", "[import]") {
    const Source source(phantom::noise({40, 30, 21}, SampleType::uint8), SampleType::uint8);
    for (Index n = 1; n <= 45; ++n) {
        const VolumeInfo volume = planned(source.stack, {{"max-dim", std::to_string(n)}});
        INFO(n);
        if (n >= 40) {
            CHECK(volume.size == Size{40, 30, 21});
            continue;
        }
        CHECK(volume.size == Size{n, std::max<Index>(1, 30 * n / 40), std::max<Index>(1, 21 * n / 40)});
        CHECK(spacings(volume)[0] == 40.0 / static_cast<double>(n));
        CHECK(spacings(volume)[1] == 40.0 / static_cast<double>(n));
    }
}

TEST_CASE("--target-spacing reduces each axis to it, and leaves coarser ones", "[import]") {
    const Source source(phantom::noise({40, 30, 20}, SampleType::uint8), SampleType::uint8);
    const Settings known{{"spacing", "0.01,0.02,0.05"}};
    const auto with = [&](Settings more) {
        more.insert(more.end(), known.begin(), known.end());
        return planned(source.stack, more);
    };
    CHECK(with({{"target-spacing", "0.03"}}).size == Size{13, 20, 20});
    CHECK(with({{"target-spacing", "0.04,0.02,0.1"}}).size == Size{10, 30, 10});
    CHECK(spacings(with({{"target-spacing", "0.04,0.02,0.1"}})) == std::array{0.04, 0.02, 0.1});
    // In the unit of --spacing, and along z between the slices that --step leaves.
    const VolumeInfo in_um = planned(
        source.stack, {{"spacing", "10,20,50"}, {"space-units", "um"}, {"target-spacing", "200"}, {"step", "2"}});
    CHECK(in_um.size == Size{2, 3, 5});
    CHECK(in_um.geometry.direction[2][2] == Approx(0.2).epsilon(1e-14));
    CHECK(has(refused(source.stack, {{"target-spacing", "1"}}), "--spacing"));  // unknown
    CHECK(has(refused(source.stack, {{"target-spacing", "1e14"}, {"spacing", "1"}}), "--target-spacing"));
}

TEST_CASE("--isotropic makes one spacing, as fine as it can or as asked", "[import]") {
    const Source source(phantom::noise({40, 30, 20}, SampleType::uint8), SampleType::uint8);
    const std::array<double, 3> known{0.01, 0.0128, 0.05};
    const auto with = [&](Settings more) {
        more.emplace_back("spacing", "0.01,0.0128,0.05");
        more.emplace_back("isotropic", "true");
        const VolumeInfo volume = planned(source.stack, more);
        const std::array<double, 3> made = spacings(volume);
        CHECK(made[1] == Approx(made[0]).epsilon(1e-9));
        CHECK(made[2] == Approx(made[0]).epsilon(1e-9));
        const Size size{40, 30, 20};
        for (std::size_t a = 0; a < 3; ++a) {  // as many samples as there is room for
            CHECK(volume.size[a] == std::max<Index>(1, static_cast<Index>(std::floor(
                                                           static_cast<double>(size[a]) * known[a] / made[a] + 1e-6))));
        }
        return volume;
    };
    CHECK(with({}).size == Size{8, 7, 20});
    CHECK(spacings(with({}))[2] == 0.05);
    CHECK(spacings(with({{"target-spacing", "0.02"}}))[0] == Approx(0.05));
    CHECK(spacings(with({{"target-spacing", "0.08"}}))[0] == Approx(0.08));
    CHECK(with({{"max-dim", "7"}}).size[2] == 7);
    CHECK(with({{"max-dim", "19"}, {"target-spacing", "0.08"}}).size[2] == 12);
    for (const char* budget : {"900", "1000", "1400"}) {
        const Settings settings{{"fit", budget}, {"isotropic", "true"}, {"spacing", "0.01,0.0128,0.05"}};
        (void)with({{"fit", budget}});
        CHECK(written(source.stack, settings) <= std::stoll(budget));
    }
    CHECK(has(refused(source.stack, {{"isotropic", "true"}}), "unknown"));
}

TEST_CASE("targets that contradict each other are refused by name", "[import]") {
    const Source source(phantom::noise({12, 10, 8}, SampleType::uint8), SampleType::uint8);
    const std::vector<Settings> contradictions{
        {{"fit", "1M"}, {"factor", "2"}},
        {{"max-dim", "5"}, {"size", "5,5,5"}},
        {{"target-spacing", "2"}, {"fit", "1M"}, {"spacing", "1"}},
        {{"target-spacing", "2"}, {"max-dim", "5"}, {"spacing", "1"}},
        {{"target-spacing", "2,3,4"}, {"isotropic", "true"}, {"spacing", "1"}},
    };
    for (const Settings& settings : contradictions) {
        CHECK(has(refused(source.stack, settings), "--" + settings[settings.size() > 2 ? 0 : 1].first));
    }
    Options pyramid = options_with({{"pyramid", "2,4"}, {"max-dim", "5"}});
    CHECK(refusal([&] { (void)stack2nrrd::levels_of(source.stack, pyramid, "v.nrrd"); }) ==
          ErrorCode::invalid_argument);
}

TEST_CASE("an import to a target is the one by its factor", "[import]") {
    const Source source(phantom::noise({24, 20, 16}, SampleType::uint16), SampleType::uint16);
    CHECK(import_bytes(source.stack, options_with({{"max-dim", "8"}})) ==
          import_bytes(source.stack, options_with({{"factor", "3"}})));
    CHECK(import_bytes(source.stack, options_with({{"spacing", "3,4,5"}, {"target-spacing", "10"}})) ==
          import_bytes(source.stack, options_with({{"spacing", "3,4,5"}, {"factor", "10/3,5/2,2"}})));
}
