#pragma once

// Lines "key=value" under "[section]", which is what most scanners write: any line end, blanks and quotes around
// values, any case of keys. Nothing is copied or kept: a file has few questions to answer, each of them walks the text.

#include <stack2nrrd/geometry.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

class IniReader {
public:
    /// What is odd about a value that was asked for becomes a sentence in `doubts`. `text` and `doubts` must outlive
    /// the reader.
    IniReader(std::string_view text, std::vector<std::string>& doubts) : text_(text), doubts_(&doubts) {}

    [[nodiscard]] bool has_section(std::string_view section) const;

    /// Nothing if there is no such key, if its value is empty, or if it is there twice with different values.
    /// Keys before the first section are in section "".
    [[nodiscard]] std::optional<std::string_view> value(std::string_view section, std::string_view key) const;

    /// An integer from `least` to a thousand million.
    [[nodiscard]] std::optional<Index> integer(std::string_view section, std::string_view key, Index least) const;

    [[nodiscard]] std::optional<double> number(std::string_view section, std::string_view key) const;

    /// A spacing in mm; `unit_mm` is the unit that the format defines for this key.
    [[nodiscard]] std::optional<double> spacing(std::string_view section, std::string_view key, double unit_mm) const;

    /// A spacing in mm whose key names the unit itself: `key` is "Pixel Size", the line "Pixel Size (um)=8.5".
    [[nodiscard]] std::optional<double> spacing_with_unit(std::string_view section, std::string_view key) const;

private:
    std::string_view text_;
    std::vector<std::string>* doubts_;
};

/// Does a text have the line "[section]"?
[[nodiscard]] bool has_ini_section(std::string_view text, std::string_view section);

}  // namespace stack2nrrd
