"""What an import makes: its size, type and place, and memory for its samples."""

import mmap
import struct
import sys
from typing import Any, NamedTuple, Optional, Tuple

# Of stack2nrrd.h, and their letters in struct and memoryview; numpy takes these as well.
TYPES = (
    ("uint8", "B"),
    ("int8", "b"),
    ("uint16", "H"),
    ("int16", "h"),
    ("uint32", "I"),
    ("int32", "i"),
    ("float32", "f"),
    ("float64", "d"),
    ("int64", "q"),
    ("uint64", "Q"),
)

Vector = Tuple[float, float, float]


class _Volume(NamedTuple):
    size: Tuple[int, int, int]  #: samples along x, y, z
    components: int  #: of a sample: 1, of colours up to 4 for channel="all", of a volume of vectors any number
    sample_type: str  #: "uint8" ... "uint64"
    directions: Tuple[Vector, Vector, Vector]  #: directions[a]: step along axis a (x, y, z), in LPS mm
    origin: Vector  #: centre of the first sample, in LPS mm
    spacing: Optional[Vector]  #: in mm; None if unknown: directions then count in source samples
    bytes: int  #: of all samples
    memory_bytes: int  #: the most that a run takes beside the samples
    source_slices: int  #: that are read


class Volume(_Volume):
    """What an import makes. `size`, `directions` and `origin` count in x, y, z; arrays are indexed [z, y, x].

    Of what read() has made, `clipped_low` and `clipped_high` say how many samples were below the lowest or above the
    highest value of `sample_type` (outside of the window, if there is one) and became that value. Before that they are
    None. They are no part of the tuple."""

    clipped_low: Optional[int] = None
    clipped_high: Optional[int] = None

    @property
    def shape(self) -> Tuple[int, ...]:
        """(z, y, x), or (z, y, x, components)."""
        return self.size[::-1] + ((self.components,) if self.components > 1 else ())

    @property
    def format(self) -> str:
        """The letter of `sample_type` in struct, memoryview and numpy."""
        return dict(TYPES)[self.sample_type]

    @property
    def affine(self) -> Any:
        """The 4 x 4 matrix that takes (x, y, z, 1), an index, to its place in space, as nibabel has it: RAS+ mm, so that
        x and y have the other sign than in `directions` and `origin`, which are LPS. A numpy array, or tuples of rows
        where there is no numpy. nibabel.Nifti1Image(samples.T, volume.affine) is the volume. Where the spacing is
        unknown, the unit is a source sample."""
        rows = []
        for world, sign in enumerate((-1, -1, 1)):
            columns = [direction[world] for direction in self.directions] + [self.origin[world]]
            rows.append(tuple(sign * value + 0.0 for value in columns))  # no -0
        rows.append((0.0, 0.0, 0.0, 1.0))
        try:
            import numpy
        except ImportError:
            return tuple(rows)
        return numpy.array(rows)


class Result(NamedTuple):
    """What read() gives; also to be taken apart: `samples, volume = read(...)`."""

    samples: Any
    volume: Volume


def new_samples(shape: Tuple[int, ...], letter: str) -> Tuple[Any, memoryview]:
    """(what the caller gets, a view of its bytes)"""
    # Memory straight from the system: pages come when they are first written to, and go back at the end. numpy's own
    # would ask for huge pages, which can take longer to be found than the whole import takes.
    count = struct.calcsize(letter)
    for length in shape:
        count *= length
    kind = {} if sys.platform == "win32" else {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANON}
    view = memoryview(mmap.mmap(-1, count, **kind))
    try:
        import numpy
    except ImportError:
        return view.cast(letter, shape), view
    return numpy.frombuffer(view, dtype=letter).reshape(shape), view


def view_of(out: Any, volume: Volume) -> memoryview:
    """The bytes of a buffer of the caller's."""
    view = memoryview(out)
    if view.readonly or not view.c_contiguous or view.nbytes != volume.bytes:
        raise ValueError(
            "out: is %d bytes%s%s, a writable buffer of %d bytes in one piece was expected (shape %r)"
            % (
                view.nbytes,
                ", read-only" if view.readonly else "",
                "" if view.c_contiguous else ", in several pieces",
                volume.bytes,
                volume.shape,
            )
        )
    plain = view.format in ("B", "b", "c")  # bytes may be of any type
    same = _family(view.format) == _family(volume.format) and view.itemsize == struct.calcsize(volume.format)
    if not plain and not same:
        raise ValueError("out: has samples of type %r, %s was expected" % (view.format, volume.sample_type))
    return view.cast("B")


def _family(letter: str) -> str:
    """Integers of one size have several letters."""
    return "i" if letter in ("h", "i", "l", "q") else "I" if letter in ("H", "I", "L", "Q") else letter
