# `cpack -G DEB`: what package.cmake installs, split as Debian does, and the Python module in one package more. Libraries are
# where Debian has its own if CMAKE_INSTALL_PREFIX is /usr.

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# There is no address to write to. Who makes packages for others gives theirs: cpack -D CPACK_DEBIAN_PACKAGE_MAINTAINER=...
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "the stack2nrrd authors <nobody@stack2nrrd.invalid>")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}/lib")
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_STRIP "${CMAKE_STRIP}")
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/packaging/debian/finish.cmake")

# add_package(COMPONENT NAME SECTION WHAT [COMPONENT_THAT_IT_NEEDS...])
macro(add_package component name section what)
    list(APPEND CPACK_COMPONENTS_ALL ${component})
    set(CPACK_COMPONENT_${component}_DEPENDS ${ARGN})
    set(CPACK_DEBIAN_${component}_PACKAGE_NAME ${name})
    set(CPACK_DEBIAN_${component}_PACKAGE_SECTION ${section})
    string(CONCAT CPACK_DEBIAN_${component}_DESCRIPTION
        "stacks of slices to smaller volumes (${what})\n"
        "Folders of slices (TIFF, PNG, JPEG, JPEG 2000, BMP) or volumes become smaller\n"
        "NRRD volumes, filtered on all three axes, with exact geometry and in bounded\n"
        "memory.")
endmacro()

# The package of a shared library has the number of its ABI in its name (Debian Policy 8.1): with another number it is another
# package, and both can be installed.
macro(add_library_package component name target language)
    get_target_property(abi ${target} SOVERSION)
    add_package(${component} "${name}${abi}" libs "library for ${language}")
    set(CPACK_DEBIAN_${component}_PACKAGE_CONTROL_EXTRA "${PROJECT_BINARY_DIR}/triggers")
    list(APPEND library_packages ${component})
endmacro()

file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/triggers" CONTENT "activate-noawait ldconfig\n")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # would be put before that of each package
set(CPACK_COMPONENTS_ALL "")
set(library_packages "")
if(library_type STREQUAL "SHARED_LIBRARY")
    add_library_package(LIBRARY libstack2nrrd stack2nrrd "C++")
endif()
set(linked_by_program ${library_packages})
if(TARGET stack2nrrd_c)
    add_library_package(LIBRARY_C libstack2nrrd-c stack2nrrd_c "C")
endif()

add_package(DEVELOPMENT libstack2nrrd-dev libdevel "development files" ${library_packages})
list(JOIN debian_packages ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)

if(TARGET stack2nrrd_cli)
    add_package(PROGRAM stack2nrrd science "program" ${linked_by_program})
endif()

if(TARGET stack2nrrd_stub)
    get_target_property(made stack2nrrd_stub BINARY_DIR)
    set(modules lib/python3/dist-packages)
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/apps/python/stack2nrrd" "${PROJECT_SOURCE_DIR}/apps/slicer/stack2nrrd_imagestacks"
        DESTINATION "${modules}" COMPONENT PYTHON EXCLUDE_FROM_ALL
        FILES_MATCHING PATTERN "*.py" PATTERN "py.typed" PATTERN "__pycache__" EXCLUDE)
    install(FILES "${made}/__init__.pyi" DESTINATION "${modules}/stack2nrrd" COMPONENT PYTHON EXCLUDE_FROM_ALL)
    install(FILES "${made}/METADATA" DESTINATION "${modules}/stack2nrrd-${PROJECT_VERSION}.dist-info"
        COMPONENT PYTHON EXCLUDE_FROM_ALL)

    add_package(PYTHON python3-stack2nrrd python "Python module" LIBRARY_C)
    set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
    set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "python3 (>= 3.9)")
    set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS "python3-numpy, stack2nrrd")
    set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA
        "${PROJECT_SOURCE_DIR}/packaging/debian/postinst" "${PROJECT_SOURCE_DIR}/packaging/debian/prerm")
endif()
