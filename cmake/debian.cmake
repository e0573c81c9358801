# cpack runs this before it packs. Debian wants some files of a package in a form of its own: licence, history, manual.

if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return()
endif()
file(GLOB_RECURSE licence "${CPACK_TEMPORARY_DIRECTORY}/*/LICENSE")
get_filename_component(documents "${licence}" DIRECTORY)
get_filename_component(share "${documents}/../.." ABSOLUTE)

file(READ "${licence}" text)
set(linked "")
if(EXISTS "${documents}/licenses")
    set(linked "\nProgram and library hold other libraries, whose licences are in the folder licenses.\n")
endif()
file(WRITE "${documents}/copyright" "stack2nrrd, packed from its sources.\n${linked}\n${text}")
file(REMOVE "${licence}")

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE "${documents}/changelog"
    "stack2nrrd (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n  * Version ${CPACK_PACKAGE_VERSION}.\n\n"
    " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${now}\n")

file(GLOB manuals "${share}/man/man1/*.1")
execute_process(COMMAND gzip -9 -n -f "${documents}/changelog" ${manuals} COMMAND_ERROR_IS_FATAL ANY)

# That other libraries are inside is what STACK2NRRD_STATIC_DEPS is for.
if(linked)
    file(WRITE "${share}/lintian/overrides/stack2nrrd" "stack2nrrd: embedded-library\n")
endif()
