#!/bin/bash
# From Debian 12, program, C library, tarball and wheel for Linux on arm64:
#
#     bash cmake/arm64.sh [--test]
#
# --test runs the tests in qemu, and compares what the program writes there and here. All that is made is in the cache
# (STACK2NRRD_CACHE, ~/.cache/stack2nrrd as a rule), where a second run finds it.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh
# shellcheck source=cmake/cross.sh
source cmake/cross.sh

name=linux-arm64
build=$builds/$name

packages=("${cross_packages[@]}" g++-aarch64-linux-gnu)
options=(-DSTACK2NRRD_BUILD_TESTS=OFF)
notices=/usr/share/doc/gcc-12-cross-base/copyright  # what the compiler adds to a static program
qemu=(qemu-aarch64-static -L /usr/aarch64-linux-gnu)
tests=false
if [[ ${1:-} == --test ]]; then
    tests=true
    packages+=(qemu-user-static "${comparing_packages[@]}")
    options=(-DSTACK2NRRD_BUILD_TESTS=ON -DSTACK2NRRD_TEST_TIMEOUT=3000 "-DCMAKE_CROSSCOMPILING_EMULATOR=$(IFS=\; && echo "${qemu[*]}")")
fi

# The loops are written once, for any width: here in NEON's registers of four floats.
check_loops() {
    local found
    found=$(aarch64-linux-gnu-objdump -d --no-show-raw-insn "$build/lib/CMakeFiles/stack2nrrd.dir/loops/loops_baseline.cpp.o" |
        grep -cE '\sf(mul|add)\s+v[0-9]+\.4s' || true)
    echo "  multiplications and additions of four floats at a time in the loops: $found"
    ((found > 0))
}

check_needs() {
    local text
    text=$(readelf -W -d -V "$1")
    echo "  $(basename "$1"): $(stat -L -c %s "$1") bytes, needs" \
        "$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$text" | paste -s -d ' ')," \
        "at most $(grep -oE 'GLIBC_[0-9.]+' <<<"$text" | sort -uV | tail -n 1)"
}

pack() {
    rm -f "$cache"/dist/stack2nrrd-*-Linux-aarch64.tar.gz "$cache"/dist/stack2nrrd-*_aarch64.whl
    (cd "$build" && cpack -G TGZ -B "$cache/dist") >"$cache/logs/$name-pack.log"
    rm -rf "$cache/dist/_CPack_Packages"
    cmake --build "$build" --target stack2nrrd_wheel >"$cache/logs/$name-wheel.log"
    cp "$build"/dist/stack2nrrd-*.whl "$cache/dist"
}

install_packages "${packages[@]}"
configure_cross "$name" -DSTACK2NRRD_RUNTIME_NOTICES="$notices" "${without_symbols[@]}" "${options[@]}"
build_cross "$name" stack2nrrd stack2nrrd_cli stack2nrrd_c stack2nrrd_texts
pack
check_loops
check_needs "$build/bin/stack2nrrd"
check_needs "$build/lib/capi/libstack2nrrd_c.so"
ls -l "$cache"/dist/stack2nrrd-*-Linux-aarch64.tar.gz "$cache"/dist/stack2nrrd-*_aarch64.whl

if $tests; then
    build_cross "$name" all
    ctest --test-dir "$build" --output-on-failure
    compare_programs "${qemu[*]}" "$build/bin/stack2nrrd" --instructions baseline
fi
