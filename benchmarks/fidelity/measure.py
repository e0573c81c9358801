"""What a tool does to frequencies and edges, from its answers to impulses.

All tools here are linear and treat the axes one after another. Their answers to an impulse at each source sample, side by
side, are a matrix A[k, i]: output k is the sum of A[k, i] times source sample i. Everything below follows from it without
further runs, and is what the tool does, not what its documentation says. Output k is at position u_k, in source samples,
as the tool itself says. Frequencies nu are in units of the new Nyquist frequency, 1 / (2 f) cycles in a source sample, so that
the source ends at nu = f.

    response    H_k(nu) = sum_i A[k, i] exp(2 pi j nu (i - u_k) / (2 f)): what becomes of a wave, where the sample is
                (Oppenheim and Schafer, "Discrete-Time Signal Processing", ch. 4). Outputs of fractional factors differ in
                phase, so below nu = 1 the mean of H_k over k counts, and above the root of the mean square: what it leaves
                of a wave that cannot be represented and comes out as another.
    alias       of white noise: its variance from above nu = 1 in the result, in % of what an ideal keeps, 1 / f of all. The
                integral of |H_k|^2 over a band is a quadratic form of row k with sin(2 pi c (i - j)) / (pi (i - j))
                (Slepian, "Prolate spheroidal wave functions V", Bell System Technical Journal 57, 1978), hence exact.
    shift       the centroid of row k less u_k: how far features move, in source samples.
    field       the mean of all u_k less that of all source positions: how far the field of view moves, in source samples.
    DC          the sum of row k less 1: what a constant becomes, borders included.
    overshoot   of a step between two samples, at any place: the most that is below 0 or above 1, in %.
    plate       1.5 output samples thick, of height 1: its highest output, mean of all places, and the deepest undershoot
                beside it, in %.

Except for DC and field, these count in the middle half of the source, where borders do not reach.
"""
import dataclasses

import numpy
import signals


@dataclasses.dataclass
class Answer:
    """A tool's answers to impulses along an axis, in the middle."""
    factor: float
    rows: numpy.ndarray         # [k, i]
    positions: numpy.ndarray    # u_k
    field: float
    dc: float


def answer(tool, factor, axis=0):
    """None if the tool does not know the factor."""
    n = signals.length(factor)
    factors = [1, 1, 1]
    factors[axis] = factor
    reduced = tool.reduce(signals.impulses(n, axis), factors)
    if reduced is None:
        return None
    samples, positions = reduced
    across = 1 if axis == 0 else 0
    samples = samples.take(1, axis=2 - (3 - axis - across))          # the third axis: one of its equal samples
    rows = samples.T if axis == 0 else samples                       # x: [signal, k]; y, z: [k, signal]
    places = numpy.asarray(positions[axis], float)
    middle = (places >= n / 4) & (places < 3 * n / 4)
    field = places.mean() - (n - 1) / 2
    return Answer(float(factor), rows[middle], places[middle], field, float(abs(rows.sum(1) - 1).max()))


def alike(left, right):
    """Whether two tools do the same, but for rounding."""
    return (left.rows.shape == right.rows.shape and numpy.allclose(left.positions, right.positions, atol=1e-5, rtol=0)
            and numpy.allclose(left.rows, right.rows, atol=1e-5, rtol=0))


def response(answer, nu):
    """H_k(nu) as [k, nu]."""
    cycles = numpy.atleast_1d(nu) / (2 * answer.factor)
    waves = numpy.exp(2j * numpy.pi * numpy.outer(numpy.arange(answer.rows.shape[1]), cycles))
    return answer.rows @ waves * numpy.exp(-2j * numpy.pi * numpy.outer(answer.positions, cycles))


def passed(answer, nu):
    return abs(response(answer, nu).mean(0))


def leaked(answer, nu):
    return numpy.sqrt((abs(response(answer, nu)) ** 2).mean(0))


def decibel(ratio):
    return 20 * numpy.log10(numpy.maximum(ratio, 1e-15))


def alias(answer):
    distance = numpy.arange(answer.rows.shape[1])
    below = numpy.sinc((distance[:, None] - distance[None, :]) / answer.factor) / answer.factor
    kept = numpy.einsum("ki,ki->k", answer.rows @ below, answer.rows)
    whole = numpy.einsum("ki,ki->k", answer.rows, answer.rows)
    return 100 * answer.factor * float((whole - kept).mean())


def shift(answer):
    """The one that is largest."""
    moved = answer.rows @ numpy.arange(answer.rows.shape[1]) / answer.rows.sum(1) - answer.positions
    return float(moved[abs(moved).argmax()])


def overshoot(answer):
    steps = numpy.cumsum(answer.rows, axis=1)
    return 100 * float(max((steps - 1).max(), (-steps).max(), 0))


def plate(answer):
    """Its peak, mean of all places, and the most below 0 beside it."""
    n, thick = answer.rows.shape[1], round(1.5 * answer.factor)
    sums = numpy.concatenate([numpy.zeros((len(answer.rows), 1)), numpy.cumsum(answer.rows, axis=1)], axis=1)
    first = n // 2 + numpy.arange(round(10 * answer.factor))
    plates = sums[:, first + thick] - sums[:, first]
    return 100 * float(plates.max(0).mean()), 100 * float(max(-plates.min(), 0))


def figures(answer):
    """All of it, as a dictionary."""
    above = numpy.arange(1.2, answer.factor, 0.01)
    leak = decibel(leaked(answer, [1.2, 1.5]))
    peak, under = plate(answer)
    worst = float(decibel(leaked(answer, above)).max())
    pass_25, pass_5, pass_8, pass_1 = passed(answer, [0.25, 0.5, 0.8, 1])
    return {"pass .25": pass_25, "pass .5": pass_5, "pass .8": pass_8, "pass 1": pass_1, "leak 1.2": leak[0],
            "leak 1.5": leak[1], "leak >= 1.2": worst, "alias": alias(answer), "shift": shift(answer),
            "field": answer.field, "DC": answer.dc, "overshoot": overshoot(answer), "plate": peak, "plate under": under}


def differ(tool, factor):
    """The most by which the answers along y or z differ from those along x: 0 for a tool that treats the axes alike."""
    along_x, *others = (answer(tool, factor, axis) for axis in range(3))
    return max(float(abs(other.rows - along_x.rows).max()) for other in others)


def nonlinear(tool, factor):
    """How far the tool is from what the matrix says, on noise, in units of its deviation: 1e-7 if the premises hold."""
    n = signals.length(factor)
    volume = numpy.repeat(signals.noise((1, 4, n)), 4, axis=0)
    known = answer(tool, factor)
    samples, positions = tool.reduce(volume, (factor, 1, 1))
    places = numpy.asarray(positions[0])
    middle = (places >= n / 4) & (places < 3 * n / 4)
    return float(abs(samples[1][:, middle] - volume[1].astype(float) @ known.rows.T).max())
