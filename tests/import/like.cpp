// The grid of another volume: its numbers in the header, and at each of its samples what the source has there.

#include "import/grids.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <sstream>

using namespace grid_test;

TEST_CASE("what is like a result of the same source has its bytes, in any order and sense of axes", "[import]") {
    // Options of the source, and those that the reference is made by.
    const std::vector<std::pair<Settings, Settings>> all{
        {Settings{}, {{"factor", "2"}}},
        {Settings{}, {{"factor", "3"}, {"align", "first"}}},
        {Settings{}, {{"factor", "8/3"}, {"crop", "1:20,2:17,3:"}}},
        {Settings{}, {{"factor", "8/3,1,3/2"}, {"slab", "2:7"}}},
        {Settings{}, {{"factor", "8/3"}, {"flip", "x,z"}, {"crop", ":19,:,2:"}}},
        {Settings{}, {{"size", "17,13,9"}}},
        {Settings{}, {{"size", "31,40,23"}}},
        {Settings{}, {{"crop", "3:20,2:17,5:"}}},
        {{{"spacing", ".0195,.021,.03"}, {"origin", "100.3,-7.77,1e3"}}, {{"isotropic", "true"}}},
        {{{"spacing", ".0195,.021,.03"}}, {{"target-spacing", ".0512345678"}}},
        {{{"spacing", "0.123456789,0.3333333333333333,1e-3"}}, {{"factor", "2.718281828"}}},
        {{{"step", "2"}, {"reverse", "true"}}, {{"factor", "7/5"}}},
        {{{"kernel", "box"}, {"type", "float32"}}, {{"fit", "1500"}}},
        {{{"labels", "true"}}, {{"factor", "5/2"}}},
        {{{"kernel", "nearest"}, {"type", "float64"}}, {{"factor", "3/2"}}},
    };
    support::TempFolder folder;
    int count = 0;
    for (const auto& [of_source, of_reference] : all) {
        const Stack stack = placed(noise());
        Settings both = of_source;
        both.insert(both.end(), of_reference.begin(), of_reference.end());
        VolumeInfo made;
        const Bytes bytes = import_bytes(stack, options_with(both), &made);
        for (const Order& order : orders) {
            for (int turned = 0; turned < 8; ++turned) {
                CAPTURE(both.back().second, order, turned);
                const Grid grid = rearranged(grid_of(made), order, turned);
                write_grid(folder / "reference.nrrd", grid);
                Options options = options_with(of_source);
                options.like = folder / "reference.nrrd";
                options.threads = 1 + static_cast<unsigned>(++count) % 2;
                VolumeInfo info;
                CHECK((import_bytes(stack, options, &info) == rearranged(bytes, made, order, turned)));
                CHECK(has_grid(info, grid));
                CHECK(note(info, "stack2nrrd_factor") == note(made, "stack2nrrd_factor"));
                CHECK(has(note(info, "stack2nrrd_options"), " like=reference.nrrd"));
                CHECK(has(note(info, "stack2nrrd_options"), " fill=0"));
                CHECK_FALSE(warns(stack, options, "outside"));
            }
        }
    }
}

TEST_CASE("colours, components, NaN and 64 bits are arranged as they are", "[import]") {
    support::TempFolder folder;
    for (const SampleType type : {SampleType::uint8, SampleType::float32, SampleType::int64}) {
        const int channels = type == SampleType::uint8 ? 3 : type == SampleType::float32 ? 5 : 1;
        Volume volume = phantom::noise({13, 12, 11}, 0, 200, true, 9, channels);
        if (type == SampleType::float32) volume.at(4, 5, 6, 2) = std::numeric_limits<double>::quiet_NaN();
        support::write_volume(folder / "v.nrrd", volume, SampleType::float64,
                              {.kind = channels == 3 ? "RGB-color" : "vector"});
        Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        stack.geometry.spacing_known = true;
        Options options;
        options.type = type;
        options.channel = stack2nrrd::Channel::all;
        stack2nrrd::set_option(options, "factor", "3/2");
        VolumeInfo made;
        const Bytes bytes = import_bytes(stack, options, &made);
        CHECK(made.channels == channels);
        for (const Order& order : orders) {
            write_grid(folder / "r.nrrd", rearranged(grid_of(made), order, 5));
            Options like = options_with({{"channel", "all"}});
            like.type = type;
            like.like = folder / "r.nrrd";
            VolumeInfo info;
            CHECK((import_bytes(stack, like, &info) == rearranged(bytes, made, order, 5)));
            CHECK(info.channels == channels);
            CHECK(info.colour == made.colour);
        }
    }
}

TEST_CASE("random grids have what the slow truth has at their samples, and the fill outside", "[import]") {
    std::mt19937 random(17);
    const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(n)); };
    support::TempFolder folder;
    constexpr std::array<SampleType, 4> types{SampleType::uint8, SampleType::int16, SampleType::float32,
                                              SampleType::float64};
    const std::array<std::string, 6> kernels{"lanczos:3", "box", "tent", "gauss:0.5,4", "kaiser:3,4", "nearest"};
    std::int64_t inside = 0;
    std::int64_t outside = 0;
    for (int round = 0; round < 160; ++round) {
        const SampleType type = types[random() % types.size()];
        const Source source(
            phantom::noise({7 + below(14), 7 + below(14), 7 + below(14)}, type, static_cast<std::uint32_t>(random())),
            type);
        const auto& n = source.volume.size;
        Stack stack = placed(source);
        Geometry& g = stack.geometry;
        // Axes of the source: those of space in some order and sense, or oblique.
        const Order world = orders[random() % 6];
        for (std::size_t a = 0; a < 3; ++a) {
            const double spacing = 0.01 + static_cast<double>(below(1000)) / 997;
            const double sense = random() % 2 == 0 ? 1 : -1;
            g.direction[a] = {};
            g.direction[a][world[a]] = spacing * sense;
            if (round % 3 == 0) {  // turned by 3, 4, 5 in a plane
                const std::size_t p = (static_cast<std::size_t>(round) + 1) % 3;
                const std::size_t q = (p + 1) % 3;
                const double u = g.direction[a][p];
                const double v = g.direction[a][q];
                g.direction[a][p] = 0.8 * u - 0.6 * v;
                g.direction[a][q] = 0.6 * u + 0.8 * v;
            }
            g.origin[a] = static_cast<double>(below(2000)) / 7 - 100;
        }
        // The grid, along the axes of the source.
        std::array<reference::Axis, 3> axes;
        std::array<Range, 3> within;  // of its samples, those inside
        std::array<Index, 3> counts{};
        Options options;
        const std::string kernel = kernels[random() % kernels.size()];
        stack2nrrd::set_option(options, "kernel", kernel);
        std::array<Range, 3> crop{Range{0, n[0]}, Range{0, n[1]}, Range{0, n[2]}};
        if (random() % 3 == 0) {
            for (std::size_t a = 0; a < 3; ++a) crop[a] = {below(3), n[a] - below(3)};
            for (std::size_t a = 0; a < 3; ++a) options.axes[a].crop = crop[a];
        }
        std::array<Fraction, 3> start;
        for (std::size_t a = 0; a < 3; ++a) {
            const std::int64_t den = 1 + below(12);
            const Fraction step =
                reference::fraction(std::max<std::int64_t>(den * 3 / 10 + 1, below(9 * den + 1)), den);
            start[a] = reference::fraction(below(14 * den) - 5 * den, den + below(3));
            counts[a] = 2 + below(30 * step.den / step.num + 3);
            axes[a].n = n[a];
            axes[a].factor = random() % 5 == 0 ? Fraction{1, 1} : step;
            axes[a].kernel = reference::kernel(kernel);
            within[a] = {counts[a], 0};
            for (Index k = 0; k < counts[a]; ++k) {
                const Fraction& s = axes[a].factor;
                const Fraction u =
                    reference::fraction(start[a].num * s.den + k * s.num * start[a].den, start[a].den * s.den);
                // crop.first − 1/2 ≤ u ≤ crop.end − 1/2
                if (2 * u.num < (2 * crop[a].first - 1) * u.den || 2 * u.num > (2 * crop[a].end - 1) * u.den) continue;
                if (within[a].end == 0) axes[a].start = u;
                within[a] = {std::min(within[a].first, k), k + 1};
            }
            axes[a].outputs = within[a].size();
        }
        Grid grid{counts, {}, g.origin};
        for (std::size_t a = 0; a < 3; ++a) {
            const long double step = static_cast<long double>(axes[a].factor.num) / axes[a].factor.den;
            const long double first = static_cast<long double>(start[a].num) / start[a].den;
            for (std::size_t w = 0; w < 3; ++w) {
                grid.direction[a][w] = static_cast<double>(g.direction[a][w] * step);
                grid.origin[w] = static_cast<double>(grid.origin[w] + g.direction[a][w] * first);
            }
        }
        const Order order = orders[random() % 6];
        const int turned = static_cast<int>(below(8));
        const Grid asked = rearranged(grid, order, turned);
        write_grid(folder / "r.nrrd", asked);
        options.like = folder / "r.nrrd";
        options.fill = 77;
        CAPTURE(round, kernel, order, turned);
        if (within[0].empty() || within[1].empty() || within[2].empty()) {
            CHECK(has(complaint(stack, options), "none of its samples has its centre within the source"));
            continue;
        }
        VolumeInfo info;
        const Bytes bytes = import_bytes(stack, options, &info);
        CHECK(has_grid(info, asked));
        // Back to the order of the source: the arrangement undone is another one.
        Order back{};
        int turned_back = 0;
        for (std::size_t o = 0; o < 3; ++o) {
            back[order[o]] = o;
            if ((turned >> o) % 2 != 0) turned_back |= 1 << order[o];
        }
        const Doubles samples = support::from_bytes(rearranged(bytes, info, back, turned_back), type);
        Doubles found;
        for (Index z = 0; z < counts[2]; ++z) {
            for (Index y = 0; y < counts[1]; ++y) {
                for (Index x = 0; x < counts[0]; ++x) {
                    const double sample = samples[static_cast<std::size_t>((z * counts[1] + y) * counts[0] + x)];
                    const std::array<Index, 3> at{x, y, z};
                    bool is_inside = true;
                    for (std::size_t a = 0; a < 3; ++a)
                        is_inside = is_inside && at[a] >= within[a].first && at[a] < within[a].end;
                    if (is_inside) found.push_back(sample);
                    if (!is_inside && sample != 77) FAIL("outside is " << sample);
                    if (!is_inside) ++outside;
                }
            }
        }
        inside += static_cast<std::int64_t>(found.size());
        const reference::Result truth = reference::resample(source.volume, axes);
        const std::string difference =
            reference::disagreement(truth, found, type, reference::tolerance(source.volume, type));
        CHECK(difference.empty());
        if (!difference.empty()) WARN(difference);
    }
    CHECK(inside > 5000);
    CHECK(outside > 10000);
}

TEST_CASE("steps that are no fractions are met within a millionth of a sample", "[import]") {
    // tent draws straight lines between samples, and each sample is its own position.
    std::mt19937 random(23);
    std::uniform_real_distribution<double> share(0, 1);
    support::TempFolder folder;
    double worst = 0;
    for (int round = 0; round < 30; ++round) {
        const std::size_t axis = static_cast<std::size_t>(round) % 3;
        std::array<double, 3> slope{};
        slope[axis] = 1;
        const Source source(phantom::ramp({40, 30, 20}, 0, slope), SampleType::float64);
        Stack stack = placed(source);
        Options options = options_with({{"kernel", "tent"}});
        Grid grid;
        std::array<double, 3> first{};
        std::array<double, 3> step{};
        for (std::size_t a = 0; a < 3; ++a) {
            first[a] = 3 * share(random);
            step[a] = 0.3 + 0.69 * share(random);
            grid.size[a] = 25;
            grid.direction[a] = {};
            grid.direction[a][a] = .0195 * step[a];
            grid.origin[a] = .0195 * first[a];
        }
        write_grid(folder / "r.nrrd", grid);
        options.like = folder / "r.nrrd";
        const Doubles samples = import_samples(stack, options);
        for (Index k = 0; k < 25; ++k) {
            std::array<Index, 3> at{1, 1, 1};
            at[axis] = k;
            const double u = first[axis] + static_cast<double>(k) * step[axis];
            if (u > static_cast<double>(source.volume.size[axis] - 1)) continue;
            const double sample = samples[static_cast<std::size_t>((at[2] * 25 + at[1]) * 25 + at[0])];
            worst = std::max(worst, std::abs(sample - u));
        }
    }
    CHECK(worst < 1e-6);
    CHECK(worst > 1e-12);

    // A place beside the multiples of the step's fraction, with which it has no denominator of nine digits.
    const Source source(phantom::ramp({40, 3, 3}, 0, {1, 0, 0}), SampleType::float64);
    Grid grid{{80, 1, 1}, placed(source).geometry.direction, {}};
    const double step = 9001.0 / 20011;
    const double first = 2 + 2.1e-6;
    grid.direction[0][0] *= step;
    grid.origin[0] = .0195 * first;
    write_grid(folder / "r.nrrd", grid);
    Options options = options_with({{"kernel", "tent"}});
    options.like = folder / "r.nrrd";
    const Doubles samples = import_samples(placed(source), options);
    for (std::size_t k = 0; k < 80; ++k) {
        CHECK(std::abs(samples[k] - (first + static_cast<double>(k) * step)) < 1e-6);
    }
    // One sample of the grid is ten thousand of the source's, and is anywhere.
    grid.size = {1, 1, 1};
    grid.direction = {Vector3{195.1, 0, 0}, Vector3{0, 197.3, 0}, Vector3{0, 0, 196.1}};
    grid.origin = {.0195 * (19.5 + 3.3e-6), .0195 * (1 + 7.7e-6), .0195 * 1.000001};
    write_grid(folder / "r.nrrd", grid);
    stack2nrrd::set_option(options, "kernel", "box");
    CHECK(import_samples(placed(source), options).size() == 1);
}

TEST_CASE("slabs of a grid are its slices, also those that are outside", "[import]") {
    const Stack stack = placed(noise());
    support::TempFolder folder;
    for (const Order& order : orders) {
        for (const int turned : {0, 7}) {
            Grid grid;
            grid.size = {20, 20, 20};
            for (std::size_t a = 0; a < 3; ++a) {
                grid.direction[a] = {};
                grid.direction[a][a] = .0195 * 1.3;
                grid.origin[a] = -.08;
            }
            grid = rearranged(grid, order, turned);
            write_grid(folder / "r.nrrd", grid);
            Options options;
            options.like = folder / "r.nrrd";
            options.fill = 9;
            VolumeInfo whole;
            const Bytes bytes = import_bytes(stack, options, &whole);
            for (const Index depth : {1, 3, 20}) {
                Bytes joined;
                for (Index z = 0; z < 20; z += depth) {
                    options.slab = {z, std::min<Index>(20, z + depth)};
                    VolumeInfo info;
                    const Bytes part = import_bytes(stack, options, &info);
                    joined.insert(joined.end(), part.begin(), part.end());
                    CHECK(info.geometry.direction == grid.direction);
                    for (std::size_t w = 0; w < 3; ++w) {
                        const double place = grid.origin[w] + grid.direction[2][w] * static_cast<double>(z);
                        CHECK(std::abs(info.geometry.origin[w] - place) < 1e-14);
                    }
                }
                CHECK((joined == bytes));
            }
            options.slab = {3, stack2nrrd::open_end};
            CHECK(has(note(stack2nrrd::plan_import(stack, options).volume(), "stack2nrrd_options"), "slab=3:20"));
            options.slab = {3, 21};
            CHECK(has(complaint(stack, options), "--slab: 3:21 is not within the 20 slices"));
        }
    }
}

TEST_CASE("less memory for the scratch file makes the same bytes", "[import]") {
    const Source source(phantom::noise({150, 140, 130}, SampleType::uint16, 8), SampleType::uint16);
    const Stack stack = placed(source);
    support::TempFolder folder;
    Grid grid{{150, 140, 130}, stack.geometry.direction, stack.geometry.origin};
    write_grid(folder / "r.nrrd", rearranged(grid, {2, 1, 0}, 4));
    Options options;
    options.like = folder / "r.nrrd";
    options.threads = 1;
    const auto free = stack2nrrd::plan_import(stack, options);
    CHECK(free.scratch_bytes() == std::int64_t{150} * 140 * 130 * 2);
    const Bytes bytes = import_bytes(stack, options);
    options.memory = 1;
    std::string sentence;
    CHECK(refusal([&] { (void)stack2nrrd::plan_import(stack, options); }, &sentence) == ErrorCode::limit);
    const std::size_t at = sentence.find("at least ");
    REQUIRE(at != std::string::npos);
    // What the sentence advises is enough; and what is between is kept to.
    const std::int64_t least = std::stoll(sentence.substr(at + 9));
    for (std::int64_t mebibytes = least; mebibytes <= (free.memory_bytes() >> 20) + 1; ++mebibytes) {
        options.memory = static_cast<std::uint64_t>(mebibytes) << 20;
        const auto plan = stack2nrrd::plan_import(stack, options);
        CHECK(plan.memory_bytes() <= mebibytes << 20);
        if (mebibytes == least || mebibytes % 4 == 0) CHECK((import_bytes(stack, options) == bytes));
    }
    CHECK(least < free.memory_bytes() >> 20);
}

TEST_CASE("extents of segments are those of the grid", "[import]") {
    std::mt19937 random(29);
    const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(n)); };
    support::TempFolder folder;
    int seen = 0;
    for (int round = 0; round < 100; ++round) {
        constexpr std::array<std::int64_t, 3> size{14, 13, 12};
        Volume volume(size);
        std::string extent;
        std::array<Range, 3> object;
        for (std::size_t a = 0; a < 3; ++a) {
            object[a].first = below(size[a]);
            object[a].end = object[a].first + 1 + below(size[a] - object[a].first);
            extent += std::to_string(object[a].first) + " " + std::to_string(object[a].end - 1) + " ";
        }
        for (Index z = object[2].first; z < object[2].end; ++z)
            for (Index y = object[1].first; y < object[1].end; ++y)
                for (Index x = object[0].first; x < object[0].end; ++x) volume.at(x, y, z) = 5;
        support::write_volume(folder / "v.nrrd", volume, SampleType::uint8,
                              {.lines = geometry_text({}) + "labels: \"i\" \"j\" \"k\"\nSegment0_Extent:=" + extent +
                                        "\nSegmentation_ReferenceImageExtentOffset:=10 20 30\n"});
        const Stack stack = stack2nrrd::find_stack(folder / "v.nrrd");
        Grid grid;
        const bool copies = round % 4 == 0;
        for (std::size_t a = 0; a < 3; ++a) {
            grid.direction[a][a] = copies ? 1 : 0.5 + 0.25 * static_cast<double>(below(8));
            grid.origin[a] = copies ? static_cast<double>(below(8) - 4) : 0.25 * static_cast<double>(below(30) - 15);
            grid.size[a] = 5 + below(15);
        }
        const Order order = orders[random() % 6];
        const int turned = static_cast<int>(below(8)) * (round % 8 == 0 ? 0 : 1);
        write_grid(folder / "r.nrrd", rearranged(grid, order, turned));
        Options options = options_with({{"labels", "true"}});
        options.like = folder / "r.nrrd";
        if (random() % 3 == 0) options.slab = {1, 3};
        VolumeInfo info;
        const Doubles samples = import_samples(stack, options, &info);
        std::array<Index, 6> e{};
        std::istringstream words(note(info, "Segment0_Extent"));
        for (Index& i : e) words >> i;
        std::size_t at = 0;
        int beside = 0;
        for (Index z = 0; z < info.size[2]; ++z)
            for (Index y = 0; y < info.size[1]; ++y)
                for (Index x = 0; x < info.size[0]; ++x) {
                    if (samples[at++] == 0) continue;
                    ++seen;
                    if (x < e[0] || x > e[1] || y < e[2] || y > e[3] || z < e[4] || z > e[5]) ++beside;
                }
        CAPTURE(round, note(info, "Segment0_Extent"));
        CHECK(beside == 0);
        for (std::size_t a = 0; a < 3; ++a) CHECK(e[2 * a + 1] < info.size[a]);
        constexpr std::array<const char*, 3> names{"i", "j", "k"};
        for (std::size_t a = 0; a < 3; ++a) CHECK(info.fields.labels[a] == names[order[a]]);
        // The place in another image is that of the first sample, as long as samples are copied in their order.
        const std::string offset = note(info, "Segmentation_ReferenceImageExtentOffset");
        if (!copies || order != orders[0] || turned != 0) {
            if (!copies && offset != "(none)") CHECK(note(info, "stack2nrrd_factor") == "1");
            continue;
        }
        std::array<Index, 3> expected{10, 20, 30};
        for (std::size_t a = 0; a < 3; ++a) expected[a] += static_cast<Index>(grid.origin[a]);
        expected[2] += options.slab.first;
        // A slab that is outside has none of the samples, and its place is that of its first sample all the same.
        CHECK(offset ==
              std::to_string(expected[0]) + " " + std::to_string(expected[1]) + " " + std::to_string(expected[2]));
    }
    CHECK(seen > 500);
}

TEST_CASE("numbers that are almost those of a factor are taken for them, and written as they are", "[import]") {
    const Stack stack = placed(noise());
    support::TempFolder folder;
    for (const char* factor : {"2", "8/3", "7/5"}) {
        VolumeInfo made;
        const Bytes bytes = import_bytes(stack, options_with({{"factor", factor}}), &made);
        Grid grid = grid_of(made);
        for (std::size_t a = 0; a < 3; ++a) {
            grid.direction[a][a] *= 1 + 9e-10;
            grid.origin[a] *= 1 - 1e-9;
        }
        write_grid(folder / "r.nrrd", grid);
        Options options;
        options.like = folder / "r.nrrd";
        VolumeInfo info;
        CHECK((import_bytes(stack, options, &info) == bytes));
        CHECK(has_grid(info, grid));
        CHECK_FALSE(warns(stack, options, "outside"));
    }
}
