"""Packs the extension with a wheel, unpacks it elsewhere, and imports with it as Slicer would.

    pack.py CMAKE SOURCE BUILD CONFIGURATION FOLDER
"""

import glob
import os
import shutil
import subprocess
import sys
import tarfile


def main():
    cmake, source, made, configuration, folder = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    shutil.rmtree(folder, ignore_errors=True)
    # By itself, as in the repository that the Extensions Index names.
    extension, build, root = (os.path.join(folder, name) for name in ("SlicerStack2nrrd", "build", "root"))
    shutil.copytree(os.path.join(source, "apps", "slicer"), extension, ignore=shutil.ignore_patterns("__pycache__"))
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "STACK2NRRD"))}

    def run(*command, **options):
        return subprocess.run(command, check=True, env={**clean, **options}, stdout=subprocess.PIPE).stdout

    try:
        import ensurepip  # noqa: F401  (Debian has it in python3-venv)
        import venv
    except ImportError:
        print("skipped: pip, as Slicer has it, needs python3-venv")
        return
    venv.create(os.path.join(folder, "python"), with_pip=True, system_site_packages=True)
    python = os.path.join(folder, "python", "bin", "python3")
    run(cmake, "--build", made, "--target", "stack2nrrd_wheel", *(["--config", configuration] if configuration else []))
    (wheel,) = glob.glob(os.path.join(made, "dist", "stack2nrrd-*.whl"))
    run(cmake, "-S", extension, "-B", build, "-D", "Slicer_DIR=" + here, "-D", "STACK2NRRD_WHEEL=" + wheel,
        "-D", "PYTHON_EXECUTABLE=" + python, "-D", "CMAKE_BUILD_TYPE=Release", "-D", "BUILD_TESTING=ON")  # fmt: skip
    run(os.path.join(os.path.dirname(cmake), "ctest"), "--test-dir", build, "--output-on-failure", "--no-tests=error")
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
    assert os.stat(program).st_mode & 0o777 == 0o755, os.stat(program)

    # Nothing but the unpacked extension and the stand-in for Slicer is to be seen.
    scripted = os.path.join(slicer, "qt-scripted-modules")
    assert sorted(os.listdir(scripted)) == ["stack2nrrd", "stack2nrrd_imagestacks"], os.listdir(scripted)
    assert "LICENSE" in os.listdir(os.path.join(scripted, "stack2nrrd", "licenses"))
    tests = os.path.dirname(here)
    command = "import stack2nrrd; print(stack2nrrd.__file__); import unittest; unittest.main('test_imports', argv=['', 'Nodes'])"
    paths = os.pathsep.join((scripted, tests))
    printed = run(sys.executable, "-c", command, PYTHONPATH=paths, PYTHONDONTWRITEBYTECODE="1").decode()
    assert printed.startswith(scripted), printed
    print("the extension works")


main()
