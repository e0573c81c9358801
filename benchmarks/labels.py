#!/usr/bin/python3
"""Segmentations at 1/2: --labels beside lanczos:3 on the same stack, and beside numpy.

    benchmarks/labels.py build/release [ROUNDS]

Stacks of plain TIFF, 256 slices of 1024 x 1024, in tmpfs: four labels in large regions, and noise of four values. The
rows of a table are run in turn; CPU seconds, user and system, medians of ROUNDS (9). numpy counts in memory, without
reading: each sample of 2 x 2 x 2 is compared with the seven others, and the most frequent value is taken, the lowest of
equally frequent ones. Its result is compared with ours.
"""

import os
import pathlib
import shutil
import statistics
import struct
import sys
import tempfile
import time

import numpy

SIZE = (256, 1024, 1024)


def write_tiff(path, samples):
    rows, columns = samples.shape
    tags = [(256, columns), (257, rows), (258, 8 * samples.itemsize), (259, 1), (262, 1), (273, 8), (277, 1)]
    tags += [(278, rows), (279, samples.nbytes), (339, 1)]
    head = struct.pack("<2sHI", b"II", 42, 8 + samples.nbytes)
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    path.write_bytes(head + samples.tobytes() + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0))


def regions():
    z, y, x = (numpy.arange(n, dtype=numpy.float32) for n in SIZE)
    for k in z:
        wave = numpy.sin(0.021 * x + 0.01 * k)[None, :] + numpy.sin(0.017 * y - 0.013 * k)[:, None]
        yield (wave > -0.8).astype(int) + (wave > 0.2) + (wave > 1.1)


def noise():
    random = numpy.random.default_rng(1)
    for _ in range(SIZE[0]):
        yield random.integers(0, 4, SIZE[1:])


def most_frequent(volume):
    parts = [volume[k::2, j::2, i::2] for k in (0, 1) for j in (0, 1) for i in (0, 1)]
    best = numpy.zeros(parts[0].shape, numpy.uint8)
    result = numpy.zeros_like(parts[0])
    for part in parts:
        count = numpy.zeros(part.shape, numpy.uint8)
        for other in parts:
            count += part == other
        better = (count > best) | ((count == best) & (part < result))
        result[better] = part[better]
        best[better] = count[better]
    return result


def seconds_of(command):
    null = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    os.close(null)
    if status != 0:
        sys.exit("failed: " + " ".join(command))
    return usage.ru_utime + usage.ru_stime


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve() / "bin" / "stack2nrrd")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    folder = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm"))
    samples = SIZE[0] * SIZE[1] * SIZE[2]
    print("| stack | lanczos:3, s | --labels, s | ratio | --labels, Msamples per CPU second | numpy in memory |")
    print("|---|--:|--:|--:|--:|--:|")
    try:
        for name, slices in (("labels", regions), ("noise", noise)):
            for kind in (numpy.uint8, numpy.uint16):
                stack = folder / "stack"
                stack.mkdir()
                volume = numpy.stack([part.astype(kind) for part in slices()])
                for k, part in enumerate(volume):
                    write_tiff(stack / ("s%04d.tif" % k), part)
                out = str(folder / "out.nrrd")
                common = [program, str(stack), "-o", out, "--factor", "2", "--threads", "2", "--force", "--quiet"]
                times = [(seconds_of(common), seconds_of(common + ["--labels"])) for _ in range(rounds)]
                filtered, counted = (statistics.median(column) for column in zip(*times))
                start = time.process_time()
                expected = most_frequent(volume)
                by_numpy = time.process_time() - start
                made = pathlib.Path(out).read_bytes()[-expected.nbytes :]
                if made != expected.tobytes():
                    sys.exit("numpy and stack2nrrd differ")
                print(
                    "| %s, %s | %.3f | %.3f | %.2f | %.0f | %.0f |"
                    % (name, kind.__name__, filtered, counted, counted / filtered, samples / counted / 1e6, samples / by_numpy / 1e6)
                )
                shutil.rmtree(stack)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
