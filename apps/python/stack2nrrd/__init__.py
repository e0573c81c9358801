"""Stacks of slices to smaller volumes, without aliasing.

    import stack2nrrd

    samples, volume = stack2nrrd.read("scan", factor=2, spacing=0.01)     # a numpy array [z, y, x], and its geometry
    stack2nrrd.write("scan", "half.nrrd", factor=2, spacing=0.01)         # the same into a file
    stack2nrrd.info("scan")["problems"]                                   # what was found, as a dict

The input is a folder, one file of a numbered series, a pattern, a glob, a volume, or a list of files. Keyword arguments
are the options of the program with `_` for `-`: `kernel_z="tent"`, `crop="10:90,,"`, `factor=(2, 2, "3/2")`,
`reverse=True`; None leaves an option out. What goes wrong is raised as Error. Different threads may work at the same time.

numpy is used if it is there, and not needed.
"""

import ctypes
import json
import math
import mmap
import os
import struct
import sys
import warnings
from typing import NamedTuple, Optional, Tuple

from . import _library
from ._library import library as _c
from ._progress import Callback as _Callback

__version__ = _c.version().decode()
__all__ = ["Cancelled", "Error", "Result", "StackWarning", "Volume", "info", "plan", "read", "write"]

_NAMES = {
    10: "bug",
    20: "invalid_argument",
    30: "not_found",
    31: "inconsistent",
    32: "missing_slices",
    40: "unsupported",
    41: "corrupt",
    50: "io",
    60: "limit",
    70: "changed",
    1300: "cancelled",
}

# Of struct and memoryview; numpy takes them as well.
_TYPES = (
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


class Error(Exception):
    """What stack2nrrd has to say. `code` is that of stack2nrrd.h (code // 10 is the program's exit status), `name` its
    name, `text` one sentence for a user, `details` the long part, one line for each problem, often empty."""

    def __init__(self, code, text):
        self.code = code
        self.name = _NAMES.get(code, "bug")
        self.text, _, self.details = text.partition("\nDetails:\n")
        super().__init__(text)

    def __reduce__(self):
        return type(self), (self.code, str(self))


class Cancelled(Error):
    """The progress callback said False."""


class StackWarning(UserWarning):
    """Something about the stack that its user should know."""


class _Volume(NamedTuple):
    size: Tuple[int, int, int]  #: samples along x, y, z
    components: int  #: of a sample: 1, of colours up to 4 for channel="all", of a volume of vectors any number
    sample_type: str  #: "uint8" ... "uint64"
    directions: Tuple[Tuple[float, float, float], ...]  #: directions[a]: step along axis a (x, y, z), in LPS mm
    origin: Tuple[float, float, float]  #: centre of the first sample, in LPS mm
    spacing: Optional[Tuple[float, float, float]]  #: in mm; None if unknown: directions then count in source samples
    bytes: int  #: of all samples
    memory_bytes: int  #: the most that a run takes beside the samples
    source_slices: int  #: that are read


class Volume(_Volume):
    """What an import makes. `size`, `directions` and `origin` count in x, y, z; arrays are indexed [z, y, x].

    Of what read() has made, `clipped_low` and `clipped_high` say how many samples were below the lowest or above the
    highest value of `sample_type` (outside of the window, if there is one) and became that value. Before that they are
    None. They are no part of the tuple."""

    clipped_low = None
    clipped_high = None

    @property
    def shape(self):
        """(z, y, x), or (z, y, x, components)."""
        return self.size[::-1] + ((self.components,) if self.components > 1 else ())

    @property
    def format(self):
        """The letter of `sample_type` in struct, memoryview and numpy."""
        return dict(_TYPES)[self.sample_type]


class Result(NamedTuple):
    """What read() gives; also to be taken apart: `samples, volume = read(...)`."""

    samples: object
    volume: Volume


def _check(code):
    if code != _library.OK:
        text = _c.last_error().decode("utf-8", "replace")
        raise (Cancelled if _NAMES.get(code) == "cancelled" else Error)(code, text)


def _path(path):
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError("a path holds a NUL: %r" % (path,))
    return encoded


def _text(value):
    """The value of an option as the program takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, float):
        return repr(float(value))  # all digits; numpy's own repr has a name around them
    if hasattr(value, "__iter__"):
        return ",".join(_text(v) for v in value)
    return str(value)


class _Stack:
    """A handle of the C ABI."""

    def __init__(self, source, options):
        self._handle = ctypes.c_void_p()
        if isinstance(source, (str, bytes, os.PathLike)):
            _check(_c.open(_path(source), ctypes.byref(self._handle)))
        else:
            paths = [_path(path) for path in source]
            _check(_c.open_list((ctypes.c_char_p * len(paths))(*paths), len(paths), ctypes.byref(self._handle)))
        try:
            for name, value in options.items():
                if value is not None:
                    _check(_c.set(self._handle, name.encode(), os.fsencode(_text(value))))
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        _c.close(self._handle)

    def plan(self):
        v = _library.Volume()
        _check(_c.plan(self._handle, ctypes.byref(v)))
        directions = tuple(tuple(direction) for direction in v.direction)
        lengths = tuple(math.hypot(*direction) for direction in directions)
        return Volume(
            size=tuple(v.size),
            components=v.components,
            sample_type=_TYPES[v.sample_type][0],
            directions=directions,
            origin=tuple(v.origin),
            spacing=lengths if v.spacing_known else None,
            bytes=v.bytes,
            memory_bytes=v.memory_bytes,
            source_slices=v.source_slices,
        )

    def info(self):
        text = ctypes.c_char_p()
        _check(_c.info(self._handle, ctypes.byref(text)))
        return json.loads(text.value.decode())

    def read(self, view, progress):
        buffer = (ctypes.c_char * view.nbytes).from_buffer(view)
        with _Callback(progress) as callback:
            code = _c.read(self._handle, ctypes.addressof(buffer), view.nbytes, callback.pointer, None)
        _check(code)

    def clipped(self):
        low, high = ctypes.c_int64(), ctypes.c_int64()
        _check(_c.clipped(self._handle, ctypes.byref(low), ctypes.byref(high)))
        return low.value, high.value

    def write(self, output, progress):
        with _Callback(progress) as callback:
            code = _c.write(self._handle, _path(output), callback.pointer, None)
        _check(code)

    def told(self):
        """The report of a run, and a warning for each of its problems."""
        report = self.info()
        for problem in report["problems"]:
            warnings.warn(problem["text"], StackWarning, stacklevel=3)
        return report


def _new_samples(volume):
    """(what the caller gets, a view of its bytes)"""
    # Memory straight from the system: pages come when they are first written to, and go back at the end. numpy's own
    # would ask for huge pages, which can take longer to be found than the whole import takes.
    kind = {} if sys.platform == "win32" else {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANON}
    view = memoryview(mmap.mmap(-1, volume.bytes, **kind))
    try:
        import numpy
    except ImportError:
        return view.cast(volume.format, volume.shape), view
    return numpy.frombuffer(view, dtype=volume.format).reshape(volume.shape), view


def _view_of(out, volume):
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
    kind = {"l": "i", "q": "i", "L": "I", "Q": "I"}.get(view.format, view.format)  # on some systems l is i
    plain = kind in ("B", "b", "c")  # bytes may be of any type
    if not plain and (kind != volume.format or view.itemsize != struct.calcsize(volume.format)):
        raise ValueError("out: has samples of type %r, %s was expected" % (view.format, volume.sample_type))
    return view.cast("B")


def info(source, **options):
    """What was found and what would be made, as the program prints it for `--info --json`: a dict. A stack that cannot be
    imported has problems that are fatal."""
    with _Stack(source, options) as stack:
        return stack.info()


def plan(source, **options):
    """The Volume that read() and write() would make. Reads headers of slices, no samples."""
    with _Stack(source, options) as stack:
        return stack.plan()


def read(source, out=None, progress=None, **options):
    """Imports into memory: Result(samples, volume).

    samples: a numpy array of shape (z, y, x) or (z, y, x, components); without numpy a memoryview of that shape. `out`, a
    writable buffer of `volume.bytes` bytes, is filled and given back instead; so is what `out`, a function, makes for the
    Volume that it is called with.

    progress(fraction, text) is called at most ten times a second, on this thread. False cancels (None does not); what it
    raises, Ctrl-C included, stops the run and is raised again.
    """
    with _Stack(source, options) as stack:
        volume = stack.plan()
        if callable(out):
            out = out(volume)
        samples, view = _new_samples(volume) if out is None else (out, _view_of(out, volume))
        stack.read(view, progress)
        volume.clipped_low, volume.clipped_high = stack.clipped()
        stack.told()
    return Result(samples, volume)


def write(source, output, progress=None, **options):
    """Imports into a file, .nrrd or .nhdr, or a folder, .ome.zarr (with pyramid="auto" or (1, 2, 4): of several levels):
    all of it or, if anything fails, nothing. Gives the report that the program prints for --json, a dict; report["run"]["clipped_low"] and ["clipped_high"] as in Volume. `progress` as for read()."""
    with _Stack(source, options) as stack:
        stack.write(output, progress)
        return stack.told()
