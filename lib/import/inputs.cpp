#include "import/inputs.hpp"

#include "sink/slab_checksums.hpp"

#include <string_view>

namespace stack2nrrd {

std::string inputs_text(const FileList& files) {
    std::uint32_t crc = 0;
    const auto add = [&](std::string_view text) { crc = crc32_behind(crc, std::as_bytes(std::span(text))); };
    for (std::size_t i = 0; i < files.size(); ++i) {
        add(files.name(i));
        // No name has a 0 in it, so that no two lists are the same text.
        using namespace std::string_view_literals;
        add("\0"sv);
        add(std::to_string(files.stamp(i).bytes));
        add("\0"sv);
    }
    return std::to_string(files.size()) + (files.size() == 1 ? " file, " : " files, ") + hex_text(crc);
}

}  // namespace stack2nrrd
