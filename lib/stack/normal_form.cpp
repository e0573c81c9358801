#include "stack/normal_form.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace stack2nrrd {

namespace {

/// The letters of a range of Unicode: what each is without its marks, and its marks, each written as the letter that is
/// its number in the list below. A blank where there is none.
struct Range {
    char32_t first;
    std::string_view bases, marks, second_marks;
};

/// Latin-1 and Latin Extended-A.
constexpr Range latin{
    0xC0,
    "AAAAAA CEEEEIIII NOOOOO  UUUUY  aaaaaa ceeeeiiii nooooo  uuuuy yAaAaAaCcCcCcCcDd  EeEeEeEeEeGgGg"
    "GgGgHh  IiIiIiIiI   JjKk LlLlLl    NnNnNn   OoOoOo  RrRrRrSsSsSsSsTtTt  UuUuUuUuUuUuWwYyYZzZzZz ",
    "ABCDEF GABCEABCE DABCDE  ABCEB  ABCDEF GABCEABCE DABCDE  ABCEB EHHIIJJBBCCKKLLLL  HHIIKKJJLLCCII"
    "KKGGCC  DDHHIIJJK   CCGG BBGGLL    BBGGLL   HHIIMM  BBGGLLBBCCGGLLGGLL  DDHHIIFFMMJJCCCCEBBKKLL ",
    {}};
/// Latin Extended Additional.
constexpr Range additional{
    0x1E00,
    "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRr"
    "SsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwy      AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
    "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy      ",
    "NNKKOOPPGGKKOOPPGGQQHHHHQQRRGGKKHHKKOOEEGGSSRREEBBOOPPOOOOPPQQBBKKOOKKOOPPQQDDDDHHHHBBKKKKOOOOPP"
    "KKOOBBLLOOKKOOPPQQTTRRQQDDHHDDOOAABBEEKKOOKKEEKKCCOOPPPEFF      OOUUCCCCCCCCOOIIIIIIIIOOOOUUDDCC"
    "CCCCCCOOUUOOOOUUCCCCCCCCOOVVVVVVVVVVOOUUVVVVVVVVVVAAOOUUDD      ",
    "        BB          AABB    II                BB        HH                  BBEEAABB        HH  "
    "    KKKKKK              BBEE                                        BBAAUUDDCCBBAAUUDDII      BB"
    "AAUUDDCC        BBAAUUDDCCBBAAUUDDOO    BBAAUUDDOO              "};
constexpr std::array<std::uint16_t, 22> mark_of_letter{0x300, 0x301, 0x302, 0x303, 0x308, 0x30A, 0x327, 0x304,
                                                       0x306, 0x328, 0x307, 0x30C, 0x30B, 0x325, 0x323, 0x331,
                                                       0x32D, 0x330, 0x32E, 0x324, 0x309, 0x31B};

void append_mark(std::string& text, char letter) {
    if (letter == ' ') return;
    const std::uint16_t mark = mark_of_letter[static_cast<std::size_t>(letter - 'A')];
    text += static_cast<char>(0xC0 | (mark >> 6));
    text += static_cast<char>(0x80 | (mark & 0x3F));
}

/// Appends the parts of the letter `code`, if `range` has it.
bool append_parts(std::string& text, char32_t code, const Range& range) {
    if (code < range.first || code - range.first >= range.bases.size()) return false;
    const std::size_t i = code - range.first;
    if (range.bases[i] == ' ') return false;
    text += range.bases[i];
    append_mark(text, range.marks[i]);
    if (!range.second_marks.empty()) append_mark(text, range.second_marks[i]);
    return true;
}

}  // namespace

std::string decomposed(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t at = 0; at < text.size();) {
        const unsigned char lead = byte(at);
        std::size_t size = 1;
        if (lead >= 0xC3 && lead <= 0xC5 && at + 1 < text.size()) {
            if (append_parts(result, ((lead & 0x1FU) << 6) | (byte(at + 1) & 0x3FU), latin)) size = 2;
        } else if (lead == 0xE1 && at + 2 < text.size()) {
            const char32_t code = 0x1000U | ((byte(at + 1) & 0x3FU) << 6) | (byte(at + 2) & 0x3FU);
            if (append_parts(result, code, additional)) size = 3;
        }
        if (size == 1) result += text[at];
        at += size;
    }
    return result;
}

}  // namespace stack2nrrd
