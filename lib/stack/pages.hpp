#pragma once

// Files of several pages: which of their pages are the slices of a stack.

#include "codec/codec.hpp"
#include "sidecar/description.hpp"
#include "stack/page_order.hpp"

#include <stack2nrrd/stack.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

/// What a file of one or many pages says, all of it read.
struct PagedFile {
    std::vector<SliceRef> places;    ///< of the pages that are slices of something
    std::vector<std::string> notes;  ///< with the file's name
    PageOrder order;                 ///< of `places`
    FoundSpacing spacing;
};

/// \throws Error whatever the codec does.
[[nodiscard]] PagedFile read_pages(InputFile& file, const Codec& codec, Samples samples);

/// What `options` choose of it; the first where they choose nothing, or what is not there.
[[nodiscard]] TakenPages chosen_pages(const PageOrder& order, const FindOptions& options);

/// Notes of Stack::taken what nobody chose.
void say_what_is_taken(Stack& stack, const FindOptions& options);

/// Where `stack` is one file that holds several slices, or of a set of files by its own words, makes those of one
/// channel at one time the slices of the stack, and says what was taken if `options` do not choose. Returns what the
/// file says of its spacing: its first page may speak for all others. \throws Error as ome_set_of().
std::optional<FoundSpacing> expand_pages(Stack& stack, const FindOptions& options);

/// Makes the pages of each file of a stack in the order given its slices, file after file.
void join_pages(Stack& stack, const FindOptions& options);

/// What `options` choose and the stack does not have becomes a fatal problem.
void check_choice(Stack& stack, const FindOptions& options);

/// Does the file hold several slices or points in time, or is it one of a set by its own words? Then it is no slice of
/// a numbered series. False also for files that are no images, or broken ones. \throws Error as ome_set_of().
[[nodiscard]] bool is_stack_by_itself(const std::string& path_utf8);

/// "2 channels and 1 point in time"
[[nodiscard]] std::string volumes_text(Index channels, Index times);

/// As a list of slices keeps it; empty if there was nothing to choose from.
[[nodiscard]] std::string taken_text(const TakenPages& taken);
/// Nothing if `text` is not of that kind.
[[nodiscard]] std::optional<TakenPages> parse_taken(std::string_view text);

}  // namespace stack2nrrd
