#include "codec/versions.hpp"

#include <cstdio>  // which jpeglib.h needs

#include <jpeglib.h>
#include <openjpeg.h>
#include <png.h>
#include <tiffio.h>
#include <zlib.h>
#include <cstddef>
#include <string>
#include <string_view>

#if defined(STACK2NRRD_HAVE_ISAL)
#include <isa-l.h>
#endif
#if defined(STACK2NRRD_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#endif

namespace stack2nrrd {

namespace {

std::string dotted(int major, int minor, int patch) {
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

/// The number in "LIBTIFF, Version 4.5.0\nCopyright ...".
std::string number_in(std::string_view text) {
    const std::size_t begin = text.find_first_of("0123456789");
    if (begin == std::string_view::npos) return "";
    return std::string(text.substr(begin, text.find_first_not_of("0123456789.", begin) - begin));
}

}  // namespace

std::vector<LibraryVersion> codec_versions() {
    std::vector<LibraryVersion> versions;
    versions.push_back({"libtiff", number_in(TIFFLIB_VERSION_STR), number_in(TIFFGetVersion())});
    versions.push_back({"libpng", PNG_LIBPNG_VER_STRING, png_get_libpng_ver(nullptr)});
#if defined(LIBJPEG_TURBO_VERSION_NUMBER)
    constexpr int number = LIBJPEG_TURBO_VERSION_NUMBER;  // 2001005 is 2.1.5
    versions.push_back({"libjpeg-turbo", dotted(number / 1'000'000, number / 1000 % 1000, number % 1000), ""});
#else
    versions.push_back({"libjpeg", std::to_string(JPEG_LIB_VERSION), ""});
#endif
    versions.push_back({"OpenJPEG", dotted(OPJ_VERSION_MAJOR, OPJ_VERSION_MINOR, OPJ_VERSION_BUILD), opj_version()});
    versions.push_back({"zlib", ZLIB_VERSION, zlibVersion()});
#if defined(STACK2NRRD_HAVE_ISAL)
    versions.push_back({"ISA-L", dotted(ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION, ISAL_PATCH_VERSION), ""});
#endif
#if defined(STACK2NRRD_HAVE_LIBDEFLATE)
    versions.push_back({"libdeflate", LIBDEFLATE_VERSION_STRING, ""});
#endif
    return versions;
}

}  // namespace stack2nrrd
