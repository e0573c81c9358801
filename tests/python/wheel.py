"""Makes the wheel, checks what is in it, and uses it in a new virtual environment.

    wheel.py CMAKE BUILD_FOLDER CONFIGURATION
"""

import base64
import csv
import email
import glob
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile

# What a stranger would do first. Not run from a folder where the module could be found by accident.
FIRST_STEPS = """
import struct, sys
import stack2nrrd
assert stack2nrrd.__file__.startswith(sys.prefix), stack2nrrd.__file__
with open("volume.nrrd", "wb") as file:
    file.write(b"NRRD0004\\ntype: uint8\\ndimension: 3\\nsizes: 4 3 2\\nencoding: raw\\n\\n" + bytes(range(24)))
samples, volume = stack2nrrd.read("volume.nrrd")
try:
    import stack2nrrd_imagestacks
except ImportError as error:
    assert error.name in ("numpy", "slicer"), error  # there, and good for nothing outside of Slicer
assert volume.shape == (2, 3, 4) and bytes(memoryview(samples).cast("B")) == bytes(range(24)), volume
"""


def check_record(path):
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        record = [name for name in names if name.endswith(".dist-info/RECORD")]
        assert len(record) == 1 and len(set(names)) == len(names), names
        rows = list(csv.reader(io.StringIO(wheel.read(record[0]).decode())))
        assert sorted(row[0] for row in rows) == sorted(names), "RECORD lists other files than there are"
        for name, digest, size in rows:
            if name == record[0]:
                assert digest == size == ""
                continue
            data = wheel.read(name)
            expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            assert digest == "sha256=" + expected and int(size) == len(data), name


def check_metadata(path):
    with zipfile.ZipFile(path) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(wheel.read(name))
        assert metadata["Name"] == "stack2nrrd" and metadata["License-Expression"] == "BSD-2-Clause", metadata.items()
        assert "@" not in str(metadata.items()), metadata.items()
        urls = metadata.get_all("Project-URL")
        assert urls and all(re.fullmatch(r"[A-Z][a-z]+, https://\S+", url) for url in urls), urls
        folder = name.replace("METADATA", "licenses/")
        there = [file[len(folder):] for file in wheel.namelist() if file.startswith(folder)]
        assert sorted(there) == sorted(metadata.get_all("License-File")), there
        assert metadata["Description-Content-Type"] == "text/markdown" and metadata.get_payload().startswith("# stack2nrrd")


def main():
    cmake, build, configuration = sys.argv[1:]
    command = [cmake, "--build", build, "--target", "stack2nrrd_wheel"]
    subprocess.run(command + (["--config", configuration] if configuration else []), check=True)
    wheels = glob.glob(os.path.join(build, "dist", "stack2nrrd-*-py3-none-*.whl"))
    assert len(wheels) == 1, wheels
    check_record(wheels[0])
    check_metadata(wheels[0])
    try:
        import ensurepip  # noqa: F401  (Debian has it in python3-venv)
        import venv
    except ImportError:
        print("skipped: a virtual environment needs python3-venv")
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = os.path.join(folder, "environment")
        venv.create(environment, with_pip=True)
        binaries = os.path.join(environment, "Scripts" if sys.platform == "win32" else "bin")
        python = os.path.join(binaries, "python")
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "STACK2NRRD"))}

        def run(*arguments):
            return subprocess.run(arguments, cwd=folder, env=clean, check=True, stdout=subprocess.PIPE).stdout.decode()

        run(python, "-m", "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check", wheels[0])
        run(python, "-c", FIRST_STEPS)
        version = run(python, "-c", "import stack2nrrd; print('stack2nrrd', stack2nrrd.__version__)")
        assert run(os.path.join(binaries, "stack2nrrd"), "--version").startswith(version), version
        assert run(python, "-m", "stack2nrrd", "--version").startswith(version)
        there = subprocess.run([python, "-m", "stack2nrrd", "no such scan"], cwd=folder, env=clean, stderr=subprocess.PIPE)
        assert there.returncode == 3 and there.stderr.startswith(b"stack2nrrd: no such scan: "), there
        where = os.path.dirname(run(python, "-c", "import stack2nrrd; print(stack2nrrd.__file__)").strip())
        assert {"py.typed", "__init__.pyi"} < set(os.listdir(where)), os.listdir(where)
        run(python, "-m", "pip", "uninstall", "-y", "stack2nrrd")
        left = glob.glob(os.path.join(environment, "lib", "*", "site-packages", "stack2nrrd*"))
        assert not left, left
    print(os.path.basename(wheels[0]), "works")


main()
