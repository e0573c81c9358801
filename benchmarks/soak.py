#!/usr/bin/env python3
"""Long stacks: does a run's memory, or the number of its open files, grow with the number of slices?

    python3 benchmarks/soak.py PROGRAM [FOLDER]

Makes stacks of 2000 and of 20000 slices of 128 x 96 samples in FOLDER (about 1.5 GB; a temporary one if not given), as
TIFF, PNG and JPEG, reduces each by 2, and prints a row for each run: seconds, peak memory, most open files, and growth
a slice. Needs numpy and Pillow, and /proc.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import numpy
from PIL import Image

COUNTS = (2000, 20000)
KINDS = {"TIFF": ("tif", {"compression": "tiff_deflate"}), "PNG": ("png", {}), "JPEG": ("jpg", {"quality": 90})}


def write_stack(folder, suffix, options, count):
    """`count` slices of noise and a ramp; sixteen different ones, so that it is quick."""
    folder.mkdir()
    noise = numpy.random.default_rng(1)
    files = []
    for i in range(16):
        samples = (noise.integers(0, 64, (96, 128)) + numpy.arange(128) + i).astype(numpy.uint8)
        Image.fromarray(samples).save(folder / f"model.{suffix}", **options)
        files.append((folder / f"model.{suffix}").read_bytes())
    (folder / f"model.{suffix}").unlink()
    for i in range(count):
        (folder / f"s_{i:06d}.{suffix}").write_bytes(files[i % 16])


def watched(command):
    """Seconds, peak memory in KiB, and the most files that were open."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = 0
    peak = 0
    while process.poll() is None:
        try:
            most = max(most, len(os.listdir(f"/proc/{process.pid}/fd")))
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak = max(peak, *[int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")])
        except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError, TypeError):
            pass
        time.sleep(0.02)
    if process.returncode != 0:
        sys.exit(f"{command}: status {process.returncode}")
    return time.monotonic() - begin, peak, most


def main():
    program = os.path.abspath(sys.argv[1])
    place = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    place.mkdir(exist_ok=True)
    print("| format | slices | s | peak KiB | open files | bytes a slice more |\n|---|--:|--:|--:|--:|--:|")
    for kind, (suffix, options) in KINDS.items():
        before = None
        for count in COUNTS:
            stack = place / f"{kind}_{count}"
            write_stack(stack, suffix, options, count)
            seconds, peak, most = watched([program, str(stack), "--factor", "2", "-q", "-o", str(place / "out.nrrd"), "--force"])
            more = "" if before is None else f"{(peak - before) * 1024 / (COUNTS[1] - COUNTS[0]):.0f}"
            print(f"| {kind} | {count} | {seconds:.1f} | {peak} | {most} | {more} |", flush=True)
            before = peak
            shutil.rmtree(stack)
    (place / "out.nrrd").unlink()


if __name__ == "__main__":
    main()
