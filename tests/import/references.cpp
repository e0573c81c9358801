// Which volumes can be references, what is said of them, and that they stay what they are.

#include "import/grids.hpp"
#include "support/catch.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"

using namespace grid_test;

TEST_CASE("a reference may be anything that has a place", "[import]") {
    const Source& source = noise();
    const Stack stack = placed(source);
    support::TempFolder folder;
    VolumeInfo made;
    const Bytes bytes = import_bytes(stack, options_with({{"factor", "2"}}), &made);
    Options options;
    // A detached header; one in RAS; one with colours.
    const Grid grid = grid_of(made);
    const auto check = [&](const std::string& name) {
        options.like = folder / name;
        VolumeInfo info;
        CHECK((import_bytes(stack, options, &info) == bytes));
        CHECK(has_grid(info, grid));
    };
    for (const char* encoding : {"raw", "gzip"}) {
        Options half = options_with({{"factor", "2"}, {"encoding", encoding}});
        const auto sink = stack2nrrd::nrrd_sink(folder / (std::string(encoding) + ".nhdr"), half.nrrd);
        (void)stack2nrrd::run_import(stack2nrrd::plan_import(stack, half), *sink);
        check(std::string(encoding) + ".nhdr");
    }
    Grid ras = grid;
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t w = 0; w < 2; ++w) ras.direction[a][w] = -ras.direction[a][w];
    }
    for (std::size_t w = 0; w < 2; ++w) ras.origin[w] = -ras.origin[w];
    std::string lines = geometry_text(ras);
    lines.replace(lines.find("left-posterior"), 14, "right-anterior");
    const std::vector<std::byte> zeros(static_cast<std::size_t>(grid.size[0] * grid.size[1] * grid.size[2] * 3));
    support::write_volume(folder / "ras.nrrd", grid.size, 1, SampleType::uint8,
                          std::span(zeros).first(zeros.size() / 3), {.lines = lines});
    check("ras.nrrd");
    lines = geometry_text(grid);
    lines.insert(lines.find("directions: ") + 12, "none ");
    support::write_volume(folder / "colours.nrrd", grid.size, 3, SampleType::uint8, zeros,
                          {.kind = "RGB-color", .lines = lines});
    check("colours.nrrd");
    // A list of slices that have a spacing.
    Options spaced = options_with({{"spacing", ".0195"}});
    stack2nrrd::write_manifest(source.stack, spaced, folder / "list.nhdr");
    options.like = folder / "list.nhdr";
    CHECK((import_bytes(stack, options) == import_bytes(stack, Options{})));
}

TEST_CASE("a reference without a place, beside the source or turned against it is refused", "[import]") {
    const Stack stack = placed(noise());
    support::TempFolder folder;
    Options options;
    options.like = folder / "r.nrrd";
    CHECK(refusal([&] { (void)stack2nrrd::plan_import(stack, options); }) == ErrorCode::not_found);

    Grid grid{{11, 9, 8}, stack.geometry.direction, stack.geometry.origin};
    write_grid(folder / "r.nrrd", grid);
    CHECK(complaint(stack, options).empty());
    Stack nowhere = stack;
    nowhere.geometry.spacing_known = false;
    CHECK(has(complaint(nowhere, options),
              "--like: the spacing of the source is unknown, so that its place is, too; "
              "give it with --spacing"));
    support::write_volume(folder / "r.nrrd", grid.size, 1, SampleType::uint8, std::vector<std::byte>(11 * 9 * 8));
    CHECK(has(complaint(stack, options), "r.nrrd: its spacing is unknown"));

    grid.origin = {1, 0, 0};
    write_grid(folder / "r.nrrd", grid);
    CHECK(has(complaint(stack, options),
              "r.nrrd: none of its samples has its centre within the source, some were expected for --like: in mm "
              "(LPS) it reaches "
              "from x 0.99 to 1.2, y -0.00975 to 0.166, z -0.00975 to 0.146, and the source from x -0.00975 to 0.439"));
    grid.origin = {1e15, 0, 0};
    write_grid(folder / "r.nrrd", grid);
    CHECK(has(complaint(stack, options), "none of its samples"));
    grid.origin = {};

    // Ten samples on, a hundredth of one is a tilt of a thousandth.
    const auto tilted = [&](double tangent) {
        Grid other = grid;
        other.direction[0][1] = .0195 * tangent;
        write_grid(folder / "r.nrrd", other);
        return stack2nrrd::plan_import(stack, options).scratch_bytes() > 0;  // for what is looked up between samples
    };
    CHECK_FALSE(tilted(0.00099));
    CHECK(tilted(0.00102));
    CHECK(tilted(0.5));
    Grid slanted = grid;
    slanted.direction[1] = slanted.direction[0];
    write_grid(folder / "r.nrrd", slanted);
    CHECK_FALSE(complaint(stack, options).empty());

    grid.direction[0][0] = 1e9;
    write_grid(folder / "r.nrrd", grid);
    CHECK(has(complaint(stack, options), "r.nrrd: along x one of its samples counts as 5.13e+10 of the source's"));
}

TEST_CASE("what decides the grid besides is refused", "[import]") {
    const Stack stack = placed(noise());
    support::TempFolder folder;
    write_grid(folder / "r.nrrd", {{11, 9, 8}, stack.geometry.direction, stack.geometry.origin});
    for (const auto& [name, value] : Settings{{"factor", "2"},
                                              {"size", "4,0,0"},
                                              {"fit", "20K"},
                                              {"max-dim", "9"},
                                              {"target-spacing", "1"},
                                              {"isotropic", "true"},
                                              {"flip", "x"},
                                              {"align", "first"}}) {
        Options options = options_with({{name, value}});
        options.like = folder / "r.nrrd";
        CAPTURE(name);
        CHECK(has(complaint(stack, options), "--like: "));
        CHECK(has(complaint(stack, options), "--" + name));
    }
    Options options = options_with({{"pyramid", "2,4"}});
    options.like = folder / "r.nrrd";
    std::string sentence;
    CHECK(refusal([&] { (void)stack2nrrd::levels_of(stack, options, folder / "o.nrrd"); }, &sentence) ==
          ErrorCode::invalid_argument);
    CHECK(has(sentence, "--pyramid: gives the factors, and --like gives the grid"));

    options = options_with({{"fill", "70000"}});
    options.like = folder / "r.nrrd";
    CHECK(has(complaint(stack, options), "--fill: 70000 is no value of the result, whose uint16 has 0 to 65535"));
    options.type = SampleType::float32;
    CHECK(complaint(stack, options).empty());
}

TEST_CASE("what a grid enlarges, and what of it is outside, is said", "[import]") {
    const Stack stack = placed(noise());
    support::TempFolder folder;
    Grid grid{{23, 19, 34}, stack.geometry.direction, stack.geometry.origin};
    grid.direction[2][2] /= 2;
    write_grid(folder / "r.nrrd", grid);
    Options options;
    options.like = folder / "r.nrrd";
    CHECK(warns(stack, options, "--like: enlarges z, which adds samples and no detail"));
    CHECK_FALSE(warns(stack, options, "outside"));
    CHECK_FALSE(warns(stack, options, "left out"));
    options.axes[0].crop = {0, 12};
    options.fill = 4;
    CHECK(warns(stack, options,
                "--like: 47.83 % of the samples are outside of the source's crop, and become 4 (--fill)"));
    options.axes[0].crop = {};
    grid.origin[1] = -.0195 * 3;
    write_grid(folder / "r.nrrd", grid);
    CHECK(warns(stack, options, "--like: 15.79 % of the samples are outside of the source, and become 4 (--fill)"));
}

TEST_CASE("rows and slices that are outside are not read", "[import]") {
    const Stack stack = placed(noise());
    support::TempFolder folder;
    Grid grid{{23, 19, 40}, stack.geometry.direction, stack.geometry.origin};
    grid.origin[2] = .0195 * 10;
    write_grid(folder / "r.nrrd", grid);
    Options options;
    options.like = folder / "r.nrrd";
    CHECK(stack2nrrd::plan_import(stack, options).source_slices() == 7);
}

TEST_CASE("a reference is not written over", "[import]") {
    const Stack stack = placed(noise());
    support::TempFolder folder;
    const auto run = [&](const std::string& reference, const std::string& output, std::string& sentence) {
        Options options;
        options.like = folder / reference;
        options.nrrd.force = true;
        return refusal(
            [&] {
                const auto sink = stack2nrrd::nrrd_sink(folder / output, options.nrrd);
                (void)stack2nrrd::run_import(stack2nrrd::plan_import(stack, options), *sink);
            },
            &sentence);
    };
    {
        const auto sink = stack2nrrd::nrrd_sink(folder / "r.nhdr");
        (void)stack2nrrd::run_import(stack2nrrd::plan_import(stack, options_with({{"factor", "2"}})), *sink);
    }
    const auto before = support::read_file(folder / "r.raw");
    std::string sentence;
    CHECK(run("r.nhdr", "r.nhdr", sentence) == ErrorCode::invalid_argument);
    CHECK(has(sentence, "r.nhdr: is one of the inputs"));
    if (support::made_link(folder / "r.nhdr", folder / "link.nhdr")) {
        CHECK(run("link.nhdr", "r.nhdr", sentence) == ErrorCode::invalid_argument);
        CHECK(run("r.nhdr", "link.nhdr", sentence) == ErrorCode::invalid_argument);
    }
    if (support::made_link(folder / "r.raw", folder / "other.raw")) {
        CHECK(run("r.nhdr", "other.nhdr", sentence) == ErrorCode::invalid_argument);
    }
    CHECK((support::read_file(folder / "r.raw") == before));
    CHECK_FALSE(run("r.nhdr", "new.nhdr", sentence).has_value());
}
