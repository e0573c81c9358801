"""Slices that are not files: objects of Python as a source of the C ABI."""

import ctypes
import re
from typing import Any, Callable, Dict, Iterable, Optional, Protocol, Tuple, Union

from ._errors import Error
from ._library import READ_ROWS
from ._library import Source as _CSource
from ._values import Path
from ._volume import TYPES

_IO = 50
_INCONSISTENT = 31
_ONE_AT_A_TIME = 0
_ASCENDING = 1


class Slices(Protocol):
    """What numpy arrays and memmaps, datasets of h5py, arrays of zarr and dask, and objects of your own have in common."""

    @property
    def shape(self) -> Tuple[int, ...]:
        """(z, y, x), or (z, y, x, components)."""

    @property
    def dtype(self) -> Any:
        """One of numpy's, or what numpy takes for one."""

    def __getitem__(self, z: int, /) -> Any:
        """Slice z, or what numpy can make an array of."""


class Slice(Protocol):
    """An array of two axes, (y, x), or three: (y, x, components)."""

    @property
    def shape(self) -> Tuple[int, ...]: ...

    @property
    def dtype(self) -> Any: ...


Source = Union[Path, Iterable[Path], Slices, Iterable[Slice]]


def is_array(thing: Any) -> bool:
    return hasattr(thing, "shape") and hasattr(thing, "dtype") and hasattr(thing, "__getitem__")


def is_volume(source: Any) -> bool:
    """Is it one object with all slices? An array with one axis holds names, or slices."""
    return is_array(source) and len(source.shape) != 1


class _Layers:
    """Slices of an object that is stored in chunks: the chunks of a layer are unpacked once for all slices in it, as long
    as these are asked for in order. Without it each slice would unpack them again."""

    def __init__(self, volume: Any, depth: int) -> None:
        self._volume = volume
        self._depth = depth
        self._first = -1
        self._layer: Any = None

    def __getitem__(self, z: int) -> Any:
        first = z - z % self._depth
        if first != self._first:
            self._first, self._layer = -1, None  # its memory is needed
            self._layer = self._volume[first : first + self._depth]
            self._first = first
        return self._layer[z - first]


def _depth_of_chunks(volume: Any) -> int:
    """As h5py and zarr tell it; else 1."""
    chunks = getattr(volume, "chunks", None)
    if not isinstance(chunks, tuple) or len(chunks) != len(volume.shape):
        return 1
    return min(int(chunks[0]), int(volume.shape[0])) if isinstance(chunks[0], int) and chunks[0] > 0 else 1


class ArraySource:
    """Hands slices of an object to the library. Samples of either byte order and any strides are taken; bool becomes
    uint8, and float16 float32, exactly.

    The library calls from threads of its own, one call at a time: Python's lock lets no more through, and such objects
    need not be safe to be read by several threads.
    """

    def __init__(self, shape: Tuple[int, ...], dtype: Any, get: Callable[[int], Any], depth: int = 1) -> None:
        """`depth`: how many slices `get` keeps."""
        try:
            import numpy
        except ImportError:
            raise ImportError("arrays as a source need numpy; install it, or give files") from None
        self._numpy = numpy
        if len(shape) not in (3, 4):
            raise ValueError(
                "the source has shape %r, (z, y, x) or (z, y, x, components) was expected" % (tuple(shape),)
            )
        self._shape = tuple(int(length) for length in shape[1:])
        self._dtype = self._plain(dtype)
        self._get = get
        self.raised: Dict[int, BaseException] = {}  # by slice
        self.function = self._read  # one object, to be known again
        self.struct = _CSource(struct_size=ctypes.sizeof(_CSource), read=READ_ROWS(self.function))
        self.struct.size[:] = (self._shape[1], self._shape[0], int(shape[0]))
        self.struct.components = self._shape[2] if len(self._shape) == 3 else 1
        self.struct.sample_type = next(i for i, (name, _) in enumerate(TYPES) if name == self._dtype.name)
        self.struct.reader_bytes = min(depth * self._bytes_of(self._shape), 2**62)  # before they are copied

    @classmethod
    def of_volume(cls, volume: Any, backward: bool) -> "ArraySource":
        """`backward`: the last slice may be asked for first."""
        depth = _depth_of_chunks(volume) if len(volume.shape) in (3, 4) else 1
        if depth == 1:
            return cls(volume.shape, volume.dtype, volume.__getitem__)
        source = cls(volume.shape, volume.dtype, _Layers(volume, depth).__getitem__, depth)
        # In order there is one layer at a time, however many threads there are.
        source.struct.calls = _ONE_AT_A_TIME if backward else _ASCENDING
        return source

    @classmethod
    def of_list(cls, slices: "list[Any]") -> "ArraySource":
        first = slices[0]
        if len(first.shape) not in (2, 3):
            raise ValueError(
                "the source: slice 0 has shape %r, (y, x) or (y, x, components) was expected" % (tuple(first.shape),)
            )
        source = cls((len(slices),) + tuple(first.shape), first.dtype, slices.__getitem__)
        for z, piece in enumerate(slices):  # now, before anything is read
            source._check(z, piece)
        return source

    def reason(self, text: str) -> Optional[BaseException]:
        """The exception that failed a run whose message is `text`, if it was one of the object's."""
        found = re.match(r"source: slice (\d+): ", text)
        reason = self.raised.get(int(found.group(1))) if found else None
        self.raised.clear()
        return reason

    def _bytes_of(self, shape: Tuple[int, ...]) -> int:
        count = int(self._dtype.itemsize)
        for length in shape:
            count *= length
        return count

    def _plain(self, dtype: Any) -> Any:
        """The type that the library is given."""
        try:
            kind = self._numpy.dtype(dtype)
        except TypeError:
            kind = None
        known = [name for name, _ in TYPES]
        name = {"bool": "uint8", "float16": "float32"}.get(kind.name, kind.name) if kind is not None else ""
        if name not in known:
            raise TypeError("the source has samples of %s, one of %s was expected" % (dtype, ", ".join(known)))
        return self._numpy.dtype(name)

    def _check(self, z: int, piece: Any) -> None:
        """Raises Error unless slice z is like the others."""
        told = "the source: slice %d has " % z
        if tuple(piece.shape) != self._shape:
            raise Error(_INCONSISTENT, told + "shape %r, %r was expected" % (tuple(piece.shape), self._shape))
        try:
            dtype = self._plain(piece.dtype)
        except TypeError:
            dtype = None
        if dtype != self._dtype:
            raise Error(_INCONSISTENT, told + "samples of %s, %s was expected" % (piece.dtype, self._dtype))
        if isinstance(piece, self._numpy.ma.MaskedArray):
            raise Error(_INCONSISTENT, told + "a mask, samples alone were expected; use filled()")

    def _read(self, z: int, first: int, end: int, place: int, error: int, room: int, _user: Any) -> int:
        try:
            piece = self._get(z)
            piece = self._numpy.asanyarray(piece)
            self._check(z, piece)
            rows = (end - first,) + self._shape[1:]
            samples = (ctypes.c_char * self._bytes_of(rows)).from_address(place)
            target = self._numpy.frombuffer(memoryview(samples), self._dtype).reshape(rows)
            self._numpy.copyto(target, piece[first:end], casting="safe")
            return 0
        except BaseException as raised:
            self.raised[z] = raised
            text = ("%s: %s" % (type(raised).__name__, raised)).encode("utf-8", "replace")[: room - 1] + b"\0"
            ctypes.memmove(error, text, len(text))
            return _IO
