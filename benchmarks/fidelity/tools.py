"""The table of tools: this program with some kernels, plain formulas, and the peers.

A tool takes a volume [z, y, x] of float32 and a factor for each of x, y, z, and returns the reduced volume and where its
samples are: for x, y and z a list of positions in source samples (0 is the centre of the first one). Each entry says by
which rule they are placed:

    cell     sample k of n / f is at (k + 1/2) f - 1/2: the field of view stays as it is
    first    sample k is at k f: the first samples coincide
    corners  sample k is at k (n - 1) / (m - 1): the first samples coincide, and the last
"""
import dataclasses
import math
import subprocess
import tempfile
from fractions import Fraction
from typing import Callable, Optional

import nrrd
import numpy
import peers


@dataclasses.dataclass
class Tool:
    name: str
    rule: str                        # of positions, and what is special
    run: Callable                    # volume, factors -> samples, positions
    missing: Optional[str] = None    # why it cannot be run here
    whole: bool = False              # whole factors only

    def reduce(self, volume, factors):
        """The reduced volume in float64, and its positions in x, y, z. None if the tool does not know such factors."""
        factors = [Fraction(factor) for factor in factors]
        if self.whole and any(factor.denominator != 1 for factor in factors):
            return None
        samples, positions = self.run(numpy.ascontiguousarray(volume, numpy.float32), factors)
        samples = numpy.asarray(samples, float)
        places = tuple(len(axis) for axis in positions[::-1])
        if samples.shape != places:
            raise ValueError(f"{self.name}: {samples.shape} samples at {places} positions")
        return samples, positions


def cell(volume, factors):
    """Positions by the rule `cell`, in x, y, z, as factors are; it takes the volume, so that nobody mixes up its axes."""
    return [(numpy.arange(math.floor(n / f)) + 0.5) * float(f) - 0.5 for n, f in zip(volume.shape[::-1], factors)]


def skip(volume, factors):
    x, y, z = map(int, factors)
    return volume[::z, ::y, ::x], [numpy.arange(0, n, f, dtype=float) for n, f in zip(volume.shape[::-1], (x, y, z))]


def linear(volume, factors):
    """Between the two nearest samples, whatever is between the outputs."""
    positions = cell(volume, factors)
    for axis, places in zip((2, 1, 0), positions):
        below = numpy.clip(numpy.floor(places).astype(int), 0, max(volume.shape[axis] - 2, 0))
        above = numpy.minimum(below + 1, volume.shape[axis] - 1)
        weight = (places - below).reshape([-1 if a == axis else 1 for a in range(3)]).astype(numpy.float32)
        volume = volume.take(below, axis) * (1 - weight) + volume.take(above, axis) * weight
    return volume, positions


def box(volume, factors):
    x, y, z = map(int, factors)
    depth, height, width = (n // f for n, f in zip(volume.shape, (z, y, x)))
    cells = volume[: depth * z, : height * y, : width * x].reshape(depth, z, height, y, width, x)
    return cells.mean((1, 3, 5), dtype=float), cell(volume, factors)


def ours(program, kernel):
    """The program itself, by files: positions are those that its header says."""

    def run(volume, factors):
        with tempfile.TemporaryDirectory(prefix="fidelity.") as folder:
            source, result = f"{folder}/source.nrrd", f"{folder}/result.nrrd"
            nrrd.write(source, volume)
            subprocess.run([program, source, "-o", result, "--factor", ",".join(map(str, factors)), "--kernel", kernel,
                            "--type", "float32", "--quiet"], check=True)
            samples, first, steps = nrrd.read(result)
        return samples, [place + step * numpy.arange(n) for place, step, n in zip(first, steps, samples.shape[::-1])]

    return run


KERNELS = {
    "ours, lanczos:3": "lanczos:3",
    "ours, kaiser:6,3.7,.975": "kaiser:6,3.7,.975",
    "ours, kaiser:1,3,.001": "kaiser:1,3,.001",
    "ours, box": "box",
}


def table(program, itk):
    """All tools. program is ours, itk the program made of itk/, or None."""
    tools = [Tool(name, "cell; of the header", ours(program, kernel)) for name, kernel in KERNELS.items()]
    tools += [
        Tool("skip", "first; every f-th sample", skip, whole=True),
        Tool("linear", "cell; as 3D Slicer's CropVolume, by formula", linear),
        Tool("box, numpy", "cell; the mean of whole boxes", box, whole=True),
    ]
    tools += [Tool(*entry) for entry in peers.table(itk)]
    return tools
