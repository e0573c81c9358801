#!/bin/bash
# run.sh windows|arm64: cmake/windows.sh or cmake/arm64.sh with --test, where all that they take is there. A test installs
# nothing.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tools=(cjpeg opj_compress tiffcp)
case $1 in
    windows) tools+=(x86_64-w64-mingw32-g++-posix nasm wine64) ;;
    arm64) tools+=(aarch64-linux-gnu-g++ qemu-aarch64-static) ;;
    *) echo "$1: windows or arm64 was expected" >&2 && exit 2 ;;
esac
for tool in "${tools[@]}"; do
    if ! PATH=$PATH:/usr/lib/wine type -P "$tool" >/dev/null; then
        echo "skipped: there is no $tool here; bash cmake/$1.sh --test installs it"
        exit 77
    fi
done
exec bash "cmake/$1.sh" --test
