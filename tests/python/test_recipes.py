"""README's recipes for slices that are no files: each is run as it is there, on data that is made for it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import h5py
import numpy
import pydicom
import stack2nrrd
from scans import PROGRAM, Scan

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"


def recipe(name):
    """The block behind a mark, and the command behind it, if there is one."""
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"<!-- recipe %s -->\n```\w+\n(.*?)```\n(?:\n```sh\n(.*?)```)?" % name, text, re.S)
    assert len(blocks) == 1, name
    return blocks[0]


class Recipes(Scan):
    def run_python(self, code, *flags):
        environment = {**os.environ, "PYTHONPATH": os.path.abspath(os.environ["PYTHONPATH"])}
        return subprocess.run(
            [sys.executable, *flags, "-c", code], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run_recipe(self, code):
        ran = self.run_python(code, "-W", "error")
        self.assertEqual(ran.returncode, 0, ran.stdout.decode())

    def test_the_first_steps(self):
        code = re.search(r"^## Python\n.*?```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S | re.M).group(1)
        ran = self.run_python(code)
        self.assertEqual(ran.returncode, 0, ran.stdout.decode())
        told = ran.stdout.decode().splitlines()
        self.assertIn("(3, 3, 4) (0.02, 0.02, 0.02) (0.005, 0.005, 0.005)", told)
        self.assertTrue((self.folder / "half.nrrd").exists())

    def expect(self, name, array, **options):
        """The file `name` holds what `array` becomes with these options."""
        samples, volume = stack2nrrd.read(self.folder / name)
        expected, planned = stack2nrrd.read(array, **options)
        self.assertEqual(samples.dtype, expected.dtype)
        self.assertTrue(numpy.array_equal(samples, expected))
        self.assertEqual(volume.size, planned.size)
        for got, wanted in zip(volume.directions + (volume.origin,), planned.directions + (planned.origin,)):
            numpy.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)

    def test_hdf5(self):
        array = numpy.random.default_rng(1).integers(0, 60000, (20, 30, 26), dtype=numpy.uint16)
        with h5py.File(self.folder / "scan.h5", "w") as file:
            file.create_dataset("exchange/data", data=array, chunks=(7, 8, 9), compression="gzip")
        self.run_recipe(recipe("hdf5")[0])
        self.expect("scan.nrrd", array, factor=2, spacing=0.00325)

    def write_dicom(self, name, z, samples, series="1.2.3.4", directions=(1, 0, 0, 0, 1, 0)):
        head = pydicom.dataset.FileMetaDataset()
        head.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        head.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        head.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
        slice = pydicom.dataset.FileDataset(str(name), {}, file_meta=head, preamble=b"\0" * 128)
        slice.is_little_endian, slice.is_implicit_VR = True, False
        slice.SOPClassUID, slice.SOPInstanceUID = head.MediaStorageSOPClassUID, head.MediaStorageSOPInstanceUID
        slice.SeriesInstanceUID = series
        slice.Rows, slice.Columns = samples.shape
        slice.PixelSpacing = [0.75, 0.5]  # between rows, between columns
        slice.ImagePositionPatient = [-12.5, -30, z]
        slice.ImageOrientationPatient = list(directions)
        slice.RescaleSlope, slice.RescaleIntercept = 1, -1024
        slice.BitsAllocated = slice.BitsStored = 16
        slice.HighBit, slice.PixelRepresentation, slice.SamplesPerPixel = 15, 0, 1
        slice.PhotometricInterpretation = "MONOCHROME2"
        slice.PixelData = samples.astype("<u2").tobytes()
        slice.save_as(name, write_like_original=False)

    def test_dicom(self):
        stored = numpy.random.default_rng(2).integers(0, 4096, (12, 30, 20), dtype=numpy.uint16)
        folder = self.folder / "ct"
        folder.mkdir()
        for z, samples in enumerate(stored):
            self.write_dicom(folder / ("%d.dcm" % (z * 7 % 12)), 100 + 1.25 * z, samples)  # names say nothing
        code = recipe("dicom")[0]
        self.run_recipe(code)
        hounsfield = stored.astype(numpy.int16) - 1024
        self.expect("ct.nrrd", hounsfield, factor=2, spacing=(0.5, 0.75, 1.25), origin=(-12.5, -30, 100))
        # What it does not handle, it says.
        extra = folder / "extra.dcm"
        for sentence, arguments in (
            (b"several series", {"z": 115, "series": "1.2.3.5"}),
            (b"not axial", {"z": 115, "directions": (1, 0, 0, 0, 0.8, 0.6)}),
            (b"slices are missing, or there twice", {"z": 117}),
            (b"slices are missing, or there twice", {"z": 100}),
        ):
            self.write_dicom(extra, samples=stored[0], **arguments)
            ran = self.run_python(code)
            self.assertNotEqual(ran.returncode, 0)
            self.assertIn(sentence, ran.stdout)

    def test_raw(self):
        header, command = recipe("raw")
        self.assertEqual(len(header.splitlines()), 10)
        sizes = tuple(map(int, re.search(r"sizes: (\d+) (\d+) (\d+)", header).groups()))
        array = numpy.random.default_rng(3).integers(0, 60000, sizes[::-1], dtype=numpy.uint16)
        (self.folder / "scan.nhdr").write_text(header)
        for skip, before in (("0", b""), ("-1", b"a header of 27 bytes, or so")):
            (self.folder / "scan.vol").write_bytes(before + array.astype("<u2").tobytes())
            (self.folder / "scan.nhdr").write_text(header.replace("byte skip: 0", "byte skip: " + skip))
            programs = self.folder / "bin"
            programs.mkdir(exist_ok=True)
            shutil.copy(PROGRAM, programs / "stack2nrrd")
            environment = {**os.environ, "PATH": str(programs) + os.pathsep + os.environ["PATH"]}
            subprocess.run(["sh", "-ec", command], check=True, cwd=self.folder, env=environment)
            self.expect("half.nrrd", array, factor=2, spacing=0.01)
            (self.folder / "half.nrrd").unlink()


if __name__ == "__main__":
    unittest.main()
