"""What Slicer's Extensions Index checks of an extension before it takes it, as far as that needs no network; and that what is
written down twice is the same. SOURCE is the root of the project, VERSION its version, HOMEPAGE its address."""

import json
import os
import pathlib
import re
import struct
import unittest

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
        readme = (EXTENSION / "README.md").read_text(encoding="utf-8")
        self.assertIn("BSD-2-Clause", readme)
        homepage = os.environ["HOMEPAGE"]
        self.assertEqual(self.field("HOMEPAGE").rsplit("/", 1), [homepage.rsplit("/", 1)[0], "SlicerStack2nrrd"])
        self.assertIn("[patch]: " + homepage + "/tree/main/packaging/slicermorph", readme)
        patch = SOURCE / "packaging" / "slicermorph" / "ImageStacks.patch"
        self.assertIn("(%s)" % homepage, patch.read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
