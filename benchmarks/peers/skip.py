"""A stack of slices made smaller by leaving out: every FACTOR-th slice is read, and of it every FACTOR-th row and column
kept. Quick, and aliased.

    skip.py FACTOR OUTPUT.raw FILE..."""
import sys

import numpy
from PIL import Image

factor = int(sys.argv[1])
files = sys.argv[3::factor]
volume = None
for z, file in enumerate(files):
    kept = numpy.asarray(Image.open(file))[::factor, ::factor]
    if volume is None:
        volume = numpy.empty((len(files), *kept.shape), kept.dtype)
    volume[z] = kept
volume.tofile(sys.argv[2])
