"""As much of Slicer's own module `slicer` as an import into a volume node takes. Images and matrices are VTK's."""

import vtk


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

    def SetIJKToRASMatrix(self, matrix):
        self.ijkToRAS.DeepCopy(matrix)

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


mrmlScene = _Scene()
util = _Util()
