"""ImageStacks' way through stack2nrrd, with real VTK and as much of Slicer as it takes (slicer.py beside this file)."""

import gc
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy
import slicer
import stack2nrrd
import stack2nrrd_imagestacks
from stacks import WRITERS, Logic, write_tiff
from vtk.util.numpy_support import vtk_to_numpy

try:
    import resource
except ImportError:
    resource = None


def samples_of(node):
    """[z, y, x] or [z, y, x, component]"""
    array = vtk_to_numpy(node.image.GetPointData().GetScalars())
    shape = node.image.GetDimensions()[::-1]
    return array.reshape(shape + array.shape[1:])


def matrix_of(node):
    return numpy.array([[node.ijkToRAS.GetElement(row, column) for column in range(4)] for row in range(4)])


def header_of(node):
    """(array z, y, x), spacing, origin in LPS; the directions are checked to be those of LPS."""
    matrix = matrix_of(node)
    spacing = numpy.array([-matrix[0, 0], -matrix[1, 1], matrix[2, 2]])
    numpy.testing.assert_array_equal(matrix[:3, :3], numpy.diag(spacing * [-1, -1, 1]))
    return samples_of(node).shape, tuple(spacing), tuple(matrix[:3, 3] * [-1, -1, 1] + 0.0)


class Stack(unittest.TestCase):
    """37 x 29 x 23 samples of 0.5 x 0.25 x 0.75 mm."""

    size = (37, 29, 23)
    spacing = (0.5, 0.25, 0.75)
    region = (-12.25, -2.75, -5.125, -0.875, 3.375, 11.625)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        slicer.mrmlScene.nodes.clear()
        slicer.util.shown = None
        warnings.simplefilter("ignore", stack2nrrd.StackWarning)
        self.addCleanup(warnings.resetwarnings)

    def noise(self, dtype="uint16", components=1):
        shape = self.size[::-1] + ((components,) if components > 1 else ())
        return numpy.random.default_rng(1).integers(0, numpy.iinfo(dtype).max, shape).astype(dtype)

    def ramp(self):
        """A sample is a linear function of its own place: whoever moves it is found out."""
        z, y, x = numpy.indices(self.size[::-1])
        return (1000 + 90 * x + 110 * y + 130 * z).astype(numpy.uint16)

    def logic(self, volume, suffix="tif", **state):
        paths = []
        for number, image in enumerate(volume):
            paths.append(self.folder / ("slice_%03d.%s" % (number, suffix)))
            WRITERS[suffix](paths[-1], image)
        logic = Logic(paths, self.size, volume.shape[3] if volume.ndim == 4 else 1)
        logic.setOriginalVolumeSpacing(self.spacing)
        for name, value in state.items():
            self.assertTrue(hasattr(logic, name))
            setattr(logic, name, value)
        return logic


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
                    z, y, x = numpy.indices(samples.shape)
                    places = numpy.stack([x, y, z, numpy.ones_like(x)], -1) @ matrix_of(node).T
                    source = places[..., :3] * [-1, -1, 1] / self.spacing
                    if reverse:
                        source[..., 2] = self.size[2] - 1 - source[..., 2]
                    expected = 1000 + source @ [90, 110, 130]
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


class Samples(Stack):
    def test_formats(self):
        for suffix, dtype, components in (
            ("png", "uint8", 1),
            ("png", "uint16", 1),
            ("png", "uint8", 3),
            ("png", "uint16", 3),
            ("tif", "uint8", 1),
            ("tif", "int8", 1),
            ("tif", "uint16", 1),
            ("tif", "int16", 1),
            ("tif", "uint32", 1),
            ("tif", "int32", 1),
            ("tif", "uint8", 3),
            ("tif", "uint16", 3),
            ("bmp", "uint8", 1),
            ("bmp", "uint8", 3),
        ):
            with self.subTest(suffix=suffix, dtype=dtype, components=components):
                volume = self.noise(dtype, components)
                logic = self.logic(volume, suffix, outputQuality="full", outputGrayscale=False)
                node = stack2nrrd_imagestacks.loadVolume(logic)
                self.assertEqual(samples_of(node).dtype, volume.dtype)
                numpy.testing.assert_array_equal(samples_of(node), volume)
                self.assertEqual(node.IsA("vtkMRMLVectorVolumeNode"), components == 3)
                if components == 3:
                    self.assertEqual(node.voxelVectorType, "RGB")
                    logic.outputGrayscale = True
                    node = stack2nrrd_imagestacks.loadVolume(logic)
                    self.assertFalse(node.IsA("vtkMRMLVectorVolumeNode"))
                    numpy.testing.assert_array_equal(samples_of(node), volume[..., 0])

    def test_floats(self):
        for dtype in ("float32", "float64"):
            volume = self.noise().astype(dtype) / 7
            node = stack2nrrd_imagestacks.loadVolume(self.logic(volume, outputQuality="full"))
            self.assertEqual(samples_of(node).dtype, volume.dtype)
            numpy.testing.assert_array_equal(samples_of(node), volume)

    def test_colour_made_smaller(self):
        volume = self.noise("uint8", 3)
        for suffix in WRITERS:
            logic = self.logic(volume, suffix, outputQuality="half", outputGrayscale=False)
            logic.outputVolumeBounds = self.region
            node = stack2nrrd_imagestacks.loadVolume(logic, kernel="nearest")
            numpy.testing.assert_array_equal(samples_of(node), volume[2:20:2, 2:24:2, 4:28:2])

    def test_luma_on_request(self):
        volume = self.noise("uint8", 3)
        logic = self.logic(volume, "png", outputQuality="full")
        luma = volume @ [0.2126, 0.7152, 0.0722]
        self.assertLess(numpy.abs(samples_of(stack2nrrd_imagestacks.loadVolume(logic, channel="luma")) - luma).max(), 0.51)

    def test_filtered_in_place_as_anywhere_else(self):
        logic = self.logic(self.noise(), outputQuality="half")
        expected, _ = stack2nrrd.read(logic.filePaths, factor=2, align="first", spacing=self.spacing)
        numpy.testing.assert_array_equal(samples_of(stack2nrrd_imagestacks.loadVolume(logic)), expected)

    def test_memory_of_the_image_outlives_the_import(self):
        volume = self.noise()
        node = stack2nrrd_imagestacks.loadVolume(self.logic(volume, outputQuality="full"))
        gc.collect()
        numpy.testing.assert_array_equal(samples_of(node), volume)

    def test_pages_of_one_file(self):
        volume = self.noise("uint8")
        pages = self.folder / "pages.tif"
        blob, directories = b"", []
        for image in volume:  # samples first, then one directory after the other
            directories.append(8 + len(blob))
            blob += image.tobytes()
        blob += b"\0" * (len(blob) % 2)
        at = 8 + len(blob)
        with open(pages, "wb") as file:
            file.write(b"II*\0" + struct.pack("<I", at) + blob)
            for number, offset in enumerate(directories):
                values = ((256, 37), (257, 29), (258, 8), (259, 1), (262, 1), (273, offset), (278, 29), (279, 37 * 29))
                file.write(struct.pack("<H", len(values)))
                for tag, value in values:
                    file.write(struct.pack("<HHII", tag, 4, 1, value))
                at += 2 + 12 * len(values) + 4
                file.write(struct.pack("<I", at if number + 1 < len(directories) else 0))
        logic = Logic([pages], self.size)
        logic.outputQuality = "full"
        numpy.testing.assert_array_equal(samples_of(stack2nrrd_imagestacks.loadVolume(logic)), volume)


class Nodes(Stack):
    def test_a_new_node(self):
        logic = self.logic(self.noise("uint8"), "png")
        node = stack2nrrd_imagestacks.loadVolume(logic)
        self.assertEqual(slicer.mrmlScene.nodes, [node])
        self.assertEqual((node.name, node.storageNode.useCompression), ("slice_000", 0))
        self.assertEqual(slicer.util.shown, (node, True))
        self.assertEqual(node.image.GetSpacing() + node.image.GetOrigin(), (1.0, 1.0, 1.0, 0.0, 0.0, 0.0))
        self.assertEqual(node.image.GetExtent(), (0, 8, 0, 6, 0, 4))
        logic.reverseSliceOrder = True
        self.assertEqual(stack2nrrd_imagestacks.loadVolume(logic).name, "slice_022")

    def test_a_node_that_is_there(self):
        node = slicer.vtkMRMLScalarVolumeNode()
        self.assertIs(stack2nrrd_imagestacks.loadVolume(self.logic(self.noise("uint8"), "png"), node), node)
        self.assertEqual((node.name, node.storageNode, slicer.mrmlScene.nodes), ("", None, []))
        self.assertEqual(node.image.GetDimensions(), (9, 7, 5))

    def test_a_node_of_the_wrong_kind(self):
        logic = self.logic(self.noise("uint8", 3), "png", outputGrayscale=False)
        called = []
        for node, text in (
            (slicer.vtkMRMLScalarVolumeNode(), "Select a vector volume as output volume or force grayscale output."),
            (slicer.vtkMRMLVectorVolumeNode(), "Select a scalar volume as output volume."),
        ):
            with self.assertRaises(ValueError) as raised:
                stack2nrrd_imagestacks.loadVolume(logic, node, lambda fraction: called.append(fraction) or True)
            self.assertEqual(str(raised.exception), text)
            self.assertIsNone(node.image)
            logic.outputGrayscale = True
        self.assertEqual(called, [0.0, 0.0])


class Progress(Stack):
    def test_fractions_rise(self):
        logic = self.logic(self.noise())
        fractions = []
        stack2nrrd_imagestacks.loadVolume(logic, progressCallback=lambda fraction: fractions.append(fraction) or True)
        self.assertEqual(fractions[0], 0.0)
        self.assertEqual(fractions, sorted(fractions))
        self.assertLessEqual(fractions[-1], 1.0)

    def test_cancelling_leaves_the_node_alone(self):
        for at in (1, 2):  # the first call comes before anything is read
            logic = self.logic(self.noise())
            node = slicer.vtkMRMLScalarVolumeNode()
            stack2nrrd_imagestacks.loadVolume(logic, node)
            image, matrix = node.image, matrix_of(node)
            before = samples_of(node).copy()
            logic.outputQuality = "half"
            calls = []

            def progress(fraction):
                calls.append(fraction)
                return len(calls) < at

            with self.assertRaises(ValueError) as raised:
                stack2nrrd_imagestacks.loadVolume(logic, node, progress)
            self.assertEqual(str(raised.exception), "User requested cancel")
            self.assertEqual(len(calls), at)
            self.assertIs(node.image, image)
            numpy.testing.assert_array_equal(matrix_of(node), matrix)
            numpy.testing.assert_array_equal(samples_of(node), before)

    def test_cancelling_makes_no_node(self):
        with self.assertRaises(ValueError):
            stack2nrrd_imagestacks.loadVolume(self.logic(self.noise()), progressCallback=lambda fraction: None)
        self.assertEqual(slicer.mrmlScene.nodes, [])

    def test_what_the_callback_raises_comes_out(self):
        def progress(fraction):
            raise ZeroDivisionError("of the widget")

        with self.assertRaisesRegex(ZeroDivisionError, "of the widget"):
            stack2nrrd_imagestacks.loadVolume(self.logic(self.noise()), progressCallback=progress)


class Errors(Stack):
    def refusal(self, logic, node=None, kind=ValueError):
        with self.assertRaises(kind) as raised:
            stack2nrrd_imagestacks.loadVolume(logic, node)
        self.assertEqual(slicer.mrmlScene.nodes, [])
        return str(raised.exception)

    def test_a_slice_of_another_size(self):
        """ImageStacks compares after cropping and reducing, so it misses one that is a column narrower at half size."""
        logic = self.logic(self.noise(), outputQuality="half")
        write_tiff(self.folder / "slice_010.tif", numpy.zeros((29, 36), dtype=numpy.uint16))
        head, _, details = self.refusal(logic).partition("\nDetails:\n")
        self.assertEqual(
            head, "There are multiple datasets in the folder. Please select a single file as a sample or specify a pattern."
        )
        self.assertIn("slice_010.tif: is 36 x 29, 37 x 29 was expected", details)

    def test_a_slice_of_another_depth(self):
        logic = self.logic(self.noise(), outputQuality="half")
        for number in (10, 11):
            write_tiff(self.folder / ("slice_%03d.tif" % number), numpy.zeros((29, 37), dtype=numpy.uint8))
        details = self.refusal(logic).partition("\nDetails:\n")[2]
        self.assertIn("slice_010.tif: is uint8, uint16 was expected", details)
        self.assertIn("slice_011.tif: is uint8", details)

    def test_a_slice_that_ends_too_early(self):
        logic = self.logic(self.noise(), "png")
        whole = (self.folder / "slice_013.png").read_bytes()
        (self.folder / "slice_013.png").write_bytes(whole[: len(whole) // 2])
        node = slicer.vtkMRMLScalarVolumeNode()
        self.assertIn("slice_013.png", self.refusal(logic, node))
        self.assertIsNone(node.image)

    def test_a_slice_that_is_gone(self):
        logic = self.logic(self.noise())
        (self.folder / "slice_013.tif").unlink()
        self.assertIn("slice_013.tif", self.refusal(logic))

    def test_a_format_that_others_may_read(self):
        path = self.folder / "a.jp2"
        path.write_bytes(b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100))
        text = self.refusal(Logic([path], (1, 1, 1)), kind=stack2nrrd_imagestacks.Unsupported)
        self.assertIn("a.jp2: is not a TIFF, PNG, JPEG or BMP file", text)

    def test_spacing_quality_and_nothing(self):
        logic = self.logic(self.noise())
        logic.setOriginalVolumeSpacing((1, 0, 1))
        expected = "Invalid original volume spacing. All values must be greater than 0."
        self.assertEqual(self.refusal(logic), expected)
        logic.outputVolumeBounds = self.region
        self.assertEqual(self.refusal(logic), expected)
        logic.setOriginalVolumeSpacing((1, 1, 1))
        logic.outputQuality = "quarter"
        self.assertIn("'quarter'", self.refusal(logic))
        self.assertIn("no slices", self.refusal(Logic([], (0, 0, 0))))

    @unittest.skipIf(resource is None, "memory cannot be limited here")
    def test_no_memory(self):
        """VTK alone would end the process."""
        header = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2048 2048 2048\nencoding: raw\ndata file: large.raw\n"
        (self.folder / "large.nhdr").write_text(header)
        with open(self.folder / "large.raw", "wb") as file:
            file.truncate(2048**3)  # takes no room on the disk
        script = (
            "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))\n"
            "import stack2nrrd_imagestacks, stacks\n"
            "logic = stacks.Logic([%r], (2048, 2048, 2048))\n"
            "logic.outputQuality = 'full'\n"
            "try: stack2nrrd_imagestacks.loadVolume(logic)\n"
            "except MemoryError as error: print(error)\n" % str(self.folder / "large.nhdr")
        )
        run = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE)
        self.assertEqual(run.returncode, 0)
        self.assertIn(b"Unable to allocate 8.00 GiB", run.stdout)

    def test_without_the_library(self):
        run = subprocess.run(
            [sys.executable, "-c", "import stack2nrrd_imagestacks"],
            env={**os.environ, "STACK2NRRD_LIBRARY": str(self.folder / "none.so")},
            stderr=subprocess.PIPE,
        )
        self.assertNotEqual(run.returncode, 0)
        self.assertIn(b"\nImportError: the shared library of stack2nrrd was not found", run.stderr)


if __name__ == "__main__":
    unittest.main()
