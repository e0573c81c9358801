#include "core/file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/stack.hpp>

namespace stack2nrrd {

void check_not_an_input(const Stack& stack, const std::vector<std::filesystem::path>& outputs) {
    std::error_code failure;
    for (const std::filesystem::path& output : outputs) {
        if (!std::filesystem::exists(output, failure)) continue;
        for (std::size_t i = 0; i < stack.files.size(); ++i) {
            const std::string input = stack.files.path(i);
            if (!std::filesystem::equivalent(output, path_from_utf8(input), failure)) continue;
            throw Error(ErrorCode::invalid_argument, printable(utf8(output)) + ": is one of the inputs (" +
                                                         printable(input) + "), another file was expected");
        }
    }
}

}  // namespace stack2nrrd
