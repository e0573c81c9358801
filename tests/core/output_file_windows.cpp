// Output files where there are no modes, owners and links, and where devices are in every folder.

#include "core/output_file.hpp"

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::ErrorCode;
using support::refusal;

}  // namespace

TEST_CASE("what no output can be is known before anything is written", "[core]") {
    const support::TempFolder folder;
    const auto code = [&](const fs::path& path, bool replace = true) {
        return refusal([&] { stack2nrrd::check_output(path, replace); });
    };
    std::ofstream(folder / "a") << "old";
    CHECK_FALSE(code(folder / "a").has_value());
    CHECK(code(folder / "a", false) == ErrorCode::invalid_argument);
    CHECK(code(folder / "A", false) == ErrorCode::invalid_argument);
    CHECK_FALSE(code(folder / "new", false).has_value());
    fs::create_directory(folder / "folder");
    for (const fs::path& path : {folder / "folder", folder / "folder/", folder / "folder\\", folder / "none/",
                                 fs::path("NUL"), fs::path("-"), folder / ".", fs::path("C:\\")}) {
        CAPTURE(path);
        CHECK(code(path) == ErrorCode::invalid_argument);
    }
    CHECK(code(folder / std::string(256, 'n')) == ErrorCode::io);
    for (const fs::path& path : {folder / "none/x", folder / "a/x"}) {
        CAPTURE(path);
        CHECK(code(path) == ErrorCode::io);
    }
    CHECK_FALSE(code(folder / std::string(255, 'n')).has_value());
    CHECK(folder.entries() == 2);
}
