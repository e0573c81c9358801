# OpenJPEG: JPEG 2000. Debian 12's own CMake package demands its programs, too, which the library does not need.
#
# Gives OpenJPEG::OpenJPEG, OpenJPEG_VERSION and OpenJPEG_FOUND.

find_path(OpenJPEG_INCLUDE_DIR openjpeg.h PATH_SUFFIXES openjpeg-2.6 openjpeg-2.5)
find_library(OpenJPEG_LIBRARY NAMES openjp2 libopenjp2)
mark_as_advanced(OpenJPEG_INCLUDE_DIR OpenJPEG_LIBRARY)

if(OpenJPEG_INCLUDE_DIR AND EXISTS "${OpenJPEG_INCLUDE_DIR}/opj_config.h")
    set(OpenJPEG_VERSION "")
    foreach(part MAJOR MINOR BUILD)
        file(STRINGS "${OpenJPEG_INCLUDE_DIR}/opj_config.h" line REGEX "define OPJ_VERSION_${part} ")
        string(REGEX REPLACE ".* ([0-9]+).*" "\\1" number "${line}")
        string(APPEND OpenJPEG_VERSION ".${number}")
    endforeach()
    string(SUBSTRING "${OpenJPEG_VERSION}" 1 -1 OpenJPEG_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenJPEG
    REQUIRED_VARS OpenJPEG_LIBRARY OpenJPEG_INCLUDE_DIR VERSION_VAR OpenJPEG_VERSION)

if(OpenJPEG_FOUND AND NOT TARGET OpenJPEG::OpenJPEG)
    add_library(OpenJPEG::OpenJPEG UNKNOWN IMPORTED)
    set_target_properties(OpenJPEG::OpenJPEG PROPERTIES
        IMPORTED_LOCATION "${OpenJPEG_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${OpenJPEG_INCLUDE_DIR}")
endif()
