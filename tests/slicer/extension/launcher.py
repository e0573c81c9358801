"""In place of Slicer: takes modules and packages from the folders of --additional-module-paths, and runs a unit test.

    launcher.py --no-splash --no-main-window --additional-module-paths FOLDER... --python-code FOLDER TEST
"""

import os
import sys
import unittest


def main():
    start, code = sys.argv.index("--additional-module-paths"), sys.argv.index("--python-code")
    folders = sys.argv[start + 1 : code]
    folder, test = sys.argv[code + 1 :]
    here = os.path.dirname(os.path.abspath(__file__))
    modules = [name for name in folders if os.path.basename(name) == "cli-modules"]
    os.environ["SLICER_CLI_MODULES"] = modules[0]
    sys.path[:1] = [name for name in folders if name not in modules] + [folder, os.path.dirname(here)]
    sys.dont_write_bytecode = True
    import stack2nrrd

    assert os.path.dirname(os.path.dirname(stack2nrrd.__file__)) in folders, stack2nrrd.__file__
    unittest.main(test, argv=["launcher", "-v"])


main()
