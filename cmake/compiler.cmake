# One interface target holds how this project is compiled. It never reaches those who use the library.

# The least that has what the code uses of C++20, and does not contract to fused multiply-add (MSVC).
foreach(least "GNU 11" "Clang 14" "AppleClang 14.0.3" "MSVC 19.30")
    separate_arguments(least)
    list(GET least 0 compiler)
    list(GET least 1 version)
    if(CMAKE_CXX_COMPILER_ID STREQUAL compiler AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS version)
        message(FATAL_ERROR "${CMAKE_CXX_COMPILER}: it is ${compiler} ${CMAKE_CXX_COMPILER_VERSION}, at least ${version} "
                            "was expected; choose another one with -D CMAKE_CXX_COMPILER=…")
    endif()
endforeach()
if(APPLE AND CMAKE_OSX_DEPLOYMENT_TARGET AND CMAKE_OSX_DEPLOYMENT_TARGET VERSION_LESS 13.3)
    message(FATAL_ERROR "CMAKE_OSX_DEPLOYMENT_TARGET is ${CMAKE_OSX_DEPLOYMENT_TARGET}, at least 13.3 was expected: "
                        "before it macOS has no std::to_chars for floating point")
endif()

add_library(stack2nrrd_compiler INTERFACE)
target_compile_features(stack2nrrd_compiler INTERFACE cxx_std_20)
if(WIN32)
    target_compile_definitions(stack2nrrd_compiler INTERFACE NOMINMAX WIN32_LEAN_AND_MEAN)
endif()
if(MSVC)
    target_compile_options(stack2nrrd_compiler INTERFACE /W4 /wd4127 /wd4611 /utf-8 /permissive- /fp:precise)
    # 4127: a constant of a template decides. 4611: setjmp, which passes by no destructor.
    # No macros min and max of <windows.h>, and no warnings of what is in the standard (getenv).
    target_compile_definitions(stack2nrrd_compiler INTERFACE NOMINMAX _CRT_SECURE_NO_WARNINGS)
    if(STACK2NRRD_WARNINGS_AS_ERRORS)
        target_compile_options(stack2nrrd_compiler INTERFACE /WX)
    endif()
else()
    # No contraction to fused multiply-add: the same bytes come out on every processor.
    target_compile_options(stack2nrrd_compiler INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                         -ffp-contract=off)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # GCC 12 sees overlaps in "a" + std::string that are not there (GCC bug 105651).
        target_compile_options(stack2nrrd_compiler INTERFACE -Wno-restrict)
    endif()
    if(STACK2NRRD_WARNINGS_AS_ERRORS)
        target_compile_options(stack2nrrd_compiler INTERFACE -Werror)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            # Guesses of the optimiser, often wrong and never the same in two versions: to be read, not obeyed.
            target_compile_options(stack2nrrd_compiler INTERFACE
                -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=restrict)
        endif()
    endif()
endif()

if(STACK2NRRD_STATIC_DEPS)
    # The compiler's own libraries as well.
    if(MINGW)
        target_link_options(stack2nrrd_compiler INTERFACE -static)
    elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        target_link_options(stack2nrrd_compiler INTERFACE -static-libstdc++ -static-libgcc)
    endif()
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
    endif()
    if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
        find_program(STACK2NRRD_CCACHE ccache)
        mark_as_advanced(STACK2NRRD_CCACHE)
        if(STACK2NRRD_CCACHE)
            set(CMAKE_CXX_COMPILER_LAUNCHER "${STACK2NRRD_CCACHE}")
        endif()
    endif()
endif()
