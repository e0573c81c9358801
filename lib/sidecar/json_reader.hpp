#pragma once

// Just enough of JSON to look up values by their path: one walk over the text, no tree, no recursion.

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace stack2nrrd {

struct JsonFound {
    std::string_view value;      ///< as it is in the text: of a string what is between its quotes
    bool contradictory = false;  ///< there are several at this path (array elements), and they differ
};

/// Calls `take(keys, value)` for each number, word or string, in the order of the text, up to where it is no JSON or
/// nests more than 32 levels deep. `keys`: the path to it, "" for an array.
void for_each_json_value(
    std::string_view text,
    const std::function<void(std::span<const std::string_view> keys, std::string_view value)>& take);

/// The number, word or string at a path of keys; "" in the path means any element of an array. Nothing if there
/// is none, also if the text is no JSON before it comes, or nests more than 32 levels deep.
[[nodiscard]] std::optional<JsonFound> json_value(std::string_view text, std::initializer_list<std::string_view> path);

}  // namespace stack2nrrd
