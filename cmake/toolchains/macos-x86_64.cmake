# macOS on x86_64. The least version is what wheels can name: 13.3 would do, but they name whole ones only.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_OSX_DEPLOYMENT_TARGET 14.0 CACHE STRING "")
set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)  # a change after linking would break the signature
set(CMAKE_INSTALL_NAME_TOOL true CACHE FILEPATH "")  # nothing is to be changed
set(zig_target x86_64-macos.14.0)
include("${CMAKE_CURRENT_LIST_DIR}/zig.cmake")
