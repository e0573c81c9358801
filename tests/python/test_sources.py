"""Objects of Python as sources: arrays of numpy, datasets of h5py and zarr, lists, and whatever has slices."""

import os
import signal
import sys
import threading
import time
import traceback
import unittest

import numpy
import stack2nrrd
from scans import Scan, flat

try:
    import h5py
except ImportError:
    h5py = None
try:
    import zarr
except ImportError:
    zarr = None


class Own:
    """Slices of an array, and what goes wrong with them."""

    def __init__(self, array, answer=None):
        self.array = array
        self.answer = answer
        self.asked = []
        self.inside = 0
        self.overlapping = False

    @property
    def shape(self):
        return self.array.shape

    @property
    def dtype(self):
        return self.array.dtype

    def __getitem__(self, z):
        self.inside += 1
        self.overlapping |= self.inside > 1
        self.asked.append(z)
        try:
            return self.array[z] if self.answer is None else self.answer(z)
        finally:
            self.inside -= 1


class Arrays(Scan):
    size = (13, 11, 17)

    def setUp(self):
        super().setUp()
        self.array = numpy.frombuffer(b"".join(self.slices), "u1").reshape(self.size[::-1])

    def same(self, source, expected=None, **options):
        samples, volume = stack2nrrd.read(source, **options)
        wanted, planned = stack2nrrd.read(self.scan if expected is None else expected, **options)
        self.assertEqual(samples.dtype, wanted.dtype)
        self.assertTrue(numpy.array_equal(samples, wanted))
        self.assertEqual(volume[:6], planned[:6])


class Sources(Arrays):
    def test_slices_of_an_array_make_what_files_make(self):
        for options in (
            {},
            {"factor": 10 / 3, "spacing": (0.1, 0.2, 0.3), "origin": (1, 2, 3)},
            {"crop": ((1, 12), (2, 9), (3, 15)), "kernel": "box", "factor": 2},
            {"reverse": True, "step": 2},
            {"window": "auto", "type": numpy.float32},
            {"labels": True, "factor": 2},
            {"slab": (1, 3), "factor": 3},
        ):
            for threads in (1, 3):
                self.same(self.array, threads=threads, **options)
                self.same(list(self.array), threads=threads, **options)
                self.same(Own(self.array), threads=threads, **options)
        path = self.folder / "memmap"
        self.array.tofile(path)
        self.same(numpy.memmap(path, "u1", "r", shape=self.array.shape), factor=2)
        self.assertEqual(stack2nrrd.plan(self.array, factor=2)[:7], stack2nrrd.plan(self.scan, factor=2)[:7])

    def test_all_functions_take_them(self):
        report = stack2nrrd.write(self.array, self.folder / "array.nrrd", factor=2, spacing=1)
        stack2nrrd.write(self.scan, self.folder / "files.nrrd", factor=2, spacing=1)
        both = [(self.folder / name).read_bytes().split(b"\n\n", 1)[1] for name in ("array.nrrd", "files.nrrd")]
        self.assertEqual(both[0], both[1])
        self.assertEqual(report["input"]["kind"], "source")
        self.assertEqual(stack2nrrd.info(self.array)["input"]["size"], list(self.size))
        slabs = [samples for _, samples in stack2nrrd.slabs(Own(self.array), depth=2, factor=2)]
        self.assertTrue(numpy.array_equal(numpy.concatenate(slabs), stack2nrrd.read(self.scan, factor=2).samples))

    def test_a_page_says_that_they_are_no_files(self):
        stack2nrrd.write(self.array, self.folder / "array.nrrd", spacing=1, report=self.folder / "page.html")
        text = (self.folder / "page.html").read_text()
        self.assertIn("INPUT  # INPUT: slices of a program, which are no files</pre>", text)
        self.assertIn("as the program gives them", text)

    def test_types_byte_orders_and_strides(self):
        for kind in ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8", "i8", "u8"):
            array = self.array.astype(kind) * 3
            self.assertTrue(numpy.array_equal(stack2nrrd.read(array).samples, array))
            swapped = array.astype(array.dtype.newbyteorder())
            self.same(swapped, expected=array, factor=2)
            self.same(list(swapped), expected=array, factor=2)
            self.same(numpy.asfortranarray(array), expected=array, factor=2)
            self.same(array[::-1, ::-1, ::-1], expected=array[::-1, ::-1, ::-1].copy(), factor=2)
        half = (self.array / 7).astype("f2")
        self.same(half, expected=half.astype("f4"), factor=2)
        self.same(self.array > 100, expected=(self.array > 100).astype("u1"), labels=True, factor=2)
        samples = numpy.zeros(self.array.shape, "i8")
        self.assertIs(stack2nrrd.read(self.array.astype("i8"), out=samples).samples, samples)
        self.assertTrue(numpy.array_equal(samples, self.array))
        for kind in ("c8", "O", "U3", "S2", "M8[s]", [("a", "u1")], "f16"):
            with self.assertRaisesRegex(TypeError, "one of uint8, "):
                stack2nrrd.plan(numpy.zeros((3, 4, 5), kind))

    def test_components_stay_apart(self):
        for count in (1, 2, 3, 7):
            array = numpy.arange(5 * 6 * 4 * count, dtype="u2").reshape(5, 6, 4, count)
            samples, volume = stack2nrrd.read(array)
            self.assertEqual(volume.components, count)
            self.assertTrue(numpy.array_equal(samples.reshape(array.shape), array))
            halves = stack2nrrd.read(array, factor=2).samples.reshape(2, 3, 2, count)
            for c in range(count):
                self.assertTrue(numpy.array_equal(halves[..., c], stack2nrrd.read(array[..., c], factor=2).samples))

    @unittest.skipIf(h5py is None, "h5py is not there")
    def test_datasets_of_h5py(self):
        with h5py.File(self.folder / "scan.h5", "w") as file:
            plain = file.create_dataset("plain", data=self.array)
            chunked = file.create_dataset("chunked", data=self.array, chunks=(5, 4, 4), compression="gzip")
            for dataset in (plain, chunked):
                self.same(dataset, factor=2)
                self.same(dataset, factor=2, reverse=True, threads=1)

    @unittest.skipIf(zarr is None, "zarr is not there")
    def test_arrays_of_zarr(self):
        array = zarr.open(str(self.folder / "scan.zarr"), mode="w", shape=self.array.shape, chunks=(5, 4, 4), dtype="u1")
        array[:] = self.array
        self.same(array, factor=2)
        self.same(array, factor=2, threads=1, reverse=True)

    def test_layers_of_chunks_are_read_once(self):
        class Chunked:
            shape, dtype, chunks = self.array.shape, self.array.dtype, (5, 4, 4)

            def __init__(self, array):
                self.array = array
                self.asked = []

            def __getitem__(self, place):
                self.asked.append(place)
                return self.array[place]

        layers = [slice(z, z + 5) for z in range(0, self.size[2], 5)]
        for threads in (1, 4):
            source = Chunked(self.array)
            self.same(source, expected=self.array, threads=threads, factor=2)
            self.assertEqual(source.asked, layers)
            source = Chunked(self.array)
            self.same(source, expected=self.array, threads=threads, crop=(None, None, (6, 9)))
            self.assertEqual(source.asked, layers[1:2])
        for reverse in (True, "true"):
            source = Chunked(self.array)
            self.same(source, expected=self.array, threads=1, reverse=reverse)
            self.assertEqual(source.asked, layers[::-1])
        chunked, plain = (stack2nrrd.plan(s, threads=1).memory_bytes for s in (Chunked(self.array), self.array))
        self.assertEqual(chunked - plain, 4 * 13 * 11)
        for chunks in (None, True, ((9, 8), (11,), (13,)), (0, 4, 4), (5, 4)):  # as others have it
            source = Chunked(self.array)
            source.chunks = chunks
            self.same(source, expected=self.array)
            self.assertEqual(sorted(source.asked), list(range(self.size[2])))

    def test_one_slice_at_a_time_each_once(self):
        for threads in (1, 4):
            source = Own(self.array)
            stack2nrrd.read(source, threads=threads, factor=2)
            self.assertEqual(sorted(source.asked), list(range(self.size[2])))
            self.assertFalse(source.overlapping)
            source = Own(self.array)
            stack2nrrd.read(source, threads=threads, crop=(None, None, (3, 7)))
            self.assertEqual(sorted(source.asked), [3, 4, 5, 6])


class Trouble(Arrays):
    def test_what_the_object_raises_comes_out(self):
        class Mine(Exception):
            def __init__(self, one, two):  # no stranger can make it again
                super().__init__(one)

        calls = (
            lambda source, **more: stack2nrrd.read(source, **more),
            lambda source, **more: list(stack2nrrd.slabs(source, depth=1, **more)),
            lambda source, **more: stack2nrrd.write(source, self.folder / "out.nrrd", **more),
        )
        for raised in (Mine("slice 3 is lost", 2), KeyboardInterrupt(), SystemExit(3), stack2nrrd.Error(41, "source: slice 2: x")):
            for call in calls:
                for options in ({"threads": 1}, {"threads": 3}, {"window": "auto"}, {"reverse": True, "threads": 1}):

                    def answer(z):
                        if z in (7, 9):
                            raise raised
                        return self.array[z]

                    try:
                        call(Own(self.array, answer), **options)
                        self.fail("nothing was raised")
                    except type(raised) as caught:
                        self.assertIs(caught, raised)
                        frames = [frame.name for frame in traceback.extract_tb(caught.__traceback__)]
                        self.assertIn("answer", frames)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["scan"])

    def test_of_several_exceptions_the_first_in_order_comes_out(self):
        def answer(z):
            if z >= 5:
                raise LookupError(z)
            return self.array[z]

        for options, expected in (({}, 5), ({"reverse": True}, 16)):
            for _ in range(10):
                with self.assertRaises(LookupError) as caught:
                    stack2nrrd.read(Own(self.array, answer), threads=4, **options)
                self.assertEqual(caught.exception.args, (expected,))

    def test_slices_that_are_not_like_the_others_are_named(self):
        for wrong, text in (
            (self.array[0, :5], r"slice 3 has shape \(5, 13\), \(11, 13\) was expected"),
            (self.array[0, :, :, None], r"slice 3 has shape \(11, 13, 1\)"),
            (self.array[0].astype("u2"), "slice 3 has samples of uint16, uint8 was expected"),
            (self.array[0].astype("c8"), "slice 3 has samples of complex64"),
            (numpy.ma.masked_equal(self.array[0], 0), "slice 3 has a mask"),
        ):
            source = Own(self.array, lambda z: wrong if z == 3 else self.array[z])
            with self.assertRaisesRegex(stack2nrrd.Error, text) as caught:
                stack2nrrd.read(source)
            self.assertEqual((caught.exception.code, caught.exception.name), (31, "inconsistent"))
            with self.assertRaisesRegex(stack2nrrd.Error, text):
                stack2nrrd.plan([self.array[0]] * 3 + [wrong])  # of a list it is known at once

    def test_what_is_no_source_is_refused(self):
        for wrong in (numpy.zeros((3, 4)), numpy.zeros((1, 2, 3, 4, 5)), [numpy.zeros(4)], numpy.zeros(())):
            with self.assertRaisesRegex(ValueError, "shape"):
                stack2nrrd.plan(wrong)
        with self.assertRaisesRegex(TypeError, "a list of slices and of 'str'"):
            stack2nrrd.plan([numpy.zeros((3, 4)), "slice.tif"])
        with self.assertRaises(TypeError):
            stack2nrrd.plan(3)
        for empty in ((0, 4, 5), (3, 0, 5), (3, 4, 0)):
            with self.assertRaises(stack2nrrd.Error) as caught:
                stack2nrrd.plan(numpy.zeros(empty))
            self.assertEqual(caught.exception.name, "invalid_argument")

    def test_a_list_of_names_is_a_list_of_files(self):
        files = sorted(str(path) for path in self.scan.iterdir())
        for names in (files, tuple(files), iter(files), numpy.array(files), numpy.array(files, object)):
            self.assertEqual(flat(stack2nrrd.read(names).samples), b"".join(self.slices))
        held = numpy.empty(len(self.array), object)
        held[:] = list(self.array)
        self.same(held)

    @unittest.skipIf(sys.platform == "win32", "signals are sent otherwise")
    def test_control_c_ends_a_run(self):
        asked = []  # no Event: one that is interrupted may stay locked

        def answer(z):
            asked.append(z)
            return self.array[0]

        source = Own(numpy.broadcast_to(self.array[0], (1000000,) + self.array.shape[1:]), answer)

        def kill():
            while not asked:
                time.sleep(0.001)
            os.kill(os.getpid(), signal.SIGINT)

        for _ in range(5):
            asked.clear()
            thread = threading.Thread(target=kill)
            with self.assertRaises(KeyboardInterrupt):
                thread.start()
                stack2nrrd.write(source, self.folder / "out.nrrd", kernel="lanczos:8", factor=2)
            thread.join()
            self.assertFalse((self.folder / "out.nrrd").exists())

    def test_the_memory_of_slices_is_told(self):
        small, large = (
            stack2nrrd.plan(numpy.broadcast_to(numpy.uint8(1), (5, rows, 2000)), crop=(None, (0, 10), None), threads=1)
            for rows in (1000, 5000)
        )
        self.assertGreaterEqual(large.memory_bytes - small.memory_bytes, 4000 * 2000)


if __name__ == "__main__":
    unittest.main()
