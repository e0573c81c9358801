#pragma once

// A run that is made long by a list that names a few slices many times. It says on stderr how far it is, so that a test
// acts in the middle of it, however fast the machine.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cli_test {

struct LongRun {
    Folder folder;
    fs::path last;
    explicit LongRun(int slices = 400) : last(folder / "stack" / slice_name(4)) {
        write_stack(folder / "stack", 5, 1024, 1024);
        fs::create_directory(folder / "out");
        std::vector<fs::path> files;
        for (int i = 0; i < slices; ++i) files.push_back(folder / "stack" / slice_name(i % 4));
        files.push_back(last);
        write_list(folder / "list", files);
    }

    [[nodiscard]] Program program(Arguments more) const {
        Program program{{"--files-from", (folder / "list").string(), "--order", "given", "--factor", "4", "--progress",
                         "json", "--spacing", "1"},
                        folder / "out"};
        program.arguments.insert(program.arguments.end(), more.begin(), more.end());
        return program;
    }

    /// Runs `program` and does `act` once, when the run is under way.
    static Result run_and(Program program, const std::function<void(int)>& act) {
        bool acted = false;
        program.on_err = [&](const std::string& err, int process) {
            if (acted || err.find("{\"done\":") == std::string::npos) return;
            acted = true;
            act(process);
        };
        Result result = program.run();
        CHECK(acted);
        // Progress is no sentence.
        std::string rest;
        for (std::size_t at = 0; at < result.err.size();) {
            const std::size_t end = result.err.find('\n', at);
            const std::string line = result.err.substr(at, end - at + 1);
            if (!line.starts_with('{')) rest += line;
            at = end == std::string::npos ? result.err.size() : end + 1;
        }
        result.err = rest;
        return result;
    }
};

struct Output {
    Arguments arguments;
    std::vector<std::string> old;
};

inline const std::vector<Output>& outputs() {
    static const std::vector<Output> all{{{"-o", "v.nrrd"}, {}},
                                         {{"-o", "v.nrrd", "--force", "--preview", "v.png"}, {"v.nrrd", "v.png"}},
                                         {{"-o", "v.nhdr", "--force", "--encoding", "gzip"}, {"v.nhdr", "v.raw.gz"}}};
    return all;
}

inline void check_untouched(const fs::path& folder, const std::vector<std::string>& old) {
    check_holds(folder, old);
    for (const std::string& name : old) CHECK(read_file(folder / name) == "old " + name);
}

}  // namespace cli_test
