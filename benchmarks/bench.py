#!/usr/bin/env python3
"""stack2nrrd beside what one could use instead, on stacks in tmpfs, in one run; prints tables. README.md tells more.

    benchmarks/bench.py BUILD_FOLDER [STACK_FOLDER]...
"""
import argparse
import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import zlib

here = os.path.dirname(os.path.abspath(__file__))
suffixes = (".tif", ".png", ".jpg")
formats = {"tiff_raw": 16, "tiff_deflate": 16, "tiff_lzw": 16, "png16": 16, "png8": 8, "jpg8": 8}
stages_of = {"Lanczos-3, 1/2": ["2", "lanczos:3"], "Lanczos-3, 1/4": ["4", "lanczos:3"], "box, 1/2": ["2", "box"]}


class Row:
    """A command line, and what its runs took. Rows `again` are run in each round, others only if they are quick."""

    def __init__(self, name, command, missing=None, again=False):
        self.name, self.command, self.missing, self.again = name, command, missing, again
        self.walls, self.cpus, self.page_faults, self.peak = [], [], [], 0

    def run(self):
        begin = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            complaint = process.stderr.read()
        except BaseException:  # interrupted: nobody is left behind to fill tmpfs
            process.kill()
            raise
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            self.missing = f"failed: {complaint.decode(errors='replace').strip()[-200:] or process.returncode}"
            return
        self.walls.append(wall)
        self.cpus.append(usage.ru_utime + usage.ru_stime)
        self.page_faults.append(usage.ru_minflt)
        self.peak = max(self.peak, usage.ru_maxrss / 1024)

    wall = property(lambda self: statistics.median(self.walls))
    cpu = property(lambda self: statistics.median(self.cpus))
    faults = property(lambda self: round(statistics.median(self.page_faults)))


def interleaved(rows, rounds, outputs):
    """Runs the rows in turn. The first round warms up; whoever takes long in it is not run again."""
    for number in range(rounds + 1):
        for row in rows:
            if row.missing or (number > 0 and not row.again and row.walls and row.walls[0] > args.patience):
                continue
            for output in outputs:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(output)
            row.run()
    for row in rows:
        if len(row.walls) > 1:
            del row.walls[0], row.cpus[0], row.page_faults[0]


def python_with(module):
    """A python that has the module, or None: Debian's may not be the first in PATH."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0:
            return python
    return None


def built_itk(folder):
    """The program that uses ITK, or None where there is no ITK."""
    configured = ["cmake", "-S", f"{here}/peers/itk", "-B", folder, "-DCMAKE_BUILD_TYPE=Release"]
    for command in (configured, ["cmake", "--build", folder]):
        if subprocess.run(command, capture_output=True).returncode != 0:
            return None
    return f"{folder}/bin_shrink"


def table(heads, lines):
    widths = [max(len(str(line[i])) for line in [heads, *lines]) for i in range(len(heads))]

    def text(cells):
        return "| " + " | ".join(str(c).ljust(w) if i == 0 else str(c).rjust(w)
                                 for i, (c, w) in enumerate(zip(cells, widths))) + " |"

    marks = ["-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)]
    print("\n".join([text(heads), "|" + "|".join(marks) + "|", *map(text, lines)]), flush=True)


def slices_of(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(suffixes))


def measure(name, folder, bits):
    files = slices_of(folder)
    sink = [f"{work}/{file}" for file in ("out.nrrd", "gz.nrrd", "unu.nrrd", "peer.raw", "peer.mha")]
    threads, half = str(args.threads), ["--factor", "2"]
    alone = [f"{binaries}/stack2nrrd_import_alone", folder, "threads", threads]
    whole = [f"{binaries}/stack2nrrd", folder, "-q", "--force", "--threads", threads]
    decode = [f"{binaries}/stack2nrrd_decode_alone"]

    # unu takes the joined volume as given and holds it and more in memory.
    joined, no_unu = f"{work}/joined.nrrd", None
    subprocess.run([*whole, "--factor", "1", "-o", joined], check=True)
    samples = os.path.getsize(joined) / (bits / 8)
    if not shutil.which("teem-unu"):
        no_unu = "teem-unu is not installed"
    elif samples * 8 * 1.2 > available():
        no_unu = f"needs {samples * 8 / 1e9:.0f} GB of memory"
        os.unlink(joined)

    rows = [Row("cat of the files", ["cat", *files], again=True)]
    rows += [Row(f"decode alone, {n} thread{'s' * (n > 1)}", [*decode, str(n), *files], again=True)
             for n in sorted({1, args.threads})]
    reference = rows[0] if name.endswith("tiff_raw") else rows[-1]
    rows += [
        Row("stack2nrrd, no write, 1/2", [*alone, "factor", "2"], again=True),
        Row("the same with the least instructions",
            ["env", "STACK2NRRD_INSTRUCTIONS=baseline", *alone, "factor", "2"], again=True),
        Row("stack2nrrd, no write, 1/4", [*alone, "factor", "4"], again=True),
        Row("stack2nrrd, no write, box 1/2", [*alone, "factor", "2", "kernel", "box"], again=True),
        Row("stack2nrrd, raw, 1/2", [*whole, *half, "-o", sink[0]], again=True),
        Row("stack2nrrd, gzip, 1/2", [*whole, *half, "--encoding", "gzip", "-o", sink[1]], again=True),
        Row("stack2nrrd, gzip --level 1, 1/2",
            [*whole, *half, "--encoding", "gzip", "--level", "1", "-o", sink[1]], again=True),
    ]
    raw, *gzips = rows[-3:]
    no_write = next(row for row in rows if row.name == "stack2nrrd, no write, 1/2")
    vtk = [peers["vtk"], f"{here}/peers/vtk_resize.py", "2", threads]
    no_vtk = None if peers["vtk"] else "VTK for Python is not installed"
    rows += [
        Row("VTK, antialiased Lanczos-3, 1/2", [*vtk, "1", sink[3], *files], no_vtk),
        Row("the same in 8 slabs", [*vtk, "8", sink[3], *files], no_vtk),
        Row("teem-unu resample, hann:3, 1/2", ["teem-unu", "resample", "-i", joined, "-s", "x0.5", "x0.5", "x0.5", "-k",
                                               "hann:3", "-o", sink[2]], no_unu),
        Row("ITK, box, 1/2, streamed", [peers["itk"], "2", threads, str(bits), sink[4], *files],
            None if peers["itk"] else "ITK is not installed"),
        Row("skip every other, 1/2 (PIL)", [peers["PIL"], f"{here}/peers/skip.py", "2", sink[3], *files],
            None if peers["PIL"] else "PIL is not installed"),
    ]
    interleaved(rows, args.rounds, sink)

    stored = sum(map(os.path.getsize, files))
    print(f"\n### {name}: {len(files)} slices, {samples / 1e6:.0f} million samples of {bits} bits, "
          f"files {stored / samples / bits * 8:.3f} of raw\n")
    lines = []
    for row in rows:
        if not row.walls:
            lines.append([f"{row.name}: {row.missing}"] + [""] * 7)
            continue
        mark = "" if len(row.walls) == args.rounds else " (once)"
        lines.append([row.name + mark, f"{row.wall:.3f}", f"{row.cpu:.3f}", f"{row.cpu / samples * 1e9:.2f}",
                      row.faults, f"{row.peak:.0f}", f"{row.wall / reference.wall:.2f}",
                      f"{row.wall / raw.wall:.2f}"])
    short = "cat" if reference is rows[0] else "decode"
    table(["", "wall s", "CPU s", "CPU ns/sample", "faults", "peak MiB", f"x {short}", "x ours, raw"], lines)
    if raw.walls and no_write.walls:
        print(f"\nThe program, which writes, takes {raw.cpu / no_write.cpu:.2f} times the CPU of the import that does not, "
              f"and {raw.faults / no_write.faults:.2f} times its page faults.")
    if all(row.walls for row in [raw, *gzips]):
        sizes = []
        for row, output in zip([raw, *gzips], [sink[0], sink[1], sink[1]]):
            row.run()  # again: the round has deleted what it wrote
            sizes.append(os.path.getsize(output))
        deflate, size = zlib.compressobj(6), 0
        with open(sink[0], "rb") as file:
            for _ in range(64):
                size += len(deflate.compress(file.read(1 << 20)))
            at_6 = (size + len(deflate.flush())) / file.tell()
        print(f"\nThe gzip volume has {sizes[1] / sizes[0]:.4f} of the raw one's size, {sizes[2] / sizes[0]:.4f} at level 1; "
              f"zlib's level 6 leaves {at_6:.4f} of the first 64 MiB.")
    for file in [joined, *sink]:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file)


def scaling(name, folder):
    """What threads bring: lines of a table."""
    files, count, counts = slices_of(folder), 1, []
    while count <= args.threads:
        counts.append(count)
        count *= 2
    if counts[-1] != args.threads:
        counts.append(args.threads)
    rows = {(kind, n): Row(kind, command(n), again=True) for n in counts for kind, command in {
        "decode alone": lambda n: [f"{binaries}/stack2nrrd_decode_alone", str(n), *files],
        "stack2nrrd, no write, 1/2":
            lambda n: [f"{binaries}/stack2nrrd_import_alone", folder, "factor", "2", "threads", str(n)],
        "stack2nrrd, raw, 1/2":
            lambda n: [f"{binaries}/stack2nrrd", folder, "-q", "--force", "--threads", str(n), "--factor", "2",
                       "-o", f"{work}/out.nrrd"]}.items()}
    interleaved(list(rows.values()), args.rounds, [f"{work}/out.nrrd"])
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{work}/out.nrrd")
    return [[f"{name}, {kind}", n, f"{row.wall:.3f}", f"{row.cpu:.3f}", f"{rows[kind, 1].wall / row.wall:.2f}",
             f"{row.peak:.0f}"] for (kind, n), row in sorted(rows.items())]


def stages():
    """What each stage costs, without files and threads."""
    columns = {}
    for name, words in stages_of.items():
        text = subprocess.run([f"{binaries}/stack2nrrd_stages", *words], capture_output=True, text=True, check=True).stdout
        columns[name] = dict(line.rsplit(None, 1) for line in text.splitlines()[1:])
    print("\n### Stages: ns for each 16-bit sample of the source, one core, least of many runs\n")
    names = [stage.strip() for stage in next(iter(columns.values()))]
    table(["", *columns], [[stage, *(column.get(stage, "") for column in columns.values())] for stage in names])


def available():
    with open("/proc/meminfo") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))


def phantom(folder, size, slices):
    subprocess.run([f"{binaries}/stack2nrrd_phantom", folder, "--size", str(size), "--slices", str(slices)], check=True)


def made_up():
    """Name, folder and bits of phantoms, one after another, so that tmpfs need not hold them all."""
    source = f"{work}/S"
    phantom(source, 1024, 256)
    for kind, bits in formats.items():
        folder = source if kind == "tiff_raw" else f"{work}/{kind}"
        if kind != "tiff_raw":
            if not peers["PIL"]:
                print(f"\nS/{kind} is left out: PIL is not installed")
                continue
            subprocess.run([peers["PIL"], f"{here}/make_stacks.py", source, folder, kind], check=True)
        yield f"S/{kind}", folder, bits
        if kind != "tiff_raw":
            shutil.rmtree(folder)
    shutil.rmtree(source)
    if min(available(), shutil.disk_usage(work).free) < 11e9:
        print("\nM/tiff_raw is left out: it takes 11 GB of memory")
        return
    phantom(f"{work}/M", 2048, 512)
    yield "M/tiff_raw", f"{work}/M", 16


def given(folders):
    """The stacks that the user named, copied to tmpfs unless they are there. Their folders' names tell what they are."""
    for folder in map(os.path.abspath, folders):
        kind = os.path.basename(folder)
        here_now = folder if folder.startswith("/dev/shm/") else shutil.copytree(folder, f"{work}/stack")
        yield "/".join(folder.split("/")[-2:]), here_now, formats.get(kind, args.bits)
        if here_now != folder:
            shutil.rmtree(here_now)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("build", help="a Release build with STACK2NRRD_BUILD_BENCHMARKS=ON")
parser.add_argument("stacks", nargs="*", help="folders of slices instead of phantoms")
parser.add_argument("--bits", type=int, default=16, choices=(8, 16), help="of stacks whose names do not tell")
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--patience", type=float, default=2, help="peers that take more seconds are run once")
args = parser.parse_intermixed_args()
binaries = os.path.join(os.path.abspath(args.build), "bin")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that tmpfs is freed

with tempfile.TemporaryDirectory(prefix="stack2nrrd_bench.", dir="/dev/shm") as work:
    peers = {"vtk": python_with("vtk"), "PIL": python_with("numpy, PIL"), "itk": built_itk(f"{work}/itk")}
    commit = subprocess.run(["git", "-C", here, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout
    with open("/proc/cpuinfo") as file:
        processor = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    print(f"{commit.strip() or 'no commit'}, {processor}, {os.cpu_count()} cores, {args.threads} threads, median of "
          f"{args.rounds} rounds, load {os.getloadavg()[0]:.2f} at the beginning")
    threads_lines = []
    for name, folder, bits in given(args.stacks) if args.stacks else made_up():
        measure(name, folder, bits)
        threads_lines += scaling(name, folder)
    print("\n### Threads\n")
    table(["", "threads", "wall s", "CPU s", "x one thread", "peak MiB"], threads_lines)
    stages()
    print(f"\nload {os.getloadavg()[0]:.2f} at the end")
