"""The extension in Slicer: a stack that is made here is imported by the command line module and by stack2nrrd_imagestacks.

With the extension built with BUILD_TESTING, `ctest` runs it; so does Slicer's Python console:

    import slicer.testing
    slicer.testing.runUnitTest(["/path/to/apps/slicer/Testing"], "Stack2nrrdTest")
"""

import os
import struct
import tempfile

import numpy
import slicer
import vtk
from slicer.ScriptedLoadableModule import *


class Stack2nrrdTest(ScriptedLoadableModuleTest):
    size = (52, 44, 36)  # x, y, z
    spacing = (0.5, 0.25, 0.75)

    def setUp(self):
        slicer.mrmlScene.Clear(0)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.paths = self.makeStack(folder.name)

    def runTest(self):
        for test in (self.test_CommandLineModule, self.test_ImageStacks):
            self.setUp()
            test()
            self.doCleanups()

    def test_CommandLineModule(self):
        self.delayDisplay("The command line module imports at half resolution")
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
        parameters = {"input": self.paths[0], "output": node, "factor": "2", "spacing": ",".join(map(repr, self.spacing))}
        cliNode = slicer.cli.runSync(slicer.modules.stack2nrrd, None, parameters)
        self.assertFalse(cliNode.GetStatus() & cliNode.ErrorsMask, cliNode.GetErrorText())
        report = cliNode.GetParameterAsString("report")
        slicer.mrmlScene.RemoveNode(cliNode)
        self.assertIn("26 x 22 x 18", report)
        # Samples are in the middle of the blocks of source samples that they stand for.
        self.checkVolume(node, 2, [0.5 * step for step in self.spacing])

        self.delayDisplay("What is wrong is said, and the node is left alone")
        before = slicer.util.arrayFromVolume(node).copy()
        parameters["input"] = self.paths[0] + ".tif"
        cliNode = slicer.cli.runSync(slicer.modules.stack2nrrd, None, parameters)
        self.assertTrue(cliNode.GetStatus() & cliNode.ErrorsMask)
        self.assertIn("slice_00", cliNode.GetErrorText())
        slicer.mrmlScene.RemoveNode(cliNode)
        numpy.testing.assert_array_equal(slicer.util.arrayFromVolume(node), before)

    def test_ImageStacks(self):
        import stack2nrrd_imagestacks

        class Logic:  # the members of an ImageStacksLogic that matter
            filePaths = self.paths
            originalVolumeIJKToRAS = numpy.diag([-self.spacing[0], -self.spacing[1], self.spacing[2], 1.0])
            sliceSkip = 0
            reverseSliceOrder = False
            outputGrayscale = True
            outputVolumeBounds = None

        logic = Logic()
        self.delayDisplay("The files are known by their headers")
        self.assertTrue(stack2nrrd_imagestacks.probe(logic))
        self.assertEqual(list(logic.originalVolumeDimensions), list(self.size))
        self.assertEqual(logic.originalVolumeVoxelDataType, numpy.uint8)
        for quality, factor in (("full", 1), ("half", 2), ("preview", 4)):
            self.delayDisplay("ImageStacks' way at quality " + quality)
            logic.outputQuality = quality
            fractions = []
            node = stack2nrrd_imagestacks.loadVolume(logic, None, lambda fraction: fractions.append(fraction) or True)
            self.assertEqual(fractions, sorted(fractions))
            self.checkVolume(node, factor, (0.0, 0.0, 0.0))  # samples are on samples of the source
            extent = stack2nrrd_imagestacks.outputVolumeGeometry(logic)[1]
            self.assertEqual(list(node.GetImageData().GetExtent()), list(extent))

        self.delayDisplay("Cancelling makes no volume")
        with self.assertRaisesRegex(ValueError, "User requested cancel"):
            stack2nrrd_imagestacks.loadVolume(logic, None, lambda fraction: False)

    def makeStack(self, folder):
        """8-bit bitmaps, in which a sample is a linear function of its place: whoever moves it is found out."""
        width, height, slices = self.size
        paths = []
        for z in range(slices):
            y, x = numpy.indices((height, width))
            rows = numpy.zeros((height, (width + 3) // 4 * 4), numpy.uint8)
            rows[::-1, :width] = self.valueAt(x, y, z)  # from the bottom up
            palette = b"".join(bytes((grey, grey, grey, 0)) for grey in range(256))
            header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, rows.size, 0, 0, 0, 0)
            offset = 14 + len(header) + len(palette)
            paths.append(os.path.join(folder, "slice_%02d.bmp" % z))
            with open(paths[-1], "wb") as file:
                file.write(struct.pack("<2sIHHI", b"BM", offset + rows.size, 0, 0, offset))
                file.write(header + palette + rows.tobytes())
        return paths

    @staticmethod
    def valueAt(x, y, z):
        return 10 + 2 * x + 2 * y + z

    def checkVolume(self, node, factor, origin):
        """Geometry in full, and that each sample is what the source is where the sample is."""
        matrix = vtk.vtkMatrix4x4()
        node.GetIJKToRASMatrix(matrix)
        matrix = slicer.util.arrayFromVTKMatrix(matrix)
        expected = numpy.diag([-factor * self.spacing[0], -factor * self.spacing[1], factor * self.spacing[2], 1.0])
        expected[:3, 3] = [-origin[0], -origin[1], origin[2]]
        numpy.testing.assert_allclose(matrix, expected, rtol=0, atol=1e-12)
        samples = slicer.util.arrayFromVolume(node)
        self.assertEqual(samples.shape, tuple(length // factor for length in reversed(self.size)))
        self.assertEqual(samples.dtype, numpy.uint8)
        k, j, i = numpy.indices(samples.shape)
        places = numpy.stack([i, j, k, numpy.ones_like(i)], -1) @ matrix.T
        x, y, z = numpy.moveaxis(places[..., :3] * [-1, -1, 1] / self.spacing, -1, 0)
        # At the sides, where the filter has samples of one side only, a linear function does not stay one.
        margin = 0 if factor == 1 else 3
        inside = (slice(margin, -margin or None),) * 3
        self.assertLessEqual(numpy.abs(samples - self.valueAt(x, y, z))[inside].max(), 1.0)
