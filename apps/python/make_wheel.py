"""Packs module, shared library and program into a wheel: py3-none-PLATFORM.

    make_wheel.py --metadata FILE --module FOLDER... --library FILE --program FILE --license FILE --readme FILE --output FOLDER

A wheel is a zip file with metadata, so nothing but Python is needed. The library is loaded once, to ask for its options;
where it is for another machine, --platform names that (win_amd64, linux_aarch64) and --described-by is a library of the same
source that this machine can load. Files have a fixed date: the same input gives the same bytes. On Linux the platform
follows from what the two binaries ask of the C library; where they need another library of the system, the wheel is for
machines that have it, and its platform is plain linux.
"""

import argparse
import base64
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import zipfile

# What every Linux has (PEP 600); with any other library, a wheel may not call itself manylinux.
EVERYWHERE = re.compile(r"^(libc|libm|libpthread|libdl|librt|ld-linux[-a-z0-9_]*)\.so\.\d+$")


def platform_of(plain, binaries):
    if not plain.startswith("linux_"):
        return plain
    newest = (2, 17)
    for binary in binaries:
        try:
            text = subprocess.run(
                ["readelf", "-W", "-d", "-V", binary], check=True, stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}
            ).stdout.decode()
        except FileNotFoundError:
            return plain
        if not all(EVERYWHERE.match(name) for name in re.findall(r"\(NEEDED\)[^\[]*\[([^\]]+)\]", text)):
            return plain
        newest = max([newest] + [(int(a), int(b)) for a, b in re.findall(r"GLIBC_(\d+)\.(\d+)", text)])
    return "manylinux_%d_%d_%s" % (*newest, plain.partition("_")[2])


class Wheel:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.record = []

    def add(self, name, data, executable=False):
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = (0o100755 if executable else 0o100644) << 16
        self.zip.writestr(entry, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self.record.append("%s,sha256=%s,%d" % (name, digest, len(data)))

    def close(self, info):
        self.record.append(info + "/RECORD,,")
        entry = zipfile.ZipInfo(info + "/RECORD", (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o100644 << 16
        self.zip.writestr(entry, "\n".join(self.record) + "\n")
        self.zip.close()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def stub_of(library):
    """What type checkers have to know: the options are those of this library."""
    maker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make_stub.py")
    environment = {**os.environ, "STACK2NRRD_LIBRARY": library, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, maker], check=True, stdout=subprocess.PIPE, env=environment).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", action="append", required=True, help="a package; several may be given")
    for name in ("metadata", "library", "program", "license", "readme", "output"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--notice", action="append", default=[], help="licence of a library that is linked in")
    parser.add_argument("--platform", default=sysconfig.get_platform(), help="where it is not for this machine")
    parser.add_argument("--described-by", help="a library that can be loaded here")
    given = parser.parse_args()

    platform = platform_of(re.sub(r"[-.]", "_", given.platform), [given.library, given.program])
    metadata = read(given.metadata).decode()
    name = "stack2nrrd-" + re.search("^Version: (.*)$", metadata, re.MULTILINE)[1]
    info = name + ".dist-info"
    os.makedirs(given.output, exist_ok=True)
    for old in os.listdir(given.output):
        if old.startswith("stack2nrrd-") and old.endswith(".whl"):
            os.remove(os.path.join(given.output, old))
    path = os.path.join(given.output, "%s-py3-none-%s.whl" % (name, platform))
    wheel = Wheel(path)
    for folder in given.module:
        for file in sorted(os.listdir(folder)):
            if file.endswith((".py", ".typed")):
                wheel.add(os.path.basename(folder) + "/" + file, read(os.path.join(folder, file)))
    wheel.add("stack2nrrd/__init__.pyi", stub_of(given.described_by or given.library))
    system = platform.partition("_")[0]
    library = {"win": "stack2nrrd_c.dll", "macosx": "libstack2nrrd_c.dylib"}.get(system, "libstack2nrrd_c.so")
    wheel.add("stack2nrrd/" + library, read(given.library), executable=True)
    program = "stack2nrrd.exe" if system == "win" else "stack2nrrd"
    wheel.add("%s.data/scripts/%s" % (name, program), read(given.program), executable=True)
    licenses = {"LICENSE": given.license}
    for notice in given.notice:
        licenses[os.path.basename(os.path.dirname(notice))] = notice  # /usr/share/doc/PACKAGE/copyright
    for license, file in licenses.items():
        wheel.add("%s/licenses/%s" % (info, license), read(file))
        metadata += "License-File: %s\n" % license
    metadata += "Description-Content-Type: text/markdown\n\n"
    wheel.add(info + "/METADATA", metadata.encode() + read(given.readme))
    wheel.add(
        info + "/WHEEL",
        ("Wheel-Version: 1.0\nGenerator: stack2nrrd\nRoot-Is-Purelib: false\nTag: py3-none-%s\n" % platform).encode(),
    )
    wheel.close(info)
    print(path)


if __name__ == "__main__":
    main()
