"""As much of Slicer's own module `slicer` as an import into a volume node takes. Images and matrices are VTK's."""

import numpy
import vtk
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from . import cli


class _StorageNode:
    def __init__(self):
        self.useCompression = 1

    def SetUseCompression(self, use):
        self.useCompression = use


class vtkMRMLScalarVolumeNode:
    bases = ("vtkMRMLScalarVolumeNode",)

    def __init__(self):
        self.name = ""
        self.image = None
        self.ijkToRAS = vtk.vtkMatrix4x4()
        self.storageNode = None

    def IsA(self, name):
        return name in self.bases

    def SetName(self, name):
        self.name = name

    def GetID(self):
        return "%s%d" % (self.bases[-1], id(self))

    def SetIJKToRASMatrix(self, matrix):
        self.ijkToRAS.DeepCopy(matrix)

    def GetIJKToRASMatrix(self, matrix):
        matrix.DeepCopy(self.ijkToRAS)

    def GetImageData(self):
        return self.image

    def SetAndObserveImageData(self, image):
        assert isinstance(image, vtk.vtkImageData)
        self.image = image

    def AddDefaultStorageNode(self):
        self.storageNode = _StorageNode()
        return True

    def GetStorageNode(self):
        return self.storageNode


class vtkMRMLVectorVolumeNode(vtkMRMLScalarVolumeNode):
    bases = ("vtkMRMLScalarVolumeNode", "vtkMRMLVectorVolumeNode")
    VoxelVectorTypeColorRGB = "RGB"
    VoxelVectorTypeColorRGBA = "RGBA"
    voxelVectorType = None

    def SetVoxelVectorType(self, kind):
        self.voxelVectorType = kind


class _Scene:
    def __init__(self):
        self.nodes = []

    def Clear(self, removeSingletons=0):
        self.nodes.clear()

    def RemoveNode(self, node):
        if node in self.nodes:
            self.nodes.remove(node)

    def AddNewNodeByClass(self, name):
        self.nodes.append({kind.__name__: kind for kind in (vtkMRMLScalarVolumeNode, vtkMRMLVectorVolumeNode)}[name]())
        return self.nodes[-1]


class _Util:
    def __init__(self):
        self.shown = None

    def setSliceViewerLayers(self, background, fit):
        self.shown = (background, fit)

    @staticmethod
    def vtkMatrixFromArray(array):
        matrix = vtk.vtkMatrix4x4()
        matrix.DeepCopy([float(element) for element in array.ravel()])
        return matrix

    @staticmethod
    def arrayFromVTKMatrix(matrix):
        return numpy.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])

    @staticmethod
    def arrayFromVolume(node):
        array = vtk_to_numpy(node.image.GetPointData().GetScalars())
        return array.reshape(node.image.GetDimensions()[::-1] + array.shape[1:])

    @staticmethod
    def updateVolumeFromArray(node, array):
        image = vtk.vtkImageData()
        image.SetDimensions(*array.shape[2::-1])
        components = array.shape[3] if array.ndim == 4 else 1
        image.GetPointData().SetScalars(numpy_to_vtk(array.reshape(-1, components), deep=True))
        node.SetAndObserveImageData(image)


mrmlScene = _Scene()
util = _Util()
modules = cli.Modules()
