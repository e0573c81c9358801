#!/bin/bash
# From Debian 12, program, C library and wheel for macOS 13.3 and later, by zig:
#
#     bash cmake/macos.sh [arm64] [x86_64]
#
# Both by default. The wheel says 14, as wheels can name whole versions only. It shows that all compiles without a warning and
# links. What comes out has never been run: there is no macOS here. All that is made is in the cache (STACK2NRRD_CACHE,
# ~/.cache/stack2nrrd as a rule), where a second run finds it.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh
# shellcheck source=cmake/cross.sh
source cmake/cross.sh
# shellcheck source=cmake/zig.sh
source cmake/zig.sh

# check_binary FILE PROCESSOR KIND: the right one, for the least version that is promised, and with nothing but the system's.
check_binary() {
    local needs headers
    headers=$(llvm-objdump-14 --macho --private-headers "$1")
    if ! grep -q "MH_MAGIC_64 *$2 .* $3 " <<<"$headers" || ! grep -q 'minos 13\.3' <<<"$headers"; then
        echo "$1: $3 for $2 and macOS 13.3 was expected" >&2
        return 1
    fi
    needs=$(llvm-objdump-14 --macho --dylibs-used "$1" | sed -n 's/^\t\([^ ]*\) (.*/\1/p' | sort)
    echo "  $(basename "$1"): $(stat -L -c %s "$1") bytes, needs $(paste -s -d ' ' <<<"$needs")"
    if grep -Ev '^(/usr/lib/libSystem\.B\.dylib|@rpath/libstack2nrrd_c\..*dylib)$' <<<"$needs"; then
        echo "$1: needs what macOS does not have" >&2
        return 1
    fi
}

check_exports() {
    local exports
    exports=$(llvm-nm-14 --extern-only --defined-only "$1" | awk '{print $NF}')
    echo "  $(basename "$1"): exports $(grep -c '^_stack2nrrd_' <<<"$exports") functions"
    if grep -v '^_stack2nrrd_' <<<"$exports" >&2; then
        echo "$1: exports something else than the functions of stack2nrrd.h" >&2
        return 1
    fi
}

make_for() {
    local processor=$1 name=macos-$1 build header=ARM64
    build=$builds/$name
    [[ $processor == arm64 ]] || header=X86_64
    configure_cross "$name" -DSTACK2NRRD_BUILD_TESTS=OFF -DSTACK2NRRD_WARNINGS_AS_ERRORS=ON
    build_cross "$name" stack2nrrd_cli stack2nrrd_c stack2nrrd_texts
    check_binary "$build/bin/stack2nrrd" "$header" EXECUTE
    check_binary "$build/lib/capi/libstack2nrrd_c.dylib" "$header" DYLIB
    check_exports "$build/lib/capi/libstack2nrrd_c.dylib"
    cmake --build "$build" --target stack2nrrd_wheel >"$cache/logs/$name-wheel.log"
    cp "$build"/dist/stack2nrrd-*.whl "$cache/dist"
    ls -l "$cache"/dist/stack2nrrd-*-macosx_*_"$processor.whl"
}

install_packages "${cross_packages[@]}" "${zig_packages[@]}"
get_zig
if (($# == 0)); then
    set -- arm64 x86_64
fi
for processor in "$@"; do
    make_for "$processor"
done
