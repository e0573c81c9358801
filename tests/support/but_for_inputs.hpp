#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace support {

/// A volume's file without the lines that say which files it was made from: what is no file makes the same volume.
inline std::vector<std::byte> but_for_inputs(const std::vector<std::byte>& file) {
    std::string text(reinterpret_cast<const char*>(file.data()), file.size());
    for (const std::string_view key : {"\nstack2nrrd_inputs:=", "\nstack2nrrd_header_crc32:="}) {
        const std::size_t at = text.find(key);
        if (at != std::string::npos) text.erase(at, text.find('\n', at + 1) - at);
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    return {bytes, bytes + text.size()};
}

}  // namespace support
