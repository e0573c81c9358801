"""Slices side by side, with names under them. Needs PIL."""
import numpy


def side_by_side(path, panels, low, high, scale=3, gap=6):
    """panels are (name, [y, x]) of equal sizes; low is black and high is white. Samples are enlarged without smoothing."""
    from PIL import Image, ImageDraw

    height, width = (scale * n for n in panels[0][1].shape)
    picture = Image.new("L", (len(panels) * (width + gap) - gap, height + 16), 255)
    draw = ImageDraw.Draw(picture)
    for place, (name, samples) in enumerate(panels):
        grey = numpy.clip((samples - low) / (high - low) * 255 + 0.5, 0, 255).astype(numpy.uint8)
        left = place * (width + gap)
        picture.paste(Image.fromarray(grey.repeat(scale, 0).repeat(scale, 1)), (left, 0))
        length = draw.textlength(name) if hasattr(draw, "textlength") else draw.textsize(name)[0]
        draw.text((left + (width - length) / 2, height + 3), name, fill=0)
    picture.quantize(64).save(path, optimize=True)


def middle(samples, largest=96):
    """The middle slice, of it the middle."""
    height, width = (min(n, largest) for n in samples.shape[1:])
    top, left = ((n - m) // 2 for n, m in zip(samples.shape[1:], (height, width)))
    return samples[samples.shape[0] // 2, top : top + height, left : left + width]
