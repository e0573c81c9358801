"""Stacks of whoever runs this: how near each tool comes to the ideal of truth.py at the tool's own positions.

    SNR     10 log10 of the ideal's variance over the mean square of the difference, in dB.
    alias   variance that the tool makes out of what is above the new Nyquist frequency, in % of the ideal's: the tool is
            run on that part alone, as the source less what the ideal keeps of it, which a linear tool allows.
    FSC     Fourier shell correlation of result and ideal (Harauz and van Heel, "Exact filters for general geometry three
            dimensional reconstruction", Optik 73, 1986), at .5, .8 and .95 of the new Nyquist frequency: 1 where all waves
            of a shell are where they should be, whatever their height. A Hann window hides the borders.
"""
import functools
import subprocess
import tempfile

import nrrd
import numpy
import signals
import truth


def load(program, stack):
    """The stack as float32 [z, y, x] and the type of its samples, read by the program, which knows all formats. Samples are
    taken to be one apart along each axis."""
    with tempfile.TemporaryDirectory(prefix="fidelity.") as folder:
        path = f"{folder}/whole.nrrd"
        subprocess.run([program, stack, "-o", path, "--quiet"], check=True)
        volume, _, _ = nrrd.read(path)
    return volume.astype(numpy.float32), volume.dtype


def cropped(volume, factor, largest=256):
    """The middle of the volume, at most `largest` samples along each axis, and so many that the factor divides them."""
    parts = []
    for n in volume.shape:
        size = min(n, largest) // factor.numerator * factor.numerator
        parts.append(slice((n - size) // 2, (n - size) // 2 + size))
    return volume[tuple(parts)]


class Source:
    """A volume, and what of it is above the new Nyquist frequency."""

    def __init__(self, volume, factor):
        self.volume, self.factor, self.ideals = volume.astype(float), factor, {}

    @functools.cached_property
    def high(self):
        return self.volume - truth.low_pass(self.volume, self.factor)

    @property
    def above(self):
        """% of the variance."""
        return 100 * self.high.var() / self.volume.var()

    def ideal(self, positions):
        key = tuple(map(tuple, positions))
        if key not in self.ideals:
            self.ideals[key] = truth.reduced(self.volume, self.factor, positions)
        return self.ideals[key]


def noisy(volume, deviation):
    """With white noise, as that of a quick scan."""
    return volume + deviation * signals.noise(volume.shape)


def compare(tool, source):
    """samples, and SNR, alias and FSC; None if the tool does not know the factor."""
    factors = [source.factor] * 3
    reduced = tool.reduce(source.volume, factors)
    if reduced is None:
        return None
    samples, positions = reduced
    ideal = source.ideal(positions)
    folded, _ = tool.reduce(source.high, factors)
    correlation = shell_correlation(samples, ideal, (0.5, 0.8, 0.95))
    snr = 10 * numpy.log10(ideal.var() / max(((samples - ideal) ** 2).mean(), 1e-30))
    return samples, {"SNR": snr, "alias": 100 * folded.var() / ideal.var(), "FSC .5": correlation[0],
                     "FSC .8": correlation[1], "FSC .95": correlation[2]}


def shell_correlation(left, right, shells, width=0.05):
    """At each of the shells, in units of the Nyquist frequency of the arrays, from width/2 below to width/2 above."""
    window = 1
    for axis, n in enumerate(left.shape):
        hann = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * (numpy.arange(n) + 0.5) / n)
        window = window * hann.reshape([-1 if a == axis else 1 for a in range(3)])
    spectra = [numpy.fft.fftn((array - array.mean()) * window) for array in (left, right)]
    squares = [numpy.fft.fftfreq(n).reshape([-1 if a == axis else 1 for a in range(3)]) ** 2
               for axis, n in enumerate(left.shape)]
    radius = 2 * numpy.sqrt(squares[0] + squares[1] + squares[2])
    result = []
    for shell in shells:
        on = abs(radius - shell) <= width / 2
        cross = (spectra[0][on] * spectra[1][on].conj()).sum().real
        powers = [(abs(spectrum[on]) ** 2).sum() for spectrum in spectra]
        result.append(float(cross / numpy.sqrt(powers[0] * powers[1])))
    return result
