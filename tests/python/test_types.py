"""What a type checker sees of the module: mypy, over the stub that the wheel has, and over the module itself."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import stack2nrrd

PYTHON = pathlib.Path(stack2nrrd.__file__).resolve().parent.parent

# Each line that ends in a comment is an error of that kind; the others are none.
PROGRAM = """
import pathlib
from fractions import Fraction
from typing import Any, Tuple

import stack2nrrd

class Slices:
    shape = (3, 4, 5)
    dtype = "uint8"
    def __getitem__(self, z: int) -> bytes:
        return b""

class NoSlices:
    shape = (3, 4, 5)

result: stack2nrrd.Result = stack2nrrd.read("scan", factor=2, spacing=0.1)
samples, volume = result
size: Tuple[int, int, int] = volume.size
stack2nrrd.read(pathlib.Path("scan"), factor=(2, 10 / 3, Fraction(8, 3)), crop=((0, 10), None, slice(5)), labels=True)
stack2nrrd.read(["a.tif", "b.tif"], order="given", progress=lambda fraction, text: print(fraction + 1, text.upper()))
stack2nrrd.write(Slices(), "out.nrrd", type=int, window=(0, 1), slab=(0, 5), pyramid=(2, 4), memory=2**30, kernel="tent")
stack2nrrd.read([Slices(), Slices()])
stack2nrrd.read("scan", flip=("x", "y"), window=("auto", .1, 99.9), dehaze=3.0, quality="max", like=pathlib.Path("r.nrrd"))
stack2nrrd.read("scan", like=volume, transform=((1.0, 0.0, 0.0, 2.5), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)))
stack2nrrd.read("scan", like=(volume.shape, volume.affine), transform=["a.tfm", "b.tfm"], header_only=True)
stack2nrrd.read("scan", flip="x,y", window="auto", dehaze="auto", mask="m.nrrd", fill=-1, isotropic=True, scratch="/tmp")
for z, slab in stack2nrrd.slabs("scan", depth=3, encoding="gzip"):
    z.bit_length()
try:
    report = stack2nrrd.info("scan")["problems"]
except stack2nrrd.NotFound as error:
    error.code.bit_length(), error.filename
stack2nrrd.read("scan", fcator=2)  # call-arg
stack2nrrd.read("scan", order="backwards")  # arg-type
stack2nrrd.read("scan", labels="yes")  # arg-type
stack2nrrd.read("scan", kernel=3)  # arg-type
stack2nrrd.read("scan", factor=[None])  # list-item
stack2nrrd.read("scan", flip=(0, 1))  # arg-type
stack2nrrd.read("scan", quality="best")  # arg-type
stack2nrrd.read("scan", like=3)  # arg-type
stack2nrrd.read(NoSlices())  # arg-type
stack2nrrd.write("scan")  # call-arg
stack2nrrd.slabs("scan", depth="deep")  # arg-type
stack2nrrd.plan("scan").sizes  # attr-defined
"""


class Types(unittest.TestCase):
    def mypy(self, folder, *arguments):
        command = ["mypy", "--strict", "--python-version", "3.9", "--cache-dir", os.devnull] + list(arguments)
        ran = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return ran.returncode, ran.stdout.decode()

    def test_the_stub_says_what_may_be_given(self):
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder) / "stack2nrrd"
            shutil.copytree(PYTHON / "stack2nrrd", package)
            stub = subprocess.run([sys.executable, PYTHON / "make_stub.py"], check=True, stdout=subprocess.PIPE).stdout
            (package / "__init__.pyi").write_bytes(stub)
            (pathlib.Path(folder) / "program.py").write_text(PROGRAM)
            _, told = self.mypy(folder, "program.py")
            found = {(int(line), kind) for line, kind in re.findall(r"^program.py:(\d+): error: .*\[([a-z-]+)\]$", told, re.M)}
            lines = PROGRAM.split("\n")
            expected = {(i + 1, line.split("# ")[1]) for i, line in enumerate(lines) if "  # " in line}
            self.assertEqual(found, expected, told)
            self.assertEqual(told.count("error:"), len(expected), told)

    def test_the_module_is_annotated_and_right(self):
        status, told = self.mypy(PYTHON, "--ignore-missing-imports", "-p", "stack2nrrd")
        self.assertEqual(status, 0, told)


if __name__ == "__main__":
    unittest.main()
