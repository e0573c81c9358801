"""make_h5.py FOLDER: files of transforms in the forms that HDF5 has, written by h5py.

All that are named read_... are a translation by 1, 2, 3; those named refused_... are none that is read. FOLDER is
replaced.
"""

import shutil
import sys
from pathlib import Path

import h5py
import numpy as np

SHIFT = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3]
AFFINE = "AffineTransform_double_3_3"


def text(group, value, how):
    if how == "variable":
        group.create_dataset("TransformType", data=[value], dtype=h5py.string_dtype("utf-8"))
    elif how == "scalar":
        group.create_dataset("TransformType", data=value, dtype=h5py.string_dtype("ascii"))
    else:
        group.create_dataset("TransformType", data=np.array([value], dtype=f"S{len(value) + 5}"))


def put(group, kind=AFFINE, parameters=SHIFT, fixed=(0, 0, 0), how="variable", names=("Transform", "Transform"),
        dtype="<f8", **storage):
    text(group, kind, how)
    if kind.startswith("Composite"):
        return
    for name, numbers in (("FixedParameters", fixed), ("Parameters", parameters)):
        data = np.array(numbers, dtype=dtype)
        keep = storage if len(data) else {}
        group.create_dataset(names[0] + name, data=data, **keep)


def compact(group):
    text(group, AFFINE, "variable")
    for name, numbers in (("TransformFixedParameters", (0, 0, 0)), ("TransformParameters", SHIFT)):
        data = np.array(numbers, dtype="<f8")
        how = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        how.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple(data.shape)
        made = h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F64LE, space, how)
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, data)


def main():
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def write(name, fill, libver="earliest"):
        with h5py.File(folder / f"{name}.h5", "w", libver=libver) as file:
            fill(file)

    def one(name, **how):
        for version in ("earliest", "v108"):
            libver = version if version == "earliest" else ("v108", "v108")
            write(f"read_{version}_{name}", lambda f: put(f.create_group("TransformGroup/0"), **how), libver)

    one("contiguous")
    one("scalar_string", how="scalar")
    one("fixed_string", how="fixed")
    one("float32", dtype="<f4")
    one("big_endian", dtype=">f8")
    one("big_endian_float32", dtype=">f4")
    one("misspelt", names=("Tranform", "Tranform"))
    one("chunked", chunks=(3,))
    one("last_chunk_in_part", chunks=(2,), maxshape=(None,))
    one("gzip", chunks=(3,), compression="gzip")
    one("gzip_shuffle", chunks=(3,), compression="gzip", shuffle=True)
    for version in ("earliest", "v108"):
        libver = version if version == "earliest" else ("v108", "v108")
        write(f"read_{version}_compact", lambda f: compact(f.create_group("TransformGroup/0")), libver)

    def composite(count):
        def fill(file):
            put(file.create_group("TransformGroup/0"), kind="CompositeTransform_double_3_3")
            for i in range(1, count):
                put(file.create_group(f"TransformGroup/{i}"), kind="TranslationTransform_double_3_3",
                    parameters=[1 if i == 1 else 0, 2 if i == 3 else 0, 3 if i == count - 1 else 0], fixed=())
        return fill

    write("read_composite_of_40", composite(41))
    write("read_composite_of_7", composite(8), ("v108", "v108"))
    write("refused_composite_of_40", composite(41), ("v108", "v108"))

    def many_attributes(file):  # an object header in several blocks
        group = file.create_group("TransformGroup/0")
        put(group)
        for i in range(40):
            group.attrs[f"note {i}"] = "x" * 40
            group["TransformParameters"].attrs[f"note {i}"] = "y" * 40
    write("read_attributes", many_attributes)

    write("refused_volume", lambda f: f.create_dataset("volume", data=np.zeros((3, 3, 3))))
    write("refused_no_zero", lambda f: put(f.create_group("TransformGroup/1")))
    write("refused_integers", lambda f: put(f.create_group("TransformGroup/0"), dtype="<i4"))
    write("refused_half", lambda f: put(f.create_group("TransformGroup/0"), dtype="<f2"))
    write("refused_short", lambda f: put(f.create_group("TransformGroup/0"), parameters=[1, 2]))
    write("refused_lzf", lambda f: put(f.create_group("TransformGroup/0"), chunks=(3,), compression="lzf"))
    write("refused_checksum", lambda f: put(f.create_group("TransformGroup/0"), chunks=(3,), fletcher32=True))
    write("refused_inverse", lambda f: put(f.create_group("TransformGroup/0"), kind="InverseBSplineTransform_double_3_3"))
    write("refused_matrix", lambda f: put(f.create_group("TransformGroup/0"), parameters=np.eye(3)))
    write("refused_latest", lambda f: put(f.create_group("TransformGroup/0"), chunks=(3,)), ("v110", "v110"))
    print("all files are written")


main()
