#!/bin/bash
# From Debian 12, program, C library and wheel for Windows on x86-64:
#
#     bash cmake/windows.sh [--test]
#
# --test runs the tests in wine, and compares what the program writes there and here. All that is made is in the cache
# (STACK2NRRD_CACHE, ~/.cache/stack2nrrd as a rule), where a second run finds it.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh
# shellcheck source=cmake/cross.sh
source cmake/cross.sh

name=windows-x86_64
build=$builds/$name

packages=("${cross_packages[@]}" g++-mingw-w64-x86-64-posix nasm)
options=(-DSTACK2NRRD_BUILD_TESTS=OFF)
# What the compiler adds to a static program.
notices='/usr/share/doc/gcc-mingw-w64-base/copyright;/usr/share/doc/mingw-w64-x86-64-dev/copyright'
tests=false
if [[ ${1:-} == --test ]]; then
    tests=true
    packages+=(wine64 lld "${comparing_packages[@]}")
fi

find_wine() {
    export WINEPREFIX=$cache/wine WINEDEBUG=-all DISPLAY=
    wine=$(type -P wine64 || echo /usr/lib/wine/wine64)
}

# What wine starts besides a program would inherit its output, and whoever reads that would wait for an end that never comes.
start_wine() {
    local server
    server=$(type -P wineserver64 wineserver | head -n 1 || true)
    server=${server:-/usr/lib/wine/wineserver64}
    # shellcheck disable=SC2064
    trap "'$server' -k || true" EXIT
    mkdir -p "$WINEPREFIX"  # the server does not make it
    "$server" -p </dev/null >/dev/null 2>&1
    "$wine" wineboot </dev/null >/dev/null 2>&1
}

# GCC bug 54412: the stack is aligned to 16 bytes, and a move of more that demands alignment may end the program.
check_stack_moves() {
    local found
    found=$(x86_64-w64-mingw32-objdump -d --no-show-raw-insn "$build"/lib/CMakeFiles/stack2nrrd.dir/loops/loops_avx*.obj |
        grep -cE 'vmov(ap|dqa|ntp|ntdq)[a-z0-9]* .*%[yz]mm' || true)
    echo "  aligned moves of 32 or 64 bytes in the loops: $found"
    ((found == 0))
}

# needs BINARY ALLOWED: which libraries of the system it asks for.
check_needs() {
    local needs
    needs=$(x86_64-w64-mingw32-objdump -p "$1" | sed -n 's/.*DLL Name: //p' | sort -f | paste -s -d ' ')
    echo "  $(basename "$1"): $(stat -c %s "$1") bytes, needs $needs"
    if [[ $needs =~ (libgcc|libstdc|winpthread|zlib) ]]; then
        echo "$1: needs a library that Windows does not have" >&2
        return 1
    fi
}

check_exports() {
    local exports
    exports=$(x86_64-w64-mingw32-objdump -p "$1" | sed -n '/^\[Ordinal\/Name Pointer\] Table/,/^$/s/^\t\[.*\] //p')
    echo "  $(basename "$1"): exports $(wc -l <<<"$exports") functions"
    if grep -v '^stack2nrrd_' <<<"$exports" >&2; then
        echo "$1: exports something else than the functions of stack2nrrd.h" >&2
        return 1
    fi
}

# The program is a module of 3D Slicer, too: it takes all programs of a folder for modules, so these are alone in theirs.
pack() {
    local folder=$cache/dist/stack2nrrd-$name notice
    rm -rf "$folder" "$folder.zip"
    install -D -t "$folder/bin" "$build/bin/stack2nrrd.exe"
    install -D -m 644 -t "$folder/bin" "$build/apps/stack2nrrd/stack2nrrd.xml"
    install -D -t "$folder/lib" "$build/bin/stack2nrrd_c.dll"
    install -D -m 644 -t "$folder/lib" "$build/lib/capi/stack2nrrd_c.lib"
    install -D -m 644 -t "$folder/include/stack2nrrd" include/stack2nrrd/stack2nrrd.h
    install -D -m 644 -t "$folder" README.md LICENSE
    for notice in "$cache/libraries/$name"/share/doc/*/copyright ${notices//;/ }; do
        install -D -m 644 "$notice" "$folder/licenses/$(basename "$(dirname "$notice")").txt"
    done
    (cd "$cache/dist" && TZ=UTC cmake -E tar cf "stack2nrrd-$name.zip" --format=zip --mtime=1980-01-01 "stack2nrrd-$name")
    cmake --build "$build" --target stack2nrrd_wheel >"$cache/logs/$name-wheel.log"
    rm -f "$cache"/dist/stack2nrrd-*-win_amd64.whl
    cp "$build"/dist/stack2nrrd-*.whl "$cache/dist"
}

install_packages "${packages[@]}"
if $tests; then
    find_wine
    options=(-DSTACK2NRRD_BUILD_TESTS=ON -DSTACK2NRRD_TEST_TIMEOUT=3000 -DCMAKE_CROSSCOMPILING_EMULATOR="$wine")
fi
configure_cross "$name" -DSTACK2NRRD_RUNTIME_NOTICES="$notices" "${without_symbols[@]}" "${options[@]}"
build_cross "$name" stack2nrrd_cli stack2nrrd_c stack2nrrd_texts
pack
check_stack_moves
check_needs "$cache/dist/stack2nrrd-$name/bin/stack2nrrd.exe"
check_needs "$cache/dist/stack2nrrd-$name/lib/stack2nrrd_c.dll"
check_exports "$cache/dist/stack2nrrd-$name/lib/stack2nrrd_c.dll"
ls -l "$cache/dist/stack2nrrd-$name.zip" "$cache"/dist/stack2nrrd-*-win_amd64.whl

if $tests; then
    build_cross "$name" all
    start_wine
    ctest --test-dir "$build" --output-on-failure
    compare_programs "$wine" "$cache/dist/stack2nrrd-$name/bin/stack2nrrd.exe"
fi
