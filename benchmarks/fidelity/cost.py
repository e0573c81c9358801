"""What a kernel costs on a compressed stack: CPU seconds, user and system, of the program with one thread."""
import os
import statistics
import subprocess
import tempfile

import numpy
import signals


def make_stack(folder, kind, slices=64, size=512):
    """Slices of a zone plate, and noise that makes files about as large as those of scans, in PNG or TIFF with deflate."""
    from PIL import Image

    plate = signals.zone_plate(size // 4).repeat(4, 1).repeat(4, 2)
    for z in range(slices):
        samples = 20000 + 8000 * plate[z % len(plate)] + 40 * signals.noise((size, size), z)
        options = {"compress_level": 6} if kind == "png" else {"compression": "tiff_adobe_deflate"}
        Image.fromarray(samples.astype(numpy.uint16)).save(f"{folder}/s{z:04d}.{kind}", **options)


def cpu_seconds(command):
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        raise subprocess.CalledProcessError(status, command)
    return usage.ru_utime + usage.ru_stime


def seconds(program, kernels, factors=(2, 4), rounds=9):
    """A dictionary: of (kind, factor, kernel) the median of the seconds, and that of their ratio to those of the first kernel
    in the same round. All are run in turn, round by round: what else the machine does moves them together."""
    times = {}
    for kind in ("png", "tif"):
        with tempfile.TemporaryDirectory(prefix="fidelity.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as work:
            os.mkdir(f"{work}/stack")
            make_stack(f"{work}/stack", kind)
            for _ in range(rounds):
                for factor in factors:
                    for kernel in kernels:
                        took = cpu_seconds([program, f"{work}/stack", "-o", f"{work}/out.nrrd", "--factor", str(factor),
                                            "--kernel", kernel, "--threads", "1", "--force", "--quiet"])
                        times.setdefault((kind, factor, kernel), []).append(took)
    result = {}
    for (kind, factor, kernel), values in times.items():
        ratios = [value / first for value, first in zip(values, times[kind, factor, kernels[0]])]
        result[kind, factor, kernel] = statistics.median(values), statistics.median(ratios)
    return result
