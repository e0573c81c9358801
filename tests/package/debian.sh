#!/bin/bash
# Packages of Debian: what each holds, what lintian says, and what can be done with them where they are installed. That is a
# folder, in which dpkg knows all packages of this machine, and so whether those are there that ours need.
#
#     debian.sh PACKAGES CMAKE PKG_CONFIG CC CXX FLAGS FOLDER      PACKAGES: the folder with the .deb files

set -euo pipefail
packages=$1 cmake=$2 pkg_config=$3 cc=$4 cxx=$5 flags=$6 folder=$7
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    echo "debian.sh: $*" >&2
    exit 1
}
said() { echo "debian.sh: $*"; }

rm -rf "$folder"
mkdir -p "$folder/lists" "$folder/root"
cd "$folder"

for package in "$packages"/*.deb; do
    name=$(dpkg-deb -f "$package" Package)
    dpkg-deb -I "$package"
    dpkg-deb -c "$package" >"lists/$name"
    for file in changelog.gz copyright; do
        grep -q "/usr/share/doc/$name/$file$" "lists/$name" || fail "$name has no $file"
    done
done
twice=$(cat lists/* | awk '!/\/$/ { print $6 }' | sort | uniq -d)
[[ -z $twice ]] || fail "in two packages: $twice"
# holds NAME PATTERN
holds() { grep -q -e "$2" "lists/$1" || fail "$1 does not hold $2"; }
holds stack2nrrd ' \./usr/bin/stack2nrrd$'
holds stack2nrrd '/cli-modules/stack2nrrd\.xml$'
holds libstack2nrrd-c1 '/libstack2nrrd_c\.so\.1 ->'
holds libstack2nrrd-dev '/libstack2nrrd_c\.so ->'
holds libstack2nrrd-dev '/stack2nrrdConfig\.cmake$'

if command -v lintian >/dev/null; then
    lintian --allow-root --fail-on error "$packages"/*.deb || fail "lintian has errors"
else
    said "lintian is not installed: it does not read the packages"
fi

# in_root OPTION ARGUMENT...
in_root() {
    dpkg --root="$folder/root" --force-script-chrootless "$@" >dpkg.log 2>&1 || {
        grep -v "files list file" dpkg.log
        fail "dpkg fails"
    }
}
if ((EUID == 0)); then
    mkdir -p root/var/lib/dpkg/{info,triggers,updates}
    cp /var/lib/dpkg/status root/var/lib/dpkg/
    in_root --install "$packages"/*.deb
else
    said "only root can install: packages are unpacked"
    for package in "$packages"/*.deb; do
        dpkg-deb -x "$package" root
    done
fi

bash "$sources/pkg_config.sh" "$folder/root/usr" "$pkg_config" "$cc" "$cxx" "$flags" "$folder/pkg_config"
{
    "$cmake" -S "$sources/find_package" -B cmake -D CMAKE_PREFIX_PATH="$folder/root/usr" -D CMAKE_C_COMPILER="$cc" \
        -D CMAKE_CXX_COMPILER="$cxx" -D CMAKE_C_FLAGS="$flags" -D CMAKE_CXX_FLAGS="$flags" &&
        "$cmake" --build cmake && cmake/consumer
} >cmake.log 2>&1 || {
    cat cmake.log
    fail "find_package does not find, or what it finds does not work"
}

# The module, with the library that the system's loader finds.
if [[ -e lists/python3-stack2nrrd ]]; then
    library=$(dirname root/usr/lib*/libstack2nrrd_c.so.1 root/usr/lib/*/libstack2nrrd_c.so.1 | grep -v '\*')
    PYTHONPATH=root/usr/lib/python3/dist-packages LD_LIBRARY_PATH=$library PATH=root/usr/bin:$PATH \
        PYTHONDONTWRITEBYTECODE=1 python3 - <<'python' || fail "the Python module does not work"
import importlib.metadata, stack2nrrd
with open("volume.nrrd", "wb") as file:
    file.write(b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 4 3 2\nencoding: raw\n\n" + bytes(range(24)))
samples, volume = stack2nrrd.read("volume.nrrd", spacing=1)
assert volume.shape == (2, 3, 4) and bytes(memoryview(samples).cast("B")) == bytes(range(24)), volume
assert importlib.metadata.version("stack2nrrd") == stack2nrrd.__version__
python
fi

if ((EUID == 0)); then
    names=(lists/*)
    in_root --purge "${names[@]#lists/}"
    left=$(find root -path root/var -prune -o ! -type d -print)
    [[ -z $left ]] || fail "left behind: $left"
fi
said "all is well"
