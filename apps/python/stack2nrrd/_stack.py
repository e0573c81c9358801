"""A handle of the C ABI: a source, its options, and what is made of them."""

import ctypes
import json
import math
import os
import warnings
from typing import Any, Dict, Optional, Tuple

from . import _library
from ._errors import StackWarning, exception_of
from ._library import library as _c
from ._progress import Callback, Progress
from ._sources import ArraySource, is_array, is_volume
from ._values import OPTIONS, check_names, texts_of
from ._volume import TYPES, Volume


def _encoded(path: Any) -> bytes:
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError("a path holds a NUL: %r" % (path,))
    return encoded


class Stack:
    def __init__(self, function: str, source: Any, options: Dict[str, Any]) -> None:
        """`function`: the one that was called, for messages."""
        self._handle = ctypes.c_void_p()
        self._paths: Tuple[bytes, ...] = ()
        self._slices: Optional[ArraySource] = None
        check_names(function, options)
        self._open(source, bool(options.get("reverse")))
        try:
            for keyword, value in options.items():
                if value is not None:
                    option = OPTIONS[keyword]
                    for text in texts_of(option, value):
                        self._check(_c.set(self._handle, option.name.encode(), os.fsencode(text)))
        except BaseException:
            self.__exit__()
            raise

    def _open(self, source: Any, backward: bool) -> None:
        handle = ctypes.byref(self._handle)
        if isinstance(source, (str, bytes, os.PathLike)):
            self._paths = (_encoded(source),)
            self._check(_c.open(self._paths[0], handle))
            return
        if is_volume(source):
            self._slices = ArraySource.of_volume(source, backward)
        else:
            items = list(source)
            arrays = [is_array(item) and not isinstance(item, str) for item in items]
            if any(arrays):
                if not all(arrays):
                    raise TypeError("the source is a list of slices and of %r, slices alone were expected" % (
                        type(items[arrays.index(False)]).__name__,
                    ))
                self._slices = ArraySource.of_list(items)
            else:
                self._paths = tuple(_encoded(path) for path in items)
        if self._slices is not None:
            self._check(_c.open_source(ctypes.byref(self._slices.struct), handle))
        else:
            count = len(self._paths)
            self._check(_c.open_list((ctypes.c_char_p * count)(*self._paths), count, handle))

    def __enter__(self) -> "Stack":
        return self

    def __del__(self) -> None:
        self.__exit__()

    def __exit__(self, *_: Any) -> None:
        _c.close(self._handle)
        self._handle = ctypes.c_void_p()

    def _check(self, code: int) -> None:
        """Raises what a call that returned `code` has to say."""
        if code == _library.OK:
            return
        raise exception_of(code, _c.last_error().decode("utf-8", "replace"), self._paths)

    def _run(self, function: Any, *arguments: Any, progress: Optional[Progress], others: Tuple[Any, ...] = ()) -> None:
        """Calls a function of the library that reads samples. `others`: functions of Python that it calls back."""
        if self._slices is not None:
            others += (self._slices.function,)
        with Callback(progress, others) as callback:
            code = function(self._handle, *arguments, callback.pointer, None)
            if self._slices is not None and code != _library.OK:
                reason = self._slices.reason(_c.last_error().decode("utf-8", "replace"))
                if reason is not None:
                    raise reason
            self._check(code)

    def plan(self) -> Volume:
        v = _library.Volume()
        self._check(_c.plan(self._handle, ctypes.byref(v)))
        directions: Any = tuple(tuple(direction) for direction in v.direction)
        lengths: Any = tuple(math.hypot(*direction) for direction in directions)
        size: Any = tuple(v.size)
        origin: Any = tuple(v.origin)
        return Volume(
            size=size,
            components=v.components,
            sample_type=TYPES[v.sample_type][0],
            directions=directions,
            origin=origin,
            spacing=lengths if v.spacing_known else None,
            bytes=v.bytes,
            memory_bytes=v.memory_bytes,
            source_slices=v.source_slices,
        )

    def info(self) -> Dict[str, Any]:
        text = ctypes.c_char_p()
        self._check(_c.info(self._handle, ctypes.byref(text)))
        found: Dict[str, Any] = json.loads((text.value or b"").decode())
        return found

    def read(self, view: memoryview, progress: Optional[Progress]) -> None:
        buffer = (ctypes.c_char * view.nbytes).from_buffer(view)
        self._run(_c.read, ctypes.addressof(buffer), view.nbytes, progress=progress)

    def read_slabs(self, depth: int, slab: Any, progress: Optional[Progress]) -> None:
        self._run(_c.read_slabs, depth, _library.SLAB(slab), progress=progress, others=(slab,))

    def clipped(self) -> Tuple[int, int]:
        low, high = ctypes.c_int64(), ctypes.c_int64()
        self._check(_c.clipped(self._handle, ctypes.byref(low), ctypes.byref(high)))
        return low.value, high.value

    def write(self, output: Any, progress: Optional[Progress]) -> None:
        self._run(_c.write, _encoded(output), progress=progress)

    def told(self) -> Dict[str, Any]:
        """The report of a run, and a warning for each of its problems."""
        report = self.info()
        for problem in report["problems"]:
            warnings.warn(problem["text"], StackWarning, stacklevel=3)
        return report
