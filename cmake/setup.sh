# shellcheck shell=bash disable=SC2034
# Read by demo.sh and test.sh. Installs Debian packages; says nothing and needs no network when they are all there.

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
        apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >/dev/null
}

# What the library and the program are built with.
build_packages=(g++ cmake make libtiff-dev libpng-dev libjpeg-dev libopenjp2-7-dev zlib1g-dev libisal-dev libdeflate-dev
                nlohmann-json3-dev)

# What the tests take besides.
test_packages=(catch2 libteem-dev teem-apps python3-venv)
