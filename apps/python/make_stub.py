"""Prints __init__.pyi: what type checkers have to know of the module, with every option of the library by name.

    make_stub.py > stack2nrrd/__init__.pyi
"""

import inspect
import textwrap

import stack2nrrd

HEAD = '''"""Made by make_stub.py from the options of the library, version %s."""

from typing import Any, Dict, Generator, Literal, Optional, Tuple

from ._errors import Cancelled as Cancelled, Error as Error, NotFound as NotFound, StackWarning as StackWarning
from ._progress import Progress as Progress
from ._sources import Slice as Slice, Slices as Slices, Source as Source
from ._values import Axes as Axes, Number as Number, Numbers as Numbers, Path as Path, Range as Range, Ranges as Ranges
from ._values import Matrix as Matrix, Reference as Reference, SampleType as SampleType, Transforms as Transforms
from ._values import Window as Window
from ._volume import Result as Result, Volume as Volume

__version__: str
__all__ = %s
'''


def stub() -> str:
    text = HEAD % (stack2nrrd.__version__, stack2nrrd.__all__)
    for name in stack2nrrd.__all__:
        function = getattr(stack2nrrd, name)
        if not inspect.isfunction(function):
            continue
        signature = inspect.signature(function)
        lines = [str(parameter) for parameter in signature.parameters.values()]
        named = next(i for i, p in enumerate(signature.parameters.values()) if p.kind is p.KEYWORD_ONLY)
        lines.insert(named, "*")
        body = "".join("    %s,\n" % line.replace("'", "") for line in lines)  # annotations are text
        text += "\n\ndef %s(\n%s) -> %s:\n" % (name, body, signature.return_annotation)
        text += textwrap.indent('"""%s"""\n' % function.__doc__, "    ")
    return text


if __name__ == "__main__":
    print(stub(), end="")
