#pragma once

// A stack, and what is made of it where nothing is unusual.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

namespace cli_test {

struct Surrounded {
    Folder folder;
    Bytes wanted;
    Surrounded() {
        write_stack(folder / "stack", 12, 40, 30);
        wanted = made({{"stack", "--factor", "3/2"}, folder.path()});
    }
    /// What `program` writes when it is asked for an output.
    [[nodiscard]] Bytes made(Program program) const {
        program.arguments.insert(program.arguments.end(), {"-o", "made.nrrd"});
        program.folder = folder.path();
        const Result result = program.run();
        CAPTURE(result.err);
        CHECK(result.status == 0);
        Bytes bytes = read_file(folder / "made.nrrd");
        fs::remove(folder / "made.nrrd");
        check_holds(folder.path(), {"stack"});
        return bytes;
    }
    const Arguments usual{"stack", "--factor", "3/2"};
};

}  // namespace cli_test
