#include "import/recalled_options.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "import/quality.hpp"
#include "import/refuse.hpp"

#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace stack2nrrd {

namespace {

/// "factor" and "2" of "factor=2"; of "reverse" the value of a flag.
struct Word {
    std::string name;
    std::string value;
};

Word parted(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return {word, "true"};
    return {word.substr(0, equals), word.substr(equals + 1)};
}

class Recaller {
public:
    Recaller(KeyValues notes, const FindNamed& find) : notes_(notes), find_(find) {}

    Options run() {
        for (const std::string& text : words_of(value_of(notes_, "stack2nrrd_options"))) take(parted(text));
        set_factors();
        if (const std::string crop = value_of(notes_, "stack2nrrd_crop"); !crop.empty()) set("crop", crop);
        set_kernels();
        const std::string window = value_of(notes_, "stack2nrrd_window");
        if (!window.empty()) set("window", window.substr(0, window.find(" -> ")));
        return std::move(options_);
    }

private:
    void set(std::string_view name, const std::string& value) { set_option(options_, name, value); }

    void take(const Word& word) {
        constexpr std::array<std::string_view, 15> as_they_are{"align",       "channel", "time", "step",   "reverse",
                                                               "slab",        "order",   "type", "fill",   "dehaze",
                                                               "header-only", "missing", "flip", "labels", "origin"};
        const auto& [name, value] = word;
        if (std::find(as_they_are.begin(), as_they_are.end(), name) != as_they_are.end()) return set(name, value);
        if (name == "quality") return set(name, value);
        if (name == "factor") {
            factor_ = value;
        } else if (name == "size") {
            set(name, value);
        } else if (name == "spacing") {
            set_spacing(value);
        } else if (name == "like" && value.starts_with("grid:")) {
            set(name, value);
        } else if (name == "transform" && value.starts_with("affine:")) {
            set(name, value);
        } else if (name == "like") {
            options_.like = find_(name, value);
        } else if (name == "mask") {
            options_.mask = find_(name, value);
        } else if (name == "transform") {
            options_.transforms.push_back({find_(name, value), {}});
        } else {
            refuse("stack2nrrd_options has '" + printable(name) +
                   "', which stack2nrrd " STACK2NRRD_VERSION " does not know");
        }
    }

    /// "0.1,0.1,0.2*1/1000mm"
    void set_spacing(const std::string& value) {
        const std::size_t times = value.find('*');
        if (times == std::string::npos || !value.ends_with("mm")) refuse("'" + printable(value) + "' is no spacing");
        set("spacing", value.substr(0, times));
        options_.space_unit_mm = parse_rational(value.substr(times + 1, value.size() - 2 - times - 1));
    }

    /// Axes that are enlarged have a size instead; a reference has all of it.
    void set_factors() {
        for (AxisOptions& axis : options_.axes) {
            if (axis.size == Index{0}) axis.size.reset();
        }
        if (!options_.like.empty() || options_.like_grid || factor_.empty()) return;
        const std::vector<std::string_view> fields = split(factor_, ',');
        std::string factors;
        for (std::size_t a = 0; a < 3; ++a) {
            const std::string field(fields.size() == 3 ? fields[a] : std::string_view(factor_));
            factors += (a == 0 ? "" : ",") + (options_.axes[a].size ? "1" : field);
        }
        set("factor", factors);
    }

    /// A kernel is set where it is not what the quality chooses: with all three there would be nothing left to choose.
    void set_kernels() {
        const std::string text = value_of(notes_, "stack2nrrd_kernel");
        const std::vector<std::string> specs = words_of(text);
        if (specs.size() != 1 && specs.size() != 3) refuse("stack2nrrd_kernel is '" + printable(text) + "'");
        std::string chosen;
        if (options_.quality) {
            Options plain;
            plain.quality = options_.quality;
            chosen = with_kernels(plain)[0].kernel->spec();
        }
        for (std::size_t a = 0; a < 3; ++a) {
            const std::string& spec = specs[specs.size() == 3 ? a : 0];
            if (spec != chosen) set(std::string("kernel-") + "xyz"[a], spec);
        }
    }

    KeyValues notes_;
    const FindNamed& find_;
    Options options_;
    std::string factor_;
};

}  // namespace

std::string value_of(KeyValues notes, std::string_view key) {
    for (const auto& [own, value] : notes) {
        if (own == key) return std::string(trimmed(value));
    }
    return {};
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::optional<std::string> word;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (!quoted && c == ' ') {
            if (word) words.push_back(std::move(*word));
            word.reset();
            continue;
        }
        if (!word) word.emplace();
        if (c == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted && c == '\\' && i + 1 < text.size()) c = text[++i];
        *word += c;
    }
    if (quoted) refuse("'" + printable(text) + "' has a quotation mark without another one");
    if (word) words.push_back(std::move(*word));
    return words;
}

Options recalled_options(KeyValues notes, const std::string& file, const FindNamed& find) {
    if (value_of(notes, "stack2nrrd_options").empty()) {
        throw Error(ErrorCode::invalid_argument,
                    file +
                        ": does not say how it was made, the key/values that stack2nrrd writes were expected; make "
                        "it with stack2nrrd");
    }
    try {
        return Recaller(notes, find).run();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::invalid_argument) throw;
        throw Error(error.code(), file + ": cannot be made again, " + error.what() + "; it was made by stack2nrrd " +
                                      printable(value_of(notes, "stack2nrrd_version")));
    }
}

}  // namespace stack2nrrd
