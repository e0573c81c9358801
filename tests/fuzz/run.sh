#!/bin/bash
# Builds the fuzzers and runs each of them; the table says how often, and how much of the library it has seen.
#
#     bash tests/fuzz/run.sh [--all] [SECONDS]      of each, 10 by itself; --all: also those that need the whole library
#
# What they find worth keeping stays in build/fuzz/tests/fuzz, and the next run goes on from there. Files in the folder
# STACK2NRRD_TEST_DATA are begun with, too, and HDF5 files where python3-h5py is.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh

targets=fuzzers
label='^fuzz$'
if [[ ${1:-} == --all ]]; then
    targets=all_fuzzers
    label='^fuzz'
    shift
fi

install_packages "${build_packages[@]}" "${fuzz_packages[@]}"
cmake --preset fuzz -D STACK2NRRD_FUZZ_SECONDS="${1:-10}" -D STACK2NRRD_FUZZ_DATA="${STACK2NRRD_TEST_DATA:-}"
cmake --build --preset fuzz --parallel "$(nproc)" --target "$targets"
rm -rf build/fuzz/tests/fuzz/logs
status=0
ctest --preset fuzz --label-regex "$label" --parallel "$(nproc)" || status=$?
cat build/fuzz/tests/fuzz/logs/*.line
exit "$status"
