"""Sources of which the truth is known. Arrays are indexed [z, y, x], and are float32."""
from fractions import Fraction

import numpy


def length(factor):
    """The least length from 256, and from 40 outputs, that the factor divides without remainder: only then are all tools
    asked for the same thing."""
    numerator = Fraction(factor).numerator
    return numerator * -(-max(256, 40 * factor) // numerator)


def impulses(n, axis, spare=4):
    """n signals of n samples along the axis (0, 1, 2 = x, y, z), of which signal s is 1 at sample s and 0 elsewhere, side by
    side along x, or along y if the axis is x. The third axis has a few equal samples, as some tools want more than one."""
    shape, across = [n, n, n], 1 if axis == 0 else 0
    shape[3 - axis - across] = spare
    volume = numpy.empty(shape[::-1], numpy.float32)
    volume[:] = numpy.expand_dims(numpy.eye(n, dtype=numpy.float32), 2 - (3 - axis - across))
    return volume


def noise(shape, seed=1):
    """White noise of mean 0 and deviation 1, the same each time."""
    return numpy.random.default_rng(seed).standard_normal(shape, dtype=numpy.float32)


def zone_plate(n=256):
    """Rings whose frequency grows with the distance r from the centre, in all directions, to .35 cycles in a sample at
    r = n / 2, and that fade there: sin(.7 pi r^2 / n) (1 + tanh((n/2 - r) / (n/20))) / 2. From Jaehne, "Practical Handbook
    on Image Processing for Scientific Applications", 1997; Chris Rorden brought it up for reduced volumes, in
    https://discourse.slicer.org/t/14033."""
    axis = numpy.arange(n, dtype=numpy.float32) - (n - 1) / 2
    squares = axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2
    fade = (numpy.tanh((n / 2 - numpy.sqrt(squares)) / (n / 20)) + 1) / 2
    return (numpy.sin(0.7 * numpy.pi / n * squares) * fade).astype(numpy.float32)
