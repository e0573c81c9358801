# Untested: there was no vcpkg where this was written. Its CMake options were run against Debian's libraries.
#
#     vcpkg install --overlay-ports=packaging/vcpkg stack2nrrd

vcpkg_from_github(
    OUT_SOURCE_PATH SOURCE_PATH
    REPO stack2nrrd/stack2nrrd
    REF "v${VERSION}"
    SHA512 0  # of the archive of the release: vcpkg says it when it has fetched that
    HEAD_REF main
)

vcpkg_check_features(OUT_FEATURE_OPTIONS features FEATURES tools STACK2NRRD_BUILD_APPS)

# The C ABI is always a shared library, which a static triplet does not want.
string(COMPARE EQUAL "${VCPKG_LIBRARY_LINKAGE}" dynamic with_c)

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DSTACK2NRRD_BUILD_TESTS=OFF
        "-DSTACK2NRRD_BUILD_CAPI=${with_c}"
        -DCMAKE_INSTALL_DOCDIR=share/stack2nrrd
        ${features}
)
vcpkg_cmake_install()
vcpkg_copy_pdbs()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/stack2nrrd)
vcpkg_fixup_pkgconfig()
if("tools" IN_LIST FEATURES)
    vcpkg_copy_tools(TOOL_NAMES stack2nrrd AUTO_CLEAN)
endif()

# Another folder for 3D Slicer, with another copy of the program or a link to it.
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib/stack2nrrd" "${CURRENT_PACKAGES_DIR}/debug/lib/stack2nrrd"
    "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
file(REMOVE "${CURRENT_PACKAGES_DIR}/share/stack2nrrd/LICENSE" "${CURRENT_PACKAGES_DIR}/share/stack2nrrd/README.md")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
