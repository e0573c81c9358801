"""Runs two programs on the same stacks with the same options: what they write and say must be the same.

    compare.py --work FOLDER --native PROGRAM --other PROGRAM [--emulator COMMAND] [--instructions NAME...]

The stacks are small ones of all formats (make_stacks.py) and, where STACK2NRRD_TEST_DATA names a folder of real ones, those. Each
program runs with each set of instructions that it may have (STACK2NRRD_INSTRUCTIONS). All files must have the same bytes. In
messages, times, memory and the separator of folders may differ.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

INSTRUCTIONS = ("baseline", "avx2", "avx512")

# One after another on the stacks that have all that the options are about; on all others the first two.
OPTIONS = (
    "--factor 2 -o OUT/a.nrrd",
    "--factor 1 -o OUT/a.nrrd",
    "--factor 1.5,8/3,2 --kernel kaiser:6,3.7,.975 -o OUT/a.nrrd",
    "--size 20,0,0 --quality smooth --type float32 -o OUT/a.nrrd",
    "--factor 3 --quality fast --flip x,z --reverse -o OUT/a.nhdr",
    "--factor 2 --labels -o OUT/a.nrrd",
    "--factor 2 --window auto --type uint8 --preview OUT/a.png -o OUT/a.nrrd",
    "--factor 2 --dehaze auto --encoding gzip -o OUT/a.nrrd",
    "--factor 2 --encoding gzip --level 1 -o OUT/a.nrrd",
    "--factor 2 --encoding gzip --level 6 -o OUT/a.nrrd",
    "--factor 2 --encoding gzip --level 9 -o OUT/a.nrrd",
    "--pyramid 1,2,4 --spacing 2 --space-units um -o OUT/a.ome.zarr",
    "--factor 2 --encoding zstd -o OUT/a.ome.zarr",
    "--pyramid 2,3 --kernel cubic:1/3,1/3 -o OUT/a.nrrd",
    "--like volumes/raw.nrrd --spacing 0.4,0.4,1 --fill 7 -o OUT/a.nrrd",
    "--crop 3:50,:30,1:8 --factor 2 --kernel gauss:1.2,3 --type float64 -o OUT/a.nrrd",
    "--factor 2 --channel all --memory 64M --threads 1 -o OUT/a.nrrd",
    "--info --json",
    "--factor 0",
)
FULL = ("tif-16", "tif-float", "tif-labels", "png-rgb")


def jobs(stacks):
    names = sorted(p.name for p in stacks.iterdir() if p.is_dir() and p.name != "volumes")
    names += sorted("volumes/" + p.name for p in (stacks / "volumes").iterdir() if p.suffix in (".nrrd", ".nhdr"))
    for name in names:
        for options in OPTIONS if name in FULL else OPTIONS[:2]:
            yield name, options
    real = os.environ.get("STACK2NRRD_TEST_DATA")
    if real:
        for folder in sorted(p for p in pathlib.Path(real).iterdir() if p.is_dir()):
            for options in ("--factor 4 -o OUT/a.nrrd", "--factor 3 --window auto --type uint8 --encoding gzip -o OUT/a.nrrd"):
                yield str(folder), options


def neutral(text):
    """Without what differs from run to run. Backslashes are folders, in JSON two of them."""
    text = text.replace(b"\\\\", b"/").replace(b"\\", b"/").decode("utf-8")
    text = re.sub(r"in [0-9.]+ (s|min|h)\b", "in T", text)
    text = re.sub(r"peak memory [0-9.]+ [KMG]iB", "peak memory M", text)
    return re.sub(r'("memory_bytes": |memory +)[0-9.]+( [KMG]iB)?', r"\1M", text)


def run(command, instructions, stacks, out, name, options):
    shutil.rmtree(stacks / out, ignore_errors=True)
    (stacks / out).mkdir(parents=True)
    words = [word.replace("OUT", out) for word in shlex.split(options)]
    environment = {**os.environ, "LC_ALL": "C", "STACK2NRRD_INSTRUCTIONS": instructions}
    done = subprocess.run(command + [name] + words, cwd=stacks, stdin=subprocess.DEVNULL, capture_output=True, env=environment)
    found = {"status": done.returncode, "stdout": neutral(done.stdout), "stderr": neutral(done.stderr)}
    for key in ("stdout", "stderr"):
        found[key] = found[key].replace(out, "OUT")
    for file in sorted((stacks / out).rglob("*")):
        if file.is_file():
            found[str(file.relative_to(stacks / out))] = hashlib.sha256(file.read_bytes()).hexdigest()
    shutil.rmtree(stacks / out)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--native", required=True)
    parser.add_argument("--other", required=True)
    parser.add_argument("--emulator", default="", help="what starts the other one")
    parser.add_argument("--instructions", nargs="*", default=INSTRUCTIONS, help="that the other one may have")
    given = parser.parse_args()

    stacks = given.work.resolve() / "stacks"
    shutil.rmtree(stacks, ignore_errors=True)
    maker = pathlib.Path(__file__).resolve().parent / "make_stacks.py"
    subprocess.run([sys.executable, str(maker), str(stacks)], check=True, stderr=subprocess.DEVNULL)

    native = [os.path.abspath(given.native)]
    other = shlex.split(given.emulator) + [os.path.abspath(given.other)]
    programs = [("here, " + i, native, i) for i in INSTRUCTIONS] + [("there, " + i, other, i) for i in given.instructions]
    differences = files = outputs = 0
    whole = hashlib.sha256()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, (name, options) in enumerate(jobs(stacks)):
            results = list(
                pool.map(
                    lambda p: run(p[1][1], p[1][2], stacks, "out%d_%d" % (number, p[0]), name, options), enumerate(programs)
                )
            )
            expected = results[0]
            print("%-22s %-75s %s" % (name[-22:], options, next((v[:16] for k, v in expected.items() if "." in k), "-")))
            whole.update(repr(sorted(expected.items())).encode())
            files += len(expected) - 3
            outputs += 1
            for (title, _, _), result in zip(programs[1:], results[1:]):
                for key in sorted(set(expected) | set(result)):
                    if expected.get(key) != result.get(key):
                        differences += 1
                        print("  %s: %s\n    is       %s\n    expected %s" % (title, key, result.get(key), expected.get(key)))
    print("%d runs of each of %d, %d files each: %d differences" % (outputs, len(programs), files, differences))
    print("sha256 of all that was expected: " + whole.hexdigest())
    sys.exit(differences != 0)


if __name__ == "__main__":
    main()
