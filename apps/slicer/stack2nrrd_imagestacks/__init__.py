"""ImageStacks of SlicerMorph, with stack2nrrd in place of its loop over slices.

    node = stack2nrrd_imagestacks.loadVolume(logic, outputNode, progressCallback)

`logic` is an ImageStacksLogic, or whatever has these of its members: filePaths, originalVolumeDimensions,
originalVolumeIJKToRAS, outputQuality, sliceSkip, reverseSliceOrder, outputGrayscale, outputVolumeBounds. Every sample is
filtered, so slices that are skipped count, too; and samples go straight into the memory of the node.

Importing this fails with ImportError where the library of stack2nrrd is not installed.
"""

import itertools
import math
import os

import numpy
import slicer
import stack2nrrd
import vtk
from vtk.util.numpy_support import vtk_to_numpy

__all__ = ["Unsupported", "loadVolume", "outputVolumeGeometry"]

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


def outputVolumeGeometry(logic, align="first"):
    """(4 x 4 IJK to RAS, extent, components), from what the logic knows; no file is touched.

    align="first" is the grid that ImageStacks has always had: samples are on samples of the source. With "cell" each is
    in the middle of the block of source samples that it covers. The extent counts in samples of the output without
    region; one that is outside of the stack leaves an empty extent, with an end below its beginning.
    """
    ijkToRAS, extent = _grid(
        logic.originalVolumeIJKToRAS, logic.originalVolumeDimensions, _factors(logic), logic.outputVolumeBounds, align
    )
    return ijkToRAS, extent, 1 if logic.outputGrayscale else logic.originalVolumeNumberOfScalarComponents


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
    volumeFile = len(paths) == 1 and paths[0].lower().endswith((".nrrd", ".nhdr"))
    source = paths[0] if volumeFile else paths
    stack = dict(order="given", reverse=bool(logic.reverseSliceOrder), spacing=spacing)
    shape = dict(
        channel="first" if logic.outputGrayscale else "all",
        factor=_factors(logic),
        align=align,
        progress=progressCallback and (lambda fraction, text: bool(progressCallback(fraction))),
    )
    image = vtk.vtkImageData()  # free: where anything fails, the node never had it

    def room(volume):
        _checkNode(outputNode, volume.components)
        return _allocate(image, volume)

    try:
        if progressCallback and not progressCallback(0.0):
            raise ValueError("User requested cancel")
        if logic.outputVolumeBounds:
            shape["crop"] = _crop(source, stack, shape["factor"], logic.outputVolumeBounds, align)
        _, volume = stack2nrrd.read(source, out=room, **{**stack, **shape, **options})
    except stack2nrrd.Error as error:
        raise _asImageStacks(error) from error

    newNode = outputNode is None
    if newNode:
        kind = "vtkMRMLScalarVolumeNode" if volume.components == 1 else "vtkMRMLVectorVolumeNode"
        outputNode = slicer.mrmlScene.AddNewNodeByClass(kind)
        first = paths[-1] if logic.reverseSliceOrder else paths[0]
        outputNode.SetName(os.path.splitext(os.path.basename(first))[0])
    if volume.components == 3:
        outputNode.SetVoxelVectorType(outputNode.VoxelVectorTypeColorRGB)
    elif volume.components == 4:
        outputNode.SetVoxelVectorType(outputNode.VoxelVectorTypeColorRGBA)
    outputNode.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(_ijkToRAS(volume)))
    outputNode.SetAndObserveImageData(image)
    if newNode and outputNode.AddDefaultStorageNode():
        outputNode.GetStorageNode().SetUseCompression(0)  # saves and loads faster
    slicer.util.setSliceViewerLayers(background=outputNode, fit=True)
    return outputNode


def _factors(logic):
    if logic.outputQuality not in _REDUCTION:
        raise ValueError("Invalid output quality %r. Valid values: preview, half, full." % (logic.outputQuality,))
    reduction = _REDUCTION[logic.outputQuality]
    return reduction, reduction, reduction * (1 + int(logic.sliceSkip))


def _grid(ijkToRAS, size, factors, bounds, align):
    """Where output samples lie, and which of them are wanted: whole blocks, what remains at the end is left out."""
    step = numpy.dot(ijkToRAS, numpy.diag([*factors, 1.0]))
    if align == "cell":
        step[:, 3] = numpy.dot(ijkToRAS, [*((factor - 1) / 2 for factor in factors), 1.0])
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
    """The region in source samples."""
    whole = stack2nrrd.plan(source, **stack)
    extent = _grid(_ijkToRAS(whole), whole.size, factors, bounds, align)[1]
    fields = []
    for axis in range(3):
        lo, hi = extent[2 * axis], extent[2 * axis + 1]
        if hi < lo:
            raise ValueError("The region of interest is outside of the images. Move it, or clear it to load everything.")
        fields.append("%d:%d" % (lo * factors[axis], min((hi + 1) * factors[axis], whole.size[axis])))
    return ",".join(fields)


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


def _allocate(image, volume):
    """The memory of the image, as an array."""
    # VTK ends the process where there is no memory. numpy raises MemoryError; and as nothing is written, nothing is taken.
    numpy.empty(volume.bytes, dtype=numpy.uint8)
    image.SetDimensions(*volume.size)
    image.AllocateScalars(_VTK_TYPES[volume.sample_type], volume.components)
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
