#include "support/system.hpp"

#include "support/catch.hpp"
#include "support/open_tiff.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace support {

namespace fs = std::filesystem;

std::FILE* open_file(const fs::path& file, const char* mode) { return std::fopen(file.c_str(), mode); }

TIFF* open_tiff(const fs::path& file, const char* mode) { return TIFFOpen(file.c_str(), mode); }

unsigned long process_id() { return static_cast<unsigned long>(::getpid()); }

bool made_pipe(const fs::path& pipe) {
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    return true;
}

bool made_link(const fs::path& target, const fs::path& link) {
    fs::create_symlink(target, link);
    return true;
}

bool has_hard_links() { return true; }

bool open_files_lose_their_names() { return true; }

bool any_name_is_legal() { return true; }

bool has_modes() { return true; }

bool modes_matter() { return ::geteuid() != 0; }

bool has_devices() { return true; }

}  // namespace support
