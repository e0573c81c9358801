# Every find_package of the project is here. Nothing is fetched from the network.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
if(STACK2NRRD_STATIC_DEPS)
    if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
        message(FATAL_ERROR "STACK2NRRD_STATIC_DEPS works on Linux only")
    endif()
    set(all_suffixes "${CMAKE_FIND_LIBRARY_SUFFIXES}")
    set(CMAKE_FIND_LIBRARY_SUFFIXES "${CMAKE_STATIC_LIBRARY_SUFFIX}")
endif()
# Where the option was changed, what was found before is of the other kind, and would stay.
if(DEFINED STACK2NRRD_FOUND_FOR AND NOT STACK2NRRD_FOUND_FOR STREQUAL "static ${STACK2NRRD_STATIC_DEPS}")
    foreach(library ZLIB_LIBRARY_RELEASE TIFF_LIBRARY_RELEASE PNG_LIBRARY_RELEASE JPEG_LIBRARY_RELEASE OpenJPEG_LIBRARY
                    ISAL_LIBRARY LibDeflate_LIBRARY Zstd_LIBRARY)
        unset(${library} CACHE)
    endforeach()
endif()
set(STACK2NRRD_FOUND_FOR "static ${STACK2NRRD_STATIC_DEPS}" CACHE INTERNAL "")
find_package(ZLIB REQUIRED)
find_package(TIFF 4.5 REQUIRED)
find_package(PNG 1.6 REQUIRED)
find_package(JPEG REQUIRED)
find_package(OpenJPEG 2.5 MODULE REQUIRED)
find_package(ISAL MODULE)        # without it, zlib does what ISA-L would, more slowly
find_package(LibDeflate MODULE)  # without it, whichever of these two is there does
find_package(Zstd MODULE)        # without it, OME-Zarr has no zstd
if(STACK2NRRD_STATIC_DEPS)
    # What Debian's libtiff.a refers to. Its -dev package brings them all.
    set_property(TARGET TIFF::TIFF APPEND PROPERTY INTERFACE_LINK_LIBRARIES JPEG::JPEG stack2nrrd_no_jbig)
    foreach(name webp zstd lzma deflate Lerc)
        find_library(STACK2NRRD_${name}_LIBRARY ${name} REQUIRED)
        mark_as_advanced(STACK2NRRD_${name}_LIBRARY)
        set_property(TARGET TIFF::TIFF APPEND PROPERTY INTERFACE_LINK_LIBRARIES "${STACK2NRRD_${name}_LIBRARY}")
    endforeach()
    set_property(TARGET TIFF::TIFF APPEND PROPERTY INTERFACE_LINK_LIBRARIES ZLIB::ZLIB m)
    set_property(TARGET OpenJPEG::OpenJPEG APPEND PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads m)
    set(CMAKE_FIND_LIBRARY_SUFFIXES "${all_suffixes}")

    # Who holds the libraries holds their licences.
    set(STACK2NRRD_NOTICES "")
    foreach(package libtiff-dev libpng-dev libjpeg62-turbo-dev libopenjp2-7-dev zlib1g-dev libisal-dev libwebp-dev libzstd-dev liblzma-dev
                    libdeflate-dev liblerc-dev libstdc++-12-dev)
        if(EXISTS "/usr/share/doc/${package}/copyright")
            list(APPEND STACK2NRRD_NOTICES "/usr/share/doc/${package}/copyright")
        endif()
    endforeach()
endif()

if(STACK2NRRD_BUILD_APPS AND STACK2NRRD_BUILD_CAPI)
    find_package(Python3 3.9 COMPONENTS Interpreter QUIET)  # without it there is no wheel
endif()

if(STACK2NRRD_BUILD_TESTS)
    find_package(Catch2 REQUIRED)  # 2.13 or 3: tests/support/catch.hpp takes both
    find_package(nlohmann_json REQUIRED)
    find_package(Teem MODULE)      # without it, the tests against it are reported as skipped
endif()
