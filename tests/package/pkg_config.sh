#!/bin/bash
# Copies what was installed to another place, and builds programs in C and in C++ against it with nothing but pkg-config.
#
#     pkg_config.sh INSTALLED PKG_CONFIG CC CXX FLAGS FOLDER

set -euo pipefail
installed=$1 pkg_config=$2 cc=$3 cxx=$4 flags=$5 folder=$6
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
cp -a "$installed" moved
files=$(echo "$folder"/moved/lib*/pkgconfig "$folder"/moved/lib*/*/pkgconfig)
for name in $files; do
    [[ -d $name ]] && PKG_CONFIG_PATH=$name
done
export PKG_CONFIG_PATH
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export LD_LIBRARY_PATH

# Names and flags are several words each.
# shellcheck disable=SC2046,SC2086
in_cxx() { $cxx $flags -std=c++20 "$sources/main.cpp" $("$pkg_config" "$@" --cflags --libs stack2nrrd) -o "$folder/cxx"; }
# The C library asks for no other: it is enough to see its own file.
# shellcheck disable=SC2046,SC2086
in_c() { $cc $flags "$sources/main_c.c" $(PKG_CONFIG_LIBDIR="" "$pkg_config" --cflags --libs stack2nrrd_c) -o "$folder/c"; }

in_cxx
./cxx
in_cxx --static
./cxx
in_c
./c
version=$("$pkg_config" --modversion stack2nrrd)
[[ $(./cxx) == "stack2nrrd $version:"* ]] || { echo "pkg-config gives another version: $version" >&2 && exit 1; }
echo "pkg-config is enough"
