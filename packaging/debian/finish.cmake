# cpack runs this before it packs. Debian wants some files of a package in a form of its own: licence, history, manual,
# libraries without what only debuggers read.

if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return()
endif()

file(READ "${CPACK_RESOURCE_FILE_LICENSE}" licence)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(notices "${CPACK_TEMPORARY_DIRECTORY}/PROGRAM/usr/share/doc/stack2nrrd/licenses")
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    set(package "${CPACK_DEBIAN_${component}_PACKAGE_NAME}")
    set(usr "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr")
    set(documents "${usr}/share/doc/${package}")

    file(GLOB archives "${usr}/lib/*.a" "${usr}/lib/*/*.a")
    file(GLOB binaries "${usr}/bin/*" "${usr}/lib/*.so.*" "${usr}/lib/*/*.so.*")
    foreach(file IN LISTS archives binaries)
        execute_process(COMMAND "${CPACK_DEBIAN_STRIP}" --strip-debug --enable-deterministic-archives
            --remove-section=.comment --remove-section=.note "${file}" COMMAND_ERROR_IS_FATAL ANY)
    endforeach()

    # That other libraries are inside is what STACK2NRRD_STATIC_DEPS is for.
    set(inside "")
    if(binaries AND EXISTS "${notices}")
        set(inside "\nIt holds other libraries, whose licences are in the folder licenses.\n")
        file(COPY "${notices}" DESTINATION "${documents}")
        file(WRITE "${usr}/share/lintian/overrides/${package}" "${package}: embedded-library\n")
    endif()
    file(REMOVE "${documents}/LICENSE")
    file(WRITE "${documents}/copyright" "stack2nrrd, packed from its sources.\n${inside}\n${licence}")

    file(WRITE "${documents}/changelog"
        "stack2nrrd (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n  * Version ${CPACK_PACKAGE_VERSION}.\n\n"
        " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${now}\n")
    file(GLOB manuals "${usr}/share/man/man1/*.1")
    execute_process(COMMAND gzip -9 -n -f "${documents}/changelog" ${manuals} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
