#pragma once

// A stack as text, so that the tasks that make its shards need not look for it again: finding it reads the header of
// every slice.

#include <stack2nrrd/stack.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// `request`: what was looked for; kept with the stack. Empty if the stack is none of image files: finding such a one
/// takes no time.
[[nodiscard]] std::string stack_text(const Stack& stack, std::string_view request);

/// The stack, with the stamps of its files as they were; none if the text is that of another request.
/// \throws Error corrupt if the text is damaged. `shown`: what it is called in that message.
[[nodiscard]] std::optional<Stack> stack_from_text(std::string_view text, std::string_view request,
                                                   const std::string& shown);

}  // namespace stack2nrrd
