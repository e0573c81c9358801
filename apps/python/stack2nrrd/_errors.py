"""What goes wrong, as exceptions."""

import errno
import os
from typing import Any, Optional, Tuple, Union

# Of stack2nrrd.h.
NAMES = {
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


class Error(Exception):
    """What stack2nrrd has to say. `code` is that of stack2nrrd.h (code // 10 is the program's exit status), `name` its
    name, `text` one sentence for a user, `details` the long part, one line for each problem, often empty."""

    code: int
    name: str
    text: str
    details: str

    def __init__(self, code: int, text: str) -> None:
        self._keep(code, text)
        super().__init__(text)

    def _keep(self, code: int, text: str) -> None:
        self.code = code
        self.name = NAMES.get(code, "bug")
        self.text, _, self.details = text.partition("\nDetails:\n")
        self._whole = text

    def __str__(self) -> str:
        return self._whole

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.code, self._whole)


class Cancelled(Error):
    """The progress callback said False."""


class NotFound(Error, FileNotFoundError):
    """There is no such input, or no slice in it. `errno` is ENOENT, `filename` what was asked for: of a list of files the
    first one that is not there."""

    def __init__(self, code: int, text: str, filename: Union[str, bytes, None] = None) -> None:
        FileNotFoundError.__init__(self, errno.ENOENT, text, filename)
        self._keep(code, text)

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.code, self._whole, self.filename)


class StackWarning(UserWarning):
    """Something about the stack that its user should know."""


def exception_of(code: int, text: str, paths: Tuple[bytes, ...] = ()) -> Error:
    """`paths`: those of the input."""
    name = NAMES.get(code)
    if name == "cancelled":
        return Cancelled(code, text)
    if name == "not_found":
        gone: Optional[bytes] = next((path for path in paths if not os.path.exists(path)), None)
        if gone is None and len(paths) == 1:
            gone = paths[0]
        return NotFound(code, text, None if gone is None else os.fsdecode(gone))
    return Error(code, text)
