#!/usr/bin/env python3
"""What shards cost on one machine: the processor time of N of them and their end, beside that of one run.

    python3 benchmarks/shards.py PROGRAM [FOLDER]

Makes a stack of 8000 slices of 512 x 512 samples, 16-bit TIFF, deflate, in FOLDER (its files are links to eight, 3 MB;
the result is 130 MB), reduces it by 4, whole
and in shards, in turns, and checks that the bytes are the same. Prints medians of three rounds. Needs numpy and
tifffile.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import tifffile

SLICES = 8000
SHARDS = (1, 8, 32)


def write_stack(folder):
    folder.mkdir()
    random = numpy.random.default_rng(1)
    for i in range(8):
        samples = (random.normal(20000, 300, (512, 512)) + 20 * numpy.arange(512)).astype(numpy.uint16)
        tifffile.imwrite(folder / f"s_{i:05d}.tif", samples, compression="zlib", rowsperstrip=16)
    for i in range(8, SLICES):
        os.link(folder / f"s_{i % 8:05d}.tif", folder / f"s_{i:05d}.tif")


def processor_seconds(commands):
    """Of all of them, one after the other, with what they start; and by the clock."""
    before = os.times()
    begin = time.monotonic()
    for command in commands:
        subprocess.run(command, check=True)
    after = os.times()
    return (after.children_user + after.children_system - before.children_user - before.children_system,
            time.monotonic() - begin)


def main():
    program = os.path.abspath(sys.argv[1])
    place = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    place.mkdir(exist_ok=True)
    write_stack(place / "stack")
    common = [program, str(place / "stack"), "--factor", "4", "-q", "--force"]
    whole = common + ["-o", str(place / "whole.nrrd")]
    seconds = {n: [] for n in (0, *SHARDS)}
    for _ in range(3):
        seconds[0].append(processor_seconds([whole])[0])
        for n in SHARDS:
            shards = common + ["-o", str(place / "shards.nrrd")]
            commands = [shards + ["--shard", f"{k}/{n}"] for k in range(n)]
            commands.append(shards + ["--shards", str(n), "--finish"])
            seconds[n].append(processor_seconds(commands)[0])
            if (place / "shards.nrrd").read_bytes() != (place / "whole.nrrd").read_bytes():
                sys.exit(f"{n} shards: other bytes than one run")
    one = statistics.median(seconds[0])
    print("| shards | processor s | beside one run | slices read more |\n|--:|--:|--:|--:|")
    print(f"| one run | {one:.2f} | 1 | |")
    for n in SHARDS:
        median = statistics.median(seconds[n])
        ratio = statistics.median(b / a for a, b in zip(seconds[0], seconds[n]))
        print(f"| {n} | {median:.2f} | {ratio:.2f} | {(n - 1) * 24 / SLICES:.1%} |")
    shutil.rmtree(place / "stack")


if __name__ == "__main__":
    main()
