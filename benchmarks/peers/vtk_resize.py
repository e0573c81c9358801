"""A stack of slices made smaller by VTK: antialiased Lanczos-3, the kernel that stack2nrrd has by default.

    vtk_resize.py FACTOR THREADS SLABS OUTPUT.raw FILE...

One slab is the whole volume at once; with more, each slab of the output is updated by itself, which reads the slices
between two slabs again."""
import sys

import vtk
from vtk.util.numpy_support import vtk_to_numpy

factor, threads, slabs = map(int, sys.argv[1:4])
files = sys.argv[5:]
vtk.vtkMultiThreader.SetGlobalMaximumNumberOfThreads(threads)
vtk.vtkMultiThreader.SetGlobalDefaultNumberOfThreads(threads)

readers = {"tif": vtk.vtkTIFFReader, "png": vtk.vtkPNGReader, "jpg": vtk.vtkJPEGReader}
names = vtk.vtkStringArray()
for file in files:
    names.InsertNextValue(file)
reader = readers[files[0][-3:]]()
reader.SetFileNames(names)

sinc = vtk.vtkImageSincInterpolator()
sinc.SetWindowFunctionToLanczos()
sinc.SetWindowHalfWidth(3)
sinc.AntialiasingOn()
resize = vtk.vtkImageResize()
resize.SetInputConnection(reader.GetOutputPort())
resize.SetResizeMethodToMagnificationFactors()
resize.SetMagnificationFactors(1 / factor, 1 / factor, 1 / factor)
resize.SetInterpolator(sinc)
resize.UpdateInformation()

x0, x1, y0, y1, z0, z1 = resize.GetOutputInformation(0).Get(vtk.vtkStreamingDemandDrivenPipeline.WHOLE_EXTENT())
slices = z1 + 1 - z0
with open(sys.argv[4], "wb") as output:
    for slab in range(slabs):
        begin, end = z0 + slices * slab // slabs, z0 + slices * (slab + 1) // slabs
        resize.UpdateExtent((x0, x1, y0, y1, begin, end - 1))
        vtk_to_numpy(resize.GetOutput().GetPointData().GetScalars()).tofile(output)
