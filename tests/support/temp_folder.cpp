#include "support/temp_folder.hpp"

#include <random>
#include <system_error>

namespace support {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
    std::random_device random;
    do {
        path_ = fs::temp_directory_path() / ("stack2nrrd_" + std::to_string(random()) + "_" + std::to_string(random()));
    } while (!fs::create_directory(path_));
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path TempFolder::operator/(const std::string& utf8) const {
    return path_ / std::u8string(utf8.begin(), utf8.end());
}

int TempFolder::entries() const {
    int count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
        static_cast<void>(entry);
        ++count;
    }
    return count;
}

}  // namespace support
