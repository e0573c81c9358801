// Transforms that ITK wrote, and where it takes points: the program in judge/ makes them.

#include "import/transform_file.hpp"
#include "support/catch.hpp"
#include "support/system.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace stack2nrrd;

TEST_CASE("points go where ITK takes them", "[transform]") {
    const char* const told = std::getenv("STACK2NRRD_JUDGED_TRANSFORMS");
    if (told == nullptr) return;  // ctest tells it in an entry of its own
    const std::filesystem::path folder(told);
    if (!std::filesystem::exists(folder)) {
        support::say_skipped("ITK was not found (Debian: libinsighttoolkit5-dev)");
        return;
    }
    int judged = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::filesystem::path& path = entry.path();
        if (path.extension() == ".points") continue;
        CAPTURE(path.filename().string());
        const TransformFile file = read_transform(path);
        CHECK(file.files.size() == 1);
        std::ifstream points(std::filesystem::path(path).replace_extension(".points"));
        Vector3 from{};
        Vector3 to{};
        std::vector<Vector3> all;
        std::vector<Vector3> expected;
        while (points >> from[0] >> from[1] >> from[2] >> to[0] >> to[1] >> to[2]) {
            all.push_back(from);
            expected.push_back(to);
        }
        REQUIRE(all.size() >= 50);
        file.transform->apply(all);
        double worst = 0;
        double largest = 1;
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (std::size_t d = 0; d < 3; ++d) {
                worst = std::max(worst, std::abs(all[i][d] - expected[i][d]));
                largest = std::max(largest, std::abs(expected[i][d]));
            }
        }
        INFO("the worst of " << all.size() << " points is off by " << worst);
        CHECK(worst <= 1e-12 * largest);
        ++judged;
    }
    CHECK(judged >= 20);
}
