#!/usr/bin/env bash
# The pre-flight: `--info` on a folder of thousands of slices in tmpfs, which reads every header and no sample. A row a
# format, medians of several rounds.
#
#     benchmarks/bench_preflight.sh BUILD_FOLDER
#
# SLICES, THREADS and ROUNDS may be set in the environment. Needs python3 with PIL (Debian: python3-pil) to make slices.
set -euo pipefail

program=$(cd "$1" && pwd)/bin/stack2nrrd
slices=${SLICES:-5000}
threads=${THREADS:-2}
rounds=${ROUNDS:-7}
python=${PYTHON:-python3}
work=$(mktemp -d /dev/shm/stack2nrrd_preflight.XXXXXX)
trap 'rm -rf "$work"' EXIT

# 512 x 512 samples of noise, so that no format makes the files tiny.
"$python" - "$work" <<'MAKE'
import os, sys
from PIL import Image
slice = Image.frombytes("L", (512, 512), os.urandom(512 * 512))
slice.save(sys.argv[1] + "/TIFF.tif")
slice.save(sys.argv[1] + "/TIFF_LZW.tif", compression="tiff_lzw")
slice.save(sys.argv[1] + "/PNG.png")
slice.save(sys.argv[1] + "/BMP.bmp")
slice.save(sys.argv[1] + "/JPEG.jpg", quality=90)
MAKE

median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
TIMEFORMAT="%R %U %S"

echo "$slices slices of 512 x 512, $threads threads, median of $rounds rounds, $(uname -m), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs)"
printf '\n| %-8s | %11s | %7s | %11s | %18s |\n' format "KiB a slice" seconds "CPU seconds" "microseconds/slice"
echo "|----------|------------:|--------:|------------:|-------------------:|"
for file in "$work"/*.*; do
    name=$(basename "${file%.*}")
    stack=$work/stack
    mkdir "$stack"
    # Hard links would be one file; each slice is its own.
    "$python" -c 'import shutil, sys
for i in range(int(sys.argv[3])): shutil.copyfile(sys.argv[1], "%s/s_%05d.%s" % (sys.argv[2], i, sys.argv[1][-3:]))' \
        "$file" "$stack" "$slices"
    "$program" "$stack" --info --json --threads "$threads" | grep -q "\"slices\": $slices,"  # warms up, too
    for ((round = 0; round < rounds; ++round)); do
        { time "$program" "$stack" --info --threads "$threads" >/dev/null; } 2>>"$work/times"
    done
    seconds=$(cut -d' ' -f1 "$work/times" | median)
    cpu=$(awk '{print $2 + $3}' "$work/times" | median)
    awk -v n="$name" -v b="$(stat -c %s "$file")" -v s="$seconds" -v c="$cpu" -v k="$slices" 'BEGIN {
        printf "| %-8s | %11.0f | %7.3f | %11.3f | %18.1f |\n", n, b / 1024, s, c, 1e6 * s / k}'
    rm -rf "$stack" "$work/times"
done
