"""Volumes that show each mistake, the stores that the program makes of them, and beside each level the NRRD of a run of its own.

    make_stores.py PROGRAM FOLDER

FOLDER/cases.json tells the judges what there is: for each store its OME-Zarr version, whether the spacing is known, how its
chunks are compressed, and the NRRD of each level. Needs nothing but Python.
"""

import array
import itertools
import json
import pathlib
import random
import shutil
import subprocess
import sys

CODES = {"uint8": "B", "int16": "h", "uint16": "H", "float32": "f"}
GEOMETRY = (
    "space: left-posterior-superior\nspace directions: {none}(0.1,0,0) (0,0.3,0) (0,0,0.7)\n"
    'space units: "mm" "mm" "mm"\nspace origin: (-3.3,4.1,0.001)\n'
)


def noise(type_, size, channels):
    """Rows out of a pool, each from a place of its own, so that a row in another row's place is found. A corner that is
    larger than a chunk is 0 in the first 64 slices: a writer may leave such chunks out."""
    nx, ny, nz = size
    chance = random.Random(12)
    code = CODES[type_]
    if code == "f":
        pool = array.array(code, (chance.uniform(-1e3, 1e3) for _ in range(99991)))
    else:
        pool = array.array(code, chance.randbytes(99991 * array.array(code).itemsize))
    if sys.byteorder == "big":
        pool.byteswap()
    one, empty = pool.itemsize * channels, min(nx, 160)
    pool = pool.tobytes()
    for z, y in itertools.product(range(nz), range(ny)):
        first = (7919 * z + 1048573 * y) % (len(pool) // one - nx) * one
        row = pool[first : first + one * nx]
        yield bytes(one * empty) + row[one * empty :] if z < 64 and y < 160 and nz > 1 else row


def phantom(type_, size, channels):
    """Something to look at, the same in no other direction: light grows along x; a bright ellipsoid at the upper left, a dark
    bar at the lower right. Channels have them in different places."""
    nx, ny, nz = size
    for z, y in itertools.product(range(nz), range(ny)):
        row = bytearray(channels * nx)
        for c in range(channels):
            line = bytearray(40 + 80 * x // nx for x in range(nx))
            inside = 1 - ((y - 30 - 25 * c) / 22) ** 2 - ((z - nz / 2) / nz) ** 2
            if inside > 0:
                half = int(30 * inside**0.5)
                line[50 + 30 * c - half : 50 + 30 * c + half] = bytes([220]) * (2 * half)
            if 90 <= y < 105 and c != 1:
                line[110 - 30 * c : 190 - 30 * c] = bytes([10]) * 80
            row[c::channels] = line
        yield bytes(row)


#         name       what    type      x    y    z  channels spacing  options of the store            of each level
CASES = [
    ("uint16", noise, "uint16", (301, 163, 75), 1, True, ["--pyramid", "1,2,4"], ["1", "2", "4"]),
    ("uint8", noise, "uint8", (259, 129, 66), 1, True, ["--pyramid", "auto", "--encoding", "raw"], ["1", "2"]),
    ("int16", noise, "int16", (130, 171, 70), 1, False, ["--pyramid", "1,3", "--encoding", "gzip"], ["1", "3"]),
    ("float32", noise, "float32", (150, 90, 130), 1, True, ["--pyramid", "2"], ["2"]),
    ("rational", noise, "uint16", (140, 135, 67), 1, True, ["--factor", "3/2"], ["3/2"]),
    ("colour", noise, "uint8", (131, 140, 67), 3, True, ["--pyramid", "1,2"], ["1", "2"]),
    ("slabs", noise, "uint16", (150, 140, 75), 1, True, ["--pyramid", "1,2", "--memory", "32M"], ["1", "2"]),
    ("thin", noise, "uint16", (5, 3, 1), 1, True, [], ["1"]),
    ("zstd", noise, "uint16", (165, 131, 66), 1, True, ["--pyramid", "1,2", "--encoding", "zstd"], ["1", "2"]),
    ("picture", phantom, "uint8", (200, 120, 70), 1, True, ["--pyramid", "1,2"], ["1", "2"]),
    ("colours", phantom, "uint8", (200, 120, 70), 3, True, ["--pyramid", "1,2"], ["1", "2"]),
]


def write_volume(path, rows, type_, size, channels, spaced):
    dimension = 3 + (channels > 1)
    header = f"NRRD0004\ntype: {type_}\ndimension: {dimension}\nsizes: {f'{channels} ' * (channels > 1)}{'%d %d %d' % size}\n"
    if channels > 1:
        header += "kinds: RGB-color domain domain domain\n"
    if spaced:
        header += GEOMETRY.format(none="none " * (channels > 1))
    with open(path, "wb") as file:
        file.write((header + "endian: little\nencoding: raw\n\n").encode())
        file.writelines(rows)


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def run(*arguments):
        return subprocess.run([program, *map(str, arguments), "-q"], stderr=subprocess.PIPE, text=True)

    found = []
    for name, what, type_, size, channels, spaced, options, factors in CASES:
        source = folder / f"{name}.nrrd"
        write_volume(source, what(type_, size, channels), type_, size, channels, spaced)
        common = ["--channel", "all"] if channels > 1 else []
        encoding = options[options.index("--encoding") + 1] if "--encoding" in options else "gzip"
        levels = []
        for factor in factors:
            levels.append(str(folder / f"{name}_{factor.replace('/', '_')}_alone.nrrd"))
            run(source, "-o", levels[-1], "--factor", factor, *common).check_returncode()
        for version in ("0.4", "0.5"):
            store = folder / f"{name}-{version}.ome.zarr"
            done = run(source, "-o", store, "--zarr-version", version, *options, *common)
            if done.returncode == 2 and encoding == "zstd":
                print(f"no zstd: {done.stderr.strip()}")
                continue
            if done.returncode != 0:
                sys.exit(f"{store}: {done.stderr}")
            found.append({
                "name": f"{name} {version}", "version": version, "store": str(store), "levels": levels, "spaced": spaced,
                "encoding": encoding, "picture": what is phantom
            })  # fmt: skip
    (folder / "cases.json").write_text(json.dumps(found, indent=1))
    print(len(found), "stores")


main()
