#include <stack2nrrd/version.hpp>

#include "codec/versions.hpp"
#include "loops/processor.hpp"
#include "sink/versions.hpp"

#include <utility>

namespace stack2nrrd {

std::vector<LibraryVersion> library_versions() {
    std::vector<LibraryVersion> versions = codec_versions();
    for (LibraryVersion& version : sink_versions()) versions.push_back(std::move(version));
    return versions;
}

std::string instruction_set_name() {
    switch (instruction_set()) {
        case InstructionSet::avx512: return "avx512";
        case InstructionSet::avx2: return "avx2";
        case InstructionSet::baseline: break;
    }
    return "baseline";
}

}  // namespace stack2nrrd
