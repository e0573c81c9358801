#!/bin/bash
# Builds what stack2nrrd is linked with, as static libraries for another system, from Debian's own source packages:
#
#     bash cmake/libraries.sh TOOLCHAIN PREFIX
#
# TOOLCHAIN is a toolchain file of CMake, PREFIX a folder of its own, which is emptied where it was made of something else and
# left alone where it was made of this table by this toolchain. Nothing of the machine's apt is changed: the sources are
# fetched by an apt with lists of its own, and checked by it against the keys that the machine trusts.

set -euo pipefail

# Source package and version of its authors; Debian's newest revision of it is taken, with Debian's corrections. Each is built
# after what it needs.
table="
zlib             1.2.13.dfsg
libdeflate       1.14
libisal          2.30.0
libzstd          1.5.4+dfsg2
xz-utils         5.4.1
libjpeg-turbo    2.1.5
libpng1.6        1.6.39
libwebp          1.2.4
lerc             4.0.0+ds
tiff             4.5.0
openjpeg2        2.5.0
nlohmann-json3   3.11.2
"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${STACK2NRRD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stack2nrrd}
sources=$cache/sources

# An apt with its own lists: the places of the machine's Debian packages, for sources.
scratch_apt() {
    apt-get "${apt_options[@]}" -qq "$@" </dev/null
}

prepare_apt() {
    local root=$cache/apt codename places
    mkdir -p "$root/lists/partial" "$root/cache/archives/partial" "$root/sources.list.d"
    # shellcheck disable=SC1091
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # shellcheck disable=SC2016
    places=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v codename="$codename" '$2 ~ "^" codename && $3 == "main" && !seen[$0]++ {print "deb-src", $0}')
    if [[ -z $places ]]; then
        echo "apt has no place of Debian's packages; add one to /etc/apt/sources.list" >&2
        return 1
    fi
    echo "$places" >"$root/sources.list"
    apt_options=(-o "Dir::Etc::sourcelist=$root/sources.list" -o "Dir::Etc::sourceparts=$root/sources.list.d"
        -o "Dir::State::lists=$root/lists" -o "Dir::Cache=$root/cache" -o "APT::Sandbox::User=$(id -un)")
    scratch_apt update
}

# fetch_source PACKAGE VERSION: unpacks it into $sources/PACKAGE-VERSION, with Debian's patches.
fetch_source() {
    local package=$1 version=$2 folder=$sources/$1-$2 revision dsc
    [[ ! -d $folder ]] || return 0
    [[ -n ${apt_options:-} ]] || prepare_apt
    mkdir -p "$sources/$package.fetched"
    # A mirror may list a revision that it does not have: then the one before it.
    for revision in $(apt-cache "${apt_options[@]}" showsrc --only-source "$package" |
            sed -n 's/^Version: //p' | grep -F -- "$version-" | sort -rVu); do
        rm -rf "$folder.new"
        if (cd "$sources/$package.fetched" && scratch_apt source --only-source --download-only "$package=$revision" \
                2>"$sources/$package.fetched/log"); then
            dsc=$sources/$package.fetched/${package}_${revision#*:}.dsc
            dpkg-source --no-check -x "$dsc" "$folder.new" >/dev/null 2>&1
            mv "$folder.new" "$folder"
            echo "  $package $revision"
            return 0
        fi
    done
    cat "$sources/$package.fetched/log" >&2 || true
    echo "$package $version: its source package could not be fetched" >&2
    return 1
}

# build PACKAGE FOLDER OPTION...: by CMake, into the prefix.
build() {
    local package=$1 folder=$2 binary=$work/$1
    shift 2
    if ! { cmake -S "$folder" -B "$binary" -G "Unix Makefiles" -Wno-dev -DCMAKE_TOOLCHAIN_FILE="$toolchain" \
            -DCMAKE_BUILD_TYPE=Release -DCMAKE_FIND_ROOT_PATH="$prefix" -DCMAKE_INSTALL_PREFIX="$prefix" \
            -DCMAKE_INSTALL_LIBDIR:PATH=lib -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
            -DCMAKE_POLICY_VERSION_MINIMUM=3.5 "$@" &&
            cmake --build "$binary" --parallel "$(nproc)" &&
            cmake --install "$binary"; } >"$work/$package.log" 2>&1; then
        tail -n 30 "$work/$package.log" >&2
        echo "$package: was not built; all of it is in $work/$package.log" >&2
        return 1
    fi
}

build_library() {
    local package=$1 source=$sources/$1-$2
    case $package in
        libisal) [[ $(basename "$toolchain") == macos-arm64.cmake ]] ||  # its assembler code is not for it; zlib does instead
            build "$package" "$here/libraries" -DNAME="$package" -DVERSION="$2" -DSOURCE="$source" ;;
        zlib | libdeflate) build "$package" "$here/libraries" -DNAME="$package" -DVERSION="$2" -DSOURCE="$source" ;;
        libzstd) build "$package" "$source/build/cmake" -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_SHARED=OFF \
            -DZSTD_MULTITHREAD_SUPPORT=OFF ;;
        xz-utils) build "$package" "$source" -DENABLE_THREADS=OFF ;;
        libjpeg-turbo) build "$package" "$source" -DENABLE_SHARED=OFF -DWITH_TURBOJPEG=OFF -DREQUIRE_SIMD=ON ;;
        libpng1.6) build "$package" "$source" -DPNG_SHARED=OFF -DPNG_TESTS=OFF -DPNG_EXECUTABLES=OFF ;;
        libwebp) build "$package" "$source" -DWEBP_BUILD_ANIM_UTILS=OFF -DWEBP_BUILD_CWEBP=OFF -DWEBP_BUILD_DWEBP=OFF \
            -DWEBP_BUILD_GIF2WEBP=OFF -DWEBP_BUILD_IMG2WEBP=OFF -DWEBP_BUILD_VWEBP=OFF -DWEBP_BUILD_WEBPINFO=OFF \
            -DWEBP_BUILD_WEBPMUX=OFF -DWEBP_BUILD_EXTRAS=OFF -DWEBP_USE_THREAD=OFF ;;
        lerc) build "$package" "$source" ;;
        tiff)
            CFLAGS="${CFLAGS:-} -DLERC_STATIC -DLZMA_API_STATIC" build "$package" "$source" -Dtiff-tools=OFF \
                -Dtiff-tests=OFF -Dtiff-contrib=OFF -Dtiff-docs=OFF -Djbig=OFF -Dcxx=OFF
            # It does without what it does not find.
            local codec
            for codec in zlib libdeflate JPEG 'Old JPEG' LERC LZMA2 ZSTD WEBP; do
                if ! grep -Eiq "  $codec support: .*Support:TRUE" "$work/tiff.log"; then
                    echo "tiff: did not find what $codec takes; see $work/tiff.log" >&2
                    return 1
                fi
            done
            ;;
        openjpeg2) build "$package" "$source" -DBUILD_CODEC=OFF -DBUILD_TESTING=OFF ;;
        nlohmann-json3) build "$package" "$source" -DJSON_BuildTests=OFF ;;
    esac
}

if (($# != 2)); then
    sed -n 's/^# \{0,1\}//; 2,9p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
toolchain=$(realpath "$1")
prefix=$(realpath --canonicalize-missing "$2")
made_of=$(cat "${BASH_SOURCE[0]}" "$here/libraries/CMakeLists.txt" "$toolchain" | sha256sum)
work=$cache/build/libraries-$(basename "$prefix")
if [[ ! -f $prefix/made_of || $(<"$prefix/made_of") != "$made_of" ]]; then
    if [[ -d $prefix && ! -f $prefix/made_of && -n $(ls -A "$prefix") ]]; then
        echo "$prefix: is not empty and was not made by this script; give a folder of its own" >&2
        exit 1
    fi
    rm -rf "$prefix" "$work"
    mkdir -p "$prefix"
    echo "$made_of" >"$prefix/made_of"
    echo "Building libraries for $(basename "$toolchain" .cmake) in $prefix"
fi

mkdir -p "$sources" "$work"
sources=$(cd "$sources" && pwd)
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig  # none of the machine's own
while read -r package version; do
    # Who holds the libraries holds their licences. They are written last, so that they say what is there.
    licence=$prefix/share/doc/$package/copyright
    [[ -n $package && ! -f $licence ]] || continue
    fetch_source "$package" "$version"
    build_library "$package" "$version" </dev/null
    install -D -m 644 "$sources/$package-$version/debian/copyright" "$licence"
    echo "  $package $version: built after ${SECONDS} s"
done <<<"$table"
rm -rf "$work"
