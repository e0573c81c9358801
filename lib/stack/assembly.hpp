#pragma once

// Puts the files that were chosen into a Stack.

#include "stack/series.hpp"

#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stack2nrrd {

/// Adds slices to a stack. A file that comes again is not stored again.
class StackBuilder {
public:
    explicit StackBuilder(Stack& stack) : stack_(stack) {}

    /// \throws Error limit if there are too many different files to be numbered.
    void add(std::string_view path);
    void add_missing(std::int64_t count);

private:
    Stack& stack_;
    std::unordered_map<std::string, std::int32_t> file_of_path_;
};

/// Adds `paths` as they are.
void add_in_order(Stack& stack, const Names& paths);

/// Adds slices by their numbers, with the gaps between them, and tells what is odd about the numbers.
/// `paths`: what the names of `numbering` belong to. `where`: what the user gave, as it is shown.
void add_numbered(Stack& stack, const Names& paths, const Numbering& numbering, const std::string& where);

/// Takes the doubt about numbers that go in steps back: something else tells the same steps.
void confirm_steps(Stack& stack);

}  // namespace stack2nrrd
