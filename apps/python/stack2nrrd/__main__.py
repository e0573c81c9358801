"""`python -m stack2nrrd`: the program itself, as it was installed with this module."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from typing import Optional


def program() -> Optional[str]:
    """That in STACK2NRRD_PROGRAM; or that of the wheel; or the first one in PATH."""
    named = os.environ.get("STACK2NRRD_PROGRAM")
    if named:
        return named
    name = "stack2nrrd.exe" if sys.platform == "win32" else "stack2nrrd"
    try:
        files = importlib.metadata.files("stack2nrrd") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == name and os.path.isfile(file.locate()):
            return os.path.realpath(file.locate())
    return shutil.which(name)


def main() -> None:
    path = program()
    if path is None:
        sys.exit("stack2nrrd: there is no program beside this module; install the wheel, or set STACK2NRRD_PROGRAM to its path")
    if sys.platform == "win32":
        sys.exit(subprocess.call([path] + sys.argv[1:]))
    os.execv(path, [path] + sys.argv[1:])


if __name__ == "__main__":
    main()
