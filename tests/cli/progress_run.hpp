#pragma once

#include "cli/program.hpp"
#include "cli/slices.hpp"

#include <string>
#include <vector>

namespace cli_test {

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A run of some tenths of a second at least: a list that names a few slices many times.
struct ProgressRun {
    Folder folder;
    Arguments arguments{"--files-from", "list", "--order", "given", "--factor", "4", "--spacing", "1",
                        "--threads",    "1",    "--force", "-o",    "v.nrrd"};
    explicit ProgressRun(int slices = 1000) {
        write_stack(folder / "stack", 4, 1024, 1024);
        std::vector<fs::path> files;
        for (int i = 0; i < slices; ++i) files.push_back(fs::path("stack") / slice_name(i % 4));
        write_list(folder / "list", files);
    }
};

}  // namespace cli_test
