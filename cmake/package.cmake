# What `cmake --install` puts where, and what others find it with: find_package(stack2nrrd), which gives the targets that
# add_subdirectory() gives, stack2nrrd::stack2nrrd (C++) and stack2nrrd::stack2nrrd_c (C ABI), and pkg-config, to which they
# are stack2nrrd and stack2nrrd_c. An installed tree may be moved.

include(CMakePackageConfigHelpers)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/stack2nrrd")
get_target_property(library_type stack2nrrd TYPE)

# Components, which can be installed or packed alone: PROGRAM, LIBRARY (if it is shared), LIBRARY_C, DEVELOPMENT. Each target
# has a file of its own, so that a program in C needs nothing of what the C++ library needs.
function(install_library target component)
    install(TARGETS ${target} EXPORT ${target}Targets
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT ${component}
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component} NAMELINK_COMPONENT DEVELOPMENT
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT DEVELOPMENT)
    install(EXPORT ${target}Targets NAMESPACE stack2nrrd:: DESTINATION "${package_folder}" COMPONENT DEVELOPMENT)
endfunction()
install_library(stack2nrrd LIBRARY)
if(TARGET stack2nrrd_c)
    install_library(stack2nrrd_c LIBRARY_C)
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/stack2nrrd" "${PROJECT_BINARY_DIR}/include/stack2nrrd"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT DEVELOPMENT
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT PROGRAM)
foreach(notice IN LISTS STACK2NRRD_NOTICES)
    get_filename_component(library "${notice}" DIRECTORY)
    get_filename_component(library "${library}" NAME)
    install(FILES "${notice}" DESTINATION "${CMAKE_INSTALL_DOCDIR}/licenses" COMPONENT PROGRAM RENAME "${library}")
endforeach()

if(TARGET stack2nrrd_cli)
    if(library_type STREQUAL "SHARED_LIBRARY" AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
        file(RELATIVE_PATH to_library "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
        set_target_properties(stack2nrrd_cli PROPERTIES
            INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>/${to_library}")
    endif()
    install(TARGETS stack2nrrd_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT PROGRAM)
endif()
if(TARGET stack2nrrd_documents)
    get_target_property(documents stack2nrrd_documents BINARY_DIR)
    install(FILES "${documents}/stack2nrrd.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT PROGRAM)
    install(FILES "${documents}/stack2nrrd.bash"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT PROGRAM RENAME stack2nrrd)
    install(FILES "${documents}/_stack2nrrd"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" COMPONENT PROGRAM)
    install(FILES "${documents}/stack2nrrd.fish"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" COMPONENT PROGRAM)

    # 3D Slicer takes every program of a folder for a module, so this one has a folder of its own.
    set(modules "${CMAKE_INSTALL_LIBDIR}/stack2nrrd/cli-modules")
    install(FILES "${documents}/stack2nrrd.xml" DESTINATION "${modules}" COMPONENT PROGRAM)
    if(UNIX AND NOT IS_ABSOLUTE "${modules}" AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_BINDIR}")
        file(RELATIVE_PATH program "/${modules}" "/${CMAKE_INSTALL_BINDIR}/stack2nrrd")
        file(CREATE_LINK "${program}" "${documents}/stack2nrrd.link" SYMBOLIC)
        install(FILES "${documents}/stack2nrrd.link" DESTINATION "${modules}" COMPONENT PROGRAM RENAME stack2nrrd)
    else()
        install(TARGETS stack2nrrd_cli RUNTIME DESTINATION "${modules}" COMPONENT PROGRAM)
    endif()
endif()

# A static library leaves its own dependencies to be found and linked by whoever uses it; a shared one holds or names them.
set(dependencies "")
set(requires "")
set(debian_packages "")
set(definitions "")
if(library_type STREQUAL "STATIC_LIBRARY")
    set(dependencies Threads ZLIB TIFF PNG JPEG OpenJPEG)
    set(requires zlib libtiff-4 libpng libjpeg libopenjp2)
    set(debian_packages zlib1g-dev libtiff-dev libpng-dev libjpeg-dev libopenjp2-7-dev)
    set(definitions " -DSTACK2NRRD_STATIC")
    if(TARGET ISAL::ISAL)
        list(APPEND dependencies ISAL)
        list(APPEND requires libisal)
        list(APPEND debian_packages libisal-dev)
    endif()
    if(TARGET Zstd::Zstd)
        list(APPEND dependencies Zstd)
        list(APPEND requires libzstd)
        list(APPEND debian_packages libzstd-dev)
    endif()
    if(TARGET LibDeflate::LibDeflate)
        list(APPEND dependencies LibDeflate)
        list(APPEND requires libdeflate)
        list(APPEND debian_packages libdeflate-dev)
    endif()
endif()
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/stack2nrrdConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/stack2nrrdConfig.cmake"
    INSTALL_DESTINATION "${package_folder}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/stack2nrrdConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/stack2nrrdConfig.cmake" "${PROJECT_BINARY_DIR}/stack2nrrdConfigVersion.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/FindISAL.cmake" "${CMAKE_CURRENT_LIST_DIR}/FindLibDeflate.cmake" "${CMAKE_CURRENT_LIST_DIR}/FindZstd.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/FindOpenJPEG.cmake"
    DESTINATION "${package_folder}" COMPONENT DEVELOPMENT)

# The same for pkg-config. Its files give all paths relative to their own place. What a static library needs is in Requires, not in
# Requires.private: no shared one is installed beside it, so that it is always needed, with and without --static.
set(pkgconfig_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(prefix "${CMAKE_INSTALL_PREFIX}")
if(NOT IS_ABSOLUTE "${pkgconfig_folder}")
    file(RELATIVE_PATH prefix "/${pkgconfig_folder}" "/")
    string(REGEX REPLACE "/$" "" prefix "${prefix}")
    set(prefix "\${pcfiledir}/${prefix}")
endif()
foreach(kind LIB INCLUDE)
    set(${kind}_folder "${CMAKE_INSTALL_${kind}DIR}")
    if(NOT IS_ABSOLUTE "${${kind}_folder}")
        string(PREPEND ${kind}_folder "\${prefix}/")
    endif()
endforeach()
function(install_pc name language definitions requires)
    list(JOIN requires " " requires)
    configure_file("${PROJECT_SOURCE_DIR}/cmake/stack2nrrd.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${pkgconfig_folder}" COMPONENT DEVELOPMENT)
endfunction()
install_pc(stack2nrrd C++ "${definitions}" "${requires}")
if(TARGET stack2nrrd_c)
    install_pc(stack2nrrd_c C "" "")
endif()

# `cpack -G TGZ` packs all of the above as one, `cpack -G DEB` as Debian does.
if(PROJECT_IS_TOP_LEVEL)
    set(CPACK_PACKAGE_NAME stack2nrrd)
    set(CPACK_PACKAGE_VENDOR "the stack2nrrd authors")
    set(CPACK_PACKAGE_CONTACT "the stack2nrrd authors")
    set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
    set(CPACK_GENERATOR TGZ)
    set(CPACK_SYSTEM_NAME "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
    set(CPACK_STRIP_FILES ON)
    include(debian)
    include(CPack)
endif()
