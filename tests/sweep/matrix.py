#!/usr/bin/env python3
"""Checks that every row of tests/reliability.md is there, and every test that it names.

    matrix.py TESTS    the folder of all tests"""

import pathlib
import re
import sys

tests = pathlib.Path(sys.argv[1])
known = set()
for source in tests.rglob("*.cpp"):
    text = source.read_text(encoding="utf-8")
    for found in re.finditer(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', text):
        known.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found.group(1))))
for listing in tests.rglob("CMakeLists.txt"):
    known.update(re.findall(r"add_test\(NAME (\w+)", listing.read_text(encoding="utf-8")))

rows = [re.match(r"\| (\d+) \|[^|]+\|(.*)\|$", line)
        for line in (tests / "reliability.md").read_text(encoding="utf-8").splitlines()]
rows = [(int(row[1]), row[2]) for row in rows if row]
wrong = []
if [number for number, _ in rows] != list(range(1, 51)):
    wrong.append(f"rows 1 to 50 were expected, not {[number for number, _ in rows]}")
for number, named in rows:
    named_tests = re.findall(r'"([^"]+)"', named) + re.findall(r"`(sweep_\w+)`", named)
    wrong += [f"row {number}: there is no test '{name}'" for name in named_tests if name not in known]
    if not named_tests and "*None" not in named and "preset" not in named:
        wrong.append(f"row {number}: neither a test nor a reason")
print("\n".join(wrong) or f"{len(rows)} rows, all tests are there")
sys.exit(1 if wrong else 0)
