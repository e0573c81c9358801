# What `cmake --install` puts where, and what find_package(stack2nrrd) then finds: the targets stack2nrrd::stack2nrrd (C++)
# and stack2nrrd::stack2nrrd_c (C ABI), as add_subdirectory() gives them.

include(CMakePackageConfigHelpers)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/stack2nrrd")

install(TARGETS stack2nrrd EXPORT stack2nrrdTargets
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET stack2nrrd_c)
    install(TARGETS stack2nrrd_c EXPORT stack2nrrdTargets
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/stack2nrrd" "${PROJECT_BINARY_DIR}/include/stack2nrrd"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}")

if(TARGET stack2nrrd_cli)
    if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
        file(RELATIVE_PATH to_library "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
        set_target_properties(stack2nrrd_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_library}")
    endif()
    install(TARGETS stack2nrrd_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

# A static library leaves its own dependencies to be linked by whoever uses it.
get_target_property(library_type stack2nrrd TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
    set(STACK2NRRD_IS_STATIC TRUE)
else()
    set(STACK2NRRD_IS_STATIC FALSE)
endif()
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/stack2nrrdConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/stack2nrrdConfig.cmake"
    INSTALL_DESTINATION "${package_folder}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/stack2nrrdConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/stack2nrrdConfig.cmake" "${PROJECT_BINARY_DIR}/stack2nrrdConfigVersion.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/FindISAL.cmake" DESTINATION "${package_folder}")
install(EXPORT stack2nrrdTargets NAMESPACE stack2nrrd:: DESTINATION "${package_folder}")
