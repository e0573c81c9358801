#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// The most things of one kind that a message names.
inline constexpr std::size_t most_named = 10;

/// A list in a message: the first ten, then a count. Costs nothing for what it does not name.
class ShortList {
public:
    explicit ShortList(std::string_view separator = ", ") : separator_(separator) {}

    /// Will the next one still be named? If not, its text may be anything.
    [[nodiscard]] bool names_next() const noexcept { return count_ < most_named; }

    void add(std::string_view text) {
        if (names_next()) {
            if (count_ > 0) text_ += separator_;
            text_ += text;
        }
        ++count_;
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// "a, b" or "a, b, … and 3 more".
    [[nodiscard]] std::string text() const {
        if (count_ <= most_named) return text_;
        return text_ + " and " + std::to_string(count_ - most_named) + " more";
    }

private:
    std::string separator_;
    std::string text_;
    std::size_t count_ = 0;
};

}  // namespace stack2nrrd
