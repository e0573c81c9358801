"""The shared library: where it is, and what its functions take. stack2nrrd/stack2nrrd.h describes all of it."""

import ctypes
import os
import sys
from typing import Any, Dict, List, Tuple

ABI_VERSION = 1
OK = 0


class Volume(ctypes.Structure):
    """stack2nrrd_volume"""

    _fields_ = [
        ("size", ctypes.c_int64 * 3),
        ("components", ctypes.c_int32),
        ("sample_type", ctypes.c_int32),
        ("direction", ctypes.c_double * 3 * 3),
        ("origin", ctypes.c_double * 3),
        ("spacing_known", ctypes.c_int32),
        ("bytes", ctypes.c_int64),
        ("memory_bytes", ctypes.c_int64),
        ("source_slices", ctypes.c_int64),
    ]


PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, ctypes.c_char_p, ctypes.c_void_p)
SLAB = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
)
READ_ROWS = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_int64,
    ctypes.c_int64,
    ctypes.c_int64,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_void_p,
)


class Source(ctypes.Structure):
    """stack2nrrd_source"""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("name", ctypes.c_char_p),
        ("size", ctypes.c_int64 * 3),
        ("components", ctypes.c_int32),
        ("sample_type", ctypes.c_int32),
        ("colour", ctypes.c_int32),
        ("calls", ctypes.c_int32),
        ("rows_at_once", ctypes.c_int64),
        ("reader_bytes", ctypes.c_int64),
        ("read", READ_ROWS),
        ("user", ctypes.c_void_p),
    ]


class Option(ctypes.Structure):
    """stack2nrrd_option"""

    _fields_ = [(name, ctypes.c_char_p) for name in ("name", "value", "preset", "group", "help")]


_HANDLE = ctypes.c_void_p
_TEXT = ctypes.c_char_p
_FUNCTIONS: Dict[str, Tuple[Any, ...]] = {
    "abi_version": (ctypes.c_int,),
    "version": (_TEXT,),
    "last_error": (_TEXT,),
    "open": (ctypes.c_int, _TEXT, ctypes.POINTER(_HANDLE)),
    "open_list": (ctypes.c_int, ctypes.POINTER(_TEXT), ctypes.c_size_t, ctypes.POINTER(_HANDLE)),
    "open_source": (ctypes.c_int, ctypes.POINTER(Source), ctypes.POINTER(_HANDLE)),
    "option_at": (ctypes.POINTER(Option), ctypes.c_size_t),
    "set": (ctypes.c_int, _HANDLE, _TEXT, _TEXT),
    "plan": (ctypes.c_int, _HANDLE, ctypes.POINTER(Volume)),
    "info": (ctypes.c_int, _HANDLE, ctypes.POINTER(_TEXT)),
    "read": (ctypes.c_int, _HANDLE, ctypes.c_void_p, ctypes.c_size_t, PROGRESS, ctypes.c_void_p),
    "read_slabs": (ctypes.c_int, _HANDLE, ctypes.c_int64, SLAB, PROGRESS, ctypes.c_void_p),
    "write": (ctypes.c_int, _HANDLE, _TEXT, PROGRESS, ctypes.c_void_p),
    "clipped": (ctypes.c_int, _HANDLE, ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_int64)),
    "close": (ctypes.c_int, _HANDLE),
}


def _candidates() -> List[str]:
    """The path in STACK2NRRD_LIBRARY alone; or beside this file; or wherever the system looks."""
    named = os.environ.get("STACK2NRRD_LIBRARY")
    if named:
        return [named]
    names = {
        "win32": ("stack2nrrd_c.dll", "stack2nrrd_c.dll"),
        "darwin": ("libstack2nrrd_c.dylib", "libstack2nrrd_c.%d.dylib" % ABI_VERSION),
    }.get(sys.platform, ("libstack2nrrd_c.so", "libstack2nrrd_c.so.%d" % ABI_VERSION))
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), names[0])
    return [beside] if os.path.exists(beside) else [names[1]]


def _load() -> Any:
    problems = []
    for candidate in _candidates():
        try:
            library = ctypes.CDLL(candidate)
        except OSError as error:
            problems.append(str(error))
            continue
        functions = {}
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(library, "stack2nrrd_" + name, None)
            if function is None:
                raise ImportError(
                    "%s: has no function stack2nrrd_%s; install library and module of one release" % (candidate, name)
                )
            function.restype = result
            function.argtypes = arguments
            functions[name] = function
        found = functions["abi_version"]()
        if found != ABI_VERSION:
            raise ImportError(
                "%s: has version %d of the C ABI, this module needs %d; install library and module of one release"
                % (candidate, found, ABI_VERSION)
            )
        return type("Library", (), {name: staticmethod(function) for name, function in functions.items()})
    raise ImportError(
        "the shared library of stack2nrrd was not found (%s); install the wheel, or set STACK2NRRD_LIBRARY to its path"
        % "; ".join(problems)
    )


library = _load()
