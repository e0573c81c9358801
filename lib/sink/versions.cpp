#include "sink/versions.hpp"

#if defined(STACK2NRRD_HAVE_ZSTD)
#include <zstd.h>
#endif

namespace stack2nrrd {

std::vector<LibraryVersion> sink_versions() {
    std::vector<LibraryVersion> versions;
#if defined(STACK2NRRD_HAVE_ZSTD)
    versions.push_back({"zstd", ZSTD_VERSION_STRING, ZSTD_versionString()});
#endif
    return versions;
}

}  // namespace stack2nrrd
