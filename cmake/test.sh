#!/bin/bash
# Installs what is needed on a bare Debian 12, builds everything with warnings as errors, and runs all tests.
#
#     bash cmake/test.sh [PRESET]      one of dev (as when none is given), release, asan, tsan

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh

preset=${1:-dev}

install_packages "${build_packages[@]}" "${test_packages[@]}"
cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "$(nproc)"
ctest --preset "$preset"
