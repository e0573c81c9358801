# One interface target holds how this project is compiled. It never reaches those who use the library.

add_library(stack2nrrd_compiler INTERFACE)
target_compile_features(stack2nrrd_compiler INTERFACE cxx_std_20)
if(MSVC)
    target_compile_options(stack2nrrd_compiler INTERFACE /W4 /utf-8 /fp:precise)
    if(STACK2NRRD_WARNINGS_AS_ERRORS)
        target_compile_options(stack2nrrd_compiler INTERFACE /WX)
    endif()
else()
    # No contraction to fused multiply-add: the same bytes come out on every processor.
    target_compile_options(stack2nrrd_compiler INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                         -ffp-contract=off)
    if(STACK2NRRD_WARNINGS_AS_ERRORS)
        target_compile_options(stack2nrrd_compiler INTERFACE -Werror)
    endif()
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
