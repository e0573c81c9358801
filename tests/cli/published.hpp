#pragma once

#include "cli/program.hpp"
#include "cli/slices.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cli_test {

/// Slices with all that tells of them: a scanner's log beside them, a list of them, a volume in several files.
struct PublishedPlace {
    Folder folder;
    fs::path out = folder / "out";
    PublishedPlace() {
        write_stack(folder / "stack", 4);
        fs::create_directory(out);
    }
    [[nodiscard]] Result run(Arguments arguments) const { return run_in(out, std::move(arguments)); }
};

/// All ways to name a file that is written.
inline std::vector<Arguments> ways(const std::string& file) {
    return {{"-o", file},
            {"--manifest", file},
            {"-o", "v.nrrd", "--preview", file},
            {"-o", "v.nrrd", "--manifest", file},
            {"-o", "v.nrrd", "--returnparameterfile", file}};
}

inline Arguments operator+(Arguments left, const Arguments& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

}  // namespace cli_test
