"""What else Debian has to make volumes smaller, each as its documentation says, in float. Entries of tools.py's table."""
import importlib.util
import os
import shutil
import subprocess
import tempfile

import nrrd
import numpy


def sizes_of(volume, factors):
    """In x, y, z; all of these tools are asked for a size, not for a factor."""
    return [round(n / f) for n, f in zip(volume.shape[::-1], factors)]


def cell(volume, sizes):
    """Positions (k + 1/2) n / m - 1/2 of m samples from n."""
    return [(numpy.arange(m) + 0.5) * n / m - 0.5 for n, m in zip(volume.shape[::-1], sizes)]


def corners(volume, sizes):
    """Positions k (n - 1) / (m - 1) of m samples from n."""
    return [numpy.linspace(0, n - 1, m) for n, m in zip(volume.shape[::-1], sizes)]


def in_two_passes(resize):
    """A tool for images made one for volumes: x and y of each slice, then z, slice by slice of the result in x and z.
    resize takes an image and its new width and height."""

    def run(volume, factors):
        x, y, z = sizes_of(volume, factors)
        positions = cell(volume, (x, y, z))
        if (x, y) != volume.shape[:0:-1]:
            volume = numpy.stack([resize(image, x, y) for image in volume])
        if z != volume.shape[0]:
            volume = numpy.stack([resize(numpy.ascontiguousarray(volume[:, row]), x, z) for row in range(y)], axis=1)
        return volume, positions

    return run


def pil(kernel, **more):
    def resize(image, width, height):
        from PIL import Image
        return numpy.asarray(Image.fromarray(image).resize((width, height), getattr(Image.Resampling, kernel), **more))

    return in_two_passes(resize)


def opencv(kernel):
    def resize(image, width, height):
        import cv2
        return cv2.resize(image, (width, height), interpolation=getattr(cv2, kernel))

    return in_two_passes(resize)


def vips(volume, factors):
    """`vips resize` of an image that has the slices as bands; then the same with z in place of y."""
    x, y, z = sizes_of(volume, factors)
    positions = cell(volume, (x, y, z))
    volume = volume.transpose(1, 2, 0)                             # rows y, columns x, bands z
    if (y, x) != volume.shape[:2]:
        volume = _vips_resize(volume, x, y)
    volume = volume.transpose(2, 1, 0)                             # rows z, columns x, bands y
    if z != volume.shape[0]:
        volume = _vips_resize(volume, x, z)
    return volume.transpose(0, 2, 1), positions


def _vips_resize(image, width, height):
    rows, columns, bands = image.shape
    with tempfile.TemporaryDirectory(prefix="fidelity.") as folder:
        numpy.ascontiguousarray(image).tofile(f"{folder}/in.raw")
        for command in (["rawload", "in.raw", "in.v", columns, rows, bands, "--format", "float"],
                        ["resize", "in.v", "out.v", width / columns, "--vscale", height / rows],
                        ["rawsave", "out.v", "out.raw"]):
            subprocess.run(["vips", *map(str, command)], cwd=folder, check=True)
        return numpy.fromfile(f"{folder}/out.raw", numpy.float32).reshape(height, width, bands)


def unu(kernel):
    def run(volume, factors):
        sizes = sizes_of(volume, factors)
        words = ["=" if m == n else str(m) for m, n in zip(sizes, volume.shape[::-1])]
        with tempfile.TemporaryDirectory(prefix="fidelity.") as folder:
            nrrd.write(f"{folder}/in.nrrd", volume)
            subprocess.run(["teem-unu", "resample", "-i", "in.nrrd", "-s", *words, "-k", kernel, "-o", "out.nrrd"],
                           cwd=folder, check=True)
            samples, first, steps = nrrd.read(f"{folder}/out.nrrd")
        return samples, [place + step * numpy.arange(m) for place, step, m in zip(first, steps, sizes)]

    return run


def vtk(border):
    def run(volume, factors):
        import vtk as toolkit
        from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

        image = toolkit.vtkImageData()
        image.SetDimensions(volume.shape[::-1])
        image.GetPointData().SetScalars(numpy_to_vtk(volume.ravel(), deep=True))
        resize = toolkit.vtkImageResize()
        resize.SetInputData(image)
        resize.SetBorder(border)
        resize.SetOutputDimensions(sizes_of(volume, factors))
        resize.Update()
        result = resize.GetOutput()
        samples = vtk_to_numpy(result.GetPointData().GetScalars()).reshape(result.GetDimensions()[::-1])
        return samples, [first + step * numpy.arange(m) for first, step, m in
                         zip(result.GetOrigin(), result.GetSpacing(), result.GetDimensions())]

    return run


def scikit_image(volume, factors):
    from skimage.transform import resize

    sizes = sizes_of(volume, factors)
    return resize(volume.astype(float), sizes[::-1], anti_aliasing=True, preserve_range=True), cell(volume, sizes)


def local_mean(volume, factors):
    from skimage.transform import downscale_local_mean

    samples = downscale_local_mean(volume.astype(float), tuple(map(int, factors[::-1])))
    return samples, cell(volume, samples.shape[::-1])


def ndimage_zoom(volume, factors):
    from scipy.ndimage import zoom

    sizes = sizes_of(volume, factors)
    return zoom(volume.astype(float), [m / n for m, n in zip(sizes[::-1], volume.shape)]), corners(volume, sizes)


def itk(program, kind):
    def run(volume, factors):
        with tempfile.TemporaryDirectory(prefix="fidelity.") as folder:
            nrrd.write(f"{folder}/in.nrrd", volume)
            words = [program, kind, "in.nrrd", "out.nrrd", *(repr(float(factor)) for factor in factors)]
            subprocess.run(words, cwd=folder, check=True)
            samples, first, steps = nrrd.read(f"{folder}/out.nrrd")
        return samples, [place + step * numpy.arange(m) for place, step, m in zip(first, steps, samples.shape[::-1])]

    return run


def built_itk(folder):
    """The program of itk/, built in the folder, or None where there is no ITK."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "itk")
    for command in (["cmake", "-S", source, "-B", folder, "-DCMAKE_BUILD_TYPE=Release"], ["cmake", "--build", folder]):
        if not shutil.which("cmake") or subprocess.run(command, capture_output=True).returncode != 0:
            return None
    return os.path.join(folder, "itk_reduce")


def without(module, package):
    """Why there is no such module, or None."""
    return None if importlib.util.find_spec(module) else f"{package} is not installed"


def table(itk_program):
    """name, rule of positions, function, why it is missing, whole factors only"""
    no_unu = None if shutil.which("teem-unu") else "teem-apps is not installed"
    no_vips = None if shutil.which("vips") else "libvips-tools is not installed"
    no_vtk = without("vtk", "python3-vtk9")
    no_pil = without("PIL", "python3-pil")
    no_opencv = without("cv2", "python3-opencv")
    no_scipy = without("scipy", "python3-scipy")
    no_skimage = without("skimage", "python3-skimage")
    no_itk = None if itk_program else "libinsighttoolkit5-dev is not installed"
    return [
        ("vtkImageResize", "corners; of its origin and spacing", vtk(False), no_vtk),
        ("vtkImageResize, border on", "cell; of its origin and spacing", vtk(True), no_vtk),
        ("unu resample (cubic:0,0.5)", "cell; of its header", unu("cubic:0,0.5"), no_unu),
        ("unu resample -k box", "cell; of its header", unu("box"), no_unu),
        ("PIL LANCZOS", "cell; slices, then z in a second pass", pil("LANCZOS"), no_pil),
        ("PIL LANCZOS, reducing_gap 2", "cell; slices, then z in a second pass", pil("LANCZOS", reducing_gap=2.0), no_pil),
        ("PIL BOX", "cell; slices, then z in a second pass", pil("BOX"), no_pil),
        ("vips resize", "cell; slices, then z in a second pass", vips, no_vips),
        ("skimage resize, anti_aliasing", "cell", scikit_image, no_skimage),
        ("skimage downscale_local_mean", "cell", local_mean, no_skimage, True),
        ("ndimage.zoom", "corners", ndimage_zoom, no_scipy),
        ("OpenCV INTER_AREA", "cell; slices, then z in a second pass", opencv("INTER_AREA"), no_opencv),
        ("OpenCV INTER_LANCZOS4", "cell; slices, then z in a second pass", opencv("INTER_LANCZOS4"), no_opencv),
        ("ITK BinShrink", "cell; of its origin and spacing", itk(itk_program, "box"), no_itk, True),
        ("ITK Gauss and linear", "cell; of its origin and spacing", itk(itk_program, "gauss"), no_itk),
    ]
