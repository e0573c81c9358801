"""What the tests share: slices in three formats, written without any library of images; the state of an ImageStacksLogic; and
what came out of an import."""

import pathlib
import struct
import tempfile
import unittest
import warnings
import zlib

import numpy
import slicer
import stack2nrrd
from vtk.util.numpy_support import vtk_to_numpy


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

    def __init__(self, paths, size, components=1, dtype="uint16"):
        self.filePaths = [str(path) for path in paths]
        self.originalVolumeDimensions = list(size)
        self.originalVolumeNumberOfScalarComponents = components
        self.originalVolumeVoxelDataType = numpy.dtype(dtype)
        self.originalVolumeIJKToRAS = numpy.diag([-1.0, -1.0, 1.0, 1.0])
        self.outputQuality = "preview"
        self.sliceSkip = 0
        self.reverseSliceOrder = False
        self.outputGrayscale = True
        self.outputVolumeBounds = None

    def setOriginalVolumeSpacing(self, spacing):
        self.originalVolumeIJKToRAS = numpy.diag([-spacing[0], -spacing[1], spacing[2], 1.0])


def samples_of(node):
    """[z, y, x] or [z, y, x, component]"""
    array = vtk_to_numpy(node.image.GetPointData().GetScalars())
    shape = node.image.GetDimensions()[::-1]
    return array.reshape(shape + array.shape[1:])


def matrix_of(node):
    return numpy.array([[node.ijkToRAS.GetElement(row, column) for column in range(4)] for row in range(4)])


def header_of(node):
    """(array z, y, x), spacing, origin in LPS; the directions are checked to be those of LPS."""
    matrix = matrix_of(node)
    spacing = numpy.array([-matrix[0, 0], -matrix[1, 1], matrix[2, 2]])
    numpy.testing.assert_array_equal(matrix[:3, :3], numpy.diag(spacing * [-1, -1, 1]))
    return samples_of(node).shape, tuple(spacing), tuple(matrix[:3, 3] * [-1, -1, 1] + 0.0)


class Stack(unittest.TestCase):
    """37 x 29 x 23 samples of 0.5 x 0.25 x 0.75 mm."""

    size = (37, 29, 23)
    spacing = (0.5, 0.25, 0.75)
    region = (-12.25, -2.75, -5.125, -0.875, 3.375, 11.625)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        slicer.mrmlScene.nodes.clear()
        slicer.util.shown = None
        warnings.simplefilter("ignore", stack2nrrd.StackWarning)
        self.addCleanup(warnings.resetwarnings)

    def noise(self, dtype="uint16", components=1):
        shape = self.size[::-1] + ((components,) if components > 1 else ())
        return numpy.random.default_rng(1).integers(0, numpy.iinfo(dtype).max, shape).astype(dtype)

    def ramp(self):
        """A sample is a linear function of its own place: whoever moves it is found out."""
        z, y, x = numpy.indices(self.size[::-1])
        return (1000 + 90 * x + 110 * y + 130 * z).astype(numpy.uint16)

    def ramp_at(self, node, reverse):
        """Where the samples of a node are, in source samples x, y, z, and what the ramp is there."""
        z, y, x = numpy.indices(samples_of(node).shape)
        places = numpy.stack([x, y, z, numpy.ones_like(x)], -1) @ matrix_of(node).T
        source = places[..., :3] * [-1, -1, 1] / self.spacing
        if reverse:
            source[..., 2] = self.size[2] - 1 - source[..., 2]
        return source, 1000 + source @ [90, 110, 130]

    def logic(self, volume, suffix="tif", **state):
        paths = []
        for number, image in enumerate(volume):
            paths.append(self.folder / ("slice_%03d.%s" % (number, suffix)))
            WRITERS[suffix](paths[-1], image)
        logic = Logic(paths, self.size, volume.shape[3] if volume.ndim == 4 else 1, volume.dtype)
        logic.setOriginalVolumeSpacing(self.spacing)
        for name, value in state.items():
            self.assertTrue(hasattr(logic, name))
            setattr(logic, name, value)
        return logic
