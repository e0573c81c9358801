"""Stacks of slices to smaller volumes, without aliasing.

    import stack2nrrd

    samples, volume = stack2nrrd.read("scan", factor=2, spacing=0.01)     # a numpy array [z, y, x], and its geometry
    stack2nrrd.write("scan", "half.nrrd", factor=2, spacing=0.01)         # the same into a file
    for z, slab in stack2nrrd.slabs("scan", depth=16, factor=2): ...      # 16 slices at a time, from one reading
    stack2nrrd.info("scan")["problems"]                                   # what was found, as a dict

The source is a folder, one file of a numbered series, a pattern, a glob, a volume, or a list of files; or slices that are
no files: an object with `shape` (z, y, x) or (z, y, x, components), `dtype` and `__getitem__(z)`, such as an array or a
memmap of numpy, a dataset of h5py or an array of zarr, or a list of such slices. Components are resampled each by itself.
The spacing of such a source is what `spacing` says. It is asked for one slice at a time, by threads of the library, each
slice at least once and in no particular order; what it raises is raised again.

Keyword arguments are the options of the program with `_` for `-`, and None leaves one out. They count in x, y, z, and take
what Python has for them: `factor=(2, 2, 10 / 3)`, `factor=Fraction(8, 3)`, `crop=((10, 90), None, slice(0, 50))`,
`slab=(0, 16)`, `window=(0, 4095)`, `window=("auto", 1, 99)`, `type=numpy.uint8`, `pyramid=(2, 4)`, `flip=("x", "y")`,
`reverse=True`; `like` a file, a Volume, or (shape, affine); `transform` files, or 4 x 4 matrices of RAS+ mm that take
places of the result to those of the source; text is taken as the program takes it. What goes wrong is raised as Error; a
file that is not there as NotFound, which is a FileNotFoundError, too; an option that there is not as TypeError. Different
threads may work at the same time.

numpy is used if it is there, and needed for sources that are no files.
"""

from __future__ import annotations

import operator
from typing import Any, Dict, Generator, Literal, Optional, Tuple

from ._errors import Cancelled, Error, NotFound, StackWarning
from ._library import library as _c
from ._progress import Progress
from ._slabs import slabs_of as _slabs_of
from ._sources import Slice, Slices, Source
from ._stack import Stack as _Stack
from ._values import Axes, Matrix, Number, Numbers, Path, Range, Ranges, Reference, SampleType, Transforms, Window
from ._values import with_options as _with_options
from ._volume import Result, Volume
from ._volume import new_samples as _new_samples
from ._volume import view_of as _view_of

__version__: str = _c.version().decode()
__all__ = [
    "Cancelled",
    "Error",
    "NotFound",
    "Result",
    "StackWarning",
    "Volume",
    "info",
    "plan",
    "read",
    "slabs",
    "write",
]
for _class in (Cancelled, Error, NotFound, Result, StackWarning, Volume):
    _class.__module__ = __name__


@_with_options
def info(source: Source, **options: Any) -> Dict[str, Any]:
    """What was found and what would be made, as the program prints it for `--info --json`: a dict. A stack that cannot be
    imported has problems that are fatal."""
    with _Stack("info", source, options) as stack:
        return stack.info()


@_with_options
def plan(source: Source, **options: Any) -> Volume:
    """The Volume that read() and write() would make. Reads headers of slices, no samples."""
    with _Stack("plan", source, options) as stack:
        return stack.plan()


@_with_options
def read(source: Source, out: Any = None, progress: Optional[Progress] = None, **options: Any) -> Result:
    """Imports into memory: Result(samples, volume).

    samples: a numpy array of shape (z, y, x) or (z, y, x, components); without numpy a memoryview of that shape. `out`, a
    writable buffer of `volume.bytes` bytes, is filled and given back instead; so is what `out`, a function, makes for the
    Volume that it is called with.

    progress(fraction, text) is called at most ten times a second, on this thread, and a last time with 1 before the run
    succeeds. False cancels (None does not); what it raises, Ctrl-C included, stops the run and is raised again.
    `preview` and `report` come with a file, and are refused here.
    """
    with _Stack("read", source, options) as stack:
        volume = stack.plan()
        if callable(out):
            out = out(volume)
        samples, view = _new_samples(volume.shape, volume.format) if out is None else (out, _view_of(out, volume))
        stack.read(view, progress)
        volume.clipped_low, volume.clipped_high = stack.clipped()
        stack.told()
    return Result(samples, volume)


@_with_options
def slabs(
    source: Source, depth: int = 16, progress: Optional[Progress] = None, **options: Any
) -> Generator[Tuple[int, Any], None, None]:
    """Imports slab by slab, from one reading: `for z, samples in slabs(...)`.

    samples: `depth` slices as read() gives them, the last time perhaps fewer; z: the number of the first one. All of them
    together are what read() gives, and each is yours to keep. plan() reports size and geometry. Memory: what plan() reports,
    and four slabs: one that is being made, one that is copied, one that waits, and yours.

    A thread of its own reads ahead by one slab. A loop that is left early, for whatever reason, stops it. `progress` is
    called on the thread that takes the slabs, while it waits for one; else as for read().
    """
    depth = operator.index(depth)
    if depth < 1:
        raise ValueError("depth: is %d, at least 1 was expected" % depth)
    return _slabs_of(_Stack("slabs", source, options), depth, progress)


@_with_options
def write(source: Source, output: Path, progress: Optional[Progress] = None, **options: Any) -> Dict[str, Any]:
    """Imports into a file, .nrrd or .nhdr, or a folder, .ome.zarr (of several levels with pyramid="auto" or (1, 2, 4)): all
    of it or, if anything fails, nothing. Gives the report that the program prints for --json, a dict;
    report["run"]["clipped_low"] and ["clipped_high"] as in Volume. `progress` as for read()."""
    with _Stack("write", source, options) as stack:
        stack.write(output, progress)
        return stack.told()
