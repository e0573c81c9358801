#!/usr/bin/python3
"""Turned and bent grids: how true they are, and what they take, beside VTK and transformix.

    benchmarks/grids/grids.py PROGRAM [--size N] [--rounds N] [--skip-errors]

Needs numpy; peers that are not installed say so. Everything is in a folder of its own under $TMPDIR.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "python"))
os.environ.setdefault("STACK2NRRD_PROGRAM", "")
from test_grids import read_nrrd, turn, write_affine, write_nrrd  # noqa: E402

VTK = r"""
import sys, numpy
sys.path.insert(0, sys.argv[1])
import test_grids as t
from vtkmodules.vtkCommonCore import vtkSMPTools, vtkMultiThreader
vtkSMPTools.Initialize(1); vtkMultiThreader.SetGlobalMaximumNumberOfThreads(1)
from vtkmodules.vtkImagingCore import vtkImageReslice
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkCommonTransforms import vtkMatrixToLinearTransform
from vtkmodules.vtkFiltersHybrid import vtkGridTransform
from vtkmodules.util.numpy_support import vtk_to_numpy
import time
folder, kind, mode = sys.argv[2:5]
given = numpy.load(folder + "/given.npz")
source = t.read_nrrd(folder + "/v.nrrd")
if kind == "turned":
    four = vtkMatrix4x4()
    for r in range(3):
        for c in range(3):
            four.SetElement(r, c, given["matrix"][r, c])
        four.SetElement(r, 3, given["offset"][r])
    transform = vtkMatrixToLinearTransform(); transform.SetInput(four)
else:
    transform = vtkGridTransform(); transform.SetInterpolationModeToLinear()
    transform.SetDisplacementGridData(t.vtk_image(t.read_nrrd(folder + "/f.nrrd"), given["field_spacing"], given["field_origin"]))
reslice = vtkImageReslice()
reslice.SetInputData(t.vtk_image(source, (1, 1, 1), (0, 0, 0)))
reslice.SetInterpolationModeToCubic() if mode == "cubic" else reslice.SetInterpolationModeToLinear()
reslice.SetResliceTransform(transform)
n = [int(v) - 1 for v in given["size"]]
reslice.SetOutputExtent(0, n[0], 0, n[1], 0, n[2])
reslice.SetOutputSpacing(*[float(v) for v in given["step"]]); reslice.SetOutputOrigin(*[float(v) for v in given["first"]])
begin = time.process_time(); reslice.Update(); seconds = time.process_time() - begin
print(seconds)
out = vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars()).reshape([v + 1 for v in n[::-1]])
numpy.save(folder + "/vtk.npy", out)
"""


def run(command):
    """(CPU seconds, peak in MiB, standard output): other work on the machine makes little difference to these."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    if status != 0:
        raise RuntimeError(text)
    return seconds, usage.ru_maxrss / 1024, text


def lanczos(x):
    return numpy.where(numpy.abs(x) < 3, numpy.sinc(x) * numpy.sinc(x / 3), 0)


def kaiser(x):
    """kaiser:6,3.7,.975"""
    inside = numpy.clip(1 - (x / 6) ** 2, 0, None)
    return numpy.where(numpy.abs(x) < 6, 0.975 * numpy.sinc(0.975 * x) * numpy.i0(3.7 * numpy.sqrt(inside)) / numpy.i0(3.7), 0)


class Plate:
    """Rings that become finer from the centre on, up to .45 of a sample; and a warp of local scale 3 to 5."""

    size = 150
    grid = 30
    middle = (size - 1) / 2

    def value(self, x, y, z):
        squared = (x - self.middle - 5) ** 2 + (y - self.middle + 4) ** 2 + (z - self.middle - 3) ** 2
        return numpy.cos(numpy.pi * 0.45 / 60 * squared)

    def displacement(self, x, y, z):
        """Of places that are counted from the middle of the grid, in steps of it; in source samples."""
        return (
            0.9 * numpy.sin(0.55 * y) + 0.8 * numpy.sin(0.6 * x),
            0.9 * numpy.sin(0.5 * z + 1) + 0.8 * numpy.sin(0.6 * y + 2),
            0.9 * numpy.cos(0.5 * x) + 0.8 * numpy.sin(0.6 * z + 4),
        )

    def write(self, folder):
        z, y, x = numpy.indices((self.size,) * 3).astype(float)
        write_nrrd(folder / "plate.nrrd", self.value(x, y, z).astype("<f4"), numpy.eye(3), numpy.zeros(3))
        # In space: the grid has steps of 4 around the middle, and the field says how far it is bent. It has 8 vectors a
        # step, so that straight lines between them are not seen.
        first = self.middle - 4 * (self.grid - 1) / 2
        write_nrrd(folder / "grid.nrrd", numpy.zeros((self.grid,) * 3, "u1"), 4 * numpy.eye(3), [first] * 3)
        count = (self.grid + 8) * 8
        place = (numpy.arange(count) + 0.5) / 8 - 0.5 - 4 - (self.grid - 1) / 2
        z, y, x = numpy.meshgrid(place, place, place, indexing="ij")
        vectors = numpy.stack(self.displacement(x, y, z), -1).astype("<f4")
        write_nrrd(folder / "bend.nrrd", vectors, numpy.eye(3) / 2, [self.middle + 4 * place[0]] * 3)

    def truth(self, kernel, margin=7, times=10):
        """The plate itself through a kernel, in the space of the grid."""
        compared = self.grid - 2 * margin
        fine = (numpy.arange(self.grid * times) + 0.5) / times - 0.5 - (self.grid - 1) / 2
        weights = kernel(numpy.arange(margin, margin + compared)[:, None] - (self.grid - 1) / 2 - fine[None, :])
        weights /= weights.sum(1, keepdims=True)
        result = numpy.zeros((compared,) * 3)
        y, x = numpy.meshgrid(fine, fine, indexing="ij")
        for k, z in enumerate(fine):
            if not weights[:, k].any():
                continue
            dx, dy, dz = self.displacement(x, y, z)
            slice_ = self.value(self.middle + 4 * x + dx, self.middle + 4 * y + dy, self.middle + 4 * z + dz)
            result += weights[:, k, None, None] * (weights @ slice_ @ weights.T)[None]
        return result, slice(margin, margin + compared)


def errors(program, folder):
    plate = Plate()
    plate.write(folder)
    truth, core = plate.truth(lanczos)
    sharp, _ = plate.truth(kaiser)

    def of(volume, truth=truth):
        return 100 * numpy.sqrt(((volume[core, core, core] - truth) ** 2).mean() / (truth**2).mean())

    def ours(source, *options):
        run([program, source, "--like", folder / "grid.nrrd", "--transform", folder / "bend.nrrd", "--type", "float32",
             "--force", "-q", "-o", folder / "out.nrrd", *options])
        return read_nrrd(folder / "out.nrrd")

    print("\nError on a zone plate, bent and reduced 3 to 5 times, in % of the signal (RMS)\n")
    print("| way | error |\n|---|--:|")
    print("| **ours** | **%.1f** |" % of(ours(folder / "plate.nrrd")))
    print("| **ours, `--quality max`**, of the plate through its kernel | **%.2f** |" % of(ours(folder / "plate.nrrd", "--quality", "max"), sharp))
    # What others do: the points of the grid, in the full volume or in one that is reduced before.
    from scipy.ndimage import map_coordinates

    steps = numpy.arange(plate.grid) - (plate.grid - 1) / 2
    z, y, x = numpy.meshgrid(steps, steps, steps, indexing="ij")
    dx, dy, dz = plate.displacement(x, y, z)
    at = [plate.middle + 4 * z + dz, plate.middle + 4 * y + dy, plate.middle + 4 * x + dx]
    full = read_nrrd(folder / "plate.nrrd").astype(float)
    print("| linear at the points of the grid (ITK, BRAINSResample, Slicer) | %.0f |" % of(map_coordinates(full, at, order=1)))
    print("| cubic B-spline there | %.0f |" % of(map_coordinates(full, at, order=3)))
    run([program, folder / "plate.nrrd", "--factor", "4", "--force", "-q", "-o", folder / "small.nrrd"])
    small = read_nrrd(folder / "small.nrrd").astype(float)
    at_small = [(a + 0.5) / 4 - 0.5 for a in at]
    print("| reduced by 4, then linear | %.0f |" % of(map_coordinates(small, at_small, order=1)))
    print("| reduced by 4, then a cubic B-spline | %.0f |" % of(map_coordinates(small, at_small, order=3)))


def transformix_command(folder, given, kind, order):
    matrix = given["matrix"]
    common = [
        ("NumberOfParameters", "12" if kind == "turned" else "0"),
        ("InitialTransformParametersFileName", '"NoInitialTransform"'),
        ("HowToCombineTransforms", '"Compose"'),
        ("FixedImageDimension", "3"),
        ("MovingImageDimension", "3"),
        ("FixedInternalImagePixelType", '"float"'),
        ("MovingInternalImagePixelType", '"float"'),
        ("Size", "%d %d %d" % tuple(given["size"])),
        ("Index", "0 0 0"),
        ("Spacing", "%.17g %.17g %.17g" % tuple(given["step"])),
        ("Origin", "%.17g %.17g %.17g" % tuple(given["first"])),
        ("Direction", "1 0 0 0 1 0 0 0 1"),
        ("UseDirectionCosines", '"true"'),
        ("ResampleInterpolator", '"FinalBSplineInterpolator"'),
        ("FinalBSplineInterpolationOrder", str(order)),
        ("Resampler", '"DefaultResampler"'),
        ("DefaultPixelValue", "0"),
        ("ResultImageFormat", '"nrrd"'),
        ("ResultImagePixelType", '"unsigned short"'),
        ("CompressResultImage", '"false"'),
    ]
    if kind == "turned":
        numbers = " ".join("%.17g" % n for n in [*matrix.ravel(), *given["offset"]])
        own = [("Transform", '"AffineTransform"'), ("TransformParameters", numbers), ("CenterOfRotationPoint", "0 0 0")]
    else:
        own = [("Transform", '"DeformationFieldTransform"'), ("DeformationFieldFileName", '"%s"' % (folder / "f.nrrd")),
               ("DeformationFieldInterpolationOrder", "1")]
    (folder / "p.txt").write_text("".join("(%s %s)\n" % pair for pair in own + common))
    return ["transformix", "-in", folder / "v.nrrd", "-out", folder, "-tp", folder / "p.txt", "-threads", "1"]


def times(program, folder, size, rounds):
    random = numpy.random.default_rng(1)
    block = random.integers(0, 60000, (64, 64, 64), dtype="<u2")
    header = (
        "NRRD0004\ntype: uint16\ndimension: 3\nsizes: %d %d %d\nendian: little\nencoding: raw\n"
        "space: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\n\n"
    )
    with open(folder / "v.nrrd", "wb") as file:  # slice by slice: what this process takes counts for its children
        file.write((header % ((size,) * 3)).encode())
        for z in range(size):
            file.write(numpy.tile(block[z % 64], (-(-size // 64),) * 2)[:size, :size].tobytes())
    count, step = size // 2, 2.0
    middle = (size - 1) / 2
    first = middle - step * (count - 1) / 2
    matrix = turn(0.35, -0.25, 0.2)
    offset = numpy.full(3, middle) - matrix @ numpy.full(3, middle)
    field_count = 40
    field_spacing = size / 32
    field_origin = middle - field_spacing * (field_count - 1) / 2
    z, y, x = numpy.indices((field_count,) * 3).astype(float)
    amplitude = size / 60
    vectors = numpy.stack([amplitude * numpy.sin(0.3 * y), amplitude * numpy.cos(0.25 * x), amplitude * numpy.sin(0.2 * z + 0.3 * x)], -1)
    write_nrrd(folder / "f.nrrd", vectors.astype("<f4"), field_spacing * numpy.eye(3), [field_origin] * 3)
    write_nrrd(folder / "grid.nrrd", numpy.zeros((count,) * 3, "u1"), step * numpy.eye(3), [first] * 3)
    write_affine(folder / "t.tfm", matrix, offset)
    given = {"size": (count,) * 3, "step": (step,) * 3, "first": (first,) * 3, "matrix": matrix, "offset": offset,
             "field_spacing": (field_spacing,) * 3, "field_origin": (field_origin,) * 3}
    numpy.savez(folder / "given.npz", **given)
    has_vtk = subprocess.run(["/usr/bin/python3", "-c", "import vtkmodules.vtkImagingCore"], capture_output=True).returncode == 0
    print("\n%d^3 uint16 onto %d^3, one thread: CPU ns per sample of the result, from file to file\n" % (size, count))
    print("| | turned | peak MiB | bent | peak MiB |\n|---|--:|--:|--:|--:|")
    rows = {}

    def measure(name, kind, function):
        rows.setdefault(name, {}).setdefault(kind, []).append(function())

    for _ in range(rounds):
        for kind, transform in (("turned", folder / "t.tfm"), ("bent", folder / "f.nrrd")):
            def ours(*options):
                seconds, peak, _ = run([program, folder / "v.nrrd", "--like", folder / "grid.nrrd", "--transform", transform,
                                        "--threads", "1", "--force", "-q", "-o", folder / "out.nrrd", *options])
                return seconds, peak
            measure("**ours**", kind, ours)
            measure("ours, `--memory 96M`", kind, lambda: ours("--memory", "96M"))
            measure("ours, `--quality max`", kind, lambda: ours("--quality", "max"))
            measure("ours, reading and reducing alone (`--factor 4/3 --type float32`)", kind, lambda: run(
                [program, folder / "v.nrrd", "--factor", "4/3", "--type", "float32", "--threads", "1", "--force", "-q", "-o",
                 folder / "small.nrrd"])[:2])
            if has_vtk:
                for mode in ("linear", "cubic"):
                    def vtk(mode=mode):
                        _, peak, text = run(["/usr/bin/python3", "-c", VTK, HERE.parent.parent / "tests" / "python", folder, kind, mode])
                        return float(text.split()[0]), peak
                    measure("vtkImageReslice, %s (without files)" % mode, kind, vtk)
            if shutil.which("transformix"):
                for order in (1, 3):
                    command = transformix_command(folder, given, kind, order)
                    measure("transformix, B-spline of order %d" % order, kind, lambda c=command: run(c)[:2])
    for name, kinds in rows.items():
        cells = []
        for kind in ("turned", "bent"):
            seconds = statistics.median(s for s, _ in kinds[kind])
            peak = statistics.median(p for _, p in kinds[kind])
            cells += ["%.0f" % (seconds * 1e9 / count**3), "%.0f" % peak]
        print("| %s | %s |" % (name, " | ".join(cells)))
    if not has_vtk:
        print("\nVTK for Python is not there.")
    if not shutil.which("transformix"):
        print("\ntransformix is not there.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip-errors", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not given.skip_errors:  # in a process of its own: what it takes would count for those that follow
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                errors(given.program.resolve(), pathlib.Path(folder))
                sys.stdout.flush()
                os._exit(0)
            os.waitpid(child, 0)
        times(given.program.resolve(), pathlib.Path(folder), given.size, given.rounds)


if __name__ == "__main__":
    main()
