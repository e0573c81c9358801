#pragma once

// Puts the files that were chosen into a Stack.

#include "core/hashed_numbers.hpp"
#include "stack/series.hpp"

#include <stack2nrrd/stack.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// The place of a slice in a file that nobody has looked into yet: wherever its one slice is.
inline constexpr Index unread_place = std::numeric_limits<Index>::min();

/// Adds slices to a stack. A file that comes again is not stored again.
class StackBuilder {
public:
    explicit StackBuilder(Stack& stack) : stack_(stack) {}

    /// \throws Error limit if there are too many different files to be numbered.
    void add(std::string_view path, Index place = unread_place);

private:
    Stack& stack_;
    HashedNumbers files_;
};

/// Makes `files`, some of which may be there again, those of a stack whose slices count them: each file once.
void each_file_once(Stack& stack, FileList files);

/// Makes `files`, none of which is there twice, the slices of a stack without any.
void add_in_order(Stack& stack, FileList files);

/// Makes those of `files` that have a number the slices of a stack without any: by their numbers, with the gaps between
/// them; and reports what is odd about the numbers. `where`: what the user gave, as it is shown.
void add_numbered(Stack& stack, const FileList& files, const Numbering& numbering, const std::string& where);

/// Takes back the doubt about numbers that go in steps: something else gives the same steps.
void confirm_steps(Stack& stack);

}  // namespace stack2nrrd
