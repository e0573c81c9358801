#include <stack2nrrd/error.hpp>

#include "core/text.hpp"

namespace stack2nrrd {

Error::Error(ErrorCode code, const std::string& sentence) : std::runtime_error(printable(sentence)), code_(code) {}
Error::~Error() = default;

int exit_status(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument: return 2;
        case ErrorCode::not_found:
        case ErrorCode::inconsistent:
        case ErrorCode::missing_slices: return 3;
        case ErrorCode::unsupported:
        case ErrorCode::corrupt: return 4;
        case ErrorCode::io: return 5;
        case ErrorCode::limit: return 6;
        case ErrorCode::changed: return 7;
        case ErrorCode::cancelled: return 130;
    }
    return 1;
}

}  // namespace stack2nrrd
