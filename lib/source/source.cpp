#include <stack2nrrd/source.hpp>

namespace stack2nrrd {

SliceReader::~SliceReader() = default;
Source::~Source() = default;
bool Source::is_blank(Index /*z*/) const { return false; }

}  // namespace stack2nrrd
