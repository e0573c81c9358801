"""The way of Python callbacks through C and back."""

import sys
import threading
from typing import Any, Callable, Dict, Optional

from ._library import PROGRESS

Progress = Callable[[float, str], Any]  #: (fraction from 0 to 1, "120 of 400 slices"); False cancels

# Python looks for signals whenever a Python function begins: a KeyboardInterrupt is then raised in front of the first
# line of a callback, where no `try` can be. ctypes hands what leaves a callback to sys.unraisablehook; so, while a run
# is under way, that hook keeps what belongs to a callback of ours. Everything else goes on to whose it is.
_lock = threading.Lock()
_running: Dict[int, "Callback"] = {}  # by thread
_functions: Dict[Any, "Callback"] = {}
_previous: Optional[Callable[[Any], Any]] = None


def _hook(unraisable: Any) -> None:
    callback = next((c for function, c in list(_functions.items()) if function is unraisable.object), None)
    if callback is None and unraisable.object is None and "ctypes callback" in (unraisable.err_msg or ""):
        callback = _running.get(threading.get_ident())
    if callback is not None:
        callback.raised = unraisable.exc_value
    else:
        (_previous or sys.__unraisablehook__)(unraisable)


class Callback:
    """Calls `progress(fraction, text)` while a run is under way; what it raises is kept, stops the run, and is raised
    again at the end.

    There is a callback also where nobody asked for progress: it is where Ctrl-C gets through. `others`: other functions
    of Python that the run calls, on whatever threads.
    """

    def __init__(self, progress: Optional[Progress], others: "tuple[Callable[..., Any], ...]" = ()) -> None:
        self._progress = progress
        self.raised: Optional[BaseException] = None
        self._call_c = self._call  # one object, to be known again
        self.functions = (self._call_c,) + others
        self.pointer = PROGRESS(self._call_c)

    def _call(self, fraction: float, text: bytes, _user: Any) -> int:
        try:
            if self.raised is not None:
                return 1
            if self._progress is None:
                return 0
            answer = self._progress(fraction, text.decode("utf-8", "replace"))
            return 0 if answer is None or answer else 1
        except BaseException as error:
            self.raised = error
            return 1

    def __enter__(self) -> "Callback":
        global _previous
        with _lock:
            self._outer = _running.get(threading.get_ident())
            if not _running:
                _previous, sys.unraisablehook = sys.unraisablehook, _hook
            _running[threading.get_ident()] = self
            _functions.update(dict.fromkeys(self.functions, self))
        return self

    def __exit__(self, *_: Any) -> None:
        with _lock:
            for function in self.functions:
                _functions.pop(function, None)
            if self._outer is not None:
                _running[threading.get_ident()] = self._outer
            else:
                del _running[threading.get_ident()]
            if not _running and sys.unraisablehook is _hook and _previous is not None:
                sys.unraisablehook = _previous
        if self.raised is not None:
            raised, self.raised = self.raised, None
            raise raised
