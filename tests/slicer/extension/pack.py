"""Packs the extension with an installed stack2nrrd, unpacks it elsewhere, and imports with it as Slicer would.

    pack.py CMAKE SOURCE PREFIX FOLDER
"""

import os
import shutil
import subprocess
import sys
import tarfile


def main():
    cmake, source, prefix, folder = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    shutil.rmtree(folder, ignore_errors=True)
    build, root = os.path.join(folder, "build"), os.path.join(folder, "root")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "STACK2NRRD"))}

    def run(*command, **options):
        return subprocess.run(command, check=True, env={**clean, **options}, stdout=subprocess.PIPE).stdout

    run(cmake, "-S", os.path.join(source, "apps", "slicer"), "-B", build, "-D", "Slicer_DIR=" + here,
        "-D", "STACK2NRRD_PREFIX=" + prefix, "-D", "CMAKE_BUILD_TYPE=Release")  # fmt: skip
    run(cmake, "--build", build, "--target", "package")
    with tarfile.open(os.path.join(build, "Stack2nrrd.tar.gz")) as package:
        package.extractall(root)
    shutil.rmtree(build)

    slicer = os.path.join(root, "Stack2nrrd", "lib", "Slicer-5.10")
    assert os.path.exists(os.path.join(root, "Stack2nrrd", "share", "Slicer-5.10", "Stack2nrrd.s4ext"))
    modules = os.path.join(slicer, "cli-modules")
    assert sorted(os.listdir(modules)) == ["stack2nrrd", "stack2nrrd.xml"], os.listdir(modules)
    program = os.path.join(modules, "stack2nrrd")
    with open(program + ".xml", "rb") as file:
        description = file.read()
    assert description.startswith(b"<?xml") and description == run(program, "--xml")

    # Nothing but the unpacked extension and the stand-in for Slicer is to be seen.
    scripted = os.path.join(slicer, "qt-scripted-modules")
    assert sorted(os.listdir(scripted)) == ["stack2nrrd", "stack2nrrd_imagestacks"], os.listdir(scripted)
    tests = os.path.dirname(here)
    command = "import stack2nrrd; print(stack2nrrd.__file__); import unittest; unittest.main('test_imports', argv=['', 'Nodes'])"
    paths = os.pathsep.join((scripted, tests))
    printed = run(sys.executable, "-c", command, PYTHONPATH=paths, PYTHONDONTWRITEBYTECODE="1").decode()
    assert printed.startswith(scripted), printed
    print("the extension works")


main()
