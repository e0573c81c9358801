#include "core/file_system.hpp"

#include "core/file.hpp"
#include "core/retry.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

namespace stack2nrrd::disk {

Facts look_surely(const Path& path) {
    Facts facts = look(path);
    for (unsigned attempt = 1; facts.failure && try_again(attempt, facts.failure); ++attempt) facts = look(path);
    if (may_pass(facts.failure) || facts.failure == std::errc::not_enough_memory) {
        throw Error(ErrorCode::io, printable(utf8(path)) + ": cannot be looked at: " + facts.failure.message());
    }
    return facts;
}

}  // namespace stack2nrrd::disk
