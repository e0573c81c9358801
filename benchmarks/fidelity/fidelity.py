#!/usr/bin/env python3
"""How true a reduced volume is: this program beside what else one could use. README.md explains the tables.

    benchmarks/fidelity/fidelity.py PROGRAM [STACK...] [-o FOLDER] [--quick]

PROGRAM is stack2nrrd. Without a STACK only sources with a known truth are measured. Tables are printed; with -o they are
written, too, as FOLDER/tables.md, or between the marks of a FOLDER/README.md that has them, and pictures beside them.

Needs numpy. Debian: python3-numpy python3-scipy python3-skimage python3-opencv python3-vtk9 python3-pil teem-apps
libvips-tools libinsighttoolkit5-dev; a tool that is not installed says so in its row.
"""
import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from fractions import Fraction

sys.dont_write_bytecode = True

import bone  # noqa: E402
import cost  # noqa: E402
import measure  # noqa: E402
import numpy  # noqa: E402
import peers  # noqa: E402
import pictures  # noqa: E402
import real  # noqa: E402
import report  # noqa: E402
import signals  # noqa: E402
import tools as all_tools  # noqa: E402

FACTORS = [Fraction(word) for word in ("2", "8/3", "3", "4", "7.3", "8", "16", "20")]
QUICK = [Fraction(word) for word in ("4", "8/3")]
SHOWN = ["skip", "linear", "ours, box", "ours, lanczos:3"]      # in pictures, besides the ideal

RESPONSE = [("pass .5", "pass .5", ".3f"), ("pass .8", ".8", ".3f"), ("pass 1", "1", ".3f"),
            ("leak 1.2", "leak 1.2, dB", ".1f"), ("leak 1.5", "1.5, dB", ".1f"), ("leak >= 1.2", "from 1.2 on, dB", ".1f"),
            ("alias", "alias %", ".2f"), ("overshoot", "overshoot %", ".1f"), ("plate", "plate %", ".1f"),
            ("plate under", "beside it %", ".1f"), ("shift", "shift", ".3f"), ("field", "field", ".2f"), ("DC", "DC", ".0e")]
REAL = [("SNR", "SNR, dB", ".1f"), ("alias", "alias %", ".3f"), ("FSC .5", "FSC .5", ".4f"), ("FSC .8", ".8", ".4f"),
        ("FSC .95", ".95", ".4f")]
BONE = [("BV/TV", "BV/TV %", ".2f"), ("Tb.Th", "Tb.Th", ".2f"), ("BS/TV", "BS/TV", ".4f"), ("Euler", "Euler", "d"),
        ("GLCM", "GLCM contrast", ".1f")]


def frequencies(tools, factors):
    """The table of one factor, and one figure of all factors in each of the next."""
    figures = {}
    for tool in tools:
        for factor in [] if tool.missing else factors:
            answer = measure.answer(tool, factor)
            if answer:
                figures[tool.name, factor] = measure.figures(answer)
    main = Fraction(4)
    yield "### Frequencies and edges, factor 4\n\n" + report.of_figures(
        [(tool.name, tool.missing or figures[tool.name, main]) for tool in tools], RESPONSE)
    names = [factor.numerator if factor.denominator == 1 else factor if factor != Fraction("7.3") else "7.3"
             for factor in factors]
    for key, title, form in (("alias", "Alias, % of what an ideal keeps", ".2f"), ("pass .8", "What passes at .8", ".3f"),
                             ("leak >= 1.2", "The most that leaks from 1.2 on, dB", ".1f"),
                             ("shift", "The largest shift, in source samples", ".3f"),
                             ("overshoot", "Overshoot, %", ".1f")):
        lines = [[tool.name, *(report.number(figures.get((tool.name, factor), {}).get(key), form) for factor in factors)]
                 for tool in tools if not tool.missing]
        yield f"### {title}, by factor\n\n" + report.table(["factor", *names], lines)
    checked = [tool for tool in tools if not tool.missing]
    unlike = max((measure.differ(tool, main), tool.name) for tool in checked)
    bent = max((measure.nonlinear(tool, main), tool.name) for tool in checked)
    dc = max((values["DC"], name) for (name, _), values in figures.items())
    yield (f"The tools treat x, y and z alike to {unlike[0]:.0e} ({unlike[1]}), and are linear to {bent[0]:.0e} of the noise "
           f"they are given ({bent[1]}). The largest error of a constant, at any factor, is {dc[0]:.0e} ({dc[1]}).\n")


def distinct(tools, factor):
    """The tools that are there and know the factor, but not those that do the same as an earlier one; a sentence on these."""
    kept, same = [], {}
    for tool in tools:
        answer = None if tool.missing else measure.answer(tool, factor)
        if answer is None:
            continue
        twin = next((name for name, other in kept if measure.alike(answer, other)), None)
        if twin:
            same.setdefault(twin, []).append(tool.name)
        else:
            kept.append((tool.name, answer))
    names = [name for name, _ in kept]
    left_out = "; ".join(f"{name} = {' = '.join(others)}" for name, others in same.items())
    return [tool for tool in tools if tool.name in names], f" Left out, as they do the same: {left_out}." if left_out else ""


def zone_plate(tools, left_out, folder, size):
    factor, plate = Fraction(4), signals.zone_plate(size)
    source = real.Source(plate, factor)
    ideal = source.ideal(all_tools.cell(plate, [factor] * 3))
    lines, panels = [], []
    for tool in tools:
        samples, positions = tool.reduce(plate, [factor] * 3)
        error = samples - source.ideal(positions)
        lines.append([tool.name, f"{numpy.sqrt((error ** 2).mean()):.4f}", tool.rule])
        if tool.name in SHOWN:
            panels.append((tool.name, samples[len(samples) // 2]))
    lines.sort(key=lambda line: -float(line[1]))
    if folder and not peers.without("PIL", "python3-pil"):
        panels.sort(key=lambda panel: SHOWN.index(panel[0]))
        pictures.side_by_side(f"{folder}/zone_plate.png", [*panels, ("ideal", ideal[len(ideal) // 2])], -1, 1)
    return (f"### Zone plate of {size} x {size} x {size}, factor 4\n\nRoot of the mean square of the difference to the ideal, "
            f"whose own is {numpy.sqrt((ideal ** 2).mean()):.4f}; and the rule of each tool's positions.{left_out}\n\n" +
            report.table(["", "RMS", "positions"], lines))


def users_view(name, samples, source, factor, dtype):
    """Measures of bone, of a result in the source's type, as users get it; or why there are none."""
    missing = peers.without("scipy", "python3-scipy") or peers.without("skimage", "python3-skimage")
    if missing:
        return name, missing
    if numpy.issubdtype(dtype, numpy.integer):
        samples = numpy.clip(numpy.floor(samples + 0.5), numpy.iinfo(dtype).min, numpy.iinfo(dtype).max)
    return name, bone.measure(samples, factor, source.min(), source.max())


def name_of(path):
    """The folder's name, but of .../scan/slices that of the scan."""
    parts = os.path.abspath(path).split(os.sep)
    return parts[-2] if parts[-1] == "slices" else parts[-1]


def stacks(program, paths, tools_at, folder):
    """tools_at: for each factor, the tools and the sentence of distinct()."""
    for number, path in enumerate(paths):
        whole, dtype = real.load(program, path)
        for factor, (tools, left_out) in tools_at.items():
            volume = real.cropped(whole, factor)
            noise = 0.12 * (volume.max() - volume.min())
            title = f"{name_of(path)}, factor {factor}"
            unreduced = users_view("unreduced", volume, volume, Fraction(1), dtype)
            text, panels = stack(volume, volume, tools, factor, dtype, [unreduced])
            yield f"### {title}\n\n{text[0]}{left_out}\n\n{text[1]}"
            if folder and not peers.without("PIL", "python3-pil"):
                shown = [(name, pictures.middle(panels[name])) for name in [*SHOWN, "ideal"] if name in panels]
                pictures.side_by_side(f"{folder}/stack_{number + 1}_{factor.numerator}.png", shown,
                                      *numpy.percentile(volume, (0.1, 99.9)), scale=4)
            text, _ = stack(real.noisy(volume, noise), volume, tools, factor, dtype, [])
            yield f"### {title}, with noise of deviation {noise:.3g}\n\n{text[0]}{left_out}\n\n{text[1]}"


def stack(volume, clean, tools, factor, dtype, measured):
    """What is to be said of a volume, its tables, and the results by their tools. measured: lines for the second table."""
    source = real.Source(volume, factor)
    results = {"ideal": source.ideal(all_tools.cell(volume, [factor] * 3))}
    rows = []
    for tool in tools:
        results[tool.name], figures = real.compare(tool, source)
        rows.append((tool.name, figures))
    measured = measured + [users_view(name, samples, clean, factor, dtype) for name, samples in results.items()]
    size = " x ".join(map(str, volume.shape[::-1]))
    said = f"{size} samples; {source.above:.1f} % of the variance is above the new Nyquist frequency."
    return (said, report.of_figures(rows, REAL) + "\n" + report.of_figures(measured, BONE)), results


def costs(program):
    if peers.without("PIL", "python3-pil"):
        return "### CPU seconds\n\nNot measured: python3-pil, which makes the slices, is not installed.\n"
    kernels = list(all_tools.KERNELS.values())
    times = cost.seconds(program, kernels)
    columns = sorted({(kind, factor) for kind, factor, _ in times})
    lines = []
    for kernel in kernels:
        lines.append([kernel])
        for column in columns:
            took, ratio = times[(*column, kernel)]
            lines[-1] += [f"{took:.3f}", f"{ratio:.2f}"]
    heads = [head for kind, factor in columns for head in (f"{kind}, factor {factor}", "ratio")]
    return ("### CPU seconds\n\n64 slices of 512 x 512 samples of 16 bits, in PNG and in TIFF with deflate, one thread, medians "
            "of 9 runs in turn.\n\n" + report.table(["", *heads], lines))


def sections(args, itk):
    tools = all_tools.table(args.program, itk)
    if args.tools:
        tools = [tool for tool in tools if tool.name.startswith(tuple(args.tools.split(",")))]
    yield from frequencies(tools, QUICK if args.quick else FACTORS)
    tools_at = {Fraction(factor): distinct(tools, factor) for factor in ((4,) if args.quick else (2, 4))}
    yield zone_plate(*tools_at[Fraction(4)], args.output, 128 if args.quick else 256)
    yield from stacks(args.program, args.stacks, tools_at, args.output)
    if not args.quick:
        yield costs(args.program)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="a folder of slices, or whatever the program reads")
    parser.add_argument("-o", "--output", metavar="FOLDER")
    parser.add_argument("--quick", action="store_true", help="factors 4 and 8/3, a smaller plate, stacks at 4 only, no times")
    parser.add_argument("--tools", metavar="NAME,...", help="only those whose names begin so: ours,skip,box")
    args = parser.parse_intermixed_args()
    args.program = os.path.abspath(args.program)
    if args.output:
        os.makedirs(args.output, exist_ok=True)
    version = subprocess.run([args.program, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    texts = []
    with tempfile.TemporaryDirectory(prefix="fidelity.") as work:
        wanted = not args.tools or "ITK" in args.tools
        for text in itertools.chain([version + "\n"], sections(args, peers.built_itk(work) if wanted else None)):
            texts.append(text)
            print(text, flush=True)
    whole = "\n".join(texts)
    if args.output and not report.put_between(f"{args.output}/README.md", whole):
        with open(f"{args.output}/tables.md", "w", encoding="utf-8") as file:
            file.write(whole)


if __name__ == "__main__":
    main()
