#include "stack/natural_order.hpp"

#include <algorithm>
#include <cstddef>

namespace stack2nrrd {

namespace {

/// As an unsigned byte, so that UTF-8 sorts behind ASCII wherever `char` is signed.
unsigned char folded(char c) noexcept { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

}  // namespace

std::string_view digits_at(std::string_view text, std::size_t start) noexcept {
    std::size_t end = start;
    while (end < text.size() && is_digit(text[end])) ++end;
    return text.substr(start, end - start);
}

std::string_view significant_digits(std::string_view digits) noexcept {
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
}

int compare_numbers(std::string_view a, std::string_view b) noexcept {
    a = significant_digits(a);
    b = significant_digits(b);
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return a.compare(b);
}

int compare_natural(std::string_view a, std::string_view b) noexcept {
    // A name is a sequence of letters and numbers. A number meets a letter as its first digit would: no letter is
    // between two digits, so this orders letters and numbers alike, and the sequences with them.
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (is_digit(a[i]) && is_digit(b[j])) {
            const std::string_view x = digits_at(a, i);
            const std::string_view y = digits_at(b, j);
            if (const int order = compare_numbers(x, y); order != 0) return order;
            i += x.size();
            j += y.size();
        } else {
            const unsigned char x = folded(a[i++]);
            const unsigned char y = folded(b[j++]);
            if (x != y) return x < y ? -1 : 1;
        }
    }
    if (i < a.size()) return 1;
    if (j < b.size()) return -1;
    return a.compare(b);
}

}  // namespace stack2nrrd
