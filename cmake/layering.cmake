# Who may include whom, and who may touch the disk:  cmake -D ROOT=FOLDER -P cmake/layering.cmake
#
# Leaves do not know each other; one folder joins them. Everybody may include its own files, the public headers and the
# standard library. For all else a folder needs a word in this table; a folder without a line may not exist.

cmake_minimum_required(VERSION 3.25)

#   folder             | rooms of lib/ besides itself                     | headers of others
set(table
    "include/stack2nrrd |                                                  | "
    "lib/core           |                                                  | system intrinsics sanitizers zlib isal libdeflate"
    "lib/codec          | core                                             | tiff png jpeg openjpeg zlib isal libdeflate"
    "lib/sidecar        | core                                             | "
    "lib/loops          | core                                             | "
    "lib/intensity      | core loops                                       | "
    "lib/resample       | core loops                                       | "
    "lib/picture        | core                                             | zlib"
    "lib/sink           | core picture                                     | zlib isal libdeflate zstd"
    "lib/volume         | core codec                                       | teem zlib"
    "lib/parts          | core sink volume                                 | "
    "lib/stack          | core codec sidecar volume                        | "
    "lib/source         | core codec stack volume                          | "
    "lib/making         | core codec intensity loops resample              | "
    "lib/stage          | core intensity                                   | "
    "lib/transform      | core                                             | zlib"
    "lib/warp           | core intensity loops making resample stage transform | "
    "lib/import         | codec core intensity loops making parts picture resample sink source stack stage transform volume warp | "
    "lib/verify         | core import sink stack volume                    | "
    "lib/report         | core picture sink                                | "
    "lib/capi           |                                                  | "
    "apps/python        |                                                  | "
    "apps/slicer        |                                                  | "
    "apps/stack2nrrd    |                                                  | system"
)

# Public headers that are not for the library but for users of another one: each may include that, and nobody includes them.
set(adapters teem itk vtk)

set(tiff "^tiff(io|vers|conf)?\\.h(xx)?$")
set(png "^png(conf|libconf)?\\.h$")
set(jpeg "^j(peglib|error|config|morecfg)\\.h$")
set(openjpeg "^(openjpeg|opj_config)\\.h$")
set(teem "^teem/")
set(itk "^itk[A-Z]")
set(vtk "^vtk[A-Z]")
set(zlib "^z(lib|conf)\\.h$")
set(isal "^isa-l(\\.h|/)")
set(zstd "^zstd(_errors)?\\.h$")
set(libdeflate "^libdeflate\\.h$")
set(intrinsics "^([ix]mmintrin|cpuid|intrin)\\.h$")
set(sanitizers "^sanitizer/")
set(system "^((sys|linux)/.*|(unistd|xlocale|fcntl|malloc|dirent|io|direct|process|share|windows|psapi|shellapi|pthread|sched|poll|termios|mach-o/dyld)\\.h)$")

set(standard "^([a-z_]+|(assert|ctype|errno|float|inttypes|limits|locale|math|setjmp|signal|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|time)\\.h)$")

# What touches a disk, and is the affair of lib/core/posix and lib/core/windows alone: elsewhere it would not know long
# names, nor give the same reasons on all systems.
string(CONCAT touches "(fs|filesystem)::((weakly_)?canonical|absolute|exists|equivalent|file_size|is_[a-z_]+|permissions|"
       "(symlink_)?status|space|last_write_time|temp_directory_path|current_path|rename|remove(_all)?|read_symlink|copy[a-z_]*|"
       "create_[a-z_]+|resize_file) *\\(|directory_(iterator|entry)|[io]?fstream|fopen")

set(violations 0)
macro(violation text)
    message(NOTICE "${text}")
    math(EXPR violations "${violations} + 1")
endmacro()

set(files_seen 0)
set(folders_seen "")
foreach(line IN LISTS table)
    if(NOT line MATCHES "^([a-z0-9_/]+) *\\|([a-z ]*)\\|([a-z0-9 ]*)$")
        message(FATAL_ERROR "layering: cannot read the table's line: ${line}")
    endif()
    set(folder "${CMAKE_MATCH_1}")
    separate_arguments(rooms UNIX_COMMAND "${CMAKE_MATCH_2}")
    separate_arguments(others UNIX_COMMAND "${CMAKE_MATCH_3}")
    get_filename_component(own "${folder}" NAME)
    if(NOT folder STREQUAL "include/stack2nrrd")
        list(APPEND rooms "${own}")
    endif()
    list(APPEND folders_seen "${folder}")

    file(GLOB_RECURSE files RELATIVE "${ROOT}"
         "${ROOT}/${folder}/*.hpp" "${ROOT}/${folder}/*.cpp" "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.c"
         "${ROOT}/${folder}/*.in")
    foreach(file IN LISTS files)
        math(EXPR files_seen "${files_seen} + 1")
        set(others_here ${others})
        if(file MATCHES "^include/stack2nrrd/([a-z]+)\\.hpp$" AND CMAKE_MATCH_1 IN_LIST adapters)
            set(others_here "${CMAKE_MATCH_1}")
        endif()
        file(STRINGS "${ROOT}/${file}" includes REGEX "^[ \t]*#[ \t]*include")
        foreach(include IN LISTS includes)
            set(allowed FALSE)
            set(what "${include}")
            if(include MATCHES "include[ \t]*<([^>]+)>")
                set(header "${CMAKE_MATCH_1}")
                set(what "<${header}>")
                if(header MATCHES "^stack2nrrd/[a-z0-9_]+\\.hp*$" OR header MATCHES "${standard}")
                    set(allowed TRUE)
                endif()
                if(header MATCHES "^stack2nrrd/([a-z]+)\\.hpp$" AND CMAKE_MATCH_1 IN_LIST adapters)
                    set(allowed FALSE)
                endif()
                foreach(other IN LISTS others_here)
                    if(header MATCHES "${${other}}")
                        set(allowed TRUE)
                    endif()
                endforeach()
            elseif(include MATCHES "include[ \t]*\"([^\"]+)\"")
                set(header "${CMAKE_MATCH_1}")
                set(what "\"${header}\"")
                # "room/file.hpp", or "file.hpp" of the own folder; never a way up.
                if(header MATCHES "^([a-z0-9_]+)/[a-z0-9_/]+\\.hp*$")
                    if(CMAKE_MATCH_1 IN_LIST rooms)
                        set(allowed TRUE)
                    endif()
                elseif(header MATCHES "^[a-z0-9_]+\\.hp*$" AND NOT folder STREQUAL "include/stack2nrrd")
                    set(allowed TRUE)
                endif()
            endif()
            if(NOT allowed)
                violation("${file}: includes ${what}, which ${folder} may not")
            endif()
        endforeach()
        if(file MATCHES "^lib/" AND NOT file MATCHES "^lib/core/(posix|windows)/")
            file(STRINGS "${ROOT}/${file}" lines REGEX "${touches}")
            foreach(line IN LISTS lines)
                violation("${file}: touches the disk without core/file_system.hpp: ${line}")
            endforeach()
        endif()
    endforeach()
endforeach()

# A new folder takes its place in the table.
file(GLOB folders RELATIVE "${ROOT}" "${ROOT}/lib/*" "${ROOT}/apps/*" "${ROOT}/include/*")
foreach(folder IN LISTS folders)
    if(IS_DIRECTORY "${ROOT}/${folder}" AND NOT folder IN_LIST folders_seen)
        violation("${folder}: has no line in the table of cmake/layering.cmake")
    elseif(folder MATCHES "\\.(hpp|cpp|h|c)$")
        violation("${folder}: lies in no room")
    endif()
endforeach()

if(files_seen EQUAL 0)
    message(FATAL_ERROR "layering: no source file under ${ROOT}")
endif()
if(violations GREATER 0)
    message(FATAL_ERROR "layering: ${violations} violations in ${files_seen} files")
endif()
message(STATUS "layering: ${files_seen} files keep the rules")
