#include "support/catch.hpp"
#include "support/system.hpp"

namespace support {

void say_skipped(const std::string& why) {
    std::fprintf(stderr, "SKIPPED: %s: %s\n", Catch::getResultCapture().getCurrentTestName().c_str(), why.c_str());
}

}  // namespace support
