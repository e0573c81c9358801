"""The phantom's slices in other formats, as scanners and their programs write them.

    make_stacks.py FOLDER_OF_TIFF FOLDER FORMAT      FORMAT: tiff_deflate, tiff_lzw, png16, png8 or jpg8

Needs PIL (Debian: python3-pil) and numpy. 8-bit slices have the upper byte of the 16-bit samples."""
import concurrent.futures
import os
import sys

import numpy
from PIL import Image


def convert(source, target, kind):
    slice = Image.open(source)
    if kind.endswith("8"):
        slice = Image.fromarray((numpy.asarray(slice) >> 8).astype(numpy.uint8))
    if kind == "tiff_deflate":
        slice.save(target + ".tif", compression="tiff_adobe_deflate", tiffinfo={317: 2})  # differences of neighbours
    elif kind == "tiff_lzw":
        slice.save(target + ".tif", compression="tiff_lzw", tiffinfo={317: 2})
    elif kind == "jpg8":
        slice.save(target + ".jpg", quality=90)
    else:
        slice.save(target + ".png", compress_level=6)


if __name__ == "__main__":
    source, folder, kind = sys.argv[1:]
    os.makedirs(folder)
    with concurrent.futures.ProcessPoolExecutor() as pool:
        jobs = [pool.submit(convert, os.path.join(source, name), os.path.join(folder, name[:-4]), kind)
                for name in sorted(os.listdir(source))]
        for job in jobs:
            job.result()
