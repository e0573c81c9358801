"""What users report of a scan of bone, measured on the reduced volume; the object is what is above Otsu's threshold.

    threshold  Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. Systems, Man and Cybernetics 9,
               1979; of 256 levels from the least to the greatest sample.
    BV/TV      share of the samples that are object, in %.
    Tb.Th      mean over the object of the diameter of the largest ball in it that covers the place (Hildebrand and
               Rueegsegger, "A new method for the model-independent assessment of thickness in three-dimensional images",
               Journal of Microscopy 185, 1997), in source samples. From the Euclidean distance
               transform: a sample R from the nearest other sample has R - 1/2 around it.
    BS/TV      area of the surface at the threshold (marching cubes; Lewiner et al., Journal of Graphics Tools 8, 2003) in
               the volume, in 1 / source samples.
    Euler      number of parts less tunnels plus cavities, 26 neighbours (Odgaard and Gundersen, "Quantification of connec-
               tivity in cancellous bone", Bone 14, 1993). Of one connected network, 1 - Euler is its connectivity.
    GLCM       contrast: mean of (i - j)^2 over neighbours along x, y and z, of 32 grey levels from the least to the greatest
               sample of the source (Haralick, Shanmugam and Dinstein, "Textural features for image classification", IEEE
               Trans. Systems, Man and Cybernetics 3, 1973).

They follow BoneJ's and Bouxsein's names (Bouxsein et al., "Guidelines for assessment of bone microstructure in rodents",
Journal of Bone and Mineral Research 25, 2010). Needs scipy and scikit-image.
"""
import numpy


def thickness(inside):
    """In samples."""
    from scipy.ndimage import distance_transform_edt

    distance = distance_transform_edt(inside)
    covered = numpy.zeros(inside.shape)
    for radius in numpy.unique(numpy.round(distance[inside], 1)):
        centres = distance >= radius - 0.05
        within = distance_transform_edt(~centres) < radius
        covered[within] = radius                                    # radii ascend
    return float(2 * covered[inside].mean() - 1)


def contrast(samples, low, high, levels=32):
    grey = numpy.clip(numpy.floor((samples - low) / (high - low) * levels), 0, levels - 1)
    pairs = [numpy.diff(grey, axis=axis).ravel() ** 2 for axis in range(3)]
    return float(numpy.concatenate(pairs).mean())


def measure(samples, factor, low, high):
    """low and high are those of the source. With factor 1 there is no contrast, as neighbours are nearer there; of more than
    2 million samples there is no Tb.Th, which takes minutes."""
    from skimage.filters import threshold_otsu
    from skimage.measure import euler_number, marching_cubes, mesh_surface_area

    threshold = threshold_otsu(samples, nbins=256)
    inside = samples > threshold
    surface = mesh_surface_area(*marching_cubes(samples, threshold)[:2])
    step = float(factor)
    thick = step * thickness(inside) if samples.size < 2e6 else None
    return {"BV/TV": 100 * float(inside.mean()), "Tb.Th": thick,
            "BS/TV": float(surface / samples.size / step), "Euler": int(euler_number(inside, connectivity=3)),
            "GLCM": contrast(samples, low, high) if factor > 1 else None}
