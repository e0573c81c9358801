#include "transform/itk_text.hpp"

#include "core/number_from.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view signature = "#Insight Transform File";

std::string_view without_mark(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    while (!text.empty() && (text.front() == '\r' || text.front() == '\n')) text.remove_prefix(1);
    return text;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

class Reader {
public:
    Reader(const std::string& file, std::string_view text) : file_(file), rest_(without_mark(text)) {}

    std::vector<ItkTransform> read() {
        line_ = 1;
        const std::string_view first = next_line();
        const std::string_view version = trimmed(first.substr(std::min(signature.size(), first.size())));
        if (!first.starts_with(signature) || version != "V1.0") {
            throw Error(ErrorCode::unsupported, file_ + ": begins with " + quotation(first) +
                                                    ", '#Insight Transform File V1.0' was expected; write it again "
                                                    "with the program that made it");
        }
        while (!rest_.empty()) {
            ++line_;
            const std::string_view line = next_line();
            if (!line.empty() && line.front() != '#') take(line);
        }
        end_transform();
        return std::move(transforms_);
    }

private:
    /// LF, CR LF and CR end a line.
    std::string_view next_line() {
        const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
        const std::string_view line = trimmed(rest_.substr(0, end));
        const bool is_pair = rest_.substr(end).starts_with("\r\n");
        rest_.remove_prefix(std::min(end + (is_pair ? 2 : 1), rest_.size()));
        return line;
    }

    void take(std::string_view line) {
        const std::size_t colon = line.find(':');
        const std::string_view name = trimmed(line.substr(0, colon));
        const std::string_view value =
            colon == std::string_view::npos ? std::string_view{} : trimmed(line.substr(colon + 1));
        if (name == "ComponentTransformFile") {
            throw Error(ErrorCode::unsupported,
                        file_ +
                            ": names files of transforms instead of having them, transforms were expected; give "
                            "each of the files, the last one first");
        }
        const bool parameters = name == "Parameters";
        if (colon == std::string_view::npos || (name != "Transform" && name != "FixedParameters" && !parameters)) {
            damaged("begins with " + quotation(line), "'Transform:', 'Parameters:' or 'FixedParameters:' was expected");
        }
        if (name == "Transform") {
            end_transform();
            transforms_.push_back({std::string(value), {}, {}});
            return;
        }
        if (transforms_.empty()) damaged("has parameters", "the line 'Transform:' before them was expected");
        bool& seen = parameters ? parameters_ : fixed_;
        if (seen) damaged("has parameters of the same transform once more", "the next transform was expected");
        seen = true;
        read_numbers(value, parameters ? transforms_.back().parameters : transforms_.back().fixed);
    }

    void read_numbers(std::string_view text, std::vector<double>& numbers) {
        const char* at = text.data();
        const char* const end = at + text.size();
        while (at != end) {
            const char* word = at;
            if (*at == '+' && end - at > 1 && at[1] != '-') ++at;
            double number = 0;
            const std::from_chars_result result = number_from(at, end, number);
            const bool whole = result.ec == std::errc{} && (result.ptr == end || is_blank(*result.ptr));
            if (!whole) {
                const auto length = static_cast<std::size_t>(std::find_if(word, end, is_blank) - word);
                damaged("has " + quotation({word, length}) + " as number " + std::to_string(numbers.size() + 1),
                        "numbers such as -1.5e-3 were expected");
            }
            numbers.push_back(number);
            at = std::find_if_not(result.ptr, end, is_blank);
        }
    }

    /// Where there are no numbers there may be no line, but a centre is not guessed.
    void end_transform() {
        if (!transforms_.empty() && !is_composite(transforms_.back().type)) {
            const std::string& type = transforms_.back().type;
            const bool identity = type.starts_with("IdentityTransform");
            const bool translation = type.starts_with("TranslationTransform");
            if (!parameters_ && !identity) {
                throw Error(ErrorCode::corrupt, file_ + ": has no line 'Parameters:' for its transform " +
                                                    quotation(type) +
                                                    ", one was expected; write it again with the "
                                                    "program that made it");
            }
            if (!fixed_ && !identity && !translation) {
                throw Error(ErrorCode::corrupt,
                            file_ + ": has no line 'FixedParameters:' for its transform " + quotation(type) +
                                ", one was expected; write 'FixedParameters: 0 0 0' if its centre is the origin");
            }
        }
        parameters_ = false;
        fixed_ = false;
    }

    static std::string quotation(std::string_view text) {
        constexpr std::size_t most = 60;
        return "'" + printable(text.substr(0, most)) + (text.size() > most ? "...'" : "'");
    }

    [[noreturn]] void damaged(const std::string& what, const std::string& expected) const {
        throw Error(ErrorCode::corrupt, file_ + ": line " + std::to_string(line_) + " " + what + ", " + expected +
                                            "; write it again with the program that made it");
    }

    const std::string& file_;
    std::string_view rest_;
    std::size_t line_ = 0;
    std::vector<ItkTransform> transforms_;
    bool parameters_ = false;  // has the last transform had them?
    bool fixed_ = false;
};

}  // namespace

bool is_itk_text(std::span<const std::byte> head) {
    return without_mark({reinterpret_cast<const char*>(head.data()), head.size()}).starts_with(signature);
}

std::vector<ItkTransform> read_itk_text(const std::string& file, std::string_view text) {
    return Reader(file, text).read();
}

}  // namespace stack2nrrd
