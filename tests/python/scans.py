"""What the tests of the module share: slices in files, and their bytes."""

import os
import pathlib
import struct
import tempfile
import unittest
import warnings

import stack2nrrd

PROGRAM = os.environ["STACK2NRRD_PROGRAM"]


def write_tiff(path, width, height, samples, bits=8, channels=1):
    """A TIFF of one strip, little endian."""
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, bits),
        (259, 3, 1, 1),
        (262, 3, 1, 2 if channels == 3 else 1),
        (273, 4, 1, 8),
        (277, 3, 1, channels),
        (278, 4, 1, height),
        (279, 4, 1, len(samples)),
    ]
    if channels == 3:
        entries[2] = (258, 3, 3, 8 + len(samples))  # three numbers, behind the samples
    pad = struct.pack("<HHHH", bits, bits, bits, 0)
    with open(path, "wb") as file:
        file.write(b"II*\0" + struct.pack("<I", 8 + len(samples) + len(pad)) + samples + pad)
        file.write(struct.pack("<H", len(entries)))
        for entry in entries:
            file.write(struct.pack("<HHII", *entry))
        file.write(struct.pack("<I", 0))


def noise(count, seed=1):
    result = bytearray()
    while len(result) < count:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        result += struct.pack("<I", seed >> 32)
    return bytes(result[:count])


def flat(samples):
    """The bytes of what read() gives."""
    view = memoryview(samples)
    return bytes(view.cast("B"))


class Scan(unittest.TestCase):
    size = (9, 7, 6)

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = pathlib.Path(self._folder.name)
        self.scan = self.folder / "scan"
        self.scan.mkdir()
        x, y, z = self.size
        self.slices = [noise(x * y, z + 1) for z in range(z)]
        for number, samples in enumerate(self.slices):
            write_tiff(self.scan / ("slice_%03d.tif" % number), x, y, samples)
        warnings.simplefilter("ignore", stack2nrrd.StackWarning)
        self.addCleanup(warnings.resetwarnings)

    def long_run(self):
        """A volume and options that keep a machine busy for a while."""
        path = self.folder / "long.nrrd"
        if not path.exists():
            with open(path, "wb") as file:
                file.write(b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 256 256 2048\nencoding: raw\n\n")
                file.write(noise(256 * 256) * 2048)
        return {"source": path, "kernel": "lanczos:30", "factor": "1.1"}
