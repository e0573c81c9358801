"""Volumes handed to programs and back: attached, raw, little-endian NRRD of three axes, source samples one apart.

Arrays are indexed [z, y, x]; headers, factors and positions count in x, y, z."""
import numpy

TYPES = {"float": "<f4", "double": "<f8", "unsigned char": "u1", "unsigned short": "<u2", "unsigned int": "<u4",
         "signed char": "i1", "short": "<i2", "int": "<i4"}
TYPES.update({f"{sign}int{8 * size}": f"<{sign[:1] or 'i'}{size}" for sign in ("", "u") for size in (1, 2, 4, 8)})


def write(path, volume):
    """The volume in float32; its first sample is at 0,0,0."""
    depth, height, width = volume.shape
    head = (f"NRRD0004\ntype: float\ndimension: 3\nspace: left-posterior-superior\nsizes: {width} {height} {depth}\n"
            "space directions: (1,0,0) (0,1,0) (0,0,1)\ncenterings: cell cell cell\nendian: little\nencoding: raw\n"
            "space origin: (0,0,0)\n\n")
    with open(path, "wb") as file:
        file.write(head.encode())
        numpy.ascontiguousarray(volume, "<f4").tofile(file)


def read(path):
    """The volume in its type, and for x, y and z the place of the first sample and the distance to the next, as the header
    says. None is for a distance that it does not say."""
    with open(path, "rb") as file:
        text = b""
        while not text.endswith(b"\n\n"):
            line = file.readline()
            if not line:
                raise ValueError(f"{path}: the header does not end")
            text += line
        samples = file.read()
    fields = dict(line.split(": ", 1) for line in text.decode().splitlines() if ": " in line and line[0] != "#")
    if fields["encoding"] != "raw":
        raise ValueError(f"{path}: the encoding is {fields['encoding']}; raw was expected")
    sizes = [int(word) for word in fields["sizes"].split()]
    volume = numpy.frombuffer(samples, TYPES[fields["type"]]).reshape(sizes[::-1])
    vectors = [_vector(word) for word in fields["space directions"].split()]
    steps = [None if vector is None else vector[axis] for axis, vector in enumerate(vectors)]
    return volume, _vector(fields["space origin"]), steps


def _vector(word):
    numbers = [float(number) for number in word.strip("()").split(",")] if word != "none" else None
    return numbers if numbers and all(map(numpy.isfinite, numbers)) else None
