"""What Slicer's Extensions Index checks of an extension before it takes it, as far as that needs no network; and that what is
written down twice is the same. SOURCE is the root of the project, VERSION its version."""

import json
import os
import pathlib
import re
import struct
import subprocess
import unittest
import xml.etree.ElementTree

SOURCE = pathlib.Path(os.environ["SOURCE"])
EXTENSION = SOURCE / "apps" / "slicer"
RAW = "https://raw.githubusercontent.com/"


class Index(unittest.TestCase):
    def setUp(self):
        self.cmake = (EXTENSION / "CMakeLists.txt").read_text(encoding="utf-8")
        self.entry = json.loads((EXTENSION / "Stack2nrrd.json").read_text(encoding="utf-8"))

    def field(self, name):
        """The index looks for text between quotes: variables are none."""
        (text,) = re.findall(r"set\s*\(EXTENSION_" + name + r'\s*"([^"]+)"[ ]*\)', self.cmake)
        self.assertNotIn("$", text)
        return text

    def file_of(self, url):
        """A file of this folder, which is the root of the repository that the index names."""
        repository = self.entry["scm_url"][len("https://github.com/") : -len(".git")]
        self.assertTrue(url.startswith(RAW + repository + "/" + self.entry["scm_revision"] + "/"), url)
        return EXTENSION / url.split("/", 6)[6]

    def test_entry(self):
        """slicer-extension-catalog-entry-schema-v1.0.1.json"""
        known = {"$schema", "category", "scm_url", "scm_revision", "scm_type", "build_dependencies", "build_subdirectory"}
        self.assertLessEqual(set(self.entry), known | {"enabled", "tier"})
        self.assertLessEqual({"$schema", "category", "scm_url"}, set(self.entry))
        self.assertTrue(self.entry["$schema"].endswith("/slicer-extension-catalog-entry-schema-v1.0.1.json#"))
        self.assertIn(self.entry["tier"], (1, 3, 5))
        self.assertRegex(self.entry["scm_url"], r"^https://github\.com/[^/]+/Slicer[^/]+\.git$")

    def test_it_says_what_cmake_says(self):
        self.assertEqual(re.search(r"project\s*\(\s*([^\s\)\n\r]+)", self.cmake).group(1), "Stack2nrrd")
        self.assertEqual(self.entry["category"], self.field("CATEGORY"))
        self.assertEqual(self.entry["build_subdirectory"], self.field("BUILD_SUBDIRECTORY"))
        self.assertEqual((self.entry["build_dependencies"], self.field("DEPENDS")), ([], "NA"))
        self.assertEqual(self.entry["scm_url"], self.field("HOMEPAGE") + ".git")

    def test_pictures(self):
        icon = self.file_of(self.field("ICONURL")).read_bytes()
        self.assertEqual((icon[:8], struct.unpack(">II", icon[16:24])), (b"\x89PNG\r\n\x1a\n", (128, 128)))
        readme = (EXTENSION / "README.md").read_text(encoding="utf-8")
        for url in self.field("SCREENSHOTURLS").split(" "):
            picture = self.file_of(url)
            self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
            self.assertLess(picture.stat().st_size, 200_000)
            self.assertIn("](" + picture.relative_to(EXTENSION).as_posix() + ")", readme)

    def test_texts(self):
        self.assertEqual((EXTENSION / "LICENSE.txt").read_bytes(), (SOURCE / "LICENSE").read_bytes())
        self.assertIn("project(Stack2nrrd VERSION %s)" % os.environ["VERSION"], self.cmake)
        self.assertIn("BSD-2-Clause", (EXTENSION / "README.md").read_text(encoding="utf-8"))


class Description(unittest.TestCase):
    """What Slicer 5.8 to 5.12 ask of the XML; STACK2NRRD_PROGRAM writes it."""

    def test_rules(self):
        text = subprocess.run([os.environ["STACK2NRRD_PROGRAM"], "--xml"], check=True, stdout=subprocess.PIPE).stdout
        # Slicer with Qt 5 reads a file in the code page of Windows, and a pipe as UTF-8.
        self.assertTrue(text.startswith(b"<?xml") and text.isascii() and b"\r" not in text)
        root = xml.etree.ElementTree.fromstring(text)
        self.assertEqual(root.tag, "executable")
        names, flags, indices = [], [], []
        for parameter in root.findall("parameters/*"):
            if parameter.tag in ("label", "description"):
                continue
            name, flag, index = (parameter.findtext(tag) for tag in ("name", "longflag", "index"))
            self.assertTrue(parameter.findtext("label") and parameter.findtext("description"), name)
            names.append(name)
            self.assertRegex(name, r"^[A-Za-z_][A-Za-z0-9_]*$")
            self.assertFalse(flag and index, name)
            if flag:
                flags.append(flag)
                self.assertRegex(flag, r"^[A-Za-z_][A-Za-z0-9_]*$")
            elif index:
                indices.append(int(index))
            else:  # what comes back in a file
                self.assertEqual(parameter.findtext("channel"), "output")
            if parameter.tag in ("integer", "double", "string-enumeration", "boolean"):  # always passed
                self.assertTrue(parameter.findtext("default"), name)
            if parameter.tag == "string-enumeration":
                self.assertIn(parameter.findtext("default"), [element.text for element in parameter.findall("element")])
        self.assertEqual(len(set(names)), len(names))
        self.assertEqual(len(set(flags)), len(flags))
        self.assertEqual(indices, list(range(len(indices))))


if __name__ == "__main__":
    unittest.main()
