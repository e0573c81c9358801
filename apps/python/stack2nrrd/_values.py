"""The options: the table of the library, as keyword arguments; and the values of Python as the text that it takes."""

import ctypes
import inspect
import numbers
import operator
import os
import textwrap
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    List,
    NamedTuple,
    Optional,
    Sequence,
    SupportsFloat,
    Tuple,
    TypeVar,
    Union,
)

from ._library import library as _c
from ._volume import Volume

# What annotations say.
Path = Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]
Number = Union[str, SupportsFloat]  #: also as text: "8/3"
Numbers = Union[Number, Iterable[Number]]  #: for x, y and z; one number means all three
Range = Union[str, slice, Sequence[Optional[int]]]  #: (first, end)
Ranges = Union[str, Sequence[Union[Range, None]]]  #: of x, y and z
Window = Union[str, Iterable[Number]]  #: (low, high), "auto", or ("auto", low, high) with percentiles
Axes = Union[str, Iterable[str]]  #: ("x", "y")
SampleType = Union[str, type, Any]  #: "uint16", numpy.uint16, a dtype
Matrix = Sequence[Sequence[SupportsFloat]]  #: 4 x 4, RAS+ mm, as Volume.affine; also an array of numpy
Reference = Union[Path, Volume, Tuple[Sequence[int], Matrix]]  #: a file, a Volume, or (shape, affine), shape as of arrays
Transforms = Union[Path, Matrix, Sequence[Union[Path, Matrix]]]  #: one or several, the last of which is applied first


class Option(NamedTuple):
    name: str  #: "kernel-x"
    value: str  #: "SPEC", "natural|given"; empty for a flag
    preset: str  #: the default; may be empty
    group: str  #: "Input", "Output", ...
    help: str

    @property
    def keyword(self) -> str:
        return self.name.replace("-", "_")

    @property
    def axes(self) -> int:
        """How many fields the value has at most."""
        return self.value.count(",") + 1

    @property
    def kind(self) -> str:
        """What Python has for the value: the name of a type, of those above, or "Literal"."""
        words = self.value.split("|")
        kinds = [
            (not self.value, "bool"),
            (len(words) > 1 and all(word.islower() for word in words), "Literal"),
            (self.name == "transform", "Transforms"),
            (self.value == "REF", "Reference"),
            (self.value.startswith(("FILE", "DIR")), "Path"),
            (self.value == "SPEC", "str"),
            (self.name == "type", "SampleType"),
            (self.name == "window", "Window"),
            (self.value == "x,y,z", "Axes"),
            (":" in words[0], "Ranges" if self.axes > 1 else "Range"),
            ("," in self.value, "Numbers"),
        ]
        return next((kind for applies, kind in kinds if applies), "Number")

    @property
    def annotation(self) -> str:
        kind = self.kind
        if kind == "Literal":
            kind = "Literal[%s]" % ", ".join('"%s"' % word for word in self.value.split("|"))
        return "Optional[%s]" % kind


def _table() -> List[Option]:
    options: List[Option] = []
    while True:
        entry = _c.option_at(len(options))
        if not entry:
            return options
        options.append(Option(*(getattr(entry.contents, field).decode() for field in Option._fields)))


OPTIONS: Dict[str, Option] = {option.keyword: option for option in _table()}

Function = TypeVar("Function", bound=Callable[..., Any])


def with_options(function: Function) -> Function:
    """Names the options in the signature of a function that takes them as **options, and in its description."""
    signature = inspect.signature(function)
    named = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    for keyword, option in OPTIONS.items():
        named.append(inspect.Parameter(keyword, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option.annotation))
    function.__signature__ = signature.replace(parameters=named)  # type: ignore[attr-defined]
    lines = [inspect.cleandoc(function.__doc__ or ""), "", "Options:"]
    for keyword, option in OPTIONS.items():
        value = option.value or "True"
        preset = " (%s)" % option.preset if option.preset else ""
        text = "%s=%s: %s%s" % (keyword, value, option.help, preset)
        lines.append(textwrap.fill(text, 110, initial_indent="    ", subsequent_indent="        "))
    function.__doc__ = "\n".join(lines)
    return function


def check_names(function: str, names: Iterable[str]) -> None:
    """Raises TypeError, as Python does."""
    for name in names:
        if name not in OPTIONS:
            raise TypeError("%s() got an unexpected keyword argument %r%s" % (function, name, _advice(name)))


def _advice(name: str) -> str:
    """The end of what the library says of a name that it does not know: "; did you mean 'factor'?", or nothing."""
    handle = ctypes.c_void_p()
    _c.open(b".", ctypes.byref(handle))  # looks at nothing yet
    try:
        _c.set(handle, name.encode("utf-8", "replace"), b"")
        sentence: str = _c.last_error().decode("utf-8", "replace")
    finally:
        _c.close(handle)
    _, semicolon, advice = sentence.partition("; did you mean ")
    return semicolon + advice.replace("-", "_")


def texts_of(option: Option, value: Any) -> List[str]:
    """The values of an option as the program takes them, one after the other."""
    is_list = option.kind == "Transforms" and hasattr(value, "__iter__")
    if not is_list or isinstance(value, (str, bytes, os.PathLike)) or _is_matrix(value):
        return [text_of(option, value)]
    return [text_of(option, each) for each in value]


def text_of(option: Option, value: Any) -> str:
    """The value of an option as the program takes it."""
    if isinstance(value, (str, bytes, os.PathLike)):
        return os.fsdecode(value)
    if option.kind == "Transforms":
        return "affine:" + _plain([number for row in _lps(option, value, both=True)[:3] for number in row])
    if option.kind == "Reference":
        return _grid(option, value)
    if option.kind == "Path":
        raise TypeError("%s: is the name of a file, but a %s was given" % (option.name, type(value).__name__))
    if option.kind in ("Range", "Ranges"):
        return _ranges(option, value)
    if option.kind == "SampleType":
        return _type_name(value)
    if option.kind == "Window":
        return _window(value)
    return _plain(value, option.name == "factor")


def _is_matrix(value: Any) -> bool:
    """Are its items lists of numbers, which have no length?"""
    try:
        return all(not isinstance(row, (str, bytes)) and len(row) > 0 and not hasattr(row[0], "__len__") for row in value)
    except TypeError:
        return False


def _lps(option: Option, matrix: Any, both: bool) -> List[List[float]]:
    """A matrix of RAS+ mm as one of LPS mm; `both`: what goes in are places, too."""
    rows = [[float(number) for number in row] for row in matrix]
    if len(rows) != 4 or any(len(row) != 4 for row in rows) or rows[3] != [0, 0, 0, 1]:
        raise ValueError("%s: is no affine matrix; 4 x 4 numbers were expected, the last row 0, 0, 0, 1" % option.keyword)
    signs = (-1, -1, 1, 1)
    return [
        [number * signs[r] * (signs[c] if both else 1) for c, number in enumerate(row)] for r, row in enumerate(rows)
    ]


def _grid(option: Option, value: Any) -> str:
    if isinstance(value, Volume):
        if value.spacing is None:
            raise ValueError("%s: has no known spacing, so that nobody knows where it is" % option.keyword)
        size: Sequence[Any] = value.size
        origin, directions = value.origin, value.directions
    else:
        try:
            shape, affine = value
        except (TypeError, ValueError):
            raise TypeError(
                "%s: is a file, a Volume or (shape, affine), but a %s was given" % (option.name, type(value).__name__)
            ) from None
        if len(shape) < 3:
            raise ValueError("%s: has %d axes, 3 were expected: z, y, x" % (option.keyword, len(shape)))
        rows = _lps(option, affine, both=False)
        size = tuple(shape)[2::-1]
        origin = (rows[0][3], rows[1][3], rows[2][3])
        directions = tuple((rows[0][a], rows[1][a], rows[2][a]) for a in range(3))  # type: ignore[assignment]
    return "grid:" + _plain([*map(operator.index, size), *origin, *(number for step in directions for number in step)])


def _window(value: Any) -> str:
    fields = list(value)
    if fields and isinstance(fields[0], str) and len(fields) == 3:
        return "%s:%s" % (fields[0], _plain(fields[1:]))
    return _plain(fields)


def _plain(value: Any, fractions: bool = False) -> str:
    """`fractions`: whether the option takes "8/3"."""
    if isinstance(value, (str, bytes, os.PathLike)):
        return os.fsdecode(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()  # a scalar of numpy
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Rational) and fractions:
        return "%d/%d" % (value.numerator, value.denominator)
    if isinstance(value, numbers.Real):
        return repr(float(value))  # all digits
    if hasattr(value, "__iter__"):
        return ",".join(_plain(v, fractions) for v in value)
    return str(value)


def _ranges(option: Option, value: Any) -> str:
    if option.axes == 1:
        return _range(option, value)
    axes = list(value)
    if len(axes) != option.axes:
        raise ValueError(
            "%s: has %d ranges, %d were expected: x, y, z; None keeps an axis" % (option.keyword, len(axes), option.axes)
        )
    return ",".join("" if axis is None else _range(option, axis) for axis in axes)


def _range(option: Option, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, slice):
        if value.step not in (None, 1):
            raise ValueError("%s: has a step of %r, none was expected; factor= reduces" % (option.keyword, value.step))
        ends = [value.start, value.stop]
    else:
        ends = list(value)
        if len(ends) != 2:
            raise ValueError("%s: is a range of %d numbers, (first, end) was expected" % (option.keyword, len(ends)))
    if ends[0] is None:
        ends[0] = 0
    return ":".join("" if end is None else _plain(end) for end in ends)


def _type_name(value: Any) -> str:
    if isinstance(value, type):
        try:
            import numpy
        except ImportError:
            return value.__name__
        return numpy.dtype(value).name
    return str(getattr(value, "name", value))
