"""Slab by slab, from one reading: the same samples, and whatever ends a loop early."""

import gc
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import stack2nrrd
from scans import Scan, flat


def readers():
    return [thread for thread in threading.enumerate() if thread.name == "stack2nrrd.slabs"]


class Slabs(Scan):
    size = (8, 7, 19)

    def tearDown(self):
        self.assertEqual(readers(), [])

    def test_slabs_of_one_reading_are_the_whole(self):
        for options in ({}, {"factor": 2}, {"factor": "5/3", "window": "auto", "type": "uint8"}, {"slab": (3, 9)}):
            whole, volume = stack2nrrd.read(self.scan, **options)
            for depth in (1, 4, 19, 1000):
                parts = list(stack2nrrd.slabs(self.scan, depth=depth, **options))
                self.assertEqual([z for z, _ in parts], list(range(0, volume.size[2], depth)))
                self.assertEqual(b"".join(flat(samples) for _, samples in parts), flat(whole))
                for z, samples in parts:
                    self.assertEqual(samples.shape, (min(depth, volume.size[2] - z),) + volume.shape[1:])

    def test_a_gzip_volume_is_read_once(self):
        path = self.folder / "packed.nrrd"
        stack2nrrd.write(self.scan, path, encoding="gzip")
        self.assertEqual(b"".join(flat(s) for _, s in stack2nrrd.slabs(path, depth=3)), b"".join(self.slices))

    def test_slabs_are_the_callers_own(self):
        kept = []
        for _, samples in stack2nrrd.slabs(self.scan, depth=2):
            before = flat(samples)
            memoryview(samples).cast("B")[0] ^= 255
            kept.append((samples, bytes([before[0] ^ 255]) + before[1:]))
        for samples, expected in kept:
            self.assertEqual(flat(samples), expected)

    def test_a_loop_may_end_early(self):
        for z, _ in stack2nrrd.slabs(**self.long_run(), depth=1):
            break
        self.assertEqual(readers(), [])
        with self.assertRaisesRegex(LookupError, "mine"):
            for z, _ in stack2nrrd.slabs(**self.long_run(), depth=1):
                raise LookupError("mine")
        self.assertEqual(readers(), [])
        slabs = stack2nrrd.slabs(**self.long_run(), depth=1)
        next(slabs)
        self.assertEqual(len(readers()), 1)
        slabs.close()
        self.assertEqual(readers(), [])
        self.assertEqual(list(slabs), [])
        never = stack2nrrd.slabs(self.scan)
        del never
        gc.collect()

    def test_a_caller_who_waits_is_waited_for(self):
        slabs = stack2nrrd.slabs(self.scan, depth=1)
        joined = b""
        for _, samples in slabs:
            time.sleep(0.01)
            joined += flat(samples)
        self.assertEqual(joined, b"".join(self.slices))

    def test_errors_reach_the_loop(self):
        good = list(itertools.islice(stack2nrrd.slabs(self.scan, depth=1), 3))
        self.assertEqual(len(good), 3)
        with self.assertRaisesRegex(stack2nrrd.Error, "--pyramid"):
            next(stack2nrrd.slabs(self.scan, pyramid=(1, 2)))
        (self.scan / "slice_012.tif").write_bytes(b"II*")
        with self.assertRaises(stack2nrrd.Error) as caught:
            list(stack2nrrd.slabs(self.scan))
        self.assertIn("slice_012", str(caught.exception))
        for wrong in (0, -1):
            with self.assertRaisesRegex(ValueError, "^depth: "):
                stack2nrrd.slabs(self.scan, depth=wrong)
        with self.assertRaises(TypeError):
            stack2nrrd.slabs(self.scan, depth="deep")
        with self.assertRaisesRegex(stack2nrrd.Error, "--factor"):
            stack2nrrd.slabs(self.scan, factor=0.5)  # before the loop

    def test_warnings_are_given_at_the_end(self):
        with self.assertWarnsRegex(stack2nrrd.StackWarning, "spacing is unknown") as caught:
            for _ in stack2nrrd.slabs(self.scan):
                pass
        self.assertEqual(caught.filename, __file__)

    def test_progress_is_told_to_the_one_who_takes(self):
        calls = []
        for _ in stack2nrrd.slabs(self.scan, depth=4, progress=lambda *call: calls.append((threading.get_ident(), call))):
            pass
        self.assertEqual({thread for thread, _ in calls}, {threading.get_ident()})
        told = [call[0] for _, call in calls]
        self.assertEqual(told, sorted(told))
        self.assertEqual(told[-1], 1)
        with self.assertRaises(stack2nrrd.Cancelled):
            list(stack2nrrd.slabs(self.scan, progress=lambda *_: False))
        with self.assertRaises(ZeroDivisionError):
            list(stack2nrrd.slabs(self.scan, progress=lambda *_: 1 / 0))

    @unittest.skipIf(sys.platform == "win32", "signals are sent otherwise")
    def test_control_c_ends_a_loop(self):
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        with self.assertRaises(KeyboardInterrupt):
            timer.start()
            for _ in stack2nrrd.slabs(**self.long_run(), depth=2048):  # it waits for the only slab
                self.fail("the run was over before it was interrupted")
        self.assertEqual(readers(), [])

    def test_several_loops_at_once(self):
        ways = [stack2nrrd.slabs(self.scan, depth=depth, factor="3/2") for depth in (1, 2, 3)]
        joined = [b"", b"", b""]
        for row in itertools.zip_longest(*ways):
            for i, slab in enumerate(row):
                joined[i] += b"" if slab is None else flat(slab[1])
        self.assertEqual(joined, [flat(stack2nrrd.read(self.scan, factor="3/2").samples)] * 3)

    def test_python_may_end_while_a_loop_waits(self):
        run = self.long_run()
        program = (
            "import stack2nrrd, sys\n"
            "slabs = stack2nrrd.slabs(sys.argv[1], depth=1, kernel=sys.argv[2], factor=sys.argv[3])\n"
            "next(slabs)\nprint('fine')\n"
        )
        arguments = [str(run["source"]), run["kernel"], run["factor"]]
        ended = subprocess.run([sys.executable, "-c", program] + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((ended.returncode, ended.stdout.strip(), ended.stderr), (0, b"fine", b""))


if __name__ == "__main__":
    unittest.main()
