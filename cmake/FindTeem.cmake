# Teem: the library and `teem/nrrd.h`, found by themselves. The TeemConfig.cmake that Debian 12 ships points into a
# build folder that does not exist, so it is never asked.
#
# Gives Teem::Teem, Teem_FOUND, Teem_VERSION, and Teem_UNU_EXECUTABLE (the program `unu`, if there is one).

find_path(Teem_INCLUDE_DIR teem/nrrd.h)
find_library(Teem_LIBRARY teem)
find_program(Teem_UNU_EXECUTABLE NAMES teem-unu unu)
mark_as_advanced(Teem_INCLUDE_DIR Teem_LIBRARY Teem_UNU_EXECUTABLE)

if(Teem_INCLUDE_DIR AND EXISTS "${Teem_INCLUDE_DIR}/teem/air.h")
    file(STRINGS "${Teem_INCLUDE_DIR}/teem/air.h" Teem_VERSION REGEX "^#define[ \t]+TEEM_VERSION_STRING[ \t]+\"")
    string(REGEX REPLACE ".*\"([^\"]*)\".*" "\\1" Teem_VERSION "${Teem_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Teem REQUIRED_VARS Teem_LIBRARY Teem_INCLUDE_DIR VERSION_VAR Teem_VERSION)

if(Teem_FOUND AND NOT TARGET Teem::Teem)
    add_library(Teem::Teem UNKNOWN IMPORTED)
    set_target_properties(Teem::Teem PROPERTIES
        IMPORTED_LOCATION "${Teem_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${Teem_INCLUDE_DIR}")
endif()
