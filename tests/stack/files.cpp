// find_stack() on one file of a series, on patterns and on several files.

#include "slices.hpp"
#include "support/system.hpp"

#include <algorithm>

using namespace stack2nrrd;
using namespace stack_test;

namespace {

/// Makes `folder` the working directory as long as it lives.
class Visit {
public:
    explicit Visit(const fs::path& folder) : before_(fs::current_path()) { fs::current_path(folder); }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { fs::current_path(before_); }

private:
    fs::path before_;
};

Strings all(const TemporaryFolder& folder, const Strings& names) {
    Strings paths;
    for (const std::string& name : names) paths.push_back(folder.text(name));
    return paths;
}

}  // namespace

// ------------------------------------------------------------------------------------------------ one file of a series

TEST_CASE("any file of a series stands for all of it", "[stack]") {
    const TemporaryFolder folder;
    const Strings series{"s03_0009.tif", "s03_0010.TIFF", "s03_0011.tif"};
    write_slices(folder, series);
    write_slices(folder, {"s3_0012.tif", "s04_0005.tif", "t03_0009.tif", "other.tif", "s03_0013.tif.old"});
    write_file(folder / "s03_0012.bmp", bmp());
    for (const std::string& name : series) {
        const Stack stack = find_stack(folder / name);
        CHECK(stack.kind == "series");
        CHECK(stack.name == "s03_0009.tif");
        CHECK(names_of(stack) == series);
        CHECK(stack.strays.empty());
        CHECK(stack.problems.empty());
    }
}

TEST_CASE("one file of a series: gaps, duplicates, steps", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"a_1.tif", "a_2.tif", "a_4.tif", "b_1.tif", "b_001.tif", "c_0.tif", "c_3.tif"});
    CHECK(find_stack(folder / "a_4.tif").missing == Strings{"3"});
    const auto fatal = problems_of(find_stack(folder / "b_1.tif"), true);
    REQUIRE(fatal.size() == 1);
    CHECK_THAT(fatal[0].text, Contains(folder.text("b_1.tif")) && Contains(folder.text("b_001.tif")));
    REQUIRE(find_stack(folder / "c_0.tif").problems.size() == 1);
    CHECK_THAT(find_stack(folder / "c_0.tif").problems[0].text, Contains("steps of 3"));
}

TEST_CASE("a file that is alone is a stack of one slice", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"alone.tif", "a_7.tif", "b.tif"});
    for (const char* name : {"alone.tif", "a_7.tif"}) {
        const Stack stack = find_stack(folder / name);
        CHECK(stack.kind == "file");
        CHECK(stack.name == name);
        CHECK(names_of(stack) == Strings{name});
        CHECK(stack.strays.empty());
        // A number promises others; if there are none, it is said.
        REQUIRE(stack.problems.size() == (std::string(name) == "a_7.tif" ? 1 : 0));
        for (const Problem& problem : stack.problems) {
            CHECK_FALSE(problem.fatal);
            CHECK_THAT(problem.text, Contains(folder.text(name) + ": is taken alone"));
        }
    }
    const TemporaryFolder lone;
    write_slices(lone, {"a_7.tif"});
    CHECK(find_stack(lone / "a_7.tif").problems.empty());
}

TEST_CASE("a file in the working directory", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif"});
    const Visit visit(folder.path());
    const Stack stack = find_stack("s_2.tif");
    REQUIRE(stack.files.size() == 2);
    CHECK(stack.files.path(0) == "s_1.tif");
    CHECK(find_stack("s_%d.tif").files.path(0) == "s_1.tif");
    CHECK(find_stack("s_*.tif").files.path(0) == "s_1.tif");
    CHECK(find_stack("./s_*.tif").files.path(0) == utf8(fs::path(".") / "s_1.tif"));
    CHECK(find_stack(".").name == utf8(folder.path().filename()));
}

TEST_CASE("where several numbers would do, the one with the most files is taken and it is said", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder,
                 {"s_001_c1.tif", "s_001_c2.tif", "s_002_c1.tif", "s_002_c2.tif", "s_003_c1.tif", "s_003_c2.tif"});
    const Stack stack = find_stack(folder / "s_001_c2.tif");
    CHECK(names_of(stack) == Strings{"s_001_c2.tif", "s_002_c2.tif", "s_003_c2.tif"});
    REQUIRE(stack.problems.size() == 1);
    CHECK_FALSE(stack.problems[0].fatal);
    CHECK_THAT(stack.problems[0].text, Contains("'" + folder.text("s_%03d_c2.tif") + "'"));
    // As many of one as of the other: nobody can tell.
    for (const char* name : {"s_003_c1.tif", "s_003_c2.tif"}) fs::remove(folder / name);
    const Error error = error_of([&] { return find_stack(folder / "s_001_c2.tif"); });
    CHECK(error.code() == ErrorCode::inconsistent);
    CHECK_THAT(error.what(), Contains("'" + folder.text("s_%03d_c1.tif") + "'"));
}

TEST_CASE("what exists is no pattern", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"a_%d.tif", "a_1.tif", "a_2.tif"});
    CHECK(names_of(find_stack(folder / "a_%d.tif")) == Strings{"a_%d.tif"});
    if (!support::any_name_is_legal()) return;
    write_slices(folder, {"b_*.tif", "b_1.tif"});
    CHECK(names_of(find_stack(folder / "b_*.tif")) == Strings{"b_*.tif"});
}

TEST_CASE("what cannot be a stack", "[stack]") {
    const TemporaryFolder folder;
    write_file(folder / "v.nrrd", "NRRD0004\n");
    write_file(folder / "v.NHDR", "NRRD0004\n");
    CHECK(error_of([&] { return find_stack(folder / "v.nrrd"); }).code() == ErrorCode::corrupt);
    CHECK(error_of([&] { return find_stack(folder / "v.NHDR"); }).code() == ErrorCode::corrupt);
    const Error none = error_of([&] { return find_stack(folder / "none.tif"); });
    CHECK(none.code() == ErrorCode::not_found);
    CHECK_THAT(none.what(), Contains(folder.text("none.tif") + ": no such file or folder; "));
    if (support::made_pipe(folder / "pipe.tif")) {
        CHECK(error_of([&] { return find_stack(folder / "pipe.tif"); }).code() == ErrorCode::corrupt);
    }
    if (support::has_devices()) {
        CHECK(error_of([&] { return find_stack("/dev/zero"); }).code() == ErrorCode::corrupt);
    }
    if (support::made_link(folder / "nowhere", folder / "link.tif")) {
        CHECK(error_of([&] { return find_stack(folder / "link.tif"); }).code() == ErrorCode::not_found);
    }
}

// ------------------------------------------------------------------------------------------------------------ patterns

TEST_CASE("a printf pattern", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_9994.tif", "s_9997.tif", "s_9999.tif", "s_10000.tif", "s_5.tif", "s_09994.tif"});
    const Stack stack = find_stack(folder / "s_%04d.tif");
    CHECK(stack.kind == "pattern");
    CHECK(stack.name == "s_9994.tif");
    CHECK(stack.slices.size() == 7);
    CHECK(stack.missing == Strings{"9995..9996", "9998"});
    CHECK(stack.files.size() == 4);
    CHECK(names_of(find_stack(folder / "s_%01d.tif")).front() == "s_5.tif");
    CHECK(names_of(find_stack(folder / "s_%05i.tif")).front() == "s_09994.tif");
}

TEST_CASE("patterns that match nothing, or are none", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif"});
    for (const char* name : {"s_%03d.tif", "t_*.tif", "s_?_1.tif", "none/s_%d.tif", "none*/s_1.tif"}) {
        const Error error = error_of([&] { return find_stack(folder / name); });
        CAPTURE(name, error.what());
        CHECK(error.code() == ErrorCode::not_found);
    }
    for (const char* name : {"s_%s.tif", "s_%.tif", "s_%d_%d.tif", "s_%d/1.tif"}) {
        const Error error = error_of([&] { return find_stack(folder / name); });
        CAPTURE(name);
        CHECK(error.code() == ErrorCode::invalid_argument);
        CHECK_THAT(error.what(), Contains("scan_%04d.tif"));
    }
}

TEST_CASE("a glob", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif", "s_4.tif", ".s_5.tif", "t_1.tif", "s_spr.bmp"});
    fs::create_directory(folder / "s_3.tif");
    const Stack stack = find_stack(folder / "s_*");
    CHECK(stack.kind == "pattern");
    CHECK(stack.name == "s_1.tif");
    CHECK(names_of(stack) == Strings{"s_1.tif", "s_2.tif", "-", "s_4.tif"});
    CHECK(stack.missing == Strings{"3"});
    CHECK(stack.strays == Strings{"s_spr.bmp"});
    CHECK(stack.problems.empty());
    CHECK(names_of(find_stack(folder / ".s*")) == Strings{".s_5.tif"});
    CHECK(names_of(find_stack(folder / "s_[12].tif")) == Strings{"s_1.tif", "s_2.tif"});
    CHECK(names_of(find_stack(folder / "?_1.tif")) == Strings{"s_1.tif", "t_1.tif"});
}

TEST_CASE("a glob in folders", "[stack]") {
    const TemporaryFolder folder;
    for (const char* part : {"run1", "run2", ".run3", "other", "a[b]"}) {
        fs::create_directory(folder / part);
        write_slices(folder, {std::string(part) + "/s_1.tif", std::string(part) + "/s_2.tif"});
    }
    write_file(folder / "run4", "no folder");
    const Stack stack = find_stack(folder / "run*" / "s_?.tif");
    REQUIRE(stack.files.size() == 4);
    CHECK(stack.files.path(0) == utf8(folder / "run1" / "s_1.tif"));
    CHECK(stack.files.path(1) == utf8(folder / "run2" / "s_1.tif"));
    REQUIRE(problems_of(stack, true).size() == 1);
    CHECK_THAT(problems_of(stack, true)[0].text, Contains("have the same number") && Contains("--order given"));
    // What is advised: folder after folder.
    const Stack given = find_stack(folder / "run*" / "s_?.tif", FindOptions{Order::given, 1});
    CHECK(problems_of(given, true).empty());
    CHECK(given.files.path(1) == utf8(folder / "run1" / "s_2.tif"));
    CHECK(given.files.path(2) == utf8(folder / "run2" / "s_1.tif"));
    // One slice in each folder: the folders number them.
    CHECK(find_stack(folder / "run*" / "s_1.tif").files.size() == 2);
    CHECK(find_stack(folder / "run*" / "s_1.tif").problems.empty());
    CHECK(find_stack(folder / ".run*" / "s_*").files.size() == 2);
    // A folder whose name looks like a pattern is meant as it is.
    CHECK(find_stack(folder / "a[b]" / "s_*").files.size() == 2);
}

// ------------------------------------------------------------------------------------------------------- several files

TEST_CASE("several files come in natural order", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_8.tif", "s_9.tif", "s_12.tif", "s_14.tif"});
    const Stack stack = find_stack(all(folder, {"s_12.tif", "s_9.tif", "s_14.tif", "s_8.tif"}));
    CHECK(stack.kind == "files");
    CHECK(stack.name == "s_8.tif");
    CHECK(stack.missing == Strings{"10..11", "13"});
    CHECK(stack.slices.size() == 7);
    CHECK(stack.files.size() == 4);
    CHECK(stack.problems.empty());
}

TEST_CASE("several files of several kinds are all taken", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"b_1.tif", "a_5.tif", "a_7.tif", "c.dat", "x_spr.bmp", "._a_5.tif"});
    write_file(folder / "Thumbs.db", "text");
    const Stack stack =
        find_stack(all(folder, {"c.dat", "b_1.tif", "x_spr.bmp", "a_7.tif", "._a_5.tif", "Thumbs.db", "a_5.tif"}));
    CHECK(names_of(stack) == Strings{"a_5.tif", "a_7.tif", "b_1.tif", "c.dat"});
    CHECK(stack.strays == Strings{"._a_5.tif", "Thumbs.db", "x_spr.bmp"});
    CHECK(problems_of(stack, true).empty());
    REQUIRE(stack.problems.size() == 1);
    CHECK_THAT(stack.problems[0].text, Contains("gaps cannot be seen"));
}

TEST_CASE("files of several folders are one series", "[stack]") {
    const TemporaryFolder folder;
    for (const char* part : {"a", "b"}) fs::create_directory(folder / part);
    write_slices(folder, {"a/s_1.tif", "a/s_3.tif", "b/s_1.tif", "b/s_2.tif"});
    const Strings twice = all(folder, {"b/s_2.tif", "b/s_1.tif", "a/s_3.tif", "a/s_1.tif"});
    const auto fatal = problems_of(find_stack(twice), true);
    REQUIRE(fatal.size() == 1);
    CHECK_THAT(fatal[0].text, Contains(folder.text("a/s_1.tif") + " and " + folder.text("b/s_1.tif")) &&
                                  Contains("have the same number") && Contains("--order given"));
    const Stack given = find_stack(twice, FindOptions{Order::given, 1});
    CHECK(names_of(given) == Strings{"s_2.tif", "s_1.tif", "s_3.tif", "s_1.tif"});
    CHECK(given.problems.empty());
    // Numbers that go on from folder to folder are one numbering.
    const Stack stack = find_stack(all(folder, {"b/s_2.tif", "a/s_3.tif", "a/s_1.tif"}));
    CHECK(names_of(stack) == Strings{"s_1.tif", "s_2.tif", "s_3.tif"});
    CHECK(stack.problems.empty());
    // The same folder, written in two ways.
    const Visit visit(folder.path());
    CHECK(problems_of(find_stack(Strings{"a/s_1.tif", "./a/../b/s_2.tif", "b/s_1.tif"}), true).size() == 1);
    CHECK(find_stack(Strings{"a/s_3.tif", "./b/../a/s_1.tif"}).problems.at(0).text.find("steps of 2") !=
          std::string::npos);
}

TEST_CASE("the same file twice, the same number twice", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_2.tif", "s_02.tif"});
    const auto twice = problems_of(find_stack(all(folder, {"s_1.tif", "s_2.tif", "s_1.tif"})), true);
    REQUIRE(twice.size() == 1);
    CHECK(twice[0].code == ErrorCode::inconsistent);
    CHECK_THAT(twice[0].text, Contains(folder.text("s_1.tif")) && Contains("more than once"));
    const auto number = problems_of(find_stack(all(folder, {"s_1.tif", "s_2.tif", "s_02.tif"})), true);
    REQUIRE(number.size() == 1);
    CHECK_THAT(number[0].text, Contains(folder.text("s_02.tif") + " and " + folder.text("s_2.tif")));
}

TEST_CASE("folders, volumes and nothing at all are refused in a list", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif"});
    fs::create_directory(folder / "s_2.tif");
    write_file(folder / "v.nhdr", "NRRD0004\n");
    for (const Order order : {Order::natural, Order::given}) {
        const FindOptions options{order, 1};
        const Error error = error_of([&] { return find_stack(all(folder, {"s_1.tif", "s_2.tif"}), options); });
        CHECK(error.code() == ErrorCode::invalid_argument);
        CHECK_THAT(error.what(), Contains("s_2.tif: is a folder, a file was expected; give one folder alone"));
        CHECK(error_of([&] {
                  return find_stack(all(folder, {"s_1.tif", "v.nhdr"}), options);
              }).code() == ErrorCode::invalid_argument);
        CHECK(error_of([&] { return find_stack(Strings{}, options); }).code() == ErrorCode::not_found);
        const auto none = problems_of(find_stack(all(folder, {"s_1.tif", "none.tif"}), options), true);
        REQUIRE(none.size() == 1);
        CHECK(none[0].code == ErrorCode::not_found);
    }
}

TEST_CASE("a list in the order given is taken as it is", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"s_1.tif", "s_3.tif", "x_spr.bmp"});
    const Stack stack =
        find_stack(all(folder, {"s_3.tif", "s_1.tif", "x_spr.bmp", "s_3.tif"}), FindOptions{Order::given, 0});
    CHECK(stack.kind == "list");
    CHECK(stack.name == "s_3.tif");
    CHECK(names_of(stack) == Strings{"s_3.tif", "s_1.tif", "x_spr.bmp", "s_3.tif"});
    CHECK(stack.files.size() == 3);
    CHECK(stack.problems.empty());
    CHECK(stack.missing.empty());
    CHECK(stack.strays.empty());
}

TEST_CASE("a long list of few files holds each file once", "[stack]") {
    const TemporaryFolder folder;
    Strings names;
    for (int i = 0; i < 200; ++i) names.push_back("s_" + std::to_string(i) + ".tif");
    write_slices(folder, names);
    Strings paths;
    for (int i = 0; i < 20'000; ++i) paths.push_back(folder.text(names[static_cast<std::size_t>(i * 7 % 200)]));
    const Stack stack = find_stack(paths, FindOptions{Order::given, 2});
    REQUIRE(stack.slices.size() == paths.size());
    CHECK(stack.slices.capacity() == paths.size());
    CHECK(stack.files.size() == 200);
    const bool as_listed = std::equal(paths.begin(), paths.end(), stack.slices.begin(),
                                      [&](const std::string& path, const SliceRef& slice) {
                                          return stack.files.path(static_cast<std::size_t>(slice.file)) == path;
                                      });
    CHECK(as_listed);
}
