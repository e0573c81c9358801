# cmake -D SOURCE=... -D BUILD=... -D GENERATOR=... -D COMPILER=... -D LAUNCHER=... -D NM=... -D READELF=... -P static_wheel.cmake:
# the README's command for the wheel, with static image libraries. What it makes needs nothing but the C library.

cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BUILD}" -G "${GENERATOR}" -D CMAKE_BUILD_TYPE=Release
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
    -D CMAKE_CXX_FLAGS_RELEASE=-O0  # what it needs is looked at, not how fast it is
    -D STACK2NRRD_STATIC_DEPS=ON -D STACK2NRRD_BUILD_TESTS=OFF
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BUILD}" --parallel 2 --target stack2nrrd_wheel COMMAND_ERROR_IS_FATAL ANY)
file(GLOB wheel "${BUILD}/dist/*.whl")
if(NOT wheel MATCHES "-manylinux_[0-9]+_[0-9]+_[^/]*\\.whl$")
    message(FATAL_ERROR "not a wheel for every Linux: ${wheel}")
endif()
set(LIBRARY "${BUILD}/lib/capi/libstack2nrrd_c.so")
set(HEADER "${SOURCE}/include/stack2nrrd/stack2nrrd.h")
set(STATIC_DEPS ON)
include("${CMAKE_CURRENT_LIST_DIR}/../capi/symbols.cmake")
