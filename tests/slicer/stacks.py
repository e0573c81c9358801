"""Slices in three formats, written without any library of images, and the state of an ImageStacksLogic."""

import struct
import zlib

import numpy


def write_png(path, image):
    """Grey or RGB, 8 or 16 bits."""
    rows = image.astype(image.dtype.newbyteorder(">")).reshape(image.shape[0], -1)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(
        ">IIBBBBB", image.shape[1], image.shape[0], 8 * image.itemsize, 2 if image.ndim == 3 else 0, 0, 0, 0
    )
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(content)) + name + content)
            file.write(struct.pack(">I", zlib.crc32(name + content)))


def write_tiff(path, image):
    """One strip; 16-bit RGB has no room for its three depths but behind the samples."""
    height, width = image.shape[:2]
    channels = image.shape[2] if image.ndim == 3 else 1
    samples = image.astype(image.dtype.newbyteorder("<")).tobytes()
    samples += b"\0" * (len(samples) % 2)
    kind = {"u": 1, "i": 2, "f": 3}[image.dtype.kind]
    words = struct.pack("<6H", *[8 * image.itemsize] * channels + [kind] * channels + [0] * (6 - 2 * channels))
    depths = 8 + len(samples)
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, channels, 8 * image.itemsize if channels == 1 else depths),
        (259, 3, 1, 1),
        (262, 3, 1, 2 if channels == 3 else 1),
        (273, 4, 1, 8),
        (277, 3, 1, channels),
        (278, 4, 1, height),
        (279, 4, 1, image.nbytes),
        (339, 3, channels, kind if channels == 1 else depths + 2 * channels),
    ]
    with open(path, "wb") as file:
        file.write(b"II*\0" + struct.pack("<I", depths + len(words)) + samples + words)
        file.write(struct.pack("<H", len(entries)))
        for entry in entries:
            file.write(struct.pack("<HHII", *entry))
        file.write(struct.pack("<I", 0))


def write_bmp(path, image):
    """8-bit grey palette, or 24-bit RGB; rows from the bottom up, as BMP likes them."""
    height, width = image.shape[:2]
    grey = image.ndim == 2
    palette = b"".join(bytes((i, i, i, 0)) for i in range(256)) if grey else b""
    rows = image[::-1] if grey else image[::-1, :, ::-1]
    pad = b"\0" * (-(width * (1 if grey else 3)) % 4)
    data = b"".join(row.tobytes() + pad for row in rows)
    offset = 54 + len(palette)
    with open(path, "wb") as file:
        file.write(struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset))
        file.write(struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8 if grey else 24, 0, len(data), 0, 0, 0, 0))
        file.write(palette + data)


WRITERS = {"png": write_png, "tif": write_tiff, "bmp": write_bmp}


class Logic:
    """The state of an ImageStacksLogic, as its widget leaves it."""

    def __init__(self, paths, size, components=1):
        self.filePaths = [str(path) for path in paths]
        self.originalVolumeDimensions = list(size)
        self.originalVolumeNumberOfScalarComponents = components
        self.originalVolumeIJKToRAS = numpy.diag([-1.0, -1.0, 1.0, 1.0])
        self.outputQuality = "preview"
        self.sliceSkip = 0
        self.reverseSliceOrder = False
        self.outputGrayscale = True
        self.outputVolumeBounds = None

    def setOriginalVolumeSpacing(self, spacing):
        self.originalVolumeIJKToRAS = numpy.diag([-spacing[0], -spacing[1], spacing[2], 1.0])
