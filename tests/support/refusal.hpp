#pragma once

#include <stack2nrrd/error.hpp>

#include <optional>
#include <string>

namespace support {

/// The code of the Error that `action` throws, and its text in `sentence`; nothing if it throws none.
template <class Action>
std::optional<stack2nrrd::ErrorCode> refusal(Action action, std::string* sentence = nullptr) {
    try {
        action();
    } catch (const stack2nrrd::Error& error) {
        if (sentence != nullptr) *sentence = error.what();
        return error.code();
    }
    return std::nullopt;
}

}  // namespace support
