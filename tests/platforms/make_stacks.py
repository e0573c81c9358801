"""Makes small stacks of all formats, the same bytes each time: make_stacks.py FOLDER

TIFF, PNG, BMP and NRRD are written here, by the rules of their formats; what packs samples in other ways is left to the tools of
libtiff, libjpeg-turbo and OpenJPEG (tiffcp, cjpeg, opj_compress).
"""

import gzip
import pathlib
import struct
import subprocess
import sys
import zlib

WIDTH, HEIGHT, SLICES = 61, 43, 9


def noise():
    state = 12345
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 8


def slices(highest, channels=1):
    """Rows of rows of samples: smooth, with noise, and different everywhere."""
    random = noise()
    for z in range(SLICES):
        yield [
            [
                min(highest, (highest * (2 * x + 3 * y + 5 * z + 7 * c)) // 400 + next(random) % (1 + highest // 16))
                for x in range(WIDTH)
                for c in range(channels)
            ]
            for y in range(HEIGHT)
        ]


def labels():
    for z in range(SLICES):
        yield [[(x // 7 + y // 5 * z) % 11 * 900 for x in range(WIDTH)] for y in range(HEIGHT)]


def packed(rows, code, order="<"):
    return b"".join(struct.pack("%s%d%s" % (order, len(row), code), *row) for row in rows)


def bits(rows):
    return b"".join(int("".join(str(v) for v in row).ljust(-(-len(row) // 8) * 8, "0"), 2).to_bytes(-(-len(row) // 8), "big") for row in rows)


# ------------------------------------------------------------------------------------------------------------------------- files


def tiff(pages, width_bits, channels=1, kind=1, description=b""):
    """Little-endian, one strip a page. `kind`: 1 unsigned, 2 signed, 3 floating point."""
    data = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for page in pages:
        strip = len(data)
        data += page + b"\0" * (len(page) % 2)
        entries = {256: (4, WIDTH), 257: (4, HEIGHT), 259: (3, 1), 262: (3, 2 if channels == 3 else 1), 273: (4, strip)}
        entries.update({277: (3, channels), 278: (4, HEIGHT), 279: (4, len(page)), 339: (3, kind), 258: (3, width_bits)})
        fields = b""
        if channels == 3:
            extra = len(data)
            data += struct.pack("<6H", width_bits, width_bits, width_bits, kind, kind, kind)
        if description:
            text = len(data)
            data += description + b"\0" * (2 - len(description) % 2)
            entries[270] = (2, text)
        for tag, (type_, value) in sorted(entries.items()):
            count = 1
            if tag == 270:
                count = len(description) + 1
            elif channels == 3 and tag in (258, 339):
                count, type_, value = 3, 3, extra + (6 if tag == 339 else 0)
                fields += struct.pack("<HHII", tag, type_, count, value)
                continue
            fields += struct.pack("<HHII", tag, type_, count, value)
        struct.pack_into("<I", data, link, len(data))
        data += struct.pack("<H", len(entries)) + fields
        link = len(data)
        data += b"\0\0\0\0"
    return bytes(data)


def png(rows, depth, colour, palette=b"", interlaced=False):
    """Every filter of PNG is used in turn. `rows`: bytes."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    def filtered(lines, pixel):
        before = bytes(len(lines[0])) if lines else b""
        for number, line in enumerate(lines):
            kind = number % 5
            yield kind
            for i, value in enumerate(line):
                a = line[i - pixel] if i >= pixel else 0
                b = before[i]
                c = before[i - pixel] if i >= pixel else 0
                near = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
                yield (value - (0, a, b, (a + b) // 2, near)[kind]) % 256
            before = line

    channels = {0: 1, 2: 3, 3: 1}[colour]
    pixel = channels * depth // 8
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    raw = b""
    for x0, y0, dx, dy in passes:
        lines = [
            b"".join(row[x * pixel : (x + 1) * pixel] for x in range(x0, WIDTH, dx)) for row in rows[y0::dy]
        ]
        raw += bytes(filtered(lines, pixel))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, int(interlaced))
    plte = chunk(b"PLTE", palette) if palette else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + plte + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b"")


def bmp(rows, depth):
    palette = b"".join(bytes((i, i, i, 0)) for i in range(256)) if depth == 8 else b""
    body = b"".join(row + bytes(-len(row) % 4) for row in reversed(rows))
    offset = 54 + len(palette)
    head = struct.pack("<2sIHHI", b"BM", offset + len(body), 0, 0, offset)
    info = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, depth, 0, len(body), 5000, 5000, 0, 0)
    return head + info + palette + body


def nrrd(kind, encoding, data, more=""):
    return (
        "NRRD0004\ntype: %s\ndimension: 3\nspace: left-posterior-superior\nsizes: %d %d %d\n"
        "space directions: (0.5,0,0) (0,0.5,0) (0,0,1.25)\nspace origin: (-3,4,5.5)\nkinds: domain domain domain\n"
        "endian: little\nencoding: %s\n%s\n" % (kind, WIDTH, HEIGHT, SLICES, encoding, more)
    ).encode() + data


# ------------------------------------------------------------------------------------------------------------------------ stacks


def write(folder, name, files):
    folder = folder / name
    folder.mkdir(parents=True)
    for number, data in enumerate(files):
        (folder / ("slice_%04d%s" % (number, "." + name.partition("-")[0]))).write_bytes(data)
    return folder


def converted(folder, source, name, suffix, command):
    """Each file of `source` by a command, in which IN and OUT stand for files."""
    target = folder / name
    target.mkdir()
    for file in sorted((folder / source).iterdir()):
        names = {"IN": str(file), "OUT": str(target / (file.stem + suffix))}
        subprocess.run([names.get(word, word) for word in command.split()], check=True, stdout=subprocess.DEVNULL)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True)
    grey8 = [packed(s, "B") for s in slices(255)]
    grey16 = [packed(s, "H") for s in slices(65535)]
    colour8 = [packed(s, "B") for s in slices(255, 3)]
    rows8 = [[packed([row], "B") for row in s] for s in slices(255)]

    write(folder, "tif-8", [tiff([page], 8) for page in grey8])
    write(folder, "tif-16", [tiff([page], 16) for page in grey16])
    write(folder, "tif-rgb", [tiff([page], 8, 3) for page in colour8])
    write(folder, "tif-1", [tiff([bits(s)], 1) for s in slices(1)])
    write(folder, "tif-signed", [tiff([packed([[v - 2000 for v in row] for row in s], "h")], 16, kind=2) for s in slices(4000)])
    write(folder, "tif-float", [tiff([packed([[v / 7 - 300 for v in row] for row in s], "f")], 32, kind=3) for s in slices(9000)])
    write(folder, "tif-labels", [tiff([packed(s, "H")], 16) for s in labels()])
    write(folder, "tif-pages", [tiff(grey16, 16, description=b"ImageJ=1.53t\nimages=9\nslices=9\nunit=um\nspacing=2.5\n")])
    for source, name, how in (
        ("tif-8", "tif-packbits", "-c packbits"),
        ("tif-16", "tif-deflate", "-c zip"),
        ("tif-16", "tif-deflate-predictor", "-c zip:2"),
        ("tif-16", "tif-lzw-predictor", "-c lzw:2"),
        ("tif-16", "tif-big-endian-tiles", "-B -t -w 16 -l 32"),
        ("tif-16", "tif-bigtiff", "-8 -r 5"),
        ("tif-16", "tif-zstd", "-c zstd"),
        ("tif-16", "tif-lzma", "-c lzma"),
        ("tif-float", "tif-float-predictor", "-c zip:3"),
        ("tif-float", "tif-lerc", "-c lerc"),
        ("tif-8", "tif-jpeg", "-c jpeg:90"),
        ("tif-rgb", "tif-jpeg-rgb", "-c jpeg:90"),
        ("tif-rgb", "tif-webp", "-c webp"),
        ("tif-rgb", "tif-planes", "-p separate -c lzw"),
        ("tif-1", "tif-g4", "-c g4"),
        ("tif-1", "tif-g3", "-c g3:2d"),
    ):
        converted(folder, source, name, ".tif", "tiffcp %s IN OUT" % how)

    write(folder, "png-8", [png(rows, 8, 0) for rows in rows8])
    write(folder, "png-interlaced", [png(rows, 8, 0, interlaced=True) for rows in rows8])
    write(folder, "png-16", [png([packed([row], "H", ">") for row in s], 16, 0) for s in slices(65535)])
    write(folder, "png-rgb", [png([packed([row], "B") for row in s], 8, 2) for s in slices(255, 3)])
    colours = b"".join(bytes((i, 255 - i, i * 7 % 256)) for i in range(256))
    write(folder, "png-palette", [png(rows, 8, 3, colours) for rows in rows8])
    write(folder, "bmp-8", [bmp(rows, 8) for rows in rows8])
    write(folder, "bmp-24", [bmp([packed([row], "B") for row in s], 24) for s in slices(255, 3)])

    size = b"%d %d" % (WIDTH, HEIGHT)
    write(folder, "pgm-8", [b"P5\n%s\n255\n" % size + page for page in grey8])
    write(folder, "pgm-16", [b"P5\n%s\n65535\n" % size + packed(s, "H", ">") for s in slices(65535)])
    write(folder, "ppm-8", [b"P6\n%s\n255\n" % size + page for page in colour8])
    for source, name, how in (
        ("pgm-8", "jpg-grey", "-quality 85"),
        ("ppm-8", "jpg-colour", "-quality 85"),
        ("ppm-8", "jpg-444", "-quality 95 -sample 1x1"),
        ("ppm-8", "jpg-progressive", "-quality 75 -progressive"),
    ):
        converted(folder, source, name, ".jpg", "cjpeg %s -outfile OUT IN" % how)
    for source, name, suffix, how in (
        ("pgm-16", "jp2-16", ".jp2", ""),
        ("ppm-8", "j2k-colour-tiles", ".j2k", "-t 32,32"),
        ("pgm-8", "jp2-lossy", ".jp2", "-I -r 6"),
    ):
        converted(folder, source, name, suffix, "opj_compress -i IN -o OUT %s" % how)

    volumes = folder / "volumes"
    volumes.mkdir()
    whole = b"".join(grey16)
    (volumes / "raw.nrrd").write_bytes(nrrd("uint16", "raw", whole))
    (volumes / "gzip.nrrd").write_bytes(nrrd("uint16", "gzip", gzip.compress(whole, 6, mtime=0)))
    (volumes / "hex.nrrd").write_bytes(nrrd("uint16", "hex", whole.hex().encode()))
    numbers = "\n".join(" ".join(str(v) for v in row) for s in slices(65535) for row in s)
    (volumes / "ascii.nrrd").write_bytes(nrrd("uint16", "ascii", numbers.encode() + b"\n"))
    (volumes / "detached.raw").write_bytes(whole)
    (volumes / "detached.nhdr").write_bytes(nrrd("uint16", "raw", b"", "data file: detached.raw\n"))
    for number, page in enumerate(grey16):
        (volumes / ("page_%02d.raw" % number)).write_bytes(page)
    (volumes / "pages.nhdr").write_bytes(nrrd("uint16", "raw", b"", "data file: page_%02d.raw 0 8 1 2\n"))
    for name in ("pgm-8", "pgm-16", "ppm-8"):
        for file in (folder / name).iterdir():
            file.unlink()
        (folder / name).rmdir()


if __name__ == "__main__":
    main()
