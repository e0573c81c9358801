#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace support {

/// A page of 16-bit samples that are all `value`; its samples are RGB, equal ones, if `colour`.
struct FlatPage {
    std::uint16_t value = 0;
    std::uint32_t width = 4;
    std::uint32_t height = 3;
    bool reduced = false;
    bool colour = false;
};

/// Writes a TIFF through libtiff. `description` stands in the first page, as does a resolution of two samples a unit.
void write_pages(const std::filesystem::path& file, const std::vector<FlatPage>& pages, const std::string& description);

/// The same in ImageJ's way of writing stacks beyond 4 GiB: one directory, and behind its samples those of the others.
void write_pages_without_directories(const std::filesystem::path& file, const std::vector<FlatPage>& pages,
                                     const std::string& description);

}  // namespace support
