// What README.md says of the options is what --help says.

#include "program.hpp"
#include "slices.hpp"

#include "support/catch.hpp"

using namespace cli_test;

TEST_CASE("the options in README.md are those of --help", "[cli]") {
    const Folder folder;
    const Result help = run_in(folder.path(), {"--help"});
    REQUIRE(help.status == 0);
    const std::size_t begin = help.out.find("\nInput:\n") + 1;
    const std::size_t end = help.out.find("\nExit status:");
    REQUIRE(begin < end);
    const Bytes readme = read_file(fs::path(STACK2NRRD_SOURCE_DIR) / "README.md");
    const std::string block =
        "<!-- options -->\n```text\n" + help.out.substr(begin, end - begin) + "```\n<!-- /options -->";
    CHECK(readme.find(block) != Bytes::npos);
}
