// The loops of each instruction set that the processor has, against plain ones. Both must make the same bytes.

#include "loops/loops.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <vector>

namespace {

template <class Real>
using Items = std::vector<std::vector<Real>>;

template <class Real>
std::vector<Real> numbers(std::mt19937& random, std::size_t count) {
    std::vector<Real> made(count);
    for (Real& v : made) v = static_cast<Real>(static_cast<double>(random()) / 4294967296.0 * 2000 - 1000);
    return made;
}

/// What the loops promise, in their order: groups of four, one after the other.
template <class Real>
Real in_groups(const std::vector<Real>& products, const Real* onto) {
    Real total = onto != nullptr ? *onto : Real{0};
    for (std::size_t j = 0; j < products.size();) {
        const bool fresh = j == 0 && onto == nullptr;
        const std::size_t end = std::min(j + 4, products.size());
        Real group = products[j++];
        for (; j < end; ++j) group += products[j];
        total = fresh ? group : total + group;
    }
    return total;
}

template <class Real>
void test_adding_up(const stack2nrrd::Loops<Real>& loops) {
    std::mt19937 random(11);
    for (int turn = 0; turn < 300; ++turn) {
        const std::size_t count = 1 + random() % 4;
        const std::size_t length = random() % 300;
        const bool fresh = random() % 2 == 0;
        Items<Real> items;
        std::vector<const Real*> pointers;
        for (std::size_t j = 0; j < count; ++j) items.push_back(numbers<Real>(random, length));
        for (const auto& item : items) pointers.push_back(item.data());
        const std::vector<Real> weights = numbers<Real>(random, count);
        const std::vector<Real> onto = numbers<Real>(random, length);
        std::vector<Real> sum = onto;
        loops.add_up(sum.data(), fresh, pointers.data(), weights.data(), count, length);
        for (std::size_t x = 0; x < length; ++x) {
            std::vector<Real> products;
            for (std::size_t j = 0; j < count; ++j) products.push_back(weights[j] * items[j][x]);
            REQUIRE(sum[x] == in_groups(products, fresh ? nullptr : &onto[x]));
        }
    }
}

template <class Real>
void test_bundles(const stack2nrrd::Loops<Real>& loops) {
    constexpr std::size_t bundle = stack2nrrd::bundle_rows<Real>;
    std::mt19937 random(12);
    for (int turn = 0; turn < 100; ++turn) {
        const std::size_t channels = 1 + random() % 4;
        const std::size_t samples = 1 + random() % 60;
        Items<Real> rows, back(bundle, std::vector<Real>(samples * channels));
        std::vector<const Real*> from;
        std::vector<Real*> to;
        for (std::size_t r = 0; r < bundle; ++r) rows.push_back(numbers<Real>(random, samples * channels));
        for (const auto& row : rows) from.push_back(row.data());
        for (auto& row : back) to.push_back(row.data());
        std::vector<Real> columns(samples * channels * bundle);
        loops.lay_side_by_side(from.data(), samples * channels, columns.data());
        loops.lay_apart(columns.data(), samples * channels, to.data());
        REQUIRE((back == rows));

        std::vector<Real> dealt(samples * channels * stack2nrrd::most_phases, Real{7e5});
        const std::size_t count = 2 + random() % (stack2nrrd::most_phases - 1);
        std::vector<Real*> phases;
        for (std::size_t p = 0; p < count; ++p) phases.push_back(dealt.data() + p * samples * channels);
        loops.deal(rows[0].data(), samples * channels, count, phases.data());
        for (std::size_t i = 0; i < count * samples * channels; ++i) {
            REQUIRE(phases[i % count][i / count] == (i < samples * channels ? rows[0][i] : Real{7e5}));
        }

        std::vector<Real> away(samples * channels + 20, Real{7e5});
        const std::size_t at = random() % 20;
        loops.put_away(rows[0].data(), samples * channels, away.data() + at);
        loops.settle();
        for (std::size_t i = 0; i < away.size(); ++i) {
            const bool inside = i >= at && i < at + samples * channels;
            REQUIRE(away[i] == (inside ? rows[0][i - at] : Real{7e5}));
        }

        // Runs of outputs with as many taps, some of which share their weights.
        const Items<Real> weights{numbers<Real>(random, samples), numbers<Real>(random, samples)};
        const auto first = static_cast<std::int64_t>(random() % 5);
        std::vector<stack2nrrd::TapView<Real>> taps;
        std::size_t tap_count = 0;
        for (std::size_t k = 0; k < 9; ++k) {
            if (k % 3 == 0) tap_count = 1 + random() % samples;
            const std::size_t skipped = random() % (samples - tap_count + 1);
            taps.push_back({first + static_cast<std::int64_t>(skipped), static_cast<std::int64_t>(tap_count),
                            weights[random() % 2].data()});
        }
        std::vector<Real> results(taps.size() * channels * bundle);
        loops.filter(columns.data(), first, channels, taps.data(), taps.size(), results.data());
        for (std::size_t k = 0; k < taps.size(); ++k)
            for (std::size_t c = 0; c < channels; ++c)
                for (std::size_t r = 0; r < bundle; ++r) {
                    std::vector<Real> products;
                    for (std::size_t j = 0; j < static_cast<std::size_t>(taps[k].count); ++j) {
                        const std::size_t x = static_cast<std::size_t>(taps[k].first - first) + j;
                        products.push_back(taps[k].weights[j] * rows[r][x * channels + c]);
                    }
                    REQUIRE(results[(k * channels + c) * bundle + r] == in_groups<Real>(products, nullptr));
                }
    }
}

/// Numbers at and right beside the ends of the range, halves and wholes, and any.
std::vector<float> numbers_to_round() {
    std::mt19937 random(5);
    std::vector<float> numbers;
    for (const float whole :
         {-40000.F, -32769.F, -32768.F, -129.F, -128.F, -2.F, -1.F, -0.F, 0.F, 1.F, 127.F, 32767.F, 70000.F}) {
        for (const float rest : {0.F, 0.25F, 0.5F, 0.75F}) {
            const float number = whole + rest;
            for (const float beside : {-1e9F, number, 1e9F}) numbers.push_back(std::nextafter(number, beside));
        }
    }
    for (int i = 0; i < 20000; ++i)
        numbers.push_back(static_cast<float>(static_cast<double>(random()) / 4294967296.0 * 160000 - 80000));
    return numbers;
}

template <class Sample>
void test_samples(const stack2nrrd::SampleLoops<Sample>& loops) {
    const double highest = static_cast<Sample>(-1);
    const std::vector<float> numbers = numbers_to_round();
    for (const std::int32_t offset : {0, 128, 32768, -7}) {
        std::vector<Sample> samples(numbers.size());
        const stack2nrrd::Clipped clipped = loops.round_off(numbers.data(), numbers.size(), offset, samples.data());
        std::int64_t low = 0;
        std::int64_t high = 0;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            INFO("number " << numbers[i] << ", offset " << offset);
            const double whole = std::floor(static_cast<double>(numbers[i]) + offset + 0.5);
            REQUIRE(samples[i] == std::clamp(whole, 0.0, highest));
            low += whole < 0 ? 1 : 0;
            high += whole > highest ? 1 : 0;
        }
        CHECK(clipped.low == low);
        CHECK(clipped.high == high);
        CHECK(low > 100);
        CHECK(high > (sizeof(Sample) == 1 || offset > 0 ? 100 : 0));
    }

    constexpr std::size_t values = std::size_t{1} << (8 * sizeof(Sample));
    std::vector<std::byte> bytes(1 + sizeof(Sample) * values);
    for (std::size_t i = 0; i < values; ++i) {
        const auto sample = static_cast<Sample>(i);
        std::memcpy(bytes.data() + 1 + i * sizeof sample, &sample, sizeof sample);
    }
    for (const std::size_t count : {std::size_t{0}, std::size_t{5}, values}) {
        std::vector<float> made(count + 1, -1.5F);
        loops.to_numbers(bytes.data() + 1, count, 128.5F, made.data());
        for (std::size_t i = 0; i < count; ++i) REQUIRE(made[i] == static_cast<float>(i) - 128.5F);
        REQUIRE(made[count] == -1.5F);
    }
}

/// Adding up at once against converting first.
template <class Sample>
void test_adding_samples(const stack2nrrd::SampleLoops<Sample>& loops, const stack2nrrd::Loops<float>& plain) {
    std::mt19937 random(13);
    for (int turn = 0; turn < 300; ++turn) {
        const std::size_t count = 1 + random() % 4;
        const std::size_t length = random() % 300;
        const bool fresh = random() % 2 == 0;
        const float middle = random() % 2 == 0 ? 0.F : 32768.F;
        std::vector<std::vector<std::byte>> rows(count, std::vector<std::byte>(1 + length * sizeof(Sample)));
        std::vector<const std::byte*> samples;
        Items<float> items(count, std::vector<float>(length));
        std::vector<const float*> pointers;
        for (std::size_t j = 0; j < count; ++j) {
            for (std::byte& byte : rows[j]) byte = static_cast<std::byte>(random());
            samples.push_back(rows[j].data() + random() % 2);
            for (std::size_t i = 0; i < length; ++i) {
                Sample sample{};
                std::memcpy(&sample, samples[j] + i * sizeof sample, sizeof sample);
                items[j][i] = static_cast<float>(sample) - middle;
            }
            pointers.push_back(items[j].data());
        }
        const std::vector<float> weights = numbers<float>(random, count);
        std::vector<float> sum = numbers<float>(random, length);
        std::vector<float> wanted = sum;
        loops.add_up(sum.data(), fresh, samples.data(), middle, weights.data(), count, length);
        plain.add_up(wanted.data(), fresh, pointers.data(), weights.data(), count, length);
        REQUIRE((sum == wanted));
    }
}

template <class Sample>
void test_dealing_samples(const stack2nrrd::SampleLoops<Sample>& loops) {
    std::mt19937 random(14);
    for (int turn = 0; turn < 300; ++turn) {
        const std::size_t length = random() % 300;
        const std::size_t count = 1 + random() % stack2nrrd::most_phases;
        const std::size_t skipped = random() % 2;  // rows need not be aligned
        std::vector<std::byte> row(skipped + length * sizeof(Sample));
        for (std::byte& byte : row) byte = static_cast<std::byte>(random());
        constexpr Sample nothing = 201;
        std::vector<std::vector<Sample>> dealt(count, std::vector<Sample>(length + 1, nothing));
        std::vector<Sample*> phases;
        for (auto& phase : dealt) phases.push_back(phase.data());
        loops.deal(row.data() + skipped, length, count, phases.data());
        for (std::size_t i = 0; i < count * (length + 1); ++i) {
            Sample wanted = nothing;
            if (i < length) std::memcpy(&wanted, row.data() + skipped + i * sizeof wanted, sizeof wanted);
            REQUIRE(dealt[i % count][i / count] == wanted);
        }
    }
}

/// Few values, so that many are equally frequent, and the ends of the type among them.
template <class Sample>
void test_modes(const stack2nrrd::SampleLoops<Sample>& loops) {
    constexpr auto greatest = static_cast<Sample>(-1);
    const std::vector<Sample> values{greatest, 0, static_cast<Sample>(greatest - 1), greatest / 2, greatest / 2 + 1, 1};
    std::mt19937 random(15);
    for (int turn = 0; turn < 300; ++turn) {
        const std::size_t count = 1 + random() % (turn % 2 == 0 ? 8 : 64);
        const std::size_t length = random() % 150;
        const std::size_t room = length + stack2nrrd::most_vector_bytes;
        const std::size_t different = 1 + random() % values.size();
        std::vector<std::vector<Sample>> items(count, std::vector<Sample>(room + 1));
        std::vector<const Sample*> pointers;
        std::vector<Sample> times;
        for (auto& item : items) {
            for (Sample& sample : item) sample = values[random() % different];
            pointers.push_back(item.data() + random() % 2);
            times.push_back(static_cast<Sample>(1 + random() % (255 / count)));
        }
        std::vector<Sample> modes(room);
        loops.find_modes(pointers.data(), times.data(), count, length, modes.data());
        for (std::size_t i = 0; i < length; ++i) {
            std::map<Sample, unsigned> counts;
            for (std::size_t j = 0; j < count; ++j) counts[pointers[j][i]] += times[j];
            const auto most = std::max_element(counts.begin(), counts.end(),  // the first of several
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
            REQUIRE(modes[i] == most->first);
        }
    }
}

}  // namespace

TEST_CASE("the loops of every instruction set make the same bytes", "[loops]") {
    using stack2nrrd::InstructionSet;
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (!stack2nrrd::has(set)) {
            WARN("skipped for instruction set " << static_cast<int>(set) << ": this processor does not have it");
            continue;
        }
        INFO("instruction set " << static_cast<int>(set));
        test_adding_up(stack2nrrd::loops<float>(set));
        test_adding_up(stack2nrrd::loops<double>(set));
        test_bundles(stack2nrrd::loops<float>(set));
        test_bundles(stack2nrrd::loops<double>(set));
        const auto& plain = stack2nrrd::loops<float>(InstructionSet::baseline);
        test_adding_samples(stack2nrrd::sample_loops<std::uint8_t>(set), plain);
        test_adding_samples(stack2nrrd::sample_loops<std::uint16_t>(set), plain);
        test_samples(stack2nrrd::sample_loops<std::uint8_t>(set));
        test_samples(stack2nrrd::sample_loops<std::uint16_t>(set));
        test_dealing_samples(stack2nrrd::sample_loops<std::uint8_t>(set));
        test_dealing_samples(stack2nrrd::sample_loops<std::uint16_t>(set));
        test_modes(stack2nrrd::sample_loops<std::uint8_t>(set));
        test_modes(stack2nrrd::sample_loops<std::uint16_t>(set));
    }
}
