"""Slab by slab, from one reading: a thread runs it, and hands over to the one that takes the slabs."""

import atexit
import ctypes
import queue
import threading
import weakref
from typing import Any, Generator, Optional, Tuple

from ._errors import Cancelled
from ._progress import Progress
from ._stack import Stack
from ._volume import Volume, new_samples

_CANCELLED = 1300


class _Reading:
    """One slab waits to be taken; the next one is made meanwhile.

    What the taking thread calls is whole in C: Ctrl-C must not leave anything locked, as it may with a Condition.
    """

    def __init__(self, stack: Stack, volume: Volume, depth: int) -> None:
        self._stack = stack
        self._volume = volume
        self._depth = depth
        self._items: "queue.SimpleQueue[Tuple[str, Any]]" = queue.SimpleQueue()
        self._full = threading.Lock()  # held while a slab waits
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="stack2nrrd.slabs", daemon=True)
        self._thread.start()
        _open.add(self)

    def _work(self) -> None:
        try:
            self._stack.read_slabs(self._depth, self._put, self._tell)
            self._items.put(("end", None))
        except BaseException as error:
            self._items.put(("error", error))

    def _tell(self, fraction: float, text: str) -> bool:
        self._items.put(("progress", (fraction, text)))
        return not self._closed

    def _put(self, first: int, count: int, samples: int, size: int, _user: Any) -> int:
        try:
            array, view = new_samples((count,) + self._volume.shape[1:], self._volume.format)
            ctypes.memmove(ctypes.addressof(ctypes.c_char.from_buffer(view)), samples, size)
            self._full.acquire()
            if self._closed:
                return 1
            self._items.put(("slab", (first, array)))
            return 0
        except BaseException as error:
            self._items.put(("error", error))
            return 1

    def take(self, progress: Optional[Progress]) -> Optional[Tuple[int, Any]]:
        """The next slab; None behind the last."""
        while True:
            try:
                kind, item = self._items.get(timeout=0.1)  # Ctrl-C cannot end a longer one on every system
            except queue.Empty:
                continue
            if kind == "slab":
                self._full.release()
                slab: Tuple[int, Any] = item
                return slab
            if kind == "error":
                raise item
            if kind == "end":
                return None
            answer = progress(*item) if progress is not None else None
            if answer is not None and not answer:
                raise Cancelled(_CANCELLED, "the import was cancelled")

    def close(self) -> None:
        self._closed = True
        while self._thread.is_alive() and threading.current_thread() is not self._thread:
            try:
                self._full.release()  # if it waits there
            except RuntimeError:
                pass
            self._thread.join(0.1)


# A thread that is in C when Python ends would bring it down.
_open: "weakref.WeakSet[_Reading]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for reading in list(_open):
        reading.close()


def slabs_of(stack: Stack, depth: int, progress: Optional[Progress]) -> Generator[Tuple[int, Any], None, None]:
    with stack:
        reading = _Reading(stack, stack.plan(), depth)
        try:
            while True:
                slab = reading.take(progress)
                if slab is None:
                    break
                yield slab
                del slab  # the caller's alone
        finally:
            reading.close()
        stack.told()
