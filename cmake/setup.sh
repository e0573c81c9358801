# shellcheck shell=bash disable=SC2034
# Read by demo.sh, test.sh and tests/fuzz/run.sh. Installs Debian packages; says nothing and needs no network when they are all there.

# show_progress LOG PATTERN: writes what it reads to LOG and, of the lines that match the pattern, prints one every few
# seconds: the parts in parentheses. So that whoever waits sees that something happens, and a recorded output stays short.
show_progress() {
    local log=$1 pattern=$2 line shown=$SECONDS shown_parts
    while IFS= read -r line; do
        printf '%s\n' "$line" >&3
        if ((SECONDS - shown >= 5)) && [[ $line =~ $pattern ]]; then
            read -ra shown_parts <<<"${BASH_REMATCH[*]:1}"  # without those that are empty
            echo "    ${shown_parts[*]}"
            shown=$SECONDS
        fi
    done 3>"$log"
}

# install_packages PACKAGE...
install_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        echo "This script installs packages on Debian only. Make sure that there is what these hold: $*" >&2
        return 0
    fi

    local package missing=()
    for package in "$@"; do
        if [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]; then
            missing+=("$package")
        fi
    done
    if ((${#missing[@]} == 0)); then
        return 0
    fi

    local as_root=()
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "As root, please: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null |
        show_progress /dev/null '^(Get:[0-9]+) [^ ]+ [^ ]+ [^ ]+ ([^ ]+)|^(Unpacking|Setting up) ([^ ]+)'
}

# What the library and the program are built with.
build_packages=(g++ cmake make libtiff-dev libpng-dev libjpeg-dev libopenjp2-7-dev zlib1g-dev libisal-dev libdeflate-dev
                libzstd-dev)

# What .deb and wheel are made with.
packing_packages=(dpkg-dev python3)

# What the tests take besides. The last ones are judges: tools and libraries of others that read what this one wrote, and
# engines that run what it emits (slurm-wlm and parallel take 8 MB to fetch, 31 MB installed). Snakemake is not among them:
# with all that it brings it takes 46 MB to fetch and some 800 MB installed. Its test runs where it is there.
test_packages=(catch2 nlohmann-json3-dev python3-venv pkg-config strace dosfstools libteem-dev teem-apps libxml2-utils groff-base
               tmux zsh fish slurm-wlm parallel)

# What the fuzzers take besides those for building: clang with its sanitizers, and files to begin with.
fuzz_packages=(clang libclang-rt-14-dev python3-h5py)

# Judges that take some 1.5 GB when installed.
large_judges=(libinsighttoolkit5-dev python3-vtk9 python3-numpy python3-h5py python3-pydicom python3-zarr python3-gdal mypy
              elastix chromium lintian)

# A Node from elsewhere brings its own npm, and Debian's would not go with it.
if ! command -v node >/dev/null; then
    large_judges+=(nodejs npm)
fi
