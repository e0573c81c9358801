"""The way of a Python callback through C and back."""

import sys
import threading

from ._library import PROGRESS

# Python looks for signals whenever a Python function begins: a KeyboardInterrupt is then raised in front of the first
# line of the callback, where no `try` can be. ctypes hands what leaves a callback to sys.unraisablehook; so, while a run
# is under way, that hook keeps what belongs to a callback of ours. Everything else goes on to whose it is.
_lock = threading.Lock()
_running = {}
_previous = None


def _hook(unraisable):
    callback = _running.get(threading.get_ident())
    where = "ctypes callback" in (unraisable.err_msg or "")
    if callback is not None and (unraisable.object is callback.function or (unraisable.object is None and where)):
        callback.raised = unraisable.exc_value
    else:
        (_previous or sys.__unraisablehook__)(unraisable)


class Callback:
    """Calls `progress(fraction, text)`; what it raises is kept, stops the run, and is raised again at the end.

    There is a callback also where nobody asked for progress: it is where Ctrl-C gets through.
    """

    def __init__(self, progress):
        self._progress = progress
        self.raised = None
        self.function = self._call  # one object, to be known again
        self.pointer = PROGRESS(self.function)

    def _call(self, fraction, text, _user):
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

    def __enter__(self):
        global _previous
        with _lock:
            self._outer = _running.get(threading.get_ident())
            if not _running:
                _previous, sys.unraisablehook = sys.unraisablehook, _hook
            _running[threading.get_ident()] = self
        return self

    def __exit__(self, kind, error, traceback):
        with _lock:
            if self._outer is not None:
                _running[threading.get_ident()] = self._outer
            else:
                del _running[threading.get_ident()]
            if not _running and sys.unraisablehook is _hook:
                sys.unraisablehook = _previous
        if self.raised is not None:
            raised, self.raised = self.raised, None
            raise raised
