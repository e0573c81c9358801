# macOS from the first version on that has std::to_chars for floating point. Read by toolchain files that set
# `zig_processor`.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_OSX_DEPLOYMENT_TARGET 13.3 CACHE STRING "")
set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)  # a change after linking would break the signature
set(CMAKE_INSTALL_NAME_TOOL true CACHE FILEPATH "")  # nothing is to be changed
set(CMAKE_SIZEOF_VOID_P 8)  # CMake asks with a flag that zig's linker does not know
set(zig_target "${zig_processor}-macos.13.3")
include("${CMAKE_CURRENT_LIST_DIR}/zig.cmake")
