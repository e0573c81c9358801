"""Draws the icon of the extension: slices on a pile, and the small volume that they become.

    make_icon.py ../Stack2nrrd.png
"""

import struct
import sys
import zlib

import numpy

SIZE, FINE = 128, 8  # samples of the icon, and of the drawing in each


def polygon(corners, at):
    """Where a convex polygon is; its corners go round clockwise on the screen."""
    inside = numpy.ones(at[0].shape, bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1]):
        inside &= (x1 - x0) * (at[1] - y0) - (y1 - y0) * (at[0] - x0) >= 0
    return inside


def rhombus(x, y, half):
    """A square that lies flat, seen from above at an angle."""
    return [(x, y - half / 2), (x + half, y), (x, y + half / 2), (x - half, y)]


def cube(x, y, half, height):
    """Top, left and right of a block whose top is that rhombus."""
    top = rhombus(x, y, half)
    left = [(x - half, y), (x, y + half / 2), (x, y + half / 2 + height), (x - half, y + height)]
    right = [(x, y + half / 2), (x + half, y), (x + half, y + height), (x, y + half / 2 + height)]
    return top, left, right


def draw():
    y, x = (numpy.indices((SIZE * FINE, SIZE * FINE)) + 0.5) / FINE
    picture = numpy.zeros((SIZE * FINE, SIZE * FINE, 4))
    corner = numpy.hypot(numpy.maximum(abs(x - 64) - 40, 0), numpy.maximum(abs(y - 64) - 40, 0))
    picture[corner <= 22] = (28, 48, 78, 255)
    for step in range(6):  # from the lowest slice up
        slab = cube(50, 76 - 9 * step, 38, 3)
        for face, shade in zip(slab, (150 + 18 * step, 90 + 12 * step, 70 + 10 * step)):
            picture[polygon(face, (x, y))] = (shade, min(255, shade + 8), min(255, shade + 14), 255)
    for face, colour in zip(cube(92, 84, 22, 21), ((255, 190, 60), (214, 140, 32), (178, 108, 20))):
        outline = [(x0 + 1.6 * numpy.sign(x0 - 92), y0 + 1.6 * numpy.sign(y0 - 94.5)) for x0, y0 in face]
        picture[polygon(outline, (x, y))] = (28, 48, 78, 255)
        picture[polygon(face, (x, y))] = (*colour, 255)
    # Colours are averaged with the weight of their opacity.
    blocks = picture.reshape(SIZE, FINE, SIZE, FINE, 4)
    opacity = blocks[..., 3:].sum(axis=(1, 3))
    colour = (blocks[..., :3] * blocks[..., 3:]).sum(axis=(1, 3)) / numpy.maximum(opacity, 1)
    return numpy.round(numpy.concatenate([colour, opacity / FINE**2], axis=-1)).astype(numpy.uint8)


def write_png(path, image):
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    header = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 6, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(content)) + name + content)
            file.write(struct.pack(">I", zlib.crc32(name + content)))


if __name__ == "__main__":
    write_png(sys.argv[1], draw())
