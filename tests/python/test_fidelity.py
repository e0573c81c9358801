"""benchmarks/fidelity still runs, and what it says of the program still holds."""

import os
import pathlib
import subprocess
import sys
import unittest

import numpy

FIDELITY = pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "fidelity"
sys.path.insert(0, str(FIDELITY))

import truth  # noqa: E402


def rows_of(text, title):
    """The table below a title: for each name, its cells by their heads."""
    lines = text.split(f"## {title}", 1)[1].split("|\n\n", 1)[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    heads = cells[0]
    return {row[0]: dict(zip(heads, row)) for row in cells[2:]}


class Truth(unittest.TestCase):
    def test_the_ideal_keeps_waves_below_nyquist_and_drops_those_above(self):
        n, factor = 240, 4
        positions = numpy.arange(3.25, 200, 7.5)
        for half_waves, kept in ((0, 1), (20, 1), (59, 1), (60, 0), (61, 0), (200, 0)):
            wave = numpy.cos(numpy.pi * half_waves * (numpy.arange(n) + 0.5) / n)
            expected = kept * numpy.cos(numpy.pi * half_waves * (positions + 0.5) / n)
            numpy.testing.assert_allclose(truth.ideal(n, factor, positions) @ wave, expected, atol=1e-9)


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = [sys.executable, str(FIDELITY / "fidelity.py"), os.environ["STACK2NRRD_PROGRAM"], "--quick"]
        cls.text = subprocess.run([*command, "--tools", "ours,skip,box"], check=True, capture_output=True, text=True).stdout
        cls.rows = rows_of(cls.text, "Frequencies and edges, factor 4")

    def figure(self, tool, column):
        return float(self.rows[tool][column])

    def test_skipping_aliases_and_the_kernels_do_not(self):
        self.assertEqual(self.figure("skip", "alias %"), 300)
        self.assertLess(self.figure("ours, lanczos:3", "alias %"), 3)
        self.assertLess(self.figure("ours, kaiser:6,3.7,.975", "alias %"), 0.7)
        self.assertEqual(self.figure("ours, box", "alias %"), self.figure("box, numpy", "alias %"))

    def test_the_sharpest_kernel_passes_and_stops_what_it_should(self):
        self.assertGreaterEqual(self.figure("ours, kaiser:6,3.7,.975", ".8"), 0.97)
        self.assertLessEqual(self.figure("ours, kaiser:6,3.7,.975", "from 1.2 on, dB"), -42)

    def test_nothing_moves(self):
        for tool, row in self.rows.items():
            with self.subTest(tool=tool):
                self.assertEqual(float(row["shift"]), 0)
                self.assertEqual(float(row["field"]), -1.5 if tool == "skip" else 0)
                self.assertLess(float(row["DC"]), 1e-6)

    def test_a_factor_that_is_no_whole_number_aliases_no_more(self):
        for tool, row in rows_of(self.text, "Alias, % of what an ideal keeps, by factor").items():
            if tool.startswith("ours"):
                self.assertLess(float(row["8/3"]), 1.1 * float(row["4"]))

    def test_the_zone_plate(self):
        rows = rows_of(self.text, "Zone plate of 128 x 128 x 128, factor 4")
        error = {tool: float(row["RMS"]) for tool, row in rows.items()}
        self.assertLess(error["ours, kaiser:6,3.7,.975"], 0.6 * error["ours, lanczos:3"])
        self.assertLess(error["ours, lanczos:3"], 0.5 * error["ours, box"])
        self.assertLess(error["ours, box"], 0.25 * error["skip"])


if __name__ == "__main__":
    unittest.main()
