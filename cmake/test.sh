#!/bin/bash
# Installs what is needed on a bare Debian 12, builds everything with warnings as errors, and runs all tests.
#
#     bash cmake/test.sh [--with-judges] [PRESET]      one of dev (as when none is given), release, asan, tsan
#
# Tests that ask ITK, VTK, lintian, readers of Zarr and a browser are skipped where these are not installed; --with-judges
# installs them, and takes it for an error if anything that judges is still missing.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh

packages=("${build_packages[@]}" "${packing_packages[@]}" "${test_packages[@]}")
judges=OFF
if [[ ${1:-} == --with-judges ]]; then
    packages+=("${large_judges[@]}")
    judges=ON
    shift
fi
preset=${1:-dev}

install_packages "${packages[@]}"
# Nothing is installed there: packages are made as Debian wants them.
cmake --preset "$preset" -D STACK2NRRD_BUILD_TESTS=ON -D STACK2NRRD_REQUIRE_JUDGES="$judges" -D CMAKE_INSTALL_PREFIX=/usr
cmake --build --preset "$preset" --parallel "$(nproc)"
echo "Not run here: the tests for Windows and arm64, which take an hour: bash cmake/windows.sh --test, bash cmake/arm64.sh --test"
ctest --preset "$preset"
