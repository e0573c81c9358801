#pragma once

#include "cli/program.hpp"
#include "cli/slices.hpp"

#include <string>
#include <utility>

namespace cli_test {

/// A folder with a stack in it and an empty folder for outputs.
struct OutputPlace {
    Folder folder;
    std::string stack;
    fs::path out;
    OutputPlace() : stack((folder / "stack").string()), out(folder / "out") {
        write_stack(stack, 6, 32, 24);
        fs::create_directory(out);
    }
    [[nodiscard]] Result make(Arguments arguments) const {
        arguments.insert(arguments.begin(), stack);
        return run_in(out, std::move(arguments));
    }
};

}  // namespace cli_test
