#!/bin/bash
# From Debian 12, tarball and wheel for Linux with glibc 2.28 and later (Debian 10, RHEL 8), by zig:
#
#     bash cmake/oldlinux.sh [--test] [x86_64] [arm64]
#
# Both by default. --test compares what the program writes with that of this machine's compiler, that for arm64 in qemu. All
# that is made is in the cache (STACK2NRRD_CACHE, ~/.cache/stack2nrrd as a rule), where a second run finds it.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh
# shellcheck source=cmake/cross.sh
source cmake/cross.sh
# shellcheck source=cmake/zig.sh
source cmake/zig.sh

most=2.28

# check_needs BINARY...: no newer function of the C library, and no other library.
check_needs() {
    local binary text newest other
    for binary in "$@"; do
        text=$(LC_ALL=C readelf -W -d -V "$binary")
        newest=$(grep -oE 'GLIBC_[0-9.]+' <<<"$text" | sort -uV | tail -n 1)
        other=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$text" |
            grep -Ev '^(libc|libm|libpthread|libdl|librt|ld-linux.*)\.so\.' | paste -s -d ' ' || true)
        echo "  $(basename "$binary"): $(stat -L -c %s "$binary") bytes, at most $newest"
        if [[ $(printf '%s\nGLIBC_%s\n' "$newest" "$most" | sort -V | tail -n 1) != "GLIBC_$most" ]]; then
            echo "$binary: needs $newest, at most $most was expected" >&2
            return 1
        fi
        if [[ -n $other ]]; then
            echo "$binary: needs $other, which not every Linux has" >&2
            return 1
        fi
    done
}

make_for() {
    local processor=$1 name=oldlinux-$1 build machine emulator=
    build=$builds/$name
    machine=${processor/arm64/aarch64}
    [[ $processor == x86_64 ]] || emulator="qemu-aarch64-static -L /usr/aarch64-linux-gnu"
    configure_cross "$name" -DSTACK2NRRD_BUILD_TESTS=OFF -DSTACK2NRRD_WARNINGS_AS_ERRORS=ON
    build_cross "$name" stack2nrrd stack2nrrd_cli stack2nrrd_c stack2nrrd_texts
    check_needs "$build/bin/stack2nrrd" "$build/lib/capi/libstack2nrrd_c.so"
    (cd "$build" && cpack -G TGZ -D CPACK_SYSTEM_NAME="Linux-glibc$most-$machine" -B "$cache/dist") >"$cache/logs/$name-pack.log"
    rm -rf "$cache/dist/_CPack_Packages"
    cmake --build "$build" --target stack2nrrd_wheel >"$cache/logs/$name-wheel.log"
    cp "$build"/dist/stack2nrrd-*.whl "$cache/dist"
    ls -l "$cache"/dist/stack2nrrd-*glibc"$most-$machine".tar.gz "$build"/dist/stack2nrrd-*.whl
    if $tests; then
        compare_programs "$emulator" "$build/bin/stack2nrrd"
    fi
}

tests=false
packages=("${cross_packages[@]}" "${zig_packages[@]}")
if [[ ${1:-} == --test ]]; then
    tests=true
    packages+=(qemu-user-static libc6-arm64-cross "${comparing_packages[@]}")
    shift
fi
install_packages "${packages[@]}"
get_zig
if (($# == 0)); then
    set -- x86_64 arm64
fi
for processor in "$@"; do
    make_for "$processor"
done
