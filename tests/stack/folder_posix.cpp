// find_stack() on folders with names that POSIX alone allows, with links and pipes, and with a mode.

#include "slices.hpp"

#include <sys/stat.h>

#include <string>
#include <system_error>

using namespace stack2nrrd;
using namespace stack_test;

TEST_CASE("control characters in names are shown escaped", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"a\nb_1.tif", "a\nb_2.tif", "a\nb_02.tif", "\xFF_1.tif"});
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) == Strings{"a\nb_1.tif", "a\nb_02.tif", "a\nb_2.tif"});
    REQUIRE(stack.problems.size() == 2);
    CHECK_THAT(stack.problems[0].text, Contains("a\\x0Ab_2.tif"));
    CHECK_THAT(stack.problems[1].text, Contains("\\xFF_1.tif"));
    for (const Problem& problem : stack.problems) CHECK_THAT(problem.text, !Contains("\n"));
}

TEST_CASE("a broken link and a pipe are reported, a folder is none of the slices", "[stack]") {
    const TemporaryFolder folder;
    write_slices(folder, {"x_0001.tif", "x_0002.tif"});
    REQUIRE(::mkfifo((folder / "x_0003.tif").c_str(), 0600) == 0);
    fs::create_directory(folder / "x_0004.tif");
    fs::create_symlink(folder / "nowhere", folder / "x_0005.tif");
    fs::create_symlink(folder / "x_0006.tif", folder / "x_0006.tif");
    fs::create_symlink(folder / "x_0001.tif", folder / "x_0007.tif");
    const Stack stack = find_stack(folder.path());
    CHECK(names_of(stack) ==
          Strings{"x_0001.tif", "x_0002.tif", "x_0003.tif", "-", "x_0005.tif", "x_0006.tif", "x_0007.tif"});
    CHECK(stack.missing == Strings{"0004"});
    const auto fatal = problems_of(stack, true);
    REQUIRE(fatal.size() == 3);
    CHECK(fatal[0].code == ErrorCode::corrupt);
    CHECK_THAT(fatal[0].text, Contains("x_0003.tif") && Contains("not a regular file"));
    CHECK(fatal[1].code == ErrorCode::not_found);
    CHECK_THAT(fatal[1].text, Contains("x_0005.tif"));
    CHECK_THAT(fatal[2].text, Contains("x_0006.tif"));
    CHECK(stack.image.width == 4);
}

TEST_CASE("a folder that must not be listed", "[stack]") {
    const TemporaryFolder folder;
    fs::create_directory(folder / "closed");
    fs::permissions(folder / "closed", fs::perms::none);
    std::error_code failure;
    const fs::directory_iterator can_list(folder / "closed", failure);
    if (failure) {  // root may list it all the same
        const Error error = error_of([&] { return find_stack(folder / "closed"); });
        CHECK(error.code() == ErrorCode::io);
        CHECK(error_of([&] { return find_stack(folder / "closed" / "a.tif"); }).code() == ErrorCode::io);
    }
    fs::permissions(folder / "closed", fs::perms::owner_all);
}
