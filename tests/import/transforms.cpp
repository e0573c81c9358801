// Transforms: what is only moved keeps its samples; what is turned has those of the same place; and the ways that a
// grid may be given are one.

#include "import/grids.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>

using namespace grid_test;

namespace {

namespace fs = std::filesystem;
using Matrix = std::array<Vector3, 3>;  // rows

struct Map {
    Matrix matrix{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};
    Vector3 offset{0, 0, 0};

    [[nodiscard]] Vector3 operator()(const Vector3& p) const {
        Vector3 result = offset;
        for (std::size_t r = 0; r < 3; ++r) {
            for (std::size_t c = 0; c < 3; ++c) result[r] += matrix[r][c] * p[c];
        }
        return result;
    }
};

/// A turn by these angles about z, y and x.
Map turn(double z, double y, double x, Vector3 offset = {0, 0, 0}) {
    const auto about = [](std::size_t axis, double angle) {
        Matrix m{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};
        const std::size_t a = (axis + 1) % 3;
        const std::size_t b = (axis + 2) % 3;
        m[a][a] = m[b][b] = std::cos(angle);
        m[a][b] = -std::sin(angle);
        m[b][a] = std::sin(angle);
        return m;
    };
    const auto times = [](const Matrix& p, const Matrix& q) {
        Matrix m{};
        for (std::size_t r = 0; r < 3; ++r) {
            for (std::size_t c = 0; c < 3; ++c) {
                for (std::size_t k = 0; k < 3; ++k) m[r][c] += p[r][k] * q[k][c];
            }
        }
        return m;
    };
    return {times(about(2, z), times(about(1, y), about(0, x))), offset};
}

std::string entry(const Map& map) {
    std::string text = "Transform: AffineTransform_double_3_3\nParameters:";
    for (const Vector3& row : map.matrix) {
        for (const double number : row) text += " " + grid_test::number(number);
    }
    for (const double number : map.offset) text += " " + grid_test::number(number);
    return text + "\nFixedParameters: 0 0 0\n";
}

void write_text(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

constexpr const char* head = "#Insight Transform File V1.0\n";

void write_map(const fs::path& file, const Map& map) { write_text(file, head + ("#Transform 0\n" + entry(map))); }

/// Spots that a grid of half their width can tell.
const Source& spots() {
    static const Source made(phantom::blobs({40, 34, 30}, 20, 220), SampleType::uint8);
    return made;
}

Options through(const fs::path& file, const Settings& settings = {}) {
    Options options = options_with(settings);
    options.transforms = {{file, {}}};
    return options;
}

double far_apart(const Vector3& a, const Vector3& b) {
    return std::max({std::abs(a[0] - b[0]), std::abs(a[1] - b[1]), std::abs(a[2] - b[2])});
}

Vector3 place(const VolumeInfo& info, const Vector3& index) {
    Vector3 result = info.geometry.origin;
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t w = 0; w < 3; ++w) result[w] += index[a] * info.geometry.direction[a][w];
    }
    return result;
}

/// Bytes and header of a file that is written.
Bytes file_bytes(const Stack& stack, const Options& options, const fs::path& file) {
    Options own = options;
    own.nrrd.force = true;
    const auto sink = stack2nrrd::nrrd_sink(file, own.nrrd);
    static_cast<void>(stack2nrrd::run_import(stack2nrrd::plan_import(stack, own), *sink));
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    Bytes bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

}  // namespace

TEST_CASE("the identity is no transform, byte for byte", "[import]") {
    const support::TempFolder folder;
    const std::vector<std::string> identities{
        "Transform: IdentityTransform_double_3_3\nParameters:\nFixedParameters:\n",
        "Transform: AffineTransform_double_3_3\nParameters: 1 0 0 0 1 0 0 0 1 0 0 0\nFixedParameters: 3 4 5\n",
        "Transform: Euler3DTransform_double_3_3\nParameters: 0 0 0 0 0 0\nFixedParameters: 1 2 3 0\n",
        "Transform: TranslationTransform_double_3_3\nParameters: 0 0 0\nFixedParameters:\n",
    };
    Grid turned{{9, 8, 7}, turn(.4, .2, .3).matrix, {.1, .1, .1}};
    for (Vector3& direction : turned.direction) {
        for (double& component : direction) component *= .05;
    }
    write_grid(folder / "turned.nrrd", turned);
    const Stack stack = placed(noise());
    for (const std::string& identity : identities) {
        write_text(folder / "i.tfm", std::string(head) + "#Transform 0\n" + identity);
        CAPTURE(identity);
        for (const Settings& settings :
             {Settings{}, Settings{{"factor", "8/3"}, {"crop", "2:20,:,3:"}}, Settings{{"flip", "x,z"}},
              Settings{{"max-dim", "9"}, {"kernel", "box"}}, Settings{{"labels", "true"}, {"factor", "2"}}}) {
            CHECK((file_bytes(stack, through(folder / "i.tfm", settings), folder / "a.nrrd") ==
                   file_bytes(stack, options_with(settings), folder / "a.nrrd")));
        }
        Options like;
        like.like = folder / "turned.nrrd";
        const Bytes without = file_bytes(stack, like, folder / "a.nrrd");
        like.transforms = {{folder / "i.tfm", {}}, {folder / "i.tfm", {}}};
        CHECK((file_bytes(stack, like, folder / "a.nrrd") == without));
    }
}

TEST_CASE("what keeps the directions of the axes moves the header and no sample", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(noise());
    std::mt19937 random(3);
    std::uniform_real_distribution<double> any(-3, 3);
    for (int round = 0; round < 48; ++round) {
        const Order& order = orders[static_cast<std::size_t>(round) % 6];
        Map map;
        map.offset = {any(random), any(random), any(random)};
        for (std::size_t r = 0; r < 3; ++r) {
            map.matrix[r] = {0, 0, 0};
            map.matrix[r][order[r]] = round < 24 ? (round % 5 < 3 ? 1 : -1) : any(random) + (round % 2 == 0 ? 4 : -4);
        }
        write_map(folder / "m.tfm", map);
        for (const Settings& settings : {Settings{{"factor", "3/2"}}, Settings{{"slab", "3:9"}, {"flip", "y"}}}) {
            CAPTURE(round);
            VolumeInfo made;
            VolumeInfo expected;
            const Bytes bytes = import_bytes(stack, options_with(settings), &expected);
            CHECK((import_bytes(stack, through(folder / "m.tfm", settings), &made) == bytes));
            CHECK(made.size == expected.size);
            // Each sample's place goes to where that sample is in the source.
            for (const Vector3& index : {Vector3{0, 0, 0}, {5, 0, 2}, {3, 7, 1}}) {
                CHECK(far_apart(map(place(made, index)), place(expected, index)) < 1e-12);
            }
            CHECK(stack2nrrd::plan_import(stack, through(folder / "m.tfm", settings)).scratch_bytes() == 0);
        }
    }
}

TEST_CASE("a header can be moved by any linear transform, and then names the grid that keeps all samples", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(spots());
    const Map map = turn(.5, -.3, .2, {1, -2, .5});
    write_map(folder / "m.tfm", map);
    for (const Settings& settings : {Settings{}, Settings{{"factor", "2"}}}) {
        VolumeInfo moved;
        VolumeInfo expected;
        Options options = through(folder / "m.tfm", settings);
        options.header_only = true;
        const Bytes bytes = import_bytes(stack, options_with(settings), &expected);
        CHECK((import_bytes(stack, options, &moved) == bytes));
        CHECK(far_apart(map(place(moved, {4, 5, 6})), place(expected, {4, 5, 6})) < 1e-12);
        // On that grid, the transform leads to samples of the source, or to places that are a factor apart.
        write_grid(folder / "moved.nrrd", grid_of(moved));
        Options like = through(folder / "m.tfm");
        like.like = folder / "moved.nrrd";
        VolumeInfo info;
        CHECK((import_bytes(stack, like, &info) == bytes));
        CHECK(has_grid(info, grid_of(moved)));
        CHECK(stack2nrrd::plan_import(stack, like).scratch_bytes() == 0);
    }
}

TEST_CASE("a composite and its parts are the same, the last one first", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(spots());
    const Map first = turn(.3, .1, 0, {.1, 0, 0});
    const Map second = turn(0, -.2, .4, {0, .05, -.1});
    write_map(folder / "a.tfm", first);
    write_map(folder / "b.tfm", second);
    write_text(folder / "ab.tfm", std::string(head) +
                                      "#Transform 0\nTransform: CompositeTransform_double_3_3\nParameters:\n"
                                      "FixedParameters:\n#Transform 1\n" +
                                      entry(first) + "#Transform 2\n" + entry(second));
    Options parts = through(folder / "a.tfm", {{"factor", "2"}});
    parts.transforms.push_back({folder / "b.tfm", {}});
    VolumeInfo by_parts;
    VolumeInfo by_one;
    const Bytes bytes = import_bytes(stack, parts, &by_parts);
    CHECK((import_bytes(stack, through(folder / "ab.tfm", {{"factor", "2"}}), &by_one) == bytes));
    CHECK(has_grid(by_one, grid_of(by_parts)));
    std::swap(parts.transforms[0], parts.transforms[1]);
    CHECK((import_bytes(stack, parts) != bytes));
}

TEST_CASE("grids and linear transforms may be numbers", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(spots());
    const Map map = turn(.3, .1, -.2, {.1, 0, .05});
    write_map(folder / "m.tfm", map);
    Grid grid{{12, 11, 10}, turn(0, .2, .1).matrix, {.1, .05, .02}};
    for (Vector3& direction : grid.direction) {
        for (double& component : direction) component *= .05;
    }
    write_grid(folder / "r.nrrd", grid);
    std::string matrix = "affine:";
    std::string numbers = "grid:12,11,10";
    for (std::size_t r = 0; r < 3; ++r) {
        for (const double number : map.matrix[r]) matrix += grid_test::number(number) + ",";
        matrix += grid_test::number(map.offset[r]) + (r == 2 ? "" : ",");
    }
    for (const Vector3& v : {grid.origin, grid.direction[0], grid.direction[1], grid.direction[2]}) {
        for (const double number : v) numbers += "," + grid_test::number(number);
    }
    Options files = through(folder / "m.tfm");
    files.like = folder / "r.nrrd";
    VolumeInfo of_files;
    VolumeInfo of_numbers;
    const Bytes bytes = import_bytes(stack, files, &of_files);
    const Options typed = options_with({{"transform", matrix}, {"like", numbers}});
    CHECK((import_bytes(stack, typed, &of_numbers) == bytes));
    CHECK(has_grid(of_numbers, grid_of(of_files)));
    CHECK(has(note(of_numbers, "stack2nrrd_options"), "like=" + numbers + " transform=" + matrix));
    const auto refused = [](const std::string& name, const std::string& value) {
        std::string sentence;
        CHECK(refusal([&] { (void)options_with({{name, value}}); }, &sentence) == ErrorCode::invalid_argument);
        return sentence;
    };
    CHECK(has(refused("transform", "affine:1,2"), "2 numbers were given, 12 were expected"));
    CHECK(has(refused("like", "grid:1,2"), "2 numbers were given, 15 were expected"));
    CHECK(has(refused("like", "grid:1.5,2,3,0,0,0,1,0,0,0,1,0,0,0,1"), "no number of samples"));
    CHECK(has(complaint(stack, options_with({{"transform", "affine:0,0,0,0,0,0,0,0,0,0,0,0"}})), "--transform: "));
    // Each of them can be turned back, and both together cannot.
    const std::string flat = "affine:1,0,0,0,1,1e-7,0,0,0,0,1,0";
    CHECK(has(complaint(stack, options_with({{"transform", flat}, {"transform", flat}})),
              "--transform: the matrix, the matrix, one after the other: "));
    CHECK_FALSE(complaint(stack, options_with({{"like", "grid:2,2,2,0,0,0,1,0,0,1,0,0,0,0,1"}})).empty());
}

TEST_CASE("a turned grid covers the source at the spacing that is asked for", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(spots());
    const Map map = turn(.6, .3, -.2, {3, 1, 2});
    write_map(folder / "m.tfm", map);
    const std::vector<std::pair<Settings, double>> all{{Settings{}, .0195},
                                                       {{{"factor", "2"}}, .039},
                                                       {{{"factor", "8/3"}}, .052},
                                                       {{{"target-spacing", ".05"}}, .05},
                                                       {{{"isotropic", "true"}}, .0195}};
    for (const auto& [settings, spacing] : all) {
        VolumeInfo info;
        const Bytes bytes = import_bytes(stack, through(folder / "m.tfm", settings), &info);
        CAPTURE(settings.empty() ? "" : settings[0].second);
        for (int a = 0; a < 3; ++a) CHECK(std::abs(stack2nrrd::spacing(info.geometry, a) - spacing) < 1e-12);
        // Every corner of the source is within, by less than a sample on one side at least.
        Vector3 low{1e9, 1e9, 1e9};
        Vector3 high{-1e9, -1e9, -1e9};
        for (int corner = 0; corner < 8; ++corner) {
            Vector3 at{};
            for (std::size_t a = 0; a < 3; ++a) {
                at[a] = .0195 * ((corner >> a) % 2 == 0 ? -.5 : static_cast<double>(spots().volume.size[a]) - .5);
                at[a] -= map.offset[a];
            }
            for (std::size_t a = 0; a < 3; ++a) {
                double index = -info.geometry.origin[a];  // back by the transposed matrix
                for (std::size_t r = 0; r < 3; ++r) index += map.matrix[r][a] * at[r];
                index /= spacing;
                low[a] = std::min(low[a], index);
                high[a] = std::max(high[a], index);
            }
        }
        for (std::size_t a = 0; a < 3; ++a) {
            CHECK(low[a] > -.5 - 1e-6);
            CHECK(high[a] < static_cast<double>(info.size[a]) - .5 + 1e-6);
            CHECK(low[a] + .5 + static_cast<double>(info.size[a]) - .5 - high[a] < 1.5);
        }
        // The mean of what is inside is that of the spots, wherever they are.
        double sum = 0;
        for (const std::byte value : bytes) sum += std::to_integer<int>(value);
        double expected = 0;
        for (const double value : spots().volume.samples) expected += value;
        CHECK(std::abs(sum * std::pow(spacing / .0195, 3) / expected - 1) < .02);
    }
    for (const Settings& settings :
         {Settings{{"max-dim", "20"}}, Settings{{"fit", "9000"}}, Settings{{"size", "20,0,0"}}}) {
        VolumeInfo info;
        const Bytes bytes = import_bytes(stack, through(folder / "m.tfm", settings), &info);
        CHECK(*std::max_element(info.size.begin(), info.size.end()) <= 25);
        if (settings[0].first == "max-dim") CHECK(*std::max_element(info.size.begin(), info.size.end()) == 20);
        if (settings[0].first == "size") CHECK(info.size[0] == 20);
        if (settings[0].first == "fit") CHECK(bytes.size() <= 9000);
    }
}

TEST_CASE("a turned grid has the same bytes for any threads, memory and slabs", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(noise());
    write_map(folder / "m.tfm", turn(.6, .3, -.2));
    for (const Settings& settings :
         {Settings{{"factor", "2"}}, Settings{}, Settings{{"factor", "3"}, {"labels", "true"}},
          Settings{{"factor", "5/2"}, {"quality", "max"}, {"fill", "7"}}}) {
        Options options = through(folder / "m.tfm", settings);
        options.threads = 1;
        VolumeInfo info;
        const Bytes bytes = import_bytes(stack, options, &info);
        for (const unsigned threads : {2U, 3U}) {
            options.threads = threads;
            CHECK((import_bytes(stack, options) == bytes));
        }
        std::string sentence;
        options.memory = 1;
        CHECK(refusal([&] { (void)stack2nrrd::plan_import(stack, options); }, &sentence) == ErrorCode::limit);
        const std::size_t at = sentence.find("at least ") + 9;
        options.memory = std::stoull(sentence.substr(at)) << 20;
        CHECK((import_bytes(stack, options) == bytes));
        options.memory = 0;
        const std::size_t slice = bytes.size() / static_cast<std::size_t>(info.size[2]);
        for (const Range slab : {Range{0, 3}, {3, 4}, {5, info.size[2]}}) {
            options.slab = slab;
            VolumeInfo part;
            const Bytes made = import_bytes(stack, options, &part);
            const auto first =
                bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(slab.first) * slice);
            const auto length = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(slab.size()) * slice);
            CHECK((made == Bytes(first, first + length)));
            CHECK(far_apart(place(part, {0, 0, 0}), place(info, {0, 0, static_cast<double>(slab.first)})) < 1e-12);
        }
    }
}

TEST_CASE("slabs are those of the whole where places lie between two samples, and in double precision", "[import]") {
    const support::TempFolder folder;
    const Source labels(phantom::noise({20, 22, 24}, 0, 60000, true, 3), SampleType::uint16);
    const Source doubles(phantom::noise({20, 22, 24}, -1000, 1000, false, 4), SampleType::float64);
    Grid grid{{20, 22, 24}, {Vector3{.0195, 0, 0}, {0, .0195, 0}, {0, 0, .0195}}, {0, 0, 0}};
    write_grid(folder / "r.nrrd", grid);
    const std::string map = "affine:.6,-.8,0,0,.8,.6,0,0,0,0,1,.00975";
    for (const Settings& settings : {Settings{{"labels", "true"}}, Settings{{"kernel", "nearest"}}, Settings{}}) {
        const Stack stack = placed(settings.empty() ? doubles : labels);
        Settings all = settings;
        all.emplace_back("transform", map);
        Options options = options_with(all);
        options.like = folder / "r.nrrd";
        const Bytes bytes = import_bytes(stack, options);
        const std::size_t slice = bytes.size() / 24;
        for (const Range slab : {Range{13, 14}, {5, 11}, {20, 24}}) {
            options.slab = slab;
            const auto first =
                bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(slab.first) * slice);
            const auto length = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(slab.size()) * slice);
            CHECK((import_bytes(stack, options) == Bytes(first, first + length)));
        }
    }
}

TEST_CASE("samples at the border of a turned grid are those of a larger one", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(noise());
    constexpr Index more = 4;
    Grid grid{{6, 5, 4}, turn(.5, -.2, .3).matrix, {.12, .1, .09}};
    for (Vector3& direction : grid.direction) {
        for (double& component : direction) component *= .04;
    }
    Grid large = grid;
    for (std::size_t a = 0; a < 3; ++a) {
        large.size[a] += 2 * more;
        for (std::size_t w = 0; w < 3; ++w) large.origin[w] -= more * grid.direction[a][w];
    }
    write_grid(folder / "small.nrrd", grid);
    write_grid(folder / "large.nrrd", large);
    const auto floats = [&](const char* name) {
        Options options = options_with({{"type", "float32"}});
        options.like = folder / name;
        const Bytes bytes = import_bytes(stack, options);
        std::vector<float> numbers(bytes.size() / sizeof(float));
        std::memcpy(numbers.data(), bytes.data(), bytes.size());
        return numbers;
    };
    const std::vector<float> small = floats("small.nrrd");
    const std::vector<float> all = floats("large.nrrd");
    std::size_t at = 0;
    for (Index z = 0; z < grid.size[2]; ++z) {
        for (Index y = 0; y < grid.size[1]; ++y) {
            for (Index x = 0; x < grid.size[0]; ++x, ++at) {
                const Index place = ((z + more) * large.size[1] + y + more) * large.size[0] + x + more;
                CHECK(std::abs(small[at] - all[static_cast<std::size_t>(place)]) < .5F);  // of 65535
            }
        }
    }
}

TEST_CASE("labels on a turned grid are labels of the source, or the fill", "[import]") {
    const support::TempFolder folder;
    const Source source(phantom::checkerboard({24, 22, 20}, 3, 9), SampleType::uint8);
    write_map(folder / "m.tfm", turn(.6, .3, -.2));
    for (const char* factor : {"1", "2", "8/3"}) {
        for (const char* kernel : {"mode", "nearest"}) {
            const Bytes bytes = import_bytes(
                placed(source), through(folder / "m.tfm", {{"factor", factor}, {"kernel", kernel}, {"fill", "5"}}));
            std::array<int, 256> count{};
            for (const std::byte value : bytes) ++count[std::to_integer<std::size_t>(value)];
            CHECK(count[3] + count[5] + count[9] == static_cast<int>(bytes.size()));
            CHECK((count[3] > 0 && count[5] > 0 && count[9] > 0));
        }
    }
}

TEST_CASE("what a transform does not go with is refused", "[import]") {
    const support::TempFolder folder;
    const Stack stack = placed(noise());
    write_map(folder / "m.tfm", turn(.6, .3, -.2));
    const auto of = [&](const Settings& settings) { return complaint(stack, through(folder / "m.tfm", settings)); };
    CHECK(has(of({{"flip", "x"}}), "--flip: turns axes around"));
    CHECK(has(of({{"align", "first"}}), "--align first: "));
    CHECK(has(of({{"dehaze", "auto"}}), "--dehaze: "));
    CHECK(has(of({{"kernel-x", "nearest"}}), "--kernel: nearest and mode"));
    CHECK(has(complaint(stack, options_with({{"header-only", "true"}})), "--header-only: moves the volume"));
    CHECK(has(complaint(stack, through(folder / "none.tfm")), "none.tfm"));
    write_grid(folder / "r.nrrd", {{9, 8, 7}, {Vector3{.05, 0, 0}, {0, .05, 0}, {0, 0, .05}}, {0, 0, 0}});
    Options both = through(folder / "m.tfm", {{"header-only", "true"}});
    both.like = folder / "r.nrrd";
    CHECK(has(complaint(stack, both), "--header-only: keeps the samples"));
    both.header_only = false;
    both.like = folder / "far.nrrd";
    write_grid(folder / "far.nrrd", {{9, 8, 7}, {Vector3{.05, 0, 0}, {0, .05, 0}, {0, 0, .05}}, {90, 0, 0}});
    CHECK(has(complaint(stack, both), "far.nrrd: none of its samples has its centre within the source"));
    Stack unknown = noise().stack;
    unknown.geometry.spacing_known = false;
    CHECK(has(complaint(unknown, through(folder / "m.tfm")), "--transform: the spacing of the source is unknown"));
    Map shift;
    shift.offset = {1, 0, 0};
    write_map(folder / "s.tfm", shift);
    CHECK(has(complaint(unknown, through(folder / "s.tfm")), "--transform: the spacing of the source is unknown"));
    CHECK(has(complaint(stack, options_with({{"like", "grid:4,4,4,0,0,0,1e308,0,0,0,1,0,0,0,1"}})), "counts as inf"));
    CHECK(warns(stack, through(folder / "m.tfm", {{"fill", "1.5"}}), "and become 2 (--fill)"));
    CHECK(has(of({{"header-only", "true"}, {"fill", "3"}}), "--fill: 3 has no use"));
    CHECK(has(of({{"labels", "true"}, {"kernel", "tent"}}), "kernel tent would mix labels"));
    CHECK(warns(stack, options_with({{"like", "grid:9,9,9,0,0,0,10,0,5,0,10,0,-5,0,10"}}), "places are looked up"));
    CHECK(warns(stack, through(folder / "m.tfm"), "do not say where they are"));
    CHECK(warns(stack, through(folder / "m.tfm"), "% of the samples are outside of the source, and become 0"));
}
