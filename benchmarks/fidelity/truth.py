"""What an ideal reduction by a factor keeps: everything below the new Nyquist frequency, nothing above.

A source of n samples is taken as a sum of cosines (DCT-II; Ahmed, Natarajan and Rao, "Discrete cosine transform", IEEE
Trans. Computers C-23, 1974). Term m is cos(pi m (i + 1/2) / n): it has m / (2 n) cycles in a source sample, and continues
the source at its borders by mirroring. The ideal leaves out the terms from the new Nyquist frequency 1 / (2 factor) on, that
is m >= n / factor, and evaluates the others at any positions, which need not be those of source samples. So every tool is
compared at its own positions.
"""
import numpy


def transform(n):
    """The orthonormal DCT-II: a matrix [m, i]."""
    m, i = numpy.arange(n)[:, None], numpy.arange(n)[None, :]
    matrix = numpy.sqrt(2 / n) * numpy.cos(numpy.pi * m * (i + 0.5) / n)
    matrix[0] /= numpy.sqrt(2)
    return matrix


def ideal(n, factor, positions):
    """A matrix [k, i] from n source samples to the values at the positions, in source samples, of what is below the new
    Nyquist frequency. With factor 1 nothing is left out."""
    terms = min(n, int(numpy.ceil(n / factor)))
    m = numpy.arange(terms)
    waves = numpy.sqrt(2 / n) * numpy.cos(numpy.pi * m * (numpy.asarray(positions, float)[:, None] + 0.5) / n)
    waves[:, 0] /= numpy.sqrt(2)
    return waves @ transform(n)[:terms]


def along_axes(volume, matrices):
    """A volume [z, y, x] multiplied along x, y and z by a matrix each."""
    for axis, matrix in zip((2, 1, 0), matrices):
        volume = numpy.moveaxis(numpy.tensordot(matrix, volume, axes=(1, axis)), 0, axis)
    return volume


def reduced(volume, factor, positions):
    """The ideal at the positions, three lists in x, y, z."""
    return along_axes(volume, [ideal(n, factor, places) for n, places in zip(volume.shape[::-1], positions)])


def low_pass(volume, factor):
    """What the ideal keeps of the volume, at the source's own positions."""
    return reduced(volume, factor, [numpy.arange(n) for n in volume.shape[::-1]])
