#pragma once

#include <filesystem>
#include <string>

namespace support {

/// A new, empty folder that goes away with all that is in it.
class TempFolder {
public:
    TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& utf8) const;

    /// How many entries it has, hidden ones included.
    [[nodiscard]] int entries() const;

private:
    std::filesystem::path path_;
};

}  // namespace support
