#include "core/crc32.hpp"

#include "core/vector_state.hpp"

#include <zlib.h>
#if defined(STACK2NRRD_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#endif
#if defined(STACK2NRRD_HAVE_ISAL)
#include <isa-l/crc.h>
#endif

namespace stack2nrrd {

std::uint32_t crc32_behind(std::uint32_t before, std::span<const std::byte> bytes) noexcept {
#if defined(STACK2NRRD_HAVE_ISAL)
    const std::uint32_t behind =
        ::crc32_gzip_refl(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    restore_vector_state();
    return behind;
#elif defined(STACK2NRRD_HAVE_LIBDEFLATE)
    return ::libdeflate_crc32(before, bytes.data(), bytes.size());
#else
    // Of no bytes zlib gives what it begins with, whatever came before.
    if (bytes.empty()) return before;
    return static_cast<std::uint32_t>(::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
#endif
}

}  // namespace stack2nrrd
