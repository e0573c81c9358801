"""ImageStacks of SlicerMorph, with stack2nrrd in place of its loop over slices.

    known = stack2nrrd_imagestacks.probe(logic)
    node = stack2nrrd_imagestacks.loadVolume(logic, outputNode, progressCallback)

`logic` is an ImageStacksLogic, or whatever has these of its members: filePaths, originalVolumeDimensions,
originalVolumeNumberOfScalarComponents, originalVolumeVoxelDataType, originalVolumeIJKToRAS, outputQuality, sliceSkip,
reverseSliceOrder, outputGrayscale, outputVolumeBounds. Every sample is filtered, so slices that are skipped count, too; and
samples go straight into the memory of the node.

outputQuality is that of ImageStacks, "full", "half" or "preview"; or "fit": the finest that takes no more than half of the
memory that is free (or outputBytes of the logic, if it has that).

Importing this fails with ImportError where the library of stack2nrrd is not installed.
"""

import ctypes
import fractions
import itertools
import math
import os
import re
import subprocess
import sys
import weakref

import numpy
import slicer
import stack2nrrd
import vtk
from vtk.util.numpy_support import vtk_to_numpy

__all__ = ["Unsupported", "loadVolume", "outputVolumeGeometry", "probe"]

_REDUCTION = {"full": 1, "half": 2, "preview": 4}

_VTK_TYPES = {
    "uint8": vtk.VTK_UNSIGNED_CHAR,
    "int8": vtk.VTK_SIGNED_CHAR,
    "uint16": vtk.VTK_UNSIGNED_SHORT,
    "int16": vtk.VTK_SHORT,
    "uint32": vtk.VTK_UNSIGNED_INT,
    "int32": vtk.VTK_INT,
    "float32": vtk.VTK_FLOAT,
    "float64": vtk.VTK_DOUBLE,
    "int64": vtk.VTK_LONG_LONG,
    "uint64": vtk.VTK_UNSIGNED_LONG_LONG,
}


class Unsupported(ValueError):
    """stack2nrrd does not read this format, or not this kind of it; another reader may."""


def probe(logic):
    """Sets what the logic knows of its files, as its setter of filePaths does, but from headers and for every format that
    stack2nrrd reads: size, components, type of samples and recommended spacing (x, y, z; 0 where it is unknown). False, and
    nothing is set, if stack2nrrd does not read the first file."""
    paths = [os.fspath(path) for path in logic.filePaths]
    if not paths:
        return False
    try:
        first = stack2nrrd.plan(_source(paths[:1]), channel="all", order="given")
    except stack2nrrd.Error:
        return False
    logic.originalVolumeDimensions = [first.size[0], first.size[1], first.size[2] if len(paths) == 1 else len(paths)]
    logic.originalVolumeNumberOfScalarComponents = first.components
    logic.originalVolumeVoxelDataType = numpy.dtype(first.sample_type)
    logic.originalVolumeRecommendedSpacing = list(first.spacing) if first.spacing else _spacingInPlane(paths[0])
    return True


def outputVolumeGeometry(logic, align="first"):
    """(4 x 4 IJK to RAS, extent, components), from what the logic knows; no file is touched.

    align="first" is the grid that ImageStacks has always had: samples are on samples of the source. With "cell" each is
    in the middle of the block of source samples that it covers. The extent counts in samples of the output without
    region (with "fit", of the output); one that is outside of the stack leaves an empty extent, with an end below its
    beginning.
    """
    components = 1 if logic.outputGrayscale else logic.originalVolumeNumberOfScalarComponents
    size, bounds = logic.originalVolumeDimensions, logic.outputVolumeBounds
    if logic.outputQuality != "fit":
        return (*_grid(logic.originalVolumeIJKToRAS, size, _factors(logic), bounds, align), components)
    _counted.pop(logic, None)
    corner, extent = _grid(logic.originalVolumeIJKToRAS, size, (1, 1, 1), bounds, "first")
    size = [max(0, extent[2 * axis + 1] - extent[2 * axis] + 1) for axis in range(3)]
    if 0 in size:
        return corner, extent, components
    factors = _fittingFactors(logic, size, components, numpy.dtype(logic.originalVolumeVoxelDataType))
    return (*_grid(corner, size, factors, None, align), components)


def loadVolume(logic, outputNode=None, progressCallback=None, align="first", **options):
    """Imports into `outputNode`, or into a new node that is shown; gives the node.

    `align` as above. `options` are those of the program, and come before what the logic says: kernel="box",
    channel="luma", threads=4. progressCallback(fraction) is called on this thread, some ten times a second; an answer that
    is false cancels. As in ImageStacks, whatever goes wrong is a ValueError, with the long part of its text behind
    "\\nDetails:\\n"; the node is then as it was before.
    """
    base = numpy.asarray(logic.originalVolumeIJKToRAS, dtype=float)
    spacing = [math.hypot(*base[:3, axis]) for axis in range(3)]
    if min(spacing) <= 0.0:
        raise ValueError("Invalid original volume spacing. All values must be greater than 0.")

    paths = [os.fspath(path) for path in logic.filePaths]
    source = _source(paths)
    stack = dict(order="given", reverse=bool(logic.reverseSliceOrder), spacing=spacing)
    shape = dict(
        channel="first" if logic.outputGrayscale else "all",
        align=align,
        progress=progressCallback and (lambda fraction, text: bool(progressCallback(fraction))),
    )
    image = vtk.vtkImageData()  # free: where anything fails, the node never had it

    grey = None  # samples that become three components each

    def room(volume):
        nonlocal grey
        # ImageStacks announces grey bitmaps as colour where probe() has not said what they are.
        as_colour = not logic.outputGrayscale and volume.components == 1 and logic.originalVolumeNumberOfScalarComponents == 3
        _checkNode(outputNode, 3 if as_colour else volume.components)
        if not as_colour:
            return _allocate(image, volume)
        grey = numpy.empty(volume.shape, dtype=volume.sample_type)
        return grey

    try:
        if progressCallback and not progressCallback(0.0):
            raise ValueError("User requested cancel")
        shape.update(_reduction(logic, source, stack, shape["channel"], align))
        _, volume = stack2nrrd.read(source, out=room, **{**stack, **shape, **options})
        if grey is not None:
            _allocate(image, volume, 3)[...] = grey.reshape(-1, 1)
    except stack2nrrd.Error as error:
        raise _asImageStacks(error) from error

    components = image.GetNumberOfScalarComponents()
    newNode = outputNode is None
    if newNode:
        kind = "vtkMRMLScalarVolumeNode" if components == 1 else "vtkMRMLVectorVolumeNode"
        outputNode = slicer.mrmlScene.AddNewNodeByClass(kind)
        outputNode.SetName(os.path.splitext(os.path.basename(_firstPath(logic, paths, shape["factor"][2])))[0])
    if components == 3:
        outputNode.SetVoxelVectorType(outputNode.VoxelVectorTypeColorRGB)
    elif components == 4:
        outputNode.SetVoxelVectorType(outputNode.VoxelVectorTypeColorRGBA)
    outputNode.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(_ijkToRAS(volume)))
    outputNode.SetAndObserveImageData(image)
    if newNode and outputNode.AddDefaultStorageNode():
        outputNode.GetStorageNode().SetUseCompression(0)  # saves and loads faster
    slicer.util.setSliceViewerLayers(background=outputNode, fit=True)
    return outputNode


def _source(paths):
    """A volume by its name; else a list, which is taken as it is."""
    is_volume = len(paths) == 1 and paths[0].lower().endswith((".nrrd", ".nhdr"))
    return paths[0] if is_volume else paths


def _spacingInPlane(path):
    """What SimpleITK finds in the header of one slice, in x, y; it does not know z."""
    try:
        import SimpleITK

        reader = SimpleITK.ImageFileReader()
        reader.SetFileName(path)
        reader.ReadImageInformation()
        return [*reader.GetSpacing()[:2], 0.0]
    except (ImportError, RuntimeError):
        return [0.0, 0.0, 0.0]


def _firstPath(logic, paths, factor):
    """The file that a node is named after: the first one of those that ImageStacks keeps, in their final order."""
    kept = paths[:: max(1, math.floor(factor))]
    return kept[-1] if logic.reverseSliceOrder else kept[0]


def _factors(logic):
    if logic.outputQuality not in _REDUCTION:
        raise ValueError("Invalid output quality %r. Valid values: preview, half, full, fit." % (logic.outputQuality,))
    reduction = _REDUCTION[logic.outputQuality]
    return reduction, reduction, reduction * (1 + int(logic.sliceSkip))


def _reduction(logic, source, stack, channel, align):
    """Factor and crop, as options."""
    bounds = logic.outputVolumeBounds
    if logic.outputQuality != "fit":
        factors = _factors(logic)
        return dict(factor=factors, **_crop(source, stack, factors, bounds, align)) if bounds else dict(factor=factors)
    crop = _crop(source, stack, (1, 1, 1), bounds, "first") if bounds else {}
    whole = stack2nrrd.plan(source, channel=channel, **stack, **crop)
    return dict(factor=_fittingFactors(logic, whole.size, whole.components, numpy.dtype(whole.sample_type)), **crop)


class _Imagined:
    """A source of which only the size is known."""

    def __init__(self, size, components, dtype):
        self.shape = tuple(int(length) for length in reversed(size)) + ((components,) if components > 1 else ())
        self.dtype = dtype

    def __getitem__(self, z):
        raise IndexError(z)


_counted = weakref.WeakKeyDictionary()  # how many bytes outputVolumeGeometry() has counted with: loadVolume() keeps to it


def _fittingFactors(logic, size, components, dtype):
    """The least reduction, the same on all axes, whose samples take no more bytes than there is room for."""
    room = getattr(logic, "outputBytes", None) or _counted.setdefault(logic, _freeMemory() // 2)
    skip = 1 + int(logic.sliceSkip)
    kept = [size[0], size[1], -(-int(size[2]) // skip)]
    try:
        volume = stack2nrrd.plan(_Imagined(kept, components, dtype), fit=room, spacing=1)
    except stack2nrrd.Error as error:
        raise _asImageStacks(error) from error
    factor = fractions.Fraction(volume.directions[0][0]).limit_denominator(10**6)  # as exact as the library has it
    return factor, factor, factor * skip


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of Windows."""

    _fields_ = [("length", ctypes.c_uint32), ("load", ctypes.c_uint32)]
    _fields_ += [("total", ctypes.c_uint64), ("available", ctypes.c_uint64), ("others", ctypes.c_uint64 * 5)]


def _freeMemory():
    """In bytes, as far as the system says. Slicer need not have psutil."""
    try:
        import psutil

        return psutil.virtual_memory().available
    except ImportError:
        pass
    try:
        if sys.platform == "win32":
            status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
            if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
                return status.available
        elif sys.platform == "darwin":
            text = subprocess.run(["vm_stat"], check=True, stdout=subprocess.PIPE).stdout.decode()
            pages = re.findall(r"Pages (?:free|inactive|speculative): +(\d+)", text)
            return int(re.search(r"page size of (\d+)", text).group(1)) * sum(map(int, pages))
        else:
            with open("/proc/meminfo") as lines:
                return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, AttributeError, subprocess.CalledProcessError):
        pass
    return 8 << 30


def _grid(ijkToRAS, size, factors, bounds, align):
    """Where output samples lie, and which of them are wanted: whole blocks, what remains at the end is left out."""
    step = numpy.dot(ijkToRAS, numpy.diag([float(factor) for factor in (*factors, 1)]))
    if align == "cell":
        step[:, 3] = numpy.dot(ijkToRAS, [*(float((factor - 1) / 2) for factor in factors), 1.0])
    extent = [0, 0, 0, 0, 0, 0]
    for axis in range(3):
        extent[2 * axis + 1] = max(1, int(size[axis]) // factors[axis]) - 1
    if bounds:
        corners = [[*corner, 1.0] for corner in itertools.product(bounds[0:2], bounds[2:4], bounds[4:6])]
        # An index that is meant to be 4.5 may come as 4.4999999999999996; nobody draws a region that finely.
        places = numpy.round(numpy.dot(corners, numpy.linalg.inv(step).T)[:, :3], 6)
        for axis in range(3):  # half a sample of margin, and rounded outwards
            extent[2 * axis] = max(0, math.floor(places[:, axis].min() - 0.5))
            extent[2 * axis + 1] = min(extent[2 * axis + 1], math.ceil(places[:, axis].max() + 0.5))
    step[:, 3] = numpy.dot(step, [extent[0], extent[2], extent[4], 1.0])
    return step, extent


def _crop(source, stack, factors, bounds, align):
    """The region in source samples, as an option."""
    whole = stack2nrrd.plan(source, **stack)
    extent = _grid(_ijkToRAS(whole), whole.size, factors, bounds, align)[1]
    fields = []
    for axis in range(3):
        lo, hi = extent[2 * axis], extent[2 * axis + 1]
        if hi < lo:
            raise ValueError("The region of interest is outside of the images. Move it, or clear it to load everything.")
        fields.append("%d:%d" % (lo * factors[axis], min((hi + 1) * factors[axis], whole.size[axis])))
    return dict(crop=",".join(fields))


def _ijkToRAS(volume):
    """stack2nrrd counts in LPS, Slicer in RAS."""
    matrix = numpy.eye(4)
    matrix[:3, :3] = numpy.transpose(volume.directions)
    matrix[:3, 3] = volume.origin
    matrix[:2] *= -1.0
    return matrix + 0.0  # no -0


def _checkNode(node, components):
    if node is None:
        return
    if components > 1 and not node.IsA("vtkMRMLVectorVolumeNode"):
        raise ValueError("Select a vector volume as output volume or force grayscale output.")
    if components == 1 and node.IsA("vtkMRMLVectorVolumeNode"):
        raise ValueError("Select a scalar volume as output volume.")


def _allocate(image, volume, components=None):
    """The memory of the image, as an array."""
    components = components or volume.components
    # VTK ends the process where there is no memory. numpy raises MemoryError; and as nothing is written, nothing is taken.
    numpy.empty(volume.bytes // volume.components * components, dtype=numpy.uint8)
    image.SetDimensions(*volume.size)
    image.AllocateScalars(_VTK_TYPES[volume.sample_type], components)
    return vtk_to_numpy(image.GetPointData().GetScalars())


def _asImageStacks(error):
    if error.name == "cancelled":
        return ValueError("User requested cancel")
    if error.name == "unsupported":
        return Unsupported(error.text)
    if error.name == "inconsistent":
        return ValueError(
            "There are multiple datasets in the folder. Please select a single file as a sample or specify a pattern."
            "\nDetails:\n" + (error.details or error.text)
        )
    return ValueError(str(error))
