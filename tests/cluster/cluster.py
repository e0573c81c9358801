"""What the tests of --emit share: a stack, the result of one run, scripts, and a program that fails as it is told to."""

import os
import pathlib
import shlex
import signal
import struct
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["STACK2NRRD_PROGRAM"]
OUTPUT_SLICES = 12
INPUT = "st ack's {a} ü\n%d $HOME"  # what a shell, Snakemake, GNU parallel or SLURM might take for something else
OUTPUT = "o'ut $1 ü.nrrd"

# Runs the program, and notes each attempt at a shard. The first attempt at shard 1 can be told to fail, or to be slow:
# each write waits, so that it can be killed at its work.
FAULTY = r"""#!/bin/bash
number=${SLURM_ARRAY_TASK_ID:-}
for ((i = 1; i < $#; ++i)); do
    if [[ ${!i} == --shard ]]; then next=$((i + 1)) && number=${!next%/*}; fi
done
if [[ $* == *--finish* ]]; then number=finish; fi
echo "$number ${SLURM_RESTART_COUNT:-0}" >>@folder@/attempts
if [[ $number == 1 ]] && mkdir @folder@/once 2>/dev/null; then
    case @fault@ in
        fail) exit 4 ;;
        slow)
            echo $$ >@folder@/pid.part && mv @folder@/pid.part @folder@/pid
            export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0  # which do not go with strace
            exec strace -D -qqq -o /dev/null -e trace=write,pwrite64,fsync \
                -e inject=write,pwrite64,fsync:delay_enter=1000000 @program@ "$@"
            ;;
    esac
fi
exec @program@ "$@"
"""


def environment(**more):
    """Ours, without what batch systems say to their jobs."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM_", "SBATCH_", "PARALLEL", "PBS_", "LSB_", "SGE_"))}
    return {**kept, **more}


def write_tiff(file, width, height, samples):
    """16 bits, uncompressed."""
    fields = [(256, width), (257, height), (258, 16), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, len(samples))]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    directory = struct.pack("<H", len(fields)) + entries + bytes(4)
    file.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(samples)) + samples + directory)


def wait_until(condition, what, seconds=300):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


class Bench(unittest.TestCase):
    """One stack, and the bytes that one run makes of it."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory(prefix="stack2nrrd_cluster_")
        cls.addClassCleanup(place.cleanup)
        cls.place = pathlib.Path(place.name)
        stack = cls.place / INPUT
        stack.mkdir()
        samples = bytes((i * i // 7 + i // 3) % 251 for i in range(2 * 64 * 48 + 97 * 24))
        for z in range(24):
            write_tiff(stack / f"s_{z:03}.tif", 64, 48, samples[97 * z : 97 * z + 2 * 64 * 48])
        cls.whole = cls.folder("whole")
        subprocess.run([PROGRAM, *cls.words()], cwd=cls.whole, check=True, env=environment(), stderr=subprocess.PIPE)

    @classmethod
    def folder(cls, name):
        folder = cls.place / f"{cls.engine} of {name}"
        folder.mkdir()
        return folder

    @staticmethod
    def words():
        return ["--factor", "2", "--origin=-1,2,3", "-o", OUTPUT, "--", f"../{INPUT}"]

    def script(self, folder, shards, program=PROGRAM):
        """What --emit prints, with another program in it if so desired."""
        words = ["--shards", str(shards), "--emit", self.engine]
        made = subprocess.run(
            [PROGRAM, *words, *self.words()], cwd=folder, env=environment(), check=True, stdout=subprocess.PIPE, text=True
        )
        self.assertEqual(list(folder.iterdir()), [], "--emit only prints")
        own = shlex.quote(os.path.realpath(PROGRAM))
        self.assertIn(own, made.stdout)
        return made.stdout.replace(own, shlex.quote(str(program)))

    def faulty(self, name, fault):
        """A program that fails at shard 1, once: `fail`, or `slow`."""
        if fault == "slow" and subprocess.run(["strace", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("strace may not trace here")
        tools = self.folder(f"tools for {name}")
        program = tools / "program"
        text = FAULTY.replace("@program@", shlex.quote(PROGRAM)).replace("@folder@", shlex.quote(str(tools)))
        program.write_text(text.replace("@fault@", fault))
        program.chmod(0o755)
        return program

    def attempts(self, program):
        return (program.parent / "attempts").read_text().split("\n")[:-1]

    def process_at_work(self, program):
        """The number of a process that is making shard 1."""
        file = program.parent / "pid"
        wait_until(file.exists, "shard 1 has begun")
        time.sleep(0.5)
        process = int(file.read_text())
        os.kill(process, 0)  # raises if it is over
        return process

    def kill_at_work(self, program):
        os.kill(self.process_at_work(program), signal.SIGKILL)

    def check_nothing(self, folder):
        self.assertFalse((folder / OUTPUT).exists(), "nothing is published before all is there")

    def check_same(self, folder):
        self.assertEqual((folder / OUTPUT).read_bytes(), (self.whole / OUTPUT).read_bytes())
        left = [file.name for file in folder.iterdir() if file.name.startswith(OUTPUT[:4]) and file.name != OUTPUT]
        self.assertEqual(left, [], "no work is left behind")
