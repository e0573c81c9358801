"""What ImageStacks shows today, and what it shows with stack2nrrd, side by side, from a stack of yours or from one made here.

    make_pictures.py FOLDER OUT.png [--factor N] [--plane x|y|z] [--at N] [--title TEXT]
    make_pictures.py phantom OUT.png

A slice of the source, the same place in the volume that takes every Nth sample along all axes, and in the one that
stack2nrrd makes with the same header. Volumes are shown as Slicer shows them, with linear interpolation and one window for all
three. It takes numpy, Pillow, and the Python module of stack2nrrd.
"""

import argparse
import os
import tempfile
import warnings

import numpy
import stack2nrrd
from PIL import Image, ImageDraw, ImageFont

PANEL, GAP, BAND = 330, 8, 28  # samples of the picture: width of a panel, between panels, a line of text


def phantom():
    """Rings that become finer outwards along all three axes, in a mesh of threads; 8 bits, with a little noise."""
    z, y, x = (numpy.indices((200, 200, 200)) - 99.5).astype(numpy.float32)
    radius = numpy.sqrt(x * x + y * y + z * z)
    rings = 0.5 + 0.5 * numpy.cos(numpy.pi * radius * radius / 400)  # a period of 4 samples at the edge
    threads = (0.5 + 0.5 * numpy.cos((x + 0.31 * y) * 2.1)) * (0.5 + 0.5 * numpy.cos((y - 0.27 * z) * 1.9))
    inside = numpy.where(radius < 98, rings, threads)
    noise = numpy.random.default_rng(1).normal(0, 8, inside.shape)
    return numpy.clip(40 + 170 * inside + noise, 0, 255).astype(numpy.uint8)


def write_stack(folder, volume):
    for number, image in enumerate(volume):
        Image.fromarray(image).save(os.path.join(folder, "slice_%03d.png" % number))


def read(folder, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        samples, volume = stack2nrrd.read(folder, spacing=1, channel="first", **options)
    return numpy.asarray(samples).reshape(volume.shape)


def shown(plane, step, size, window):
    """`size` rows and columns of the source, as Slicer shows a plane of a volume that has a sample at every `step` of them."""
    low, high = window
    grey = numpy.clip((plane.astype(float) - low) / (high - low), 0, 1)
    zoom = PANEL / size[1]
    places = [numpy.clip((numpy.arange(round(n * zoom)) + 0.5) / zoom - 0.5, 0, None) / step for n in size]
    for axis, at in enumerate(places):
        at = numpy.minimum(at, grey.shape[axis] - 1)
        first = numpy.minimum(at.astype(int), max(0, grey.shape[axis] - 2))
        weight = (at - first).reshape((-1, 1) if axis == 0 else (1, -1))
        second = numpy.minimum(first + 1, grey.shape[axis] - 1)
        grey = grey.take(first, axis) * (1 - weight) + grey.take(second, axis) * weight
    return numpy.round(51 * grey).astype(numpy.uint8) * 5  # fewer greys than can be told apart, and half the bytes


def picture(panels, labels, title):
    height = panels[0].shape[0]
    canvas = Image.new("L", (3 * PANEL + 2 * GAP, height + 2 * BAND), 255)
    pen = ImageDraw.Draw(canvas)
    font = ImageFont.truetype("DejaVuSans.ttf", 15)
    pen.text((4, 6), title, fill=0, font=font)
    for number, (panel, label) in enumerate(zip(panels, labels)):
        left = number * (PANEL + GAP)
        canvas.paste(Image.fromarray(panel), (left, BAND))
        pen.text((left + 4, BAND + height + 6), label, fill=0, font=font)
    return canvas


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stack", help="a folder of slices, or: phantom")
    parser.add_argument("output")
    parser.add_argument("--factor", type=int, default=4)
    parser.add_argument("--plane", choices="xyz", default="z", help="the axis through the plane")
    parser.add_argument("--at", type=int, help="which sample of the small volume along that axis")
    parser.add_argument("--title", default="")
    given = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        stack, title = given.stack, given.title
        if stack == "phantom":
            stack, title = folder, title or "Rings that become finer outwards, made for this picture: preview quality"
            write_stack(folder, phantom())
        source = read(stack)
        ours = read(stack, factor=given.factor, align="first")
    todays = source[(slice(None, None, given.factor),) * 3][tuple(slice(length) for length in ours.shape)]

    axis = "zyx".index(given.plane)
    at = ours.shape[axis] // 2 if given.at is None else given.at
    window = numpy.percentile(source, (0.5, 99.8))
    size = [given.factor * length for number, length in enumerate(ours.shape) if number != axis]
    panels = [shown(source.take(at * given.factor, axis)[: size[0], : size[1]], 1, size, window)]
    panels += [shown(volume.take(at, axis), given.factor, size, window) for volume in (todays, ours)]
    small = "%d x %d x %d" % ours.shape[::-1]
    labels = (
        "source, %d x %d x %d" % source.shape[::-1],
        "ImageStacks today, %s" % small,
        "with stack2nrrd, %s" % small,
    )
    canvas = picture(panels, labels, title)
    canvas.save(given.output, optimize=True)
    print(given.output, canvas.size, os.path.getsize(given.output), "bytes; plane", given.plane, at)


if __name__ == "__main__":
    main()
