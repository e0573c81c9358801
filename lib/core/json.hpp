#pragma once

// JSON to be written: values that become text at once. Nothing of it allocates when it is destroyed, so that whatever
// fails for lack of memory can be told.

#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace stack2nrrd {

class Json {
public:
    struct Member;

    Json(std::nullptr_t) : text_("null") {}
    template <std::integral T>
    Json(T number) {
        if constexpr (std::is_same_v<T, bool>) {
            text_ = number ? "true" : "false";
        } else {
            text_ = std::to_string(number);
        }
    }
    /// The shortest text that is this number, always with a point or an exponent; null if it is not finite.
    Json(double number);
    /// What is no UTF-8 becomes U+FFFD.
    Json(std::string_view text);
    Json(const char* text) : Json(std::string_view(text)) {}
    Json(const std::string& text) : Json(std::string_view(text)) {}
    template <class T>
    Json(const std::vector<T>& values) : Json(array()) {
        for (const T& value : values) push_back(value);
    }
    template <class T, std::size_t n>
    Json(const std::array<T, n>& values) : Json(array()) {
        for (const T& value : values) push_back(value);
    }

    [[nodiscard]] static Json array() { return Json(Text{"[]"}); }
    [[nodiscard]] static Json object(std::initializer_list<Member> members);

    void push_back(const Json& value);                  ///< of an array
    void add(std::string_view key, const Json& value);  ///< of an object that has no such key

    /// A line for each value, two blanks for each level.
    [[nodiscard]] std::string indented() const;

private:
    struct Text {
        std::string text;
    };
    explicit Json(Text text) : text_(std::move(text.text)) {}

    std::string text_;  // without blanks
};

struct Json::Member {
    std::string_view key;
    Json value;
};

}  // namespace stack2nrrd
