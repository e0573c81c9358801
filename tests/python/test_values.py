"""Options as keyword arguments: their names, and the values of Python that they take."""

import decimal
import fractions
import inspect
import itertools
import pathlib
import re
import subprocess
import sys
import typing
import unittest

import stack2nrrd
from scans import PROGRAM, Scan, flat
from stack2nrrd import _values

try:
    import numpy
except ImportError:
    numpy = None

FUNCTIONS = (stack2nrrd.info, stack2nrrd.plan, stack2nrrd.read, stack2nrrd.slabs, stack2nrrd.write)


class Names(unittest.TestCase):
    def test_the_options_of_the_library_are_those_of_the_program(self):
        told = subprocess.run([PROGRAM, "--help"], check=True, stdout=subprocess.PIPE).stdout.decode()
        told = told[told.index("\nInput:\n") :]
        names = re.findall(r"^  (?:-[a-z], )?--([a-z-]+)", told, re.M)
        ours = [option.name for option in _values.OPTIONS.values()]
        self.assertGreater(len(ours), 20)
        self.assertEqual(sorted(name for name in names if name in ours), sorted(ours))  # help shows them by groups
        for option in _values.OPTIONS.values():
            self.assertTrue(option.help and option.group, option)

    def test_signatures_and_help_name_every_option(self):
        for function in FUNCTIONS:
            parameters = inspect.signature(function).parameters
            named = [name for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
            self.assertEqual(named, list(_values.OPTIONS))
            self.assertFalse([p for p in parameters.values() if p.kind is p.VAR_KEYWORD])
            for name in named:
                self.assertIsNone(parameters[name].default)
                self.assertIn("\n    %s=" % name, function.__doc__)
                # Annotations are text that means something in the module.
                eval(parameters[name].annotation, vars(stack2nrrd))
            typing.get_type_hints(function, vars(stack2nrrd))

    def test_every_option_can_be_given(self):
        values = {"kernel": "tent", "crop": "0:1,,", "slab": "0:1", "roi": "0,0,0,1,1,1", "window": "1,2", "type": "int8"}
        for name, option in _values.OPTIONS.items():
            value = values.get(name) or ("tent" if option.value == "SPEC" else option.value.split("|")[0])
            value = {"REF": "ref.nrrd", "": True, "N": 1, "T": 0, "C": 0, "V": 0, "BYTES": "1G", "1..9": 1}.get(value, value)
            if option.kind == "Path":
                value = "name"
                with self.assertRaisesRegex(TypeError, name + ": is the name of a file, but a list was given"):
                    stack2nrrd._Stack("test", "nothing", {name: [1, 2]})
            if name == "transform":
                value = ["a.tfm", "b.tfm"]
            if isinstance(value, str) and value[0].isupper():
                value = 1 if value[0] in "FSN" else (0, 0, 0)
            stack2nrrd._Stack("test", "nothing", {name: value}).__exit__()

    def test_what_is_no_option_is_a_type_error(self):
        for function, more in zip(FUNCTIONS, ((), (), (), (), ("out.nrrd",))):
            with self.assertRaises(TypeError) as caught:
                function("nothing", *more, fcator=2)
            self.assertEqual(
                str(caught.exception),
                "%s() got an unexpected keyword argument 'fcator'; did you mean 'factor'?" % function.__name__,
            )
            with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'xyzzy'$"):
                function("nothing", *more, xyzzy=2)
            with self.assertRaisesRegex(TypeError, "'kernel_'; did you mean 'kernel_x', 'kernel_y' or 'kernel_z'[?]$"):
                function("nothing", *more, kernel_="box")

    def test_the_text_that_values_become(self):
        for name, value, text in (
            ("flip", ("x", "y"), "x,y"),
            ("flip", "x,z", "x,z"),
            ("dehaze", 3, "3"),  # one of five levels
            ("dehaze", 3.0, "3.0"),  # a threshold
            ("dehaze", "auto", "auto"),
            ("window", (0, 4095), "0,4095"),
            ("window", ("auto", 0.1, 99.9), "auto:0.1,99.9"),
            ("factor", fractions.Fraction(8, 3), "8/3"),
            ("spacing", fractions.Fraction(1, 4), "0.25"),
            ("quality", "max", "max"),
            ("fit", 2**31, "2147483648"),
            ("max_dim", 512, "512"),
            ("target_spacing", (0.1, 0.1, 0.2), "0.1,0.1,0.2"),
            ("isotropic", True, "true"),
            ("pyramid", (2, 4), "2,4"),
            ("crop", (None, (1, 5), None), ",1:5,"),
            ("like", pathlib.Path("ref.nrrd"), "ref.nrrd"),
            ("mask", b"mask.nrrd", "mask.nrrd"),
            ("report", pathlib.Path("r.html"), "r.html"),
            ("scratch", pathlib.Path("/tmp"), str(pathlib.Path("/tmp"))),
            ("fill", -1.5, "-1.5"),
            ("transform", "t.tfm", "t.tfm"),
        ):
            self.assertEqual(_values.text_of(_values.OPTIONS[name], value), text, name)
        if numpy is not None:
            self.assertEqual(_values.text_of(_values.OPTIONS["dehaze"], numpy.float32(3)), "3.0")
            self.assertEqual(_values.text_of(_values.OPTIONS["dehaze"], numpy.int16(3)), "3")

    def test_places_in_space(self):
        like, transform = _values.OPTIONS["like"], _values.OPTIONS["transform"]
        affine = ((-2, 0, 0, -5), (0, 0, -3, 6), (0, 4, 0, 7), (0, 0, 0, 1))  # RAS+
        grid = "grid:30,20,10,5.0,-6.0,7.0,2.0,0.0,0.0,0.0,0.0,4.0,0.0,3.0,0.0"
        self.assertEqual(_values.text_of(like, ((10, 20, 30), affine)).replace("-0.0", "0.0"), grid)
        volume = stack2nrrd.Volume(
            (30, 20, 10), 1, "uint8", ((2.0, 0.0, 0.0), (0.0, 0.0, 4.0), (0.0, 3.0, 0.0)), (5.0, -6.0, 7.0), (2, 4, 3), 0, 0, 0
        )
        self.assertEqual(_values.text_of(like, volume), grid)
        self.assertEqual(_values.text_of(like, (volume.shape, volume.affine)).replace("-0.0", "0.0"), grid)
        matrix = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (0, 0, 0, 1))
        text = "affine:1.0,2.0,-3.0,-4.0,5.0,6.0,-7.0,-8.0,-9.0,-10.0,11.0,12.0"
        self.assertEqual(_values.texts_of(transform, matrix), [text])
        self.assertEqual(_values.texts_of(transform, [matrix, "t.tfm", matrix]), [text, "t.tfm", text])
        self.assertEqual(_values.texts_of(transform, ["a.tfm", pathlib.Path("b.tfm")]), ["a.tfm", "b.tfm"])
        if numpy is not None:
            self.assertEqual(_values.texts_of(transform, numpy.array(matrix)), [text])
            self.assertEqual(_values.texts_of(transform, [numpy.array(matrix)]), [text])
        for name, value in (("like", 3), ("like", (1, 2, 3)), ("like", ((4, 5), affine))):
            with self.assertRaisesRegex((TypeError, ValueError), "like: "):
                _values.texts_of(like, value)
        for value in (matrix[:3], ((1, 2), (3, 4)), (matrix[0], matrix[1], matrix[2], (0, 0, 1, 1))):
            with self.assertRaisesRegex(ValueError, "transform: is no affine matrix"):
                _values.text_of(transform, value)

    def test_annotations(self):
        for name, annotation in (
            ("flip", "Optional[Axes]"),
            ("window", "Optional[Window]"),
            ("dehaze", "Optional[Number]"),
            ("like", "Optional[Reference]"),
            ("transform", "Optional[Transforms]"),
            ("mask", "Optional[Path]"),
            ("report", "Optional[Path]"),
            ("scratch", "Optional[Path]"),
            ("fill", "Optional[Number]"),
            ("quality", 'Optional[Literal["fast", "standard", "max", "smooth"]]'),
            ("isotropic", "Optional[bool]"),
            ("crop", "Optional[Ranges]"),
            ("slab", "Optional[Range]"),
            ("roi", "Optional[Numbers]"),
        ):
            self.assertEqual(_values.OPTIONS[name].annotation, annotation, name)


class Values(Scan):
    size = (12, 11, 14)

    def same(self, option, text, *values):
        expected = flat(stack2nrrd.read(self.scan, **{option: text}).samples)
        for value in values:
            samples = stack2nrrd.read(self.scan, **{option: value}).samples
            self.assertEqual(flat(samples), expected, (option, text, value))

    def test_factors(self):
        third = fractions.Fraction(10, 3)
        self.same("factor", "10/3", 10 / 3, third, (10 / 3,) * 3, [third, 10 / 3, "10/3"], str(10 / 3))
        self.same("factor", "2,3/2,1", (2, 1.5, 1), iter([2.0, "3/2", 1]), (decimal.Decimal(2), decimal.Decimal("1.5"), True + 0))
        # Every quotient that a program would reckon with.
        for above, below in itertools.product(range(1, 40), range(1, 40)):
            if above >= below:
                sizes = {stack2nrrd.plan(self.scan, factor=f) for f in (above / below, fractions.Fraction(above, below))}
                self.assertEqual(len(sizes), 1, (above, below))

    def test_ranges(self):
        self.same(
            "crop", "0:10,5:9,", ((0, 10), (5, 9), None), [slice(0, 10), slice(5, 9), slice(None)], (slice(10), "5:9", None),
            ("0:10", range(5, 10, 4), None),
        )  # fmt: skip
        self.same("slab", "2:5", (2, 5), [2, 5], slice(2, 5))
        self.same("slab", "0:5", slice(5), (None, 5))
        self.same(
            "crop", "10:,,:3", "10:,:,0:3", ((10, None), None, (None, 3)), (slice(10, None), (None, None), slice(3)),
            ("10:", ":", (0, 3)), ([10, None], "", ":3"),
        )  # fmt: skip
        self.same("slab", "2:", (2, None), slice(2, None))
        self.same("slab", ":", (None, None), slice(None), (0, None))
        for wrong in (((0, 10), (5, 9)), ((0, 1, 2), None, None), (slice(0, 10, 2), None, None)):
            with self.assertRaisesRegex(ValueError, "^crop: "):
                stack2nrrd.plan(self.scan, crop=wrong)
        for wrong in ((1, 2, 3), slice(0, 4, 2)):
            with self.assertRaisesRegex(ValueError, "^slab: "):
                stack2nrrd.plan(self.scan, slab=wrong)
        with self.assertRaisesRegex(stack2nrrd.Error, "crop"):
            stack2nrrd.plan(self.scan, crop=((-1, 3), None, None))

    def test_windows_types_and_flags(self):
        self.same("window", "10,200", (10, 200), [10.0, 200.0])
        self.same("window", "auto", "auto", ["auto"])
        self.same("window", "auto:1,99.5", ("auto", 1, 99.5), ["auto", fractions.Fraction(1), decimal.Decimal("99.5")])
        with self.assertRaisesRegex(stack2nrrd.Error, "^--window: 'atuo' is no window.*; did you mean 'auto'[?]$"):
            stack2nrrd.plan(self.scan, window=("atuo",))
        self.same("reverse", "true", True)
        self.same("reverse", "false", False, None)
        self.same("spacing", "0.1,0.2,0.3", (0.1, 0.2, fractions.Fraction(3, 10).numerator / 10))
        self.same("memory", "1G", 2**30, b"1G")

    def test_a_pyramid(self):
        stack2nrrd.write(self.scan, self.folder / "text.nrrd", pyramid="1,2,4")
        stack2nrrd.write(self.scan, self.folder / "tuple.nrrd", pyramid=(1, 2, 4))
        for level in ("_1", "_2", "_4"):
            written = [(self.folder / (name + level + ".nrrd")).read_bytes() for name in ("text", "tuple")]
            self.assertEqual(written[0], written[1])

    @unittest.skipIf(numpy is None, "numpy is not there")
    def test_values_of_numpy(self):
        self.same("factor", "2", numpy.int64(2), numpy.float32(2), numpy.array(2), numpy.array([2, 2, 2]), numpy.uint8(2))
        self.same("factor", "10/3", numpy.float64(10) / 3, numpy.array([10 / 3] * 3))
        self.same("crop", "0:10,5:9,0:3", numpy.array([[0, 10], [5, 9], [0, 3]]))
        self.same("type", "uint16", numpy.uint16, numpy.dtype("u2"), numpy.dtype(">u2"), numpy.zeros(1, "u2").dtype)
        self.same("type", "float64", float, numpy.float64)
        self.same("reverse", "true", numpy.bool_(True), numpy.array([True])[0])
        self.same("reverse", "false", numpy.bool_(False))
        self.same("window", "10,200", numpy.array([10, 200], "u1"), numpy.percentile([10, 200], (0, 100)))
        with self.assertRaisesRegex(stack2nrrd.Error, "complex64"):
            stack2nrrd.plan(self.scan, type=numpy.complex64)


class Found(Scan):
    def test_a_file_that_is_not_there(self):
        for source, filename in (
            (self.folder / "nothing", self.folder / "nothing"),
            (str(self.folder / "nothing.tif"), self.folder / "nothing.tif"),
            ([self.scan / "slice_000.tif", self.folder / "b.tif", self.folder / "c.tif"], self.folder / "b.tif"),
        ):
            for function in (stack2nrrd.read, stack2nrrd.plan, lambda s: next(stack2nrrd.slabs(s))):
                with self.assertRaises(FileNotFoundError) as caught:
                    function(source)
                self.assertIsInstance(caught.exception, stack2nrrd.Error)
                self.assertIs(type(caught.exception), stack2nrrd.NotFound)
                self.assertEqual((caught.exception.errno, caught.exception.filename), (2, str(filename)))
                self.assertEqual(caught.exception.code, 30)
                self.assertEqual(str(caught.exception).split("\nDetails:")[0], caught.exception.text)
                self.assertIn(filename.name, str(caught.exception))
        with self.assertRaises(stack2nrrd.NotFound):
            stack2nrrd.info(self.folder / "nothing")
        (self.folder / "empty").mkdir()
        with self.assertRaises(FileNotFoundError) as caught:
            stack2nrrd.read(self.folder / "empty")
        self.assertEqual(caught.exception.filename, str(self.folder / "empty"))
        with self.assertRaises(stack2nrrd.Error) as caught:
            stack2nrrd.write(self.scan, self.folder / "no folder" / "out.nrrd")
        self.assertNotIsInstance(caught.exception, FileNotFoundError)

    def test_errors_of_files_that_are_not_there_can_be_pickled(self):
        import pickle

        with self.assertRaises(stack2nrrd.NotFound) as caught:
            stack2nrrd.plan(self.folder / "nothing")
        again = pickle.loads(pickle.dumps(caught.exception))
        for name in ("code", "name", "text", "details", "errno", "filename"):
            self.assertEqual(getattr(again, name), getattr(caught.exception, name), name)

    def test_the_affine_is_that_of_nibabel(self):
        """The place of an index by the header's own rule, in RAS."""
        volume = stack2nrrd.plan(self.scan, factor=(2, "3/2", 2), spacing=(0.5, 0.25, 2), origin=(10, -20, 30))
        rows = [list(map(float, row)) for row in volume.affine]
        self.assertEqual(len(rows), 4)
        for index in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (3, 2, 1)):
            lps = [volume.origin[w] + sum(index[a] * volume.directions[a][w] for a in range(3)) for w in range(3)]
            place = [sum(row[a] * (index + (1,))[a] for a in range(4)) for row in rows]
            for got, expected in zip(place, (-lps[0], -lps[1], lps[2], 1)):
                self.assertAlmostEqual(got, expected)
        self.assertEqual(rows[3], [0, 0, 0, 1])
        if numpy is not None:
            self.assertIsInstance(volume.affine, numpy.ndarray)
            self.assertEqual(volume.affine.dtype, numpy.float64)


class Program(Scan):
    def test_the_module_is_the_program(self):
        module = [sys.executable, "-m", "stack2nrrd"]
        for arguments in (["--version"], ["--help"], [str(self.scan), "--info", "--json"], ["no such scan"], ["--fcator", "2"]):
            runs = [
                subprocess.run(command + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for command in ([PROGRAM], module)
            ]
            self.assertEqual(runs[0].returncode, runs[1].returncode)
            self.assertEqual((runs[0].stdout, runs[0].stderr), (runs[1].stdout, runs[1].stderr))
        subprocess.run(module + [str(self.scan), "-q", "--factor", "2", "-o", str(self.folder / "m.nrrd")], check=True)
        stack2nrrd.write(self.scan, self.folder / "w.nrrd", factor=2)
        self.assertEqual((self.folder / "m.nrrd").read_bytes(), (self.folder / "w.nrrd").read_bytes())


if __name__ == "__main__":
    unittest.main()
