"""python3-zarr and GDAL as judges of OME-Zarr 0.4: each sample and each place is that of the level's own NRRD.

    judge.py python|gdal CASES
"""

import json
import math
import pathlib
import re
import sys

import numpy


def read_nrrd(path):
    """Samples [c,] z, y, x; and spacing and origin along x, y, z. Of what the program writes: attached, raw, axis by axis."""
    header, samples = pathlib.Path(path).read_bytes().split(b"\n\n", 1)
    field = dict(line.split(": ", 1) for line in header.decode().splitlines() if ": " in line and ":=" not in line)
    type_ = numpy.dtype({"float": "float32"}.get(field["type"], field["type"])).newbyteorder("<")
    sizes = [int(size) for size in field["sizes"].split()]
    array = numpy.frombuffer(samples, type_, math.prod(sizes)).reshape(sizes[::-1])
    vectors = [[float(part) for part in vector.split(",")] for vector in re.findall(r"\((.*?)\)", field["space directions"])]
    for axis, vector in enumerate(vectors):
        assert [part != 0 for part in vector] == [other == axis for other in range(3)], field["space directions"]
    origin = [float(part) for part in field["space origin"].strip("()").split(",")]
    return (numpy.moveaxis(array, -1, 0) if array.ndim == 4 else array), [vectors[i][i] for i in range(3)], origin


def opened_by_zarr(store):
    import zarr

    group = zarr.open_group(store, mode="r")
    return lambda path: group[path][...]


def opened_by_gdal(store):
    from osgeo import gdal

    gdal.UseExceptions()
    group = gdal.OpenEx(store, gdal.OF_MULTIDIM_RASTER).GetRootGroup()
    return lambda path: group.OpenMDArray(path).ReadAsArray()


def judge(case, opened):
    attributes = json.loads((pathlib.Path(case["store"]) / ".zattrs").read_text())
    assert "stack2nrrd" in attributes, attributes
    (multiscale,) = attributes["multiscales"]
    assert multiscale["version"] == "0.4", multiscale
    levels = multiscale["datasets"]
    assert len(levels) == len(case["levels"]), levels
    read = opened(case["store"])
    for level, path in zip(levels, case["levels"]):
        expected, spacing, origin = read_nrrd(path)
        channel = expected.ndim == 4
        unit = {"unit": "millimeter"} if case["spaced"] else {}
        axes = [{"name": "c", "type": "channel"}] * channel + [{"name": name, "type": "space", **unit} for name in "zyx"]
        assert multiscale["axes"] == axes, multiscale["axes"]
        places = [
            {"type": "scale", "scale": [1] * channel + spacing[::-1]},
            {"type": "translation", "translation": [0] * channel + origin[::-1]},
        ]
        assert level["coordinateTransformations"] == places, (level, places)

        stored = json.loads((pathlib.Path(case["store"]) / level["path"] / ".zarray").read_text())
        compressor = (stored["compressor"] or {"id": "raw"})["id"]
        assert compressor == case["encoding"], stored
        assert (stored["dimension_separator"], stored["order"], stored["fill_value"]) == ("/", "C", 0), stored

        array = read(level["path"])
        assert array.shape == expected.shape, (array.shape, expected.shape)
        assert array.dtype == expected.dtype, (array.dtype, expected.dtype)
        unequal = numpy.argwhere(~(array == expected))
        assert not len(unequal), f"{len(unequal)} of {array.size} samples differ, the first at {unequal[0]}"
        print(f"{case['name']}, level {level['path']}: {array.size} samples")


def main():
    opened = {"python": opened_by_zarr, "gdal": opened_by_gdal}[sys.argv[1]]
    cases = [case for case in json.loads(pathlib.Path(sys.argv[2]).read_text()) if case["version"] == "0.4"]
    assert cases
    for case in cases:
        try:
            judge(case, opened)
        except Exception as error:
            sys.exit(f"{case['name']}: {type(error).__name__}: {error}")


main()
