#!/bin/bash
# From a bare Debian 12 to a first result: installs what is needed, builds, makes a phantom stack and reduces it.
# Everything it makes is under build/; running it again is quick.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/setup.sh
source cmake/setup.sh

install_packages "${build_packages[@]}" "${packing_packages[@]}" time

echo "Building"
mkdir -p build
if ! {
    cmake --preset release &&
        cmake --build --preset release --parallel "$(nproc)"
} 2>&1 | show_progress build/demo.log '^\[ *([0-9]+%|[0-9]+/[0-9]+)\] Building .*\.dir/(.*)\.o'; then
    cat build/demo.log >&2
    exit 1
fi

program=build/release/bin/stack2nrrd
demo=build/demo
slices=$demo/slices
result=$demo/phantom.nrrd
picture=$demo/phantom.png

echo "Making a phantom stack"
rm -rf "$slices"
build/release/bin/stack2nrrd_phantom "$slices"
names=("$slices"/*.tif)
echo "    $slices: ${#names[@]} slices, $(du -sh --apparent-size "$slices" | cut -f1)"

command=("$program" "$slices" --factor 2 --spacing 0.01 -o "$result" --preview "$picture" --force)
echo "Running"
echo "    ${command[*]}"
measure=()
if time=$(type -P time); then
    measure=("$time" -o "$demo/time.txt" -f '%e s, peak memory %M KiB')
fi
"${measure[@]}" "${command[@]}"

echo
echo "Result:   $PWD/$result ($(du -h --apparent-size "$result" | cut -f1))"
head -c 4096 "$result" | sed -n -e '/^$/q' -e '/^\(type\|sizes\|space\)/s/^/          /p'
echo "Picture:  $PWD/$picture (slices through the middle, and maxima along each axis)"
if ((${#measure[@]} > 0)); then
    echo "Took:     $(tail -n 1 "$demo/time.txt")"
fi
