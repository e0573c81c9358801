"""Stacks of eight slices, 16 x 16, written by hand: one of each format, so small that a run takes milliseconds."""

import base64
import gzip
import pathlib
import struct
import zlib

size = 16
slices = 8

jpeg = base64.b64decode("""
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i
Z2hnPk1xeXBkeFxlZ2P/wAALCAAQABABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAAAwIE/8QAJBAAAQQBBAAHAAAAAAAAAAAAAQID
ERIEAAUTURQxQWFxgaH/2gAIAQEAAD8AIY22P04ixjVmeJDJt82WfzvUAu4lOVDCrTHEUO+XdWjH3rYMBS6eEefaibcqshyeogJj
170SdxycNxLeWp1hZFgl1wpJHcF721//2Q==
""")

jpeg_2000 = base64.b64decode("""
/0//UQApAAAAAAAQAAAAEAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAAABBwEB/1IADAAAAAEAAAQEAAH/XAAEQED/ZAAlAAFDcmVh
dGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjD/kAAKAAAAAAApAAH/k91kEjb8v2JOOSj2jgP7t8INONJ2uiGAI86PT//Z
""")


def samples(z):
    """16 bits each, little endian."""
    return struct.pack("<256H", *[(7 * i + 31 * z) % 4096 for i in range(size * size)])


def tiff(pages, deflate=False, words=b""):
    """One of several pages; `words` are in the first."""
    ascii, short, long = 2, 3, 4
    file = b"II*\0"
    link = None  # where the place of the next directory is written
    for page in pages:
        data = zlib.compress(page) if deflate else page
        at = len(file) + 4 if link is None else len(file)
        text = words + b"\0" if words and link is None else b""
        body = data + text
        body += b"\0" * (len(body) % 2)
        directory = at + len(body)
        if link is None:
            file += struct.pack("<I", directory)
        else:
            file = file[:link] + struct.pack("<I", directory) + file[link + 4:]
        tags = [(256, short, 1, size), (257, short, 1, size), (258, short, 1, 16), (259, short, 1, 8 if deflate else 1),
                (262, short, 1, 1)] + ([(270, ascii, len(text), at + len(data))] if text else []) + [
                    (273, long, 1, at), (277, short, 1, 1), (278, short, 1, size), (279, long, 1, len(data))]
        file += body + struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        link = len(file)
        file += bytes(4)
    return file


def png(pixels):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b""
    for y in range(size):
        row = pixels[2 * size * y:2 * size * (y + 1)]
        rows += b"\0" + b"".join(row[i + 1:i + 2] + row[i:i + 1] for i in range(0, len(row), 2))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 16, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def bmp(pixels):
    palette = b"".join(bytes((i, i, i, 0)) for i in range(256))
    data = pixels[:size * size]
    begin = 54 + len(palette)
    return (b"BM" + struct.pack("<IHHI", begin + len(data), 0, 0, begin) +
            struct.pack("<IiiHHIIiiII", 40, size, size, 1, 8, 0, len(data), 2835, 2835, 256, 0) + palette + data)


def volume(encoded):
    header = (f"NRRD0004\ntype: uint16\ndimension: 3\nsizes: {size} {size} {slices}\nspacings: 1 1 1\nendian: little\n"
              f"encoding: {'gzip' if encoded else 'raw'}\n\n").encode()
    data = b"".join(samples(z) for z in range(slices))
    return header + (gzip.compress(data, mtime=0) if encoded else data)


kinds = {"tiff": ("tif", lambda z: tiff([samples(z)])),
         "deflate": ("tif", lambda z: tiff([samples(z)], deflate=True)),
         "png": ("png", lambda z: png(samples(z))),
         "bmp": ("bmp", lambda z: bmp(samples(z))),
         "jpeg": ("jpg", lambda z: jpeg),
         "jpeg2000": ("j2k", lambda z: jpeg_2000)}


skyscan = """[System]
Scanner=SkyScan1172
[Acquisition]
Image Pixel Size (um)=  9.00
[Reconstruction]
Program Version=Version: 1.6
Pixel Size (um)=9.00000
Result Image Width (pixels)=16
Result Image Height (pixels)=16
Sections Count=8
Filename Prefix=slice_
"""


def ome(file, files):
    """What the first page says of an OME set of files with a part of the slices each."""
    share = slices // files
    data = "".join(f'<TiffData IFD="{i % share}" FirstZ="{i}" FirstC="0" FirstT="0" PlaneCount="1">'
                   f'<UUID FileName="part_{i // share}.ome.tif">urn:uuid:u{i // share}</UUID></TiffData>'
                   for i in range(slices))
    return (f'<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
            f'UUID="urn:uuid:u{file}"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" '
            f'SizeX="{size}" SizeY="{size}" SizeZ="{slices}" SizeC="1" SizeT="1" PhysicalSizeX="0.5" '
            f'PhysicalSizeY="0.5" PhysicalSizeZ="2">{data}</Pixels></Image></OME>').encode()


def write_all(folder):
    """A folder for each kind of slices, volumes, and what else a run may read."""
    folder = pathlib.Path(folder)
    for kind, (suffix, make) in kinds.items():
        (folder / kind).mkdir(parents=True)
        for z in range(slices):
            (folder / kind / f"slice_{z:02}.{suffix}").write_bytes(make(z))
    for name in ("bare", "scan", "ome"):
        (folder / name).mkdir()
    for z in range(slices):
        (folder / "bare" / f"slice_{z:02}").write_bytes(tiff([samples(z)]))
        (folder / "scan" / f"slice_{z:02}.tif").write_bytes(tiff([samples(z)]))
    (folder / "scan" / "slice_.log").write_text(skyscan)
    for file in range(2):
        pages = [samples(file * slices // 2 + z) for z in range(slices // 2)]
        (folder / "ome" / f"part_{file}.ome.tif").write_bytes(tiff(pages, words=ome(file, 2)))
    (folder / "pages.tif").write_bytes(tiff([samples(z) for z in range(slices)]))
    (folder / "raw.nrrd").write_bytes(volume(False))
    (folder / "gzip.nrrd").write_bytes(volume(True))
    (folder / "list.txt").write_text("".join(f"../../tiff/slice_{z:02}.tif\n" for z in range(slices)))
