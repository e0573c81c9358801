"""What gets into a volume node, and what does not: samples, progress, errors."""

import gc
import os
import struct
import subprocess
import sys
import unittest

import numpy
import slicer
import stack2nrrd
import stack2nrrd_imagestacks
from stacks import WRITERS, Logic, Stack, matrix_of, samples_of, write_tiff

try:
    import resource
except ImportError:
    resource = None


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

    @unittest.skipIf(resource is None or sys.platform != "linux", "memory is not told here, or in other units")
    def test_the_volume_is_held_once(self):
        """And beside it no more than the plan says; a process of its own, for its peak is that of its whole life."""
        image = numpy.random.default_rng(1).integers(0, 65535, (1024, 1024)).astype(numpy.uint16)
        for number in range(8):
            write_tiff(self.folder / ("slice_%03d.tif" % number), image)
        script = (
            "import glob, resource, stack2nrrd, stack2nrrd_imagestacks, stacks\n"
            "logic = stacks.Logic(8 * sorted(glob.glob(%r)), (1024, 1024, 64))\n"
            "logic.outputQuality = 'full'\n"
            "plan = stack2nrrd.plan(logic.filePaths, order='given', spacing=1, align='first')\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "stack2nrrd_imagestacks.loadVolume(logic)\n"
            "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
            "print(1024 * grown, plan.bytes, plan.memory_bytes)\n" % str(self.folder / "*.tif")
        )
        printed = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE).stdout
        grown, volume, window = map(int, printed.split())
        self.assertEqual(volume, 64 * image.nbytes)
        self.assertGreater(grown, volume * 0.9)
        self.assertLess(window, volume)
        self.assertLess(grown, volume + window)

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
        # Of the slices that ImageStacks keeps, every fourth, the one that comes first.
        self.assertEqual(stack2nrrd_imagestacks.loadVolume(logic).name, "slice_020")
        expected = (("full", 0, "slice_022"), ("half", 0, "slice_022"), ("full", 2, "slice_021"), ("half", 1, "slice_020"))
        for quality, skip, name in expected:
            logic.outputQuality, logic.sliceSkip = quality, skip
            paths = logic.filePaths[:: {"full": 1, "half": 2}[quality] * (1 + skip)]
            self.assertTrue(paths[-1].endswith(name + ".png"))
            self.assertEqual(stack2nrrd_imagestacks.loadVolume(logic).name, name)

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


class Probes(Stack):
    """What the setter of filePaths finds out."""

    def probed(self, paths):
        logic = Logic(paths, (0, 0, 0))
        logic.originalVolumeRecommendedSpacing = [0.0, 0.0, 0.0]
        self.assertTrue(stack2nrrd_imagestacks.probe(logic))
        return logic

    def test_what_is_told_is_what_is_loaded(self):
        for suffix, dtype, components in (
            ("png", "uint8", 1),
            ("png", "uint16", 3),
            ("tif", "int16", 1),
            ("tif", "float32", 1),
            ("tif", "float64", 1),  # SimpleITK refuses these
            ("bmp", "uint8", 1),  # SimpleITK makes colours of them
            ("bmp", "uint8", 3),
        ):
            with self.subTest(suffix=suffix, dtype=dtype, components=components):
                volume = self.noise("uint8" if suffix == "bmp" else "uint16", components)
                if dtype not in ("uint8", "uint16"):
                    volume = (volume // 3).astype(dtype)
                elif dtype == "uint8":
                    volume = volume.astype("uint8")
                logic = self.probed(self.logic(volume, suffix).filePaths)
                self.assertEqual(logic.originalVolumeDimensions, list(self.size))
                self.assertEqual(logic.originalVolumeVoxelDataType, volume.dtype)
                self.assertEqual(logic.originalVolumeNumberOfScalarComponents, components)
                for grey in (False, True):
                    logic.outputGrayscale = grey
                    node = stack2nrrd_imagestacks.loadVolume(logic)
                    self.assertEqual(samples_of(node).dtype, logic.originalVolumeVoxelDataType)
                    told = stack2nrrd_imagestacks.outputVolumeGeometry(logic)[2]
                    self.assertEqual(node.image.GetNumberOfScalarComponents(), told)

    def test_grey_bitmaps_are_in_colour_where_they_were_announced_so(self):
        """By a setter that asks SimpleITK: a vector volume was chosen, and a vector volume comes."""
        volume = self.noise("uint8")
        logic = self.logic(volume, "bmp", outputQuality="full", outputGrayscale=False)
        logic.originalVolumeNumberOfScalarComponents = 3
        for node in (None, slicer.vtkMRMLVectorVolumeNode()):
            node = stack2nrrd_imagestacks.loadVolume(logic, node)
            self.assertEqual(node.voxelVectorType, "RGB")
            numpy.testing.assert_array_equal(samples_of(node), numpy.stack([volume] * 3, -1))
        with self.assertRaisesRegex(ValueError, "Select a vector volume"):
            stack2nrrd_imagestacks.loadVolume(logic, slicer.vtkMRMLScalarVolumeNode())
        logic.outputGrayscale = True
        numpy.testing.assert_array_equal(samples_of(stack2nrrd_imagestacks.loadVolume(logic)), volume)

    def test_spacing(self):
        paths = self.logic(self.noise()).filePaths
        self.assertEqual(self.probed(paths).originalVolumeRecommendedSpacing, [0, 0, 0])
        stack2nrrd.write(paths, self.folder / "v.nrrd", order="given", spacing=self.spacing)
        logic = self.probed([self.folder / "v.nrrd"])
        self.assertEqual(logic.originalVolumeRecommendedSpacing, list(self.spacing))
        self.assertEqual(logic.originalVolumeDimensions, list(self.size))

        class Reader:  # of SimpleITK, which is in Slicer
            def SetFileName(self, name):
                self.name = name

            def ReadImageInformation(self):
                assert self.name == paths[0]

            def GetSpacing(self):
                return (0.1, 0.2)

        sys.modules["SimpleITK"] = type(sys)("SimpleITK")
        sys.modules["SimpleITK"].ImageFileReader = Reader
        try:
            self.assertEqual(self.probed(paths).originalVolumeRecommendedSpacing, [0.1, 0.2, 0])
        finally:
            del sys.modules["SimpleITK"]

    def test_what_is_not_read_is_left_alone(self):
        (self.folder / "a.webp").write_bytes(b"RIFF\0\1\0\0WEBPVP8 " + bytes(100))
        for paths in ([], [self.folder / "a.webp"], [self.folder / "nowhere.tif"]):
            logic = Logic(paths, (7, 8, 9), 3)
            self.assertFalse(stack2nrrd_imagestacks.probe(logic))
            self.assertEqual((logic.originalVolumeDimensions, logic.originalVolumeNumberOfScalarComponents), ([7, 8, 9], 3))


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
        path = self.folder / "a.webp"
        path.write_bytes(b"RIFF\0\1\0\0WEBPVP8 " + bytes(100))
        text = self.refusal(Logic([path], (1, 1, 1)), kind=stack2nrrd_imagestacks.Unsupported)
        self.assertIn("a.webp: is a WebP image, a slice (TIFF, PNG, JPEG, JPEG 2000 or BMP) was expected", text)

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
