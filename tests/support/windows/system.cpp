#include "support/system.hpp"

#include "support/open_tiff.hpp"

#include <windows.h>

namespace support {

namespace fs = std::filesystem;

std::FILE* open_file(const fs::path& file, const char* mode) { return ::_wfopen(file.c_str(), fs::path(mode).c_str()); }

TIFF* open_tiff(const fs::path& file, const char* mode) { return TIFFOpenW(file.c_str(), mode); }

unsigned long process_id() { return ::GetCurrentProcessId(); }

bool made_pipe(const fs::path&) {
    say_skipped("there are no named pipes in folders");
    return false;
}

bool made_link(const fs::path&, const fs::path&) {
    say_skipped("symbolic links are for those who have the right to make them");
    return false;
}

bool has_hard_links() { return false; }

bool open_files_lose_their_names() { return false; }

bool any_name_is_legal() {
    say_skipped("names may not have <>:\"/\\|?*, control characters, or a blank or a point at their end");
    return false;
}

bool has_modes() {
    say_skipped("files have no modes");
    return false;
}

bool modes_matter() { return has_modes(); }

bool has_devices() {
    say_skipped("there is no folder of devices");
    return false;
}

}  // namespace support
