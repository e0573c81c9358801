"""Turned and bent grids, judged by VTK and by transformix where they are right: where nothing is reduced."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import numpy

try:
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkCommonMath import vtkMatrix4x4
    from vtkmodules.vtkCommonTransforms import vtkMatrixToLinearTransform
    from vtkmodules.vtkFiltersHybrid import vtkGridTransform
    from vtkmodules.vtkImagingCore import vtkImageReslice, vtkImageSincInterpolator

    HAVE_VTK = True
except ImportError:
    HAVE_VTK = False

PROGRAM = os.environ["STACK2NRRD_PROGRAM"]
TYPES = {"float": "<f4", "double": "<f8", "uint8": "u1", "uint16": "<u2", "unsigned short": "<u2"}


def write_nrrd(path, samples, directions, origin, extra=""):
    """samples: z, y, x and, of a field, three numbers each. directions: one column an axis. LPS millimetres."""
    vectors = samples.ndim == 4
    sizes = ([3] if vectors else []) + list(samples.shape[2::-1])
    columns = ["(%.17g,%.17g,%.17g)" % tuple(directions[:, a]) for a in range(3)]
    header = [
        "NRRD0005",
        "type: " + {"f4": "float", "f8": "double", "u1": "uint8"}[samples.dtype.str[1:]],
        "dimension: %d" % len(sizes),
        "sizes: " + " ".join(map(str, sizes)),
        "kinds: " + ("vector " if vectors else "") + "domain domain domain",
        "endian: little",
        "encoding: raw",
        "space: left-posterior-superior",
        "space directions: " + ("none " if vectors else "") + " ".join(columns),
        "space origin: (%.17g,%.17g,%.17g)" % tuple(origin),
    ]
    pathlib.Path(path).write_bytes(("\n".join(header) + extra + "\n\n").encode() + samples.tobytes())


def read_nrrd(path):
    data = pathlib.Path(path).read_bytes()
    end = data.index(b"\n\n") + 2
    fields = dict(re.findall(r"^([a-z ]+): (.*)$", data[:end].decode(), re.MULTILINE))
    sizes = [int(size) for size in fields["sizes"].split()]
    return numpy.frombuffer(data[end:], TYPES[fields["type"]]).reshape(sizes[::-1])


def waves(shape, shortest):
    """Waves in many directions, none shorter than so many samples."""
    z, y, x = numpy.indices(shape).astype(float)
    random = numpy.random.default_rng(7)
    result = numpy.zeros(shape)
    for _ in range(12):
        direction = random.normal(size=3)
        direction *= 2 * numpy.pi / (numpy.linalg.norm(direction) * shortest * random.uniform(1, 3))
        result += numpy.cos(direction @ [x.ravel(), y.ravel(), z.ravel()] + random.uniform(0, 6)).reshape(shape)
    return result.astype("<f4")


def turn(z, y, x):
    def about(axis, angle):
        m = numpy.eye(3)
        a, b = (axis + 1) % 3, (axis + 2) % 3
        m[a, a] = m[b, b] = numpy.cos(angle)
        m[a, b], m[b, a] = -numpy.sin(angle), numpy.sin(angle)
        return m

    return about(2, z) @ about(1, y) @ about(0, x)


def write_affine(path, matrix, offset):
    numbers = " ".join("%.17g" % n for n in [*matrix.ravel(), *offset])
    pathlib.Path(path).write_text(
        "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\n"
        "Parameters: " + numbers + "\nFixedParameters: 0 0 0\n"
    )


def vtk_image(samples, spacing, origin):
    image = vtkImageData()
    image.SetDimensions(*samples.shape[2::-1])
    image.SetSpacing(*spacing)
    image.SetOrigin(*origin)
    components = samples.shape[3] if samples.ndim == 4 else 1
    array = numpy_to_vtk(numpy.ascontiguousarray(samples).reshape(-1, components), deep=True)
    image.GetPointData().SetScalars(array)
    return image


def resliced(samples, spacing, origin, transform, size, step, first):
    """By lanczos:3 between the samples."""
    interpolator = vtkImageSincInterpolator()
    interpolator.SetWindowFunctionToLanczos()
    interpolator.SetWindowHalfWidth(3)
    reslice = vtkImageReslice()
    reslice.SetInputData(vtk_image(samples, spacing, origin))
    reslice.SetInterpolator(interpolator)
    reslice.SetResliceTransform(transform)
    reslice.SetOutputExtent(0, size[0] - 1, 0, size[1] - 1, 0, size[2] - 1)
    reslice.SetOutputSpacing(*step)
    reslice.SetOutputOrigin(*first)
    reslice.SetBackgroundLevel(-99)
    reslice.Update()
    return vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars()).reshape(size[::-1])


class Grids(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.spacing = numpy.array([0.5, 0.4, 0.6])
        self.origin = numpy.array([3.0, -2.0, 7.0])
        self.source = waves((44, 46, 48), 12)
        write_nrrd(self.folder / "v.nrrd", self.source, numpy.diag(self.spacing), self.origin)
        self.size = (30, 28, 26)
        self.step = numpy.array([0.5, 0.5, 0.5])
        middle = self.origin + self.spacing * (numpy.array(self.source.shape[::-1]) - 1) / 2
        self.middle = middle
        self.first = middle - self.step * (numpy.array(self.size) - 1) / 2
        write_nrrd(
            self.folder / "grid.nrrd", numpy.zeros(self.size[::-1], "u1"), numpy.diag(self.step), self.first
        )

    def run_program(self, *options):
        out = self.folder / "out.nrrd"
        done = subprocess.run(
            [PROGRAM, self.folder / "v.nrrd", "--like", self.folder / "grid.nrrd", "--fill", "-99", "--type", "float32",
             "--force", "-o", out, *options],
            capture_output=True, text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_nrrd(out)

    def agree(self, ours, theirs, tolerance, inner=4):
        """Within the grid, so that no border counts."""
        core = (slice(inner, -inner),) * 3
        both = (ours[core] != -99) & (theirs[core] != -99)
        self.assertGreater(both.mean(), 0.9)
        error = numpy.abs(ours[core] - theirs[core])[both].max() / self.source.std()
        self.assertLess(error, tolerance)
        return error

    @unittest.skipUnless(HAVE_VTK, "VTK is not there")
    def test_turned_as_vtk_has_it(self):
        matrix = turn(0.5, -0.3, 0.2)
        offset = self.middle - matrix @ self.middle + [0.1, 0.2, -0.3]
        write_affine(self.folder / "t.tfm", matrix, offset)
        four = vtkMatrix4x4()
        for r in range(3):
            for c in range(3):
                four.SetElement(r, c, matrix[r, c])
            four.SetElement(r, 3, offset[r])
        transform = vtkMatrixToLinearTransform()
        transform.SetInput(four)
        theirs = resliced(self.source, self.spacing, self.origin, transform, self.size, self.step, self.first)
        # max: nothing is reduced before. What is finer than the result is not there, so that reducing changes little.
        ours = self.run_program("--transform", self.folder / "t.tfm", "--quality", "max")
        self.agree(ours, theirs, 0.025)
        # The other way of ITK's reader would be far off.
        write_affine(self.folder / "t.tfm", matrix.T, self.middle - matrix.T @ self.middle)
        with self.assertRaises(AssertionError):
            self.agree(self.run_program("--transform", self.folder / "t.tfm", "--quality", "max"), theirs, 0.1)

    def field(self):
        """Displacements on a grid that reaches beyond the result: its size, spacing, origin, vectors."""
        shape = (16, 16, 16)
        spacing = numpy.array([1.6, 1.6, 1.6])
        origin = self.middle - spacing * 7.5
        z, y, x = numpy.indices(shape).astype(float)
        vectors = numpy.stack(
            [0.8 * numpy.sin(0.5 * y + 0.2 * z), 0.7 * numpy.cos(0.4 * x), 0.6 * numpy.sin(0.3 * x - 0.5 * y)], -1
        ).astype("<f4")
        return vectors, spacing, origin

    @unittest.skipUnless(HAVE_VTK, "VTK is not there")
    def test_bent_as_vtk_has_it(self):
        vectors, spacing, origin = self.field()
        write_nrrd(self.folder / "f.nrrd", vectors, numpy.diag(spacing), origin)
        transform = vtkGridTransform()
        transform.SetInterpolationModeToLinear()
        transform.SetDisplacementGridData(vtk_image(vectors, spacing, origin))
        theirs = resliced(self.source, self.spacing, self.origin, transform, self.size, self.step, self.first)
        ours = self.run_program("--transform", self.folder / "f.nrrd", "--quality", "max")
        self.agree(ours, theirs, 0.025)

    @unittest.skipUnless(shutil.which("transformix"), "transformix is not there")
    def test_bent_as_transformix_has_it(self):
        vectors, spacing, origin = self.field()
        write_nrrd(self.folder / "f.nrrd", vectors, numpy.diag(spacing), origin)
        parameters = {
            "Transform": '"DeformationFieldTransform"',
            "DeformationFieldFileName": '"%s"' % (self.folder / "f.nrrd"),
            "DeformationFieldInterpolationOrder": "1",
            "NumberOfParameters": "0",
            "InitialTransformParametersFileName": '"NoInitialTransform"',
            "HowToCombineTransforms": '"Compose"',
            "FixedImageDimension": "3",
            "MovingImageDimension": "3",
            "FixedInternalImagePixelType": '"float"',
            "MovingInternalImagePixelType": '"float"',
            "Size": "%d %d %d" % self.size,
            "Index": "0 0 0",
            "Spacing": "%.17g %.17g %.17g" % tuple(self.step),
            "Origin": "%.17g %.17g %.17g" % tuple(self.first),
            "Direction": "1 0 0 0 1 0 0 0 1",
            "UseDirectionCosines": '"true"',
            "ResampleInterpolator": '"FinalBSplineInterpolator"',
            "FinalBSplineInterpolationOrder": "5",
            "Resampler": '"DefaultResampler"',
            "DefaultPixelValue": "-99",
            "ResultImageFormat": '"nrrd"',
            "ResultImagePixelType": '"float"',
            "CompressResultImage": '"false"',
        }
        text = "".join("(%s %s)\n" % item for item in parameters.items())
        (self.folder / "p.txt").write_text(text)
        done = subprocess.run(
            ["transformix", "-in", self.folder / "v.nrrd", "-out", self.folder, "-tp", self.folder / "p.txt"],
            capture_output=True, text=True,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        theirs = read_nrrd(self.folder / "result.nrrd")
        self.agree(self.run_program("--transform", self.folder / "f.nrrd", "--quality", "max"), theirs, 0.025)


if __name__ == "__main__":
    unittest.main()
