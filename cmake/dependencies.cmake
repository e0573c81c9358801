# Every find_package of the project is here. Nothing is fetched from the network.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
if(STACK2NRRD_STATIC_DEPS)
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
    # What libtiff was built with: the functions that it calls are named in its file.
    set(tiff_libraries "")
    foreach(calls WebPDecode=webp ZSTD_decompressStream=zstd lzma_code=lzma libdeflate_alloc=deflate lerc_decode=Lerc
                  jpeg_read_header=JPEG::JPEG jbg_dec_init=stack2nrrd_no_jbig)
        string(REGEX MATCH "(.*)=(.*)" calls "${calls}")
        set(library "${CMAKE_MATCH_2}")
        file(STRINGS "${TIFF_LIBRARY_RELEASE}" found REGEX "${CMAKE_MATCH_1}" LIMIT_COUNT 1)
        if(found AND library MATCHES "::|^stack2nrrd_")
            list(APPEND tiff_libraries ${library})
        elseif(found)
            find_library(STACK2NRRD_${library}_LIBRARY ${library} REQUIRED)
            mark_as_advanced(STACK2NRRD_${library}_LIBRARY)
            list(APPEND tiff_libraries "${STACK2NRRD_${library}_LIBRARY}")
        endif()
    endforeach()
    set(mathematics $<$<NOT:$<PLATFORM_ID:Windows>>:m>)
    set_property(TARGET TIFF::TIFF APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${tiff_libraries} ZLIB::ZLIB ${mathematics})
    set_property(TARGET OpenJPEG::OpenJPEG APPEND PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads ${mathematics})
    set_property(TARGET OpenJPEG::OpenJPEG APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS $<$<PLATFORM_ID:Windows>:OPJ_STATIC>)
    set(CMAKE_FIND_LIBRARY_SUFFIXES "${all_suffixes}")

    # Who holds the libraries holds their licences: beside those of cmake/libraries.sh, or where Debian keeps them.
    get_filename_component(notices "${TIFF_LIBRARY_RELEASE}/../../share/doc" ABSOLUTE)
    file(GLOB STACK2NRRD_NOTICES "${notices}/*/copyright")
    list(APPEND STACK2NRRD_NOTICES ${STACK2NRRD_RUNTIME_NOTICES})  # of the toolchain file
    if(NOT STACK2NRRD_NOTICES)
        foreach(package libtiff-dev libpng-dev libjpeg62-turbo-dev libopenjp2-7-dev zlib1g-dev libisal-dev libwebp-dev libzstd-dev
                        liblzma-dev libdeflate-dev liblerc-dev libstdc++-12-dev)
            if(EXISTS "/usr/share/doc/${package}/copyright")
                list(APPEND STACK2NRRD_NOTICES "/usr/share/doc/${package}/copyright")
            endif()
        endforeach()
    endif()
endif()

if(STACK2NRRD_BUILD_APPS AND STACK2NRRD_BUILD_CAPI)
    find_package(Python3 3.9 COMPONENTS Interpreter QUIET)  # without it there is no wheel
endif()

if(STACK2NRRD_BUILD_TESTS)
    if(NOT CMAKE_CROSSCOMPILING)  # tests/CMakeLists.txt takes the header of this machine
        find_package(Catch2 REQUIRED)  # 2.13 or 3: tests/support/catch.hpp takes both
    endif()
    find_package(nlohmann_json REQUIRED)
    find_package(Teem MODULE)  # without it, the tests against it are reported as skipped
endif()
