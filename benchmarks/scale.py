#!/usr/bin/env python3
"""A stack of 10 000 x 10 000 x 10 000 samples of 16 bits, worked out: what shards of it read and take.

    benchmarks/scale.py BUILD_FOLDER [--factor 8]

No sample is read or made: the stack is one slice with 10 000 names, and `--info` plans shard after shard. Memory and bytes
are those of the plans; minutes are worked out from them, with the rates below.
"""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import zlib

SIDE = 10_000
ROWS = 16  # of a strip
SHARDS = (1, 2, 4, 8, 16, 32, 64)

# Bytes of files that a core reads, filters and decodes in a second: the CPU seconds of S in README.md, at 1/2.
PER_CORE = {"plain TIFF": 537e6 / 0.248, "TIFF with deflate": 0.66 * 537e6 / 1.092}

# What is assumed of machines: bytes a second of the disk, and cores.
MACHINES = (
    ("laptop, USB disk that turns", 1, 150e6, 4),
    ("laptop, outer SSD", 1, 500e6, 4),
    ("workstation, NVMe", 1, 3e9, 16),
    ("8 tasks of a core, parallel file system", 8, 10e9, 8),
    ("32 tasks of a core, parallel file system", 32, 10e9, 32),
)


def write_slice(file, deflated):
    """Sparse, as long as a slice would be. Deflated strips are all the same; files are 0.66 of the samples, as of scans."""
    strips = SIDE // ROWS
    strip = zlib.compress(os.urandom(2 * SIDE * ROWS), 1) if deflated else b""
    count = len(strip) or 2 * SIDE * ROWS
    arrays = 8 + 2 + 12 * 9 + 4
    data = arrays + 8 * strips
    fields = [(256, 1, SIDE), (257, 1, SIDE), (258, 1, 16), (259, 1, 8 if deflated else 1), (262, 1, 1)]
    fields += [(273, strips, arrays), (277, 1, 1), (278, 1, ROWS), (279, strips, arrays + 4 * strips)]
    head = b"II*\0" + struct.pack("<IH", 8, len(fields))
    head += b"".join(struct.pack("<HHII", tag, 4, n, value) for tag, n, value in fields) + bytes(4)
    offsets = [data + (0 if deflated else i * count) for i in range(strips)]
    file.write_bytes(head + struct.pack(f"<{2 * strips}I", *offsets, *[count] * strips) + strip)
    os.truncate(file, int(0.66 * 2 * SIDE * SIDE) if deflated else data + 2 * SIDE * SIDE)


class Stack:
    def __init__(self, program, place, deflated, factor):
        folder = place / ("deflated" if deflated else "plain")
        folder.mkdir()
        first = folder / "s_0000.tif"
        write_slice(first, deflated)
        for z in range(1, SIDE):
            os.link(first, folder / f"s_{z:04}.tif")
        self.list = place / f"{folder.name}.txt"
        self.list.write_text("".join(f"{folder}/s_{z:04}.tif\n" for z in range(SIDE)))
        self.command = [program, "--info", "--json", "--threads", "1", "--order", "given", "--factor", factor]
        self.command += ["--spacing", "0.001", "--files-from", self.list]
        self.slices = self.plan()["output"]["size"][2]

    def plan(self, *more):
        return json.loads(subprocess.run([*self.command, *more], stdout=subprocess.PIPE, check=True).stdout)

    def shards(self, count):
        """The bytes that all read, and the most that one reads and takes. Those alike in length and place are alike."""
        plans = {}
        read = []
        for k in range(count):
            first, end = self.slices * k // count, self.slices * (k + 1) // count
            kind = (k == 0, k == count - 1, end - first)
            if kind not in plans:
                plans[kind] = self.plan("--slab", f"{first}:{end}")
            read.append(plans[kind]["read_bytes"])
        return sum(read), max(read), max(plan["memory_bytes"] for plan in plans.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--factor", default="8")
    given = parser.parse_args()
    program = given.build.resolve() / "bin" / "stack2nrrd"
    with tempfile.TemporaryDirectory(prefix="stack2nrrd_scale_") as place:
        results = {}
        for name in PER_CORE:
            stack = Stack(program, pathlib.Path(place), "deflate" in name, given.factor)
            results[name] = {count: stack.shards(count) for count in SHARDS}
            whole = results[name][1][0]
            print(f"\n{name}, {whole / 1e12:.2f} TB, at 1/{given.factor}: {stack.slices} slices\n")
            print("| shards | a shard reads, GB | memory, MiB | all of them read more, % |\n|--:|--:|--:|--:|")
            for count, (total, most, memory) in results[name].items():
                print(f"| {count} | {most / 1e9:.1f} | {memory / 2**20:.0f} | {100 * (total / whole - 1):.1f} |")
        print("\n| minutes, worked out | disk, MB/s | cores | " + " | ".join(PER_CORE) + " |\n|---|--:|--:|" + "--:|" * len(PER_CORE))
        for name, shards, disk, cores in MACHINES:
            minutes = [max(results[kind][shards][0] / disk, results[kind][shards][0] / rate / cores) / 60 for kind, rate in PER_CORE.items()]
            print(f"| {name} | {disk / 1e6:.0f} | {cores} | " + " | ".join(f"{each:.0f}" if each >= 10 else f"{each:.1f}" for each in minutes) + " |")


if __name__ == "__main__":
    main()
