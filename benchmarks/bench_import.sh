#!/usr/bin/env bash
# End to end: an import beside `cat` of its files, beside decoding alone, and beside `teem-unu resample` of the joined
# volume, all on one stack in tmpfs, in turn, medians of several rounds.
#
#     benchmarks/bench_import.sh BUILD_FOLDER [STACK_FOLDER]
#
# Without STACK_FOLDER a phantom of 2048 x 2048 x 64 16-bit samples is made. See README.md beside this file.
set -euo pipefail

build=$(cd "$1" && pwd)
rounds=${ROUNDS:-5}
threads=${THREADS:-2}
work=$(mktemp -d /dev/shm/stack2nrrd_bench.XXXXXX)
trap 'rm -rf "$work"' EXIT

stack=$work/stack
if [ $# -gt 1 ]; then
    cp -r "$2" "$stack"
else
    "$build/bin/stack2nrrd_phantom" "$stack" --size 2048 --slices 64 >/dev/null
fi
shopt -s nullglob
files=("$stack"/*.tif "$stack"/*.tiff "$stack"/*.png "$stack"/*.jpg "$stack"/*.bmp)
program=$build/bin/stack2nrrd
import() { "$program" "$stack" -q --force --threads "$threads" -o "$work/out.nrrd" "$@"; }

names=() commands=()
row() { names+=("$1"); commands+=("$2"); }
read_all() { cat "${files[@]}" >/dev/null; }
decode_all() { "$build/bin/stack2nrrd_decode_alone" "$threads" "${files[@]}"; }
row "cat of the files" read_all
row "decode alone, $threads threads" decode_all
row "stack2nrrd --factor 2" "import --factor 2"
row "stack2nrrd --factor 4" "import --factor 4"
row "stack2nrrd --factor 2 --kernel box" "import --factor 2 --kernel box"
if command -v teem-unu >/dev/null; then
    import --factor 1  # the joined volume, which is what unu needs
    mv "$work/out.nrrd" "$work/joined.nrrd"
    unu() { teem-unu resample -i "$work/joined.nrrd" -s x0.5 x0.5 x0.5 -k hann:3 -o "$work/unu.nrrd" 2>/dev/null; }
    row "teem-unu resample, hann:3, joined volume" unu
else
    echo "teem-unu is not installed: its row is left out"
fi

declare -A times
for ((round = 0; round <= rounds; ++round)); do
    for i in "${!names[@]}"; do
        begin=$(date +%s%N)
        ${commands[i]}
        end=$(date +%s%N)
        # The first round warms up.
        if ((round > 0)); then times[$i]+="$(((end - begin) / 1000)) "; fi
    done
done

median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
bytes=$(stat -c %s "${files[@]}" | awk '{s += $1} END {printf "%.0f", s / 1048576}')
reference=$(median "${times[0]}")
echo
echo "${#files[@]} files, $bytes MiB, median of $rounds rounds, $(uname -m), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs)"
printf '\n| %-42s | %8s | %8s |\n|%s|\n' "" "seconds" "x cat" "--------------------------------------------|---------:|---------:"
for i in "${!names[@]}"; do
    t=$(median "${times[$i]}")
    awk -v n="${names[$i]}" -v t="$t" -v r="$reference" 'BEGIN {printf "| %-42s | %8.3f | %8.2f |\n", n, t / 1e6, t / r}'
done
