# shellcheck shell=bash disable=SC2034
# Read by the scripts that build for other systems. All they make is in one folder outside the source tree.

cache=${STACK2NRRD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stack2nrrd}
mkdir -p "$cache/logs" "$cache/dist"
cache=$(cd "$cache" && pwd)
builds=$cache/build/$(sha256sum <<<"$PWD" | cut -c 1-8)  # those of another checkout are others
host=$builds/host

# Makes libraries from source packages, and what is built here to make documents.
cross_packages=("${build_packages[@]}" "${packing_packages[@]}")

# For compilers whose linker leaves out symbols that nobody asks for in what is shipped.
without_symbols=(-DCMAKE_EXE_LINKER_FLAGS=-s -DCMAKE_SHARED_LINKER_FLAGS=-s)

# run_logged NAME COMMAND...: says little, unless it fails.
run_logged() {
    local log=$cache/logs/$1.log
    shift
    if ! "$@" 2>&1 </dev/null | show_progress "$log" '^\[ *([0-9]+%|[0-9]+/[0-9]+)\] Building .*\.dir/(.*)\.o'; then
        tail -n 40 "$log" >&2
        echo "Failed: $*; all of its output is in $log" >&2
        return 1
    fi
}

# build_host TARGET...: for the machine that builds.
build_host() {
    echo "Building for this machine: $*"
    run_logged host-configure cmake -S . -B "$host" -DSTACK2NRRD_BUILD_TESTS=OFF
    run_logged host-build cmake --build "$host" --parallel "$(nproc)" --target "$@"
}

# configure_cross NAME OPTION...: cmake/toolchains/NAME.cmake, with static libraries, which are built before.
configure_cross() {
    local name=$1
    shift
    bash cmake/libraries.sh "cmake/toolchains/$name.cmake" "$cache/libraries/$name"
    build_host stack2nrrd_documents stack2nrrd_c stack2nrrd_cli
    run_logged "$name-configure" cmake -S . -B "$builds/$name" -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/toolchains/$name.cmake" \
        -DCMAKE_FIND_ROOT_PATH="$cache/libraries/$name" -DSTACK2NRRD_STATIC_DEPS=ON -DCMAKE_SKIP_INSTALL_ALL_DEPENDENCY=ON \
        -DSTACK2NRRD_HOST_BUILD="$host" "$@"
}

# build_cross NAME TARGET...
build_cross() {
    local name=$1
    shift
    echo "Building for $name: $*"
    run_logged "$name-build" cmake --build "$builds/$name" --parallel "$(nproc)" --target "$@"
}

# What the stacks are made with that both programs read.
comparing_packages=(libjpeg-turbo-progs libopenjp2-tools libtiff-tools)

# compare_programs EMULATOR PROGRAM OPTION...: with that of this machine.
compare_programs() {
    local emulator=$1 program=$2
    shift 2
    python3 tests/platforms/compare.py --work "$cache/compare" --native "$host/bin/stack2nrrd" --emulator "$emulator" \
        --other "$program" "$@"
}
