"""ImageStacks of SlicerMorph as it is, and with packaging/slicermorph/ImageStacks.patch, side by side.

STACK2NRRD_IMAGESTACKS names their ImageStacks.py, which is not part of this project. SimpleITK and Qt are stand-ins: the first
knows the slices of these tests, the second has buttons that can be pressed.
"""

import contextlib
import importlib.util
import itertools
import logging
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

import numpy
import slicer
import stack2nrrd
import stack2nrrd_imagestacks
from stacks import Stack, header_of, matrix_of, samples_of, write_tiff
from test_geometry import TABLE

UPSTREAM = os.environ.get("STACK2NRRD_IMAGESTACKS", "")
PATCH = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "slicermorph" / "ImageStacks.patch"

images = {}  # what is in the files, for SimpleITK
decoded = []  # files that it has read


class _Image:
    def __init__(self, array):
        self.array = array

    def GetSpacing(self):
        return (1.0, 1.0)


class _Reader:
    def SetFileName(self, name):
        self.name = name

    def Execute(self):
        decoded.append(self.name)
        return _Image(images[self.name])

    def ReadImageInformation(self):
        pass

    def GetSpacing(self):
        return (1.0, 1.0)


class _Button:
    """A check box."""

    def __init__(self, text=""):
        self.state, self.slots = False, []

    def connect(self, signal, slot):
        assert signal == "toggled(bool)", signal
        self.slots.append(slot)

    def setChecked(self, state):
        self.checked = state

    @property
    def checked(self):
        return self.state

    @checked.setter
    def checked(self, state):
        if state != self.state:
            self.state = state
            for slot in self.slots:
                slot(state)


class _RadioButton(_Button):
    """Of those that were made last, one is pressed."""

    group = []

    def __init__(self, text):
        super().__init__(text)
        self.group.append(self)
        self.connect("toggled(bool)", lambda checked: checked and self.release_others())

    def release_others(self):
        for button in self.group:
            button.checked = button is self


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def not_installed():
    with mock.patch.dict(sys.modules, {"stack2nrrd_imagestacks": None}):
        yield


def setUpModule():
    global theirs, ours
    qt = mock.MagicMock(QCheckBox=_Button, QRadioButton=_RadioButton)
    sitk = types.SimpleNamespace(ImageFileReader=_Reader, GetArrayFromImage=lambda image: image.array)
    stand_ins = {"qt": qt, "ctk": mock.MagicMock(), "SimpleITK": sitk, "slicer.packaging": mock.MagicMock()}
    for patcher in (mock.patch.dict(sys.modules, stand_ins), mock.patch.object(slicer, "app", mock.MagicMock(), create=True)):
        patcher.start()
        unittest.addModuleCleanup(patcher.stop)
    for name in ("qMRMLNodeComboBox", "qMRMLCoordinatesWidget", "qMRMLSpinBox"):
        setattr(slicer, name, mock.MagicMock())
    slicer.util.VTKObservationMixin = type("VTKObservationMixin", (), {})
    sys.modules["slicer.util"] = slicer.util

    folder = pathlib.Path(tempfile.mkdtemp())
    unittest.addModuleCleanup(shutil.rmtree, folder)
    (folder / "ImageStacks").mkdir()
    path = folder / "ImageStacks" / "ImageStacks.py"
    shutil.copyfile(UPSTREAM, path)
    theirs = load(path, "ImageStacks_as_it_is")
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "apply", "--whitespace=error", PATCH], cwd=folder, check=True)
    ours = load(path, "ImageStacks_with_the_patch")


class Patched(Stack):
    def setUp(self):
        super().setUp()
        images.clear()
        decoded.clear()

    def stack(self, volume, suffix="tif"):
        paths = self.logic(volume, suffix).filePaths
        images.update(zip(paths, volume))
        return paths

    def logic_of(self, module, paths, **state):
        logic = module.ImageStacksLogic()
        logic.filePaths = list(paths)
        logic.setOriginalVolumeSpacing(self.spacing)
        for name, value in state.items():
            setattr(logic, name, value)
        return logic


class Geometry(Patched):
    def test_reference_numbers(self):
        """Those of ImageStacks, with and without the package: the same headers, and a thing is at its place."""
        paths = self.stack(self.ramp())
        for (quality, skip, reverse, region), shape, spacing, origin in TABLE:
            state = dict(outputQuality=quality, sliceSkip=skip, reverseSliceOrder=reverse)
            state["outputVolumeBounds"] = list(self.region) if region else None
            with self.subTest(**state):
                as_it_is = self.logic_of(theirs, paths, **state).loadVolume()
                self.assertEqual(header_of(as_it_is), (shape, spacing, origin))
                with not_installed():
                    node = self.logic_of(ours, paths, **state).loadVolume()
                numpy.testing.assert_array_equal(samples_of(node), samples_of(as_it_is))
                numpy.testing.assert_array_equal(matrix_of(node), matrix_of(as_it_is))
                node = self.logic_of(ours, paths, **state, antialias=False).loadVolume()
                numpy.testing.assert_array_equal(samples_of(node), samples_of(as_it_is))
                before = len(decoded)
                node = self.logic_of(ours, paths, **state).loadVolume()
                self.assertEqual(len(decoded), before)
                self.assertEqual(header_of(node), (shape, spacing, origin))
                self.assertEqual(samples_of(node).dtype, numpy.uint16)
                if quality == "full" and skip == 0:
                    numpy.testing.assert_array_equal(samples_of(node), samples_of(as_it_is))
                source, expected = self.ramp_at(node, reverse)
                reach = 3 * numpy.array([matrix_of(node)[a, a] for a in range(3)]) * [-1, -1, 1] / self.spacing
                inside = ((source >= reach) & (source <= numpy.array(self.size) - 1 - reach)).all(axis=-1)
                self.assertTrue(inside.any() or quality == "preview" or skip)
                numpy.testing.assert_allclose(samples_of(node)[inside], expected[inside], rtol=0, atol=1)

    def test_any_geometry_is_announced_and_made_alike(self):
        paths = self.stack(self.noise())
        chance = random.Random(1)
        for _ in range(60):
            state = dict(
                outputQuality=chance.choice(("full", "half", "preview")),
                sliceSkip=chance.randrange(3),
                reverseSliceOrder=chance.random() < 0.5,
            )
            if chance.random() < 0.5:
                ends = [sorted(chance.uniform(0, n * s) for _ in range(2)) for n, s in zip((37, 29, 18), self.spacing)]
                state["outputVolumeBounds"] = [-ends[0][1], -ends[0][0], -ends[1][1], -ends[1][0], *ends[2]]
            with self.subTest(**state):
                known = self.logic_of(theirs, paths, **state)
                logic = self.logic_of(ours, paths, **state)
                told, expected = logic.outputVolumeGeometry(), known.outputVolumeGeometry()
                numpy.testing.assert_array_equal(told[0], expected[0])
                self.assertEqual(told[1:], expected[1:])
                node = logic.loadVolume()
                numpy.testing.assert_allclose(matrix_of(node), matrix_of(known.loadVolume()), rtol=0, atol=1e-12)
                self.assertEqual(samples_of(node).shape, tuple(told[1][i + 1] - told[1][i] + 1 for i in (4, 2, 0)))

    def test_every_slice_counts(self):
        volume = numpy.zeros(self.size[::-1], numpy.uint16)
        volume[10] = 60000
        paths = self.stack(volume)
        self.assertEqual(samples_of(self.logic_of(theirs, paths).loadVolume()).max(), 0)
        self.assertGreater(samples_of(self.logic_of(ours, paths).loadVolume()).max(), 5000)

    def test_what_fits(self):
        paths = self.stack(self.noise())
        for room in (4000, 20_000, 10**9):
            logic = self.logic_of(ours, paths, outputQuality="fit", outputBytes=room)
            told = logic.outputVolumeGeometry()
            node = logic.loadVolume()
            self.assertLessEqual(samples_of(node).nbytes, room)
            numpy.testing.assert_allclose(matrix_of(node), told[0], rtol=0, atol=1e-9)
        self.assertEqual(samples_of(node).shape, self.size[::-1])
        with not_installed():
            with self.assertRaisesRegex(ValueError, "requires the Python package 'stack2nrrd'"):
                self.logic_of(ours, paths, outputQuality="fit").loadVolume()


class Files(Patched):
    def test_what_is_known_of_them(self):
        for suffix, dtype, components in (("tif", "uint16", 1), ("png", "uint8", 1), ("png", "uint8", 3)):
            volume = self.noise(dtype, components)
            paths = self.stack(volume, suffix)
            decoded.clear()
            logic, known = self.logic_of(ours, paths), self.logic_of(theirs, paths)
            self.assertEqual(decoded, paths[:1])  # by the one that is as it is
            for name in ("filePaths", "originalVolumeNumberOfScalarComponents", "originalVolumeVoxelDataType"):
                self.assertEqual(getattr(logic, name), getattr(known, name))
            self.assertEqual(list(logic.originalVolumeDimensions), list(known.originalVolumeDimensions))
            logic.filePaths = []
            self.assertEqual(list(logic.originalVolumeDimensions), [0, 0, 0])

    def test_colour(self):
        volume = self.noise("uint8", 3)
        paths = self.stack(volume, "png")
        for grey in (True, False):
            state = dict(outputQuality="full", outputGrayscale=grey)
            expected, node = (self.logic_of(module, paths, **state).loadVolume() for module in (theirs, ours))
            numpy.testing.assert_array_equal(samples_of(node), samples_of(expected))
            self.assertEqual(node.bases, expected.bases)
            self.assertEqual(node.name, expected.name)
            self.assertEqual(node.storageNode.useCompression, expected.storageNode.useCompression)

    def test_what_is_not_read_is_left_to_the_old_code(self):
        """A kind of file that only SimpleITK reads: all of them, or one among others."""
        volume = self.noise()
        for others in (range(len(volume)), [12]):
            paths = self.stack(volume)
            for number in others:
                with open(paths[number], "wb") as file:
                    file.write(b"RIFF\0\1\0\0WEBPVP8 " + bytes(100))
            expected = self.logic_of(theirs, paths, outputQuality="half").loadVolume()
            with self.assertLogs(level=logging.WARNING) as logged:
                node = self.logic_of(ours, paths, outputQuality="half").loadVolume()
            self.assertIn("loading without antialiasing", logged.output[0])
            numpy.testing.assert_array_equal(samples_of(node), samples_of(expected))
            numpy.testing.assert_array_equal(matrix_of(node), matrix_of(expected))
            with self.assertRaises(ValueError):  # for want of memory, perhaps
                self.logic_of(ours, paths, outputQuality="fit").loadVolume()

    def test_errors(self):
        volume = self.noise()
        paths = self.stack(volume)
        images[paths[7]] = volume[7][:, 5:]
        write_tiff(paths[7], images[paths[7]])
        told = []
        for module in (theirs, ours):
            with self.assertRaises(ValueError) as raised:
                self.logic_of(module, paths, outputQuality="full").loadVolume()
            told.append(str(raised.exception).partition("\nDetails:\n"))
        self.assertEqual(told[0][:2], told[1][:2])
        self.assertIn(os.path.basename(paths[7]), told[1][2])
        paths = self.stack(self.noise())
        for module, at in itertools.product((theirs, ours), (1, 2)):
            calls = []
            node = slicer.vtkMRMLScalarVolumeNode()
            with self.assertRaisesRegex(ValueError, "User requested cancel"):
                self.logic_of(module, paths).loadVolume(node, lambda fraction: calls.append(fraction) or len(calls) < at)
            self.assertIsNone(node.image)
        for module in (theirs, ours):
            with self.assertRaisesRegex(ValueError, "Invalid original volume spacing"):
                logic = self.logic_of(module, paths)
                logic.setOriginalVolumeSpacing((0.0, 0.0, 0.0))
                logic.loadVolume()


class Widget(Patched):
    """What the user is asked, and what a press of a button does."""

    def widget(self):
        _RadioButton.group.clear()
        widget = ours.ImageStacksWidget(mock.MagicMock())
        widget.setup()
        widget.sliceSkipSpinBox.value = 0
        widget.isotropicSpacingWidget.value = 0.5
        widget.updateLogicFromWidget()
        widget.setFilePaths(self.stack(self.noise()))
        return widget

    def setUp(self):
        super().setUp()
        self.asked, self.installed, self.answer = [], [], True
        slicer.util.confirmOkCancelDisplay = lambda text, title: self.asked.append(text) or self.answer
        slicer.util.pip_install = self.installed.append
        slicer.util.tryWithErrorDisplay = lambda text, waitCursor: contextlib.nullcontext()

    def test_where_it_is_installed(self):
        widget = self.widget()
        self.assertTrue(widget.antialiasCheckBox.checked and widget.logic.antialias)
        self.assertEqual(decoded, [])
        widget.qualityFitRadioButton.checked = True
        self.assertEqual(widget.logic.outputQuality, "fit")
        widget.antialiasCheckBox.checked = False
        self.assertEqual((widget.logic.outputQuality, widget.logic.antialias), ("preview", False))
        self.assertEqual(len(decoded), 1)  # what ImageStacks itself says of the files
        widget.qualityHalfRadioButton.checked = True
        self.assertEqual(widget.logic.outputQuality, "half")
        self.assertEqual(self.asked + self.installed, [])

    def test_the_user_says_no(self):
        self.answer = False
        with not_installed():
            widget = self.widget()
            self.assertFalse(widget.antialiasCheckBox.checked or widget.logic.antialias)
            for press in (widget.antialiasCheckBox, widget.qualityFitRadioButton):
                press.checked = True
                self.assertFalse(widget.antialiasCheckBox.checked or widget.logic.antialias)
                self.assertEqual(widget.logic.outputQuality, "preview")
                self.assertIsNotNone(widget.logic.loadVolume())
        self.assertEqual((len(self.asked), self.installed), (2, []))

    def test_the_user_says_yes(self):
        for press in ("antialiasCheckBox", "qualityFitRadioButton"):
            with not_installed():
                widget = self.widget()

                def install(name):
                    self.installed.append(name)
                    sys.modules["stack2nrrd_imagestacks"] = stack2nrrd_imagestacks

                slicer.util.pip_install = install
                getattr(widget, press).checked = True
                self.assertTrue(widget.antialiasCheckBox.checked and widget.logic.antialias)
                self.assertEqual(widget.logic.outputQuality, "fit" if press.startswith("quality") else "preview")
                expected = stack2nrrd.read(widget.logic.filePaths, factor=4, align="first", spacing=0.5, order="given")[0]
                if press == "antialiasCheckBox":
                    numpy.testing.assert_array_equal(samples_of(widget.logic.loadVolume()), expected)
        self.assertEqual(self.installed, ["stack2nrrd", "stack2nrrd"])

    def test_installing_fails(self):
        with not_installed():
            widget = self.widget()
            widget.antialiasCheckBox.checked = True
            self.assertFalse(widget.antialiasCheckBox.checked or widget.logic.antialias)
        self.assertEqual(self.installed, ["stack2nrrd"])


if __name__ == "__main__":
    if not UPSTREAM:
        print("skipped: STACK2NRRD_IMAGESTACKS is not set to ImageStacks.py of SlicerMorph")
        sys.exit()
    unittest.main(verbosity=2)
