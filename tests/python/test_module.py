"""The Python module: same numbers as the program, buffers, progress, errors."""

import fractions
import gc
import json
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings

import stack2nrrd
from scans import PROGRAM, Scan, flat, noise, write_tiff

try:
    import numpy
except ImportError:
    numpy = None


class Samples(Scan):
    def test_samples_are_in_z_y_x(self):
        samples, volume = stack2nrrd.read(self.scan)
        self.assertEqual(volume.size, (9, 7, 6))
        self.assertEqual(volume.shape, (6, 7, 9))
        self.assertEqual(samples.shape, (6, 7, 9))
        self.assertEqual(flat(samples), b"".join(self.slices))
        self.assertEqual(samples[2, 3, 4], self.slices[2][3 * 9 + 4])
        if numpy is not None:
            self.assertIsInstance(samples, numpy.ndarray)
            self.assertEqual(samples.dtype, numpy.uint8)

    def test_colour_is_the_last_axis(self):
        colour = self.folder / "colour"
        colour.mkdir()
        write_tiff(colour / "a_1.tif", 4, 3, noise(36), channels=3)
        samples, volume = stack2nrrd.read(colour, channel="all")
        self.assertEqual((volume.components, volume.shape), (3, (1, 3, 4, 3)))
        self.assertEqual(flat(samples), noise(36))

    def test_clipped_samples_are_counted(self):
        self.assertIsNone(stack2nrrd.plan(self.scan).clipped_low)
        samples, volume = stack2nrrd.read(self.scan)
        self.assertEqual((volume.clipped_low, volume.clipped_high), (0, 0))
        self.assertEqual(volume, stack2nrrd.plan(self.scan))
        self.assertEqual(type(volume), stack2nrrd.Volume)
        everything = b"".join(self.slices)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            samples, volume = stack2nrrd.read(self.scan, type="int8")
        self.assertEqual((volume.clipped_low, volume.clipped_high), (0, sum(v > 127 for v in everything)))
        self.assertGreater(volume.clipped_high, 0)
        texts = [str(warning.message) for warning in caught]
        self.assertTrue(any("--window auto" in text and "will be clipped" in text for text in texts), texts)
        self.assertTrue(any("% of the samples" in text for text in texts), texts)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            report = stack2nrrd.write(self.scan, self.folder / "clipped.nrrd", window="100,150")
        self.assertEqual(report["run"]["clipped_low"], sum(v < 100 for v in everything))
        self.assertEqual(report["run"]["clipped_high"], sum(v > 150 for v in everything))

    def test_a_file_is_what_the_program_writes(self):
        options = {"factor": (2, "3/2", 2), "spacing": 0.1, "kernel_z": "tent", "crop": ",1:7,"}
        report = stack2nrrd.write(self.scan, self.folder / "module.nrrd", **options)
        command = [PROGRAM, "-q", "--factor", "2,3/2,2", "--spacing", "0.1", "--kernel-z", "tent", "--crop", ",1:7,"]
        subprocess.run(command + ["-o", str(self.folder / "program.nrrd"), str(self.scan)], check=True)
        written = (self.folder / "module.nrrd").read_bytes()
        self.assertEqual(written, (self.folder / "program.nrrd").read_bytes())
        samples, volume = stack2nrrd.read(self.scan, **options)
        self.assertTrue(written.endswith(flat(samples)))
        self.assertEqual(report["output"]["bytes"], volume.bytes)
        self.assertEqual(report["output"]["spacing"], list(volume.spacing))
        self.assertEqual(report["output"]["origin"], list(volume.origin))
        self.assertEqual(report["run"]["slices_read"], 6)

    def test_a_page_comes_with_a_file(self):
        page = self.folder / "page.html"
        stack2nrrd.write(self.scan, self.folder / "module.nrrd", factor=2, spacing=0.1, report=page)
        text = page.read_text()
        self.assertTrue(text.startswith("<!DOCTYPE html>"))
        self.assertIn("stack2nrrd --factor=2 --spacing=0.1 --report=%s -o %s" % (page, self.folder / "module.nrrd"), text)
        for option, name in (("report", "new.html"), ("preview", "new.png")):
            with self.assertRaisesRegex(stack2nrrd.Error, "--%s: comes with a file" % option):
                stack2nrrd.read(self.scan, **{option: self.folder / name})
            self.assertFalse((self.folder / name).exists())

    def test_levels_of_a_zarr_are_what_the_program_writes(self):
        report = stack2nrrd.write(self.scan, self.folder / "module.ome.zarr", pyramid=(1, 2), spacing=0.1)
        command = [PROGRAM, "-q", "--pyramid", "1,2", "--spacing", "0.1", "-o", str(self.folder / "program.ome.zarr")]
        subprocess.run(command + [str(self.scan)], check=True)
        files = {}
        for name in ("module", "program"):
            store = self.folder / (name + ".ome.zarr")
            paths = sorted(path for path in store.rglob("*") if path.is_file() and path.parent != store)
            files[name] = [(path.relative_to(store), path.read_bytes()) for path in paths]
        self.assertEqual(len(files["module"]), 4)  # two of metadata, two of chunks
        self.assertEqual(files["module"], files["program"])
        self.assertEqual(report["levels"][1]["file"], str(self.folder / "module.ome.zarr" / "1"))

    def test_info_is_what_the_program_prints(self):
        printed = subprocess.run(
            [PROGRAM, "--info", "--json", "--step", "2", str(self.scan)], check=True, stdout=subprocess.PIPE
        ).stdout
        self.assertEqual(stack2nrrd.info(self.scan, step=2), json.loads(printed))

    def test_values_of_options(self):
        half = stack2nrrd.plan(self.scan, factor=2)
        for value in ("2", 2.0, (2, 2, 2), [2, "2", 2.0], fractions.Fraction(2), iter("222")):
            self.assertEqual(stack2nrrd.plan(self.scan, factor=value), half)
        self.assertEqual(stack2nrrd.plan(self.scan, factor=None).size, self.size)
        self.assertEqual(stack2nrrd.plan(self.scan, spacing=0.1 + 0.2).spacing, (0.1 + 0.2,) * 3)
        self.assertEqual(stack2nrrd.plan(self.scan).spacing, None)
        backwards, _ = stack2nrrd.read(self.scan, reverse=True)
        self.assertEqual(flat(backwards), b"".join(reversed(self.slices)))
        forwards, _ = stack2nrrd.read(self.scan, reverse=False)
        self.assertEqual(flat(forwards), b"".join(self.slices))
        if numpy is not None:
            self.assertEqual(stack2nrrd.plan(self.scan, factor=numpy.float64(2)), half)
            self.assertEqual(stack2nrrd.plan(self.scan, factor=numpy.array([2, 2, 2])), half)

    def test_a_list_is_these_files_and_no_others(self):
        files = [self.scan / "slice_004.tif", self.scan / "slice_001.tif"]
        samples, volume = stack2nrrd.read(files, order="given")
        self.assertEqual(flat(samples), self.slices[4] + self.slices[1])
        self.assertEqual(stack2nrrd.plan(files[:1]).size[2], 1)
        self.assertEqual(stack2nrrd.plan(files[0]).size[2], 6)

    def test_paths_in_other_letters(self):
        other = self.folder / "Käfer 甲虫"
        self.scan.rename(other)
        stack2nrrd.write(other, other.with_suffix(".nrrd"))
        self.assertTrue(other.with_suffix(".nrrd").exists())
        with self.assertRaises(ValueError):
            stack2nrrd.plan("a\0b")


class Buffers(Scan):
    def test_a_buffer_of_the_caller(self):
        expected = b"".join(self.slices)
        out = bytearray(len(expected))
        samples, _ = stack2nrrd.read(self.scan, out=out)
        self.assertIs(samples, out)
        self.assertEqual(bytes(out), expected)
        out.append(0)  # nobody holds it any more
        for wrong in (bytearray(5), bytes(len(expected)), memoryview(bytearray(2 * len(expected)))[::2]):
            with self.assertRaises(ValueError):
                stack2nrrd.read(self.scan, out=wrong)

    def test_a_buffer_made_for_the_volume_that_was_found(self):
        made = []

        def room(volume):
            made.append((volume, bytearray(volume.bytes)))
            return made[-1][1]

        samples, volume = stack2nrrd.read(self.scan, out=room, factor=2)
        self.assertEqual([found for found, _ in made], [volume])
        self.assertIs(samples, made[0][1])
        self.assertEqual(bytes(samples), flat(stack2nrrd.read(self.scan, factor=2).samples))
        with self.assertRaisesRegex(ValueError, "1 bytes"):
            stack2nrrd.read(self.scan, out=lambda volume: bytearray(1))
        with self.assertRaises(ZeroDivisionError):
            stack2nrrd.read(self.scan, out=lambda volume: 1 / 0)

    @unittest.skipIf(numpy is None, "numpy is not there")
    def test_arrays_of_numpy(self):
        expected, volume = stack2nrrd.read(self.scan, type="int16")
        for shape in (volume.shape, (expected.size,), (expected.size, 1)):
            out = numpy.zeros(shape, dtype=numpy.int16)
            stack2nrrd.read(self.scan, out=out, type="int16")
            self.assertTrue((out.reshape(volume.shape) == expected).all())
        for wrong in (numpy.uint16, ">i2", numpy.float16):
            with self.assertRaises(ValueError):
                stack2nrrd.read(self.scan, out=numpy.zeros(volume.shape, dtype=wrong), type="int16")
        with self.assertRaises(ValueError):
            stack2nrrd.read(self.scan, out=numpy.zeros(volume.shape, dtype=numpy.int16).T, type="int16")

    def test_without_numpy(self):
        program = (
            "import sys; sys.modules['numpy'] = None\n"
            "import stack2nrrd, warnings; warnings.simplefilter('ignore')\n"
            "samples, volume = stack2nrrd.read(sys.argv[1], type='float32')\n"
            "assert isinstance(samples, memoryview) and samples.shape == volume.shape == (6, 7, 9)\n"
            "assert samples.format == 'f'\n"
            "sys.stdout.buffer.write(bytes(int(samples[z, y, x]) for z in range(6) for y in range(7) for x in range(9)))\n"
        )
        result = subprocess.run([sys.executable, "-c", program, str(self.scan)], check=True, stdout=subprocess.PIPE)
        self.assertEqual(result.stdout, b"".join(self.slices))


class Slabs(Scan):
    size = (8, 7, 19)

    def test_slabs_are_the_whole_and_at_their_place(self):
        """The origin of a slab is the exact place of its first slice, rounded once."""
        spacing, origin = (0.1, 0.3, 0.7), (1e3, -7.3, 0.1)
        step = fractions.Fraction(5, 3)
        options = {"spacing": "0.1,0.3,0.7", "origin": "1000,-7.3,0.1", "factor": "5/3"}
        for align, shift in (("cell", step / 2 - fractions.Fraction(1, 2)), ("first", 0)):
            whole, volume = stack2nrrd.read(self.scan, align=align, **options)
            slices = volume.size[2]
            self.assertEqual(slices, 11)
            joined = b""
            for z in range(0, slices, 3):
                end = min(z + 3, slices)
                samples, slab = stack2nrrd.read(self.scan, align=align, slab="%d:%d" % (z, end), **options)
                joined += flat(samples)
                self.assertEqual(slab.shape, (end - z,) + volume.shape[1:])
                self.assertEqual(slab.spacing, volume.spacing)
                for axis, first in enumerate((0, 0, z)):
                    place = fractions.Fraction(spacing[axis]) * (shift + first * step)
                    self.assertEqual(slab.origin[axis], float(fractions.Fraction(origin[axis]) + place))
                with tempfile.TemporaryDirectory() as folder:
                    path = pathlib.Path(folder) / "slab.nrrd"
                    command = [PROGRAM, "-q", "--align", align, "--slab", "%d:%d" % (z, end), "-o", str(path)]
                    for name, value in options.items():
                        command += ["--" + name, value]
                    subprocess.run(command + [str(self.scan)], check=True)
                    header, written = path.read_bytes().split(b"\n\n", 1)
                    self.assertEqual(written, flat(samples))
                    text = header.decode().split("space origin: (")[1].split(")")[0]
                    self.assertEqual(tuple(map(float, text.split(","))), slab.origin)
            self.assertEqual(joined, flat(whole))

    def test_what_is_no_slab_is_refused(self):
        for slab in ("5:3", "4:4", "-1:2", "1", "", "x:y", "15:20", "19:20"):
            with self.assertRaises(stack2nrrd.Error, msg=slab) as caught:
                stack2nrrd.plan(self.scan, slab=slab)
            self.assertIn("slab", str(caught.exception))
        self.assertEqual(stack2nrrd.plan(self.scan, slab="18:19").size, (8, 7, 1))


class Trouble(Scan):
    def test_errors_have_code_name_and_text(self):
        with self.assertRaises(stack2nrrd.Error) as caught:
            stack2nrrd.plan(self.folder / "nothing")
        error = caught.exception
        self.assertEqual((error.code, error.name, error.details), (30, "not_found", ""))
        self.assertIn("nothing", error.text)
        self.assertEqual(str(error), error.text)
        for raised in (error, stack2nrrd.Error(31, "a\nDetails:\nb\nc"), stack2nrrd.Cancelled(1300, "stop")):
            again = pickle.loads(pickle.dumps(raised))
            self.assertIs(type(again), type(raised))
            self.assertEqual((again.code, again.text, again.details), (raised.code, raised.text, raised.details))
            self.assertEqual(str(again), str(raised))
        write_tiff(self.scan / "slice_002.tif", 9, 6, noise(54))
        (self.scan / "slice_004.tif").write_bytes(b"II*")
        with self.assertRaises(stack2nrrd.Error) as caught:
            stack2nrrd.read(self.scan)
        lines = caught.exception.details.split("\n")
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[0], caught.exception.text)
        fatal = [problem for problem in stack2nrrd.info(self.scan)["problems"] if problem["fatal"]]
        self.assertEqual([problem["text"] for problem in fatal], lines)

    def test_what_a_user_should_know_is_a_warning(self):
        with self.assertWarnsRegex(stack2nrrd.StackWarning, "spacing is unknown") as caught:
            stack2nrrd.read(self.scan)
        self.assertEqual(caught.filename, __file__)

    def test_progress(self):
        calls = []
        start = time.monotonic()
        stack2nrrd.read(progress=lambda *call: calls.append((threading.get_ident(), call)), step=4, **self.long_run())
        self.assertLessEqual(len(calls), 2 + 10 * (time.monotonic() - start))
        self.assertEqual({thread for thread, _ in calls}, {threading.get_ident()})
        fractions_told = [call[0] for _, call in calls]
        self.assertEqual(fractions_told, sorted(fractions_told))
        self.assertEqual(fractions_told[-1], 1)
        self.assertLess(fractions_told[0], 1)
        self.assertTrue(calls[0][1][1].endswith(" of 512 slices"))

    def test_false_cancels(self):
        with self.assertRaises(stack2nrrd.Cancelled) as caught:
            stack2nrrd.write(self.scan, self.folder / "out.nrrd", progress=lambda fraction, text: False)
        self.assertEqual(caught.exception.code, 1300)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["scan"])
        stack2nrrd.read(self.scan, progress=lambda fraction, text: None)
        stack2nrrd.read(self.scan, progress=lambda fraction, text: True)

    def test_what_the_callback_raises_comes_out(self):
        hook = sys.unraisablehook
        for raised in (LookupError("mine"), KeyboardInterrupt("mine"), SystemExit("mine")):

            def fail(fraction, text):
                raise raised

            with self.assertRaises(type(raised)) as caught:
                stack2nrrd.write(self.scan, self.folder / "out.nrrd", progress=fail)
            self.assertIs(caught.exception, raised)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["scan"])
        self.assertIs(sys.unraisablehook, hook)

    @unittest.skipIf(sys.platform == "win32", "signals are sent otherwise")
    def test_control_c_stops_a_run(self):
        # The signal arrives while C is at work, not while the callback is.
        run = self.long_run()
        for progress in (None, lambda fraction, text: None):
            pid = os.getpid()
            timer = threading.Timer(0.25, os.kill, (pid, signal.SIGINT))
            finished = False
            with self.assertRaises(KeyboardInterrupt):
                timer.start()
                stack2nrrd.write(run["source"], self.folder / "out.nrrd", progress=progress, kernel="lanczos:30", factor="1.1")
                finished = True
                time.sleep(1)
            self.assertFalse(finished, "the run was over before it was interrupted")
            self.assertFalse((self.folder / "out.nrrd").exists())

    def test_threads(self):
        results = {}

        def work(factor):
            for _ in range(3):
                try:
                    results[factor] = flat(stack2nrrd.read(self.scan, factor=factor, progress=lambda *_: None).samples)
                except stack2nrrd.Error as error:
                    results[factor] = error.text

        threads = [threading.Thread(target=work, args=(factor,)) for factor in ("1", "2", "3/2", "0.5")]
        hook = sys.unraisablehook
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertIs(sys.unraisablehook, hook)
        self.assertIn("0.5", results["0.5"])
        for factor in ("1", "2", "3/2"):
            self.assertEqual(results[factor], flat(stack2nrrd.read(self.scan, factor=factor).samples))

    def test_the_program_may_be_called_from_a_callback(self):
        sizes = []
        stack2nrrd.read(self.scan, progress=lambda *_: sizes.append(stack2nrrd.read(self.scan, factor=2).volume.size))
        self.assertEqual(sizes[0], (4, 3, 3))
        gc.collect()


if __name__ == "__main__":
    unittest.main()
