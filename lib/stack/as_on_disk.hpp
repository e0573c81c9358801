#pragma once

// Names that are typed or listed otherwise than a disk has them: a letter with its mark as one character or as two.
// macOS finds such files by itself, other systems do not.

#include <string>
#include <string_view>
#include <unordered_map>

namespace stack2nrrd {

class NamesOnDisk {
public:
    /// `path` as it is, if it is there; else with each part as the one name that looks the same, up to the first part
    /// of which there is none. Folders are listed once. \throws Error invalid_argument if there are several.
    [[nodiscard]] std::string find(std::string_view path);

private:
    struct Name {
        std::string stored;
        std::string other;  ///< one of several
    };
    std::unordered_map<std::string, std::unordered_map<std::string, Name>> folders_;  ///< by path, then composed name
};

}  // namespace stack2nrrd
