"""The grids of ImageStacks: sizes, places, regions, order."""

import itertools
import sys
import unittest
from unittest import mock

import numpy
import stack2nrrd
import stack2nrrd_imagestacks
from stacks import Logic, Stack, header_of, matrix_of, samples_of

# Sizes, spacings and origins that ImageStacks itself gave for this stack.
#   quality, skip, reversed, region: array z, y, x; spacing; origin
TABLE = [
    (("full", 0, False, False), (23, 29, 37), (0.5, 0.25, 0.75), (0, 0, 0)),
    (("half", 0, False, False), (11, 14, 18), (1, 0.5, 1.5), (0, 0, 0)),
    (("preview", 0, False, False), (5, 7, 9), (2, 1, 3), (0, 0, 0)),
    (("full", 1, False, False), (11, 29, 37), (0.5, 0.25, 1.5), (0, 0, 0)),
    (("full", 2, False, False), (7, 29, 37), (0.5, 0.25, 2.25), (0, 0, 0)),
    (("half", 1, False, False), (5, 14, 18), (1, 0.5, 3), (0, 0, 0)),
    (("full", 0, True, False), (23, 29, 37), (0.5, 0.25, 0.75), (0, 0, 0)),
    (("half", 0, True, False), (11, 14, 18), (1, 0.5, 1.5), (0, 0, 0)),
    (("preview", 0, True, False), (5, 7, 9), (2, 1, 3), (0, 0, 0)),
    (("full", 0, False, True), (13, 19, 21), (0.5, 0.25, 0.75), (2.5, 0.75, 3)),
    (("half", 0, False, True), (9, 11, 12), (1, 0.5, 1.5), (2, 0.5, 1.5)),
    (("preview", 0, False, True), (5, 7, 8), (2, 1, 3), (0, 0, 0)),
    (("full", 0, True, True), (13, 19, 21), (0.5, 0.25, 0.75), (2.5, 0.75, 3)),
    (("half", 1, True, True), (5, 11, 12), (1, 0.5, 3), (2, 0.5, 0)),
]
CASES = [case for case, *_ in TABLE] + [("full", 1, False, True), ("full", 1, True, True), ("half", 2, False, True)]


class Geometry(Stack):
    def test_the_grid_of_imagestacks(self):
        volume = self.noise()
        logic = self.logic(volume)
        self.assertEqual(len(TABLE), 14)
        for (quality, skip, reverse, region), shape, spacing, origin in TABLE:
            with self.subTest(quality=quality, skip=skip, reverse=reverse, region=region):
                logic.outputQuality, logic.sliceSkip, logic.reverseSliceOrder = quality, skip, reverse
                logic.outputVolumeBounds = self.region if region else None
                # The sample nearest to the place is the one that ImageStacks takes, so its values come out, too.
                node = stack2nrrd_imagestacks.loadVolume(logic, kernel="nearest")
                self.assertEqual(header_of(node), (shape, spacing, origin))
                f = {"full": 1, "half": 2, "preview": 4}[quality]
                x, y, z = (round(o / s) for o, s in zip(origin, self.spacing))
                source = volume[::-1] if reverse else volume
                expected = source[z :: f * (1 + skip), y::f, x::f][: shape[0], : shape[1], : shape[2]]
                numpy.testing.assert_array_equal(samples_of(node), expected)
                self.assertEqual(header_of(stack2nrrd_imagestacks.loadVolume(logic)), (shape, spacing, origin))

    def test_what_is_told_beforehand_comes_out(self):
        logic = self.logic(self.noise())
        for align in ("first", "cell"):
            for quality, skip, reverse, region in CASES:
                logic.outputQuality, logic.sliceSkip, logic.reverseSliceOrder = quality, skip, reverse
                logic.outputVolumeBounds = self.region if region else None
                matrix, extent, components = stack2nrrd_imagestacks.outputVolumeGeometry(logic, align)
                node = stack2nrrd_imagestacks.loadVolume(logic, align=align)
                numpy.testing.assert_allclose(matrix_of(node), matrix, rtol=0, atol=1e-12)
                lengths = tuple(extent[i + 1] - extent[i] + 1 for i in (4, 2, 0))
                self.assertEqual((samples_of(node).shape, components), (lengths, 1))

    def test_samples_lie_where_the_header_says(self):
        for align in ("first", "cell"):
            for quality, skip, reverse, region in CASES:
                with self.subTest(align=align, quality=quality, skip=skip, reverse=reverse, region=region):
                    logic = self.logic(self.ramp(), outputQuality=quality, sliceSkip=skip, reverseSliceOrder=reverse)
                    logic.outputVolumeBounds = self.region if region else None
                    node = stack2nrrd_imagestacks.loadVolume(logic, align=align, kernel="tent", type="float32")
                    samples = samples_of(node)
                    source, expected = self.ramp_at(node, reverse)
                    # Where the kernel reaches beyond the edge of the stack, the ramp has a bend.
                    reach = numpy.array([1, 1, 1 + skip]) * {"full": 1, "half": 2, "preview": 4}[quality]
                    inside = ((source >= reach) & (source <= numpy.array(self.size) - 1 - reach)).all(axis=-1)
                    self.assertGreater(inside.sum(), 5)
                    numpy.testing.assert_allclose(samples[inside], expected[inside], rtol=0, atol=0.01)

    def test_grids_of_any_stack(self):
        """Against the rule of ImageStacks, axis by axis: a region takes half a sample of margin and whole samples."""
        random = numpy.random.default_rng(2)
        for _ in range(500):
            logic = Logic([], random.integers(8, 3000, 3))
            spacing = random.uniform(0.001, 2, 3)
            logic.setOriginalVolumeSpacing(spacing)
            reduction = int(random.choice([1, 2, 4]))
            logic.outputQuality = {1: "full", 2: "half", 4: "preview"}[reduction]
            logic.sliceSkip = int(random.integers(0, 2))
            ends = numpy.sort(random.uniform(-0.2, 1.2, (3, 2)) * (logic.originalVolumeDimensions * spacing)[:, None], axis=1)
            whole = random.random() < 0.3
            if not whole:
                (x0, x1), (y0, y1), (z0, z1) = ends
                logic.outputVolumeBounds = [-x1, -x0, -y1, -y0, z0, z1]
            matrix, extent, _ = stack2nrrd_imagestacks.outputVolumeGeometry(logic)
            for axis in range(3):
                factor = reduction * (1 + logic.sliceSkip if axis == 2 else 1)
                step = factor * spacing[axis]
                lo, hi = 0, logic.originalVolumeDimensions[axis] // factor - 1
                if not whole:
                    lo = max(lo, numpy.floor(ends[axis, 0] / step - 0.5))
                    hi = min(hi, numpy.ceil(ends[axis, 1] / step + 0.5))
                self.assertEqual(extent[2 * axis : 2 * axis + 2], [lo, hi])
                sign = 1 if axis == 2 else -1
                self.assertAlmostEqual(matrix[axis, axis], sign * step, delta=1e-12 * step)
                self.assertAlmostEqual(matrix[axis, 3], sign * lo * step, delta=1e-12 * abs(lo * step) + 1e-12)

    def test_what_fits(self):
        """The finest that takes no more than a given number of bytes: a thing keeps its place, and what is announced is made."""
        for align, reverse, skip, region, room in itertools.product(
            ("first", "cell"), (False, True), (0, 2), (False, True), (2000, 5000, 20_000, 10**9)
        ):
            with self.subTest(align=align, reverse=reverse, skip=skip, region=region, room=room):
                logic = self.logic(self.ramp(), outputQuality="fit", reverseSliceOrder=reverse, sliceSkip=skip)
                logic.outputVolumeBounds = self.region if region else None
                logic.outputBytes = room
                matrix, extent, components = stack2nrrd_imagestacks.outputVolumeGeometry(logic, align)
                node = stack2nrrd_imagestacks.loadVolume(logic, align=align, kernel="tent", type="uint16")
                samples = samples_of(node)
                lengths = tuple(extent[i + 1] - extent[i] + 1 for i in (4, 2, 0))
                self.assertEqual((samples.shape, components), (lengths, 1))
                numpy.testing.assert_allclose(matrix_of(node), matrix, rtol=0, atol=1e-9)
                self.assertLessEqual(samples.nbytes, room)
                whole = [37, 29, 23] if not region else [21, 19, 13]
                kept = (whole[2] // (1 + skip), whole[1], whole[0])
                if 2 * numpy.prod(kept) <= room:
                    self.assertEqual(samples.shape, kept)
                else:  # much finer, and it would not
                    self.assertGreater(samples.nbytes, room * 0.3)
                source, expected = self.ramp_at(node, reverse)
                reach = numpy.array([matrix_of(node)[a, a] for a in range(3)]) * [-1, -1, 1] / self.spacing
                inside = ((source >= reach) & (source <= numpy.array(self.size) - 1 - reach)).all(axis=-1)
                # At such factors the weights of a tent are not quite in balance; a third of a sample would be seen.
                numpy.testing.assert_allclose(samples[inside], expected[inside], rtol=0, atol=30)

    def test_what_fits_into_memory(self):
        """The memory that was free when the size was told counts, also when it is loaded."""
        logic = self.logic(self.ramp(), outputQuality="fit")
        free = [40_000]
        own = stack2nrrd_imagestacks._freeMemory
        self.assertGreater(own(), 1 << 20)
        stack2nrrd_imagestacks._freeMemory = lambda: free[0]
        try:
            told = stack2nrrd_imagestacks.outputVolumeGeometry(logic)[0]
            free[0] = 4000
            node = stack2nrrd_imagestacks.loadVolume(logic)
            numpy.testing.assert_allclose(matrix_of(node), told, rtol=0, atol=1e-9)
            self.assertLessEqual(samples_of(node).nbytes, 20_000)
            stack2nrrd_imagestacks.outputVolumeGeometry(logic)
            self.assertLessEqual(samples_of(stack2nrrd_imagestacks.loadVolume(logic)).nbytes, 2000)
        finally:
            stack2nrrd_imagestacks._freeMemory = own

    def test_how_much_memory_is_free(self):
        """As each system says it; and no system says nothing."""

        def windows(status):
            self.assertEqual(status._obj.length, 64)
            status._obj.available = 5 << 30
            return 1

        says = "Statistics: (page size of 16384 bytes)\nPages free: 1000.\nPages active: 7.\nPages inactive:  200.\n"
        mac = mock.Mock(return_value=mock.Mock(stdout=says.encode()))
        kernel = mock.Mock(kernel32=mock.Mock(GlobalMemoryStatusEx=windows))
        own = stack2nrrd_imagestacks._freeMemory
        with mock.patch.dict(sys.modules, psutil=None):
            self.assertGreater(own(), 1 << 20)
            with mock.patch("ctypes.windll", kernel, create=True), mock.patch("sys.platform", "win32"):
                self.assertEqual(own(), 5 << 30)
            with mock.patch("subprocess.run", mac), mock.patch("sys.platform", "darwin"):
                self.assertEqual(own(), 1200 * 16384)
            with mock.patch("builtins.open", side_effect=OSError):
                self.assertEqual(own(), 8 << 30)

    def test_blocks_keep_the_field_of_view(self):
        logic = self.logic(self.noise(), outputQuality="half")
        shape, spacing, origin = header_of(stack2nrrd_imagestacks.loadVolume(logic, align="cell"))
        self.assertEqual((shape, spacing), ((11, 14, 18), (1, 0.5, 1.5)))
        self.assertEqual(origin, (0.25, 0.125, 0.375))  # half a source sample

    def test_blocks_are_means_under_the_box_kernel(self):
        volume = self.noise()
        logic = self.logic(volume, outputQuality="half")
        samples = samples_of(stack2nrrd_imagestacks.loadVolume(logic, align="cell", kernel="box"))
        blocks = volume[:22, :28, :36].reshape(11, 2, 14, 2, 18, 2).mean(axis=(1, 3, 5))
        self.assertLessEqual(numpy.abs(samples - blocks).max(), 0.501)

    def test_every_slice_counts(self):
        """ImageStacks leaves out all but every fourth: a bright one between them is never seen."""
        volume = numpy.zeros(self.size[::-1], dtype=numpy.uint16)
        volume[10] = 60000
        for align in ("first", "cell"):
            node = stack2nrrd_imagestacks.loadVolume(self.logic(volume, outputQuality="preview"), align=align)
            self.assertGreater(samples_of(node).max(), 5000)

    def test_spacings_whose_quotient_is_no_whole_number(self):
        """0.0027 * 3 / 0.0027 is 2.9999999999999996: ImageStacks then takes every second slice and says every third."""
        logic = self.logic(self.ramp(), outputQuality="full", sliceSkip=2)
        for step in (0.0027, 0.0033, 0.0039):
            logic.setOriginalVolumeSpacing((step, step, step))
            node = stack2nrrd_imagestacks.loadVolume(logic, kernel="nearest")
            numpy.testing.assert_array_equal(samples_of(node), self.ramp()[::3][:7])
            self.assertEqual(matrix_of(node)[2, 2], 3 * step)

    def test_reversal_does_not_move_what_is_seen(self):
        """Full, half and preview of a reversed stack show each thing at one place; in ImageStacks they do not."""
        for slices in (20, 21, 22, 23):
            volume = self.ramp()[:slices]
            for quality in ("full", "half", "preview"):
                logic = self.logic(volume, outputQuality=quality, reverseSliceOrder=True)
                node = stack2nrrd_imagestacks.loadVolume(logic, kernel="nearest")
                z = matrix_of(node)[2] @ [0, 0, 1, 1] / self.spacing[2]
                self.assertEqual(samples_of(node)[1, 0, 0], volume[slices - 1 - round(z), 0, 0])

    def test_a_region_beyond_the_stack(self):
        logic = self.logic(self.noise(), outputQuality="half", outputVolumeBounds=(100, 110, 100, 110, -90, -80))
        extent = stack2nrrd_imagestacks.outputVolumeGeometry(logic)[1]
        self.assertLess(extent[5], extent[4])
        with self.assertRaisesRegex(ValueError, "outside of the images"):
            stack2nrrd_imagestacks.loadVolume(logic)
        logic.outputVolumeBounds = (-1000, 1000, -1000, 1000, -1000, 1000)
        self.assertEqual(header_of(stack2nrrd_imagestacks.loadVolume(logic))[0], (11, 14, 18))

    def test_fewer_slices_than_the_reduction(self):
        logic = self.logic(self.noise()[:3])
        self.assertEqual(header_of(stack2nrrd_imagestacks.loadVolume(logic))[0], (1, 7, 9))

    def test_volumes_keep_their_place(self):
        """ImageStacks forgets where an NRRD lies, and cannot turn it round."""
        volume = self.noise()
        stack2nrrd.write(
            self.logic(volume).filePaths, self.folder / "v.nrrd", order="given", spacing=self.spacing, origin=(3, 4, 5)
        )
        logic = Logic([self.folder / "v.nrrd"], self.size)
        logic.setOriginalVolumeSpacing(self.spacing)
        logic.outputQuality, logic.reverseSliceOrder = "half", True
        node = stack2nrrd_imagestacks.loadVolume(logic, kernel="nearest")
        self.assertEqual(header_of(node), ((11, 14, 18), (1, 0.5, 1.5), (3, 4, 5)))
        numpy.testing.assert_array_equal(samples_of(node), volume[::-2, ::2, ::2][:11, :14, :18])
        logic.reverseSliceOrder = False
        logic.outputVolumeBounds = [r - o for r, o in zip(self.region, (3, 3, 4, 4, -5, -5))]
        node = stack2nrrd_imagestacks.loadVolume(logic, kernel="nearest")
        self.assertEqual(header_of(node), ((9, 11, 12), (1, 0.5, 1.5), (5, 4.5, 6.5)))


if __name__ == "__main__":
    unittest.main()
