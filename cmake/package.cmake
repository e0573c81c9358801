# What `cmake --install` puts where, and what others find it with: find_package(stack2nrrd), which gives the targets that
# add_subdirectory() gives, stack2nrrd::stack2nrrd (C++) and stack2nrrd::stack2nrrd_c (C ABI), and pkg-config, to which they
# are stack2nrrd and stack2nrrd_c. An installed tree may be moved.

include(CMakePackageConfigHelpers)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/stack2nrrd")

# Each target has a file of its own, so that a program in C needs nothing of what the C++ library needs.
foreach(target stack2nrrd stack2nrrd_c)
    if(TARGET ${target})
        install(TARGETS ${target} EXPORT ${target}Targets
            RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
            LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
            ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
        install(EXPORT ${target}Targets NAMESPACE stack2nrrd:: DESTINATION "${package_folder}")
    endif()
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/stack2nrrd" "${PROJECT_BINARY_DIR}/include/stack2nrrd"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}")
foreach(notice IN LISTS STACK2NRRD_NOTICES)
    get_filename_component(library "${notice}" DIRECTORY)
    get_filename_component(library "${library}" NAME)
    install(FILES "${notice}" DESTINATION "${CMAKE_INSTALL_DOCDIR}/licenses" RENAME "${library}")
endforeach()

if(TARGET stack2nrrd_cli)
    if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
        file(RELATIVE_PATH to_library "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
        set_target_properties(stack2nrrd_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_library}")
    endif()
    install(TARGETS stack2nrrd_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
if(TARGET stack2nrrd_documents)
    get_target_property(documents stack2nrrd_documents BINARY_DIR)
    install(FILES "${documents}/stack2nrrd.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
    install(FILES "${documents}/stack2nrrd.bash"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME stack2nrrd)
    install(FILES "${documents}/_stack2nrrd" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
    install(FILES "${documents}/stack2nrrd.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")

    # 3D Slicer takes every program of a folder for a module, so this one has a folder of its own.
    set(modules "${CMAKE_INSTALL_LIBDIR}/stack2nrrd/cli-modules")
    install(FILES "${documents}/stack2nrrd.xml" DESTINATION "${modules}")
    if(UNIX AND NOT IS_ABSOLUTE "${modules}" AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_BINDIR}")
        file(RELATIVE_PATH program "/${modules}" "/${CMAKE_INSTALL_BINDIR}/stack2nrrd")
        file(CREATE_LINK "${program}" "${documents}/stack2nrrd.link" SYMBOLIC)
        install(FILES "${documents}/stack2nrrd.link" DESTINATION "${modules}" RENAME stack2nrrd)
    else()
        install(TARGETS stack2nrrd_cli RUNTIME DESTINATION "${modules}")
    endif()
endif()

# A static library leaves its own dependencies to be found and linked by whoever uses it; a shared one holds or names them.
set(dependencies "")
set(requires "")
set(definitions "")
get_target_property(library_type stack2nrrd TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
    set(dependencies Threads ZLIB TIFF PNG JPEG OpenJPEG)
    set(requires zlib libtiff-4 libpng libjpeg libopenjp2)
    set(definitions " -DSTACK2NRRD_STATIC")
    if(TARGET ISAL::ISAL)
        list(APPEND dependencies ISAL)
        list(APPEND requires libisal)
    endif()
    if(TARGET Zstd::Zstd)
        list(APPEND dependencies Zstd)
        list(APPEND requires libzstd)
    endif()
    if(TARGET LibDeflate::LibDeflate)
        list(APPEND dependencies LibDeflate)
        list(APPEND requires libdeflate)
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
    DESTINATION "${package_folder}")

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
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${pkgconfig_folder}")
endfunction()
install_pc(stack2nrrd C++ "${definitions}" "${requires}")
if(TARGET stack2nrrd_c)
    install_pc(stack2nrrd_c C "" "")
endif()

# `cpack -G DEB` and `cpack -G TGZ`: all of the above in one package.
if(PROJECT_IS_TOP_LEVEL)
    set(CPACK_PACKAGE_NAME stack2nrrd)
    set(CPACK_PACKAGE_VENDOR "the stack2nrrd authors")
    set(CPACK_PACKAGE_CONTACT "the stack2nrrd authors")
    set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
    set(CPACK_PACKAGE_DESCRIPTION
        "Program and library that turn folders of slices (TIFF, PNG, JPEG, JPEG 2000,\nBMP) or volumes into smaller NRRD volumes, filtered on all three axes, with\nexact geometry and in bounded memory.")
    set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
    set(CPACK_GENERATOR TGZ)
    set(CPACK_SYSTEM_NAME "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
    set(CPACK_STRIP_FILES ON)
    set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
    set(CPACK_DEBIAN_PACKAGE_SECTION science)
    # There is no address to write to. Who makes packages for others gives theirs: cpack -D CPACK_DEBIAN_PACKAGE_MAINTAINER=...
    set(CPACK_DEBIAN_PACKAGE_MAINTAINER "the stack2nrrd authors <nobody@stack2nrrd.invalid>")
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/triggers" CONTENT "activate-noawait ldconfig\n")
    set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_BINARY_DIR}/triggers")
    set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}/lib")
    set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
    include(CPack)
endif()
