"""`slicer.cli` and `slicer.modules`: a program with a description in XML is a module, and Slicer composes its command line.

The rules are those of Slicer 5.8 to 5.12 (qSlicerCLIExecutableModuleFactory, qSlicerUtils, vtkSlicerCLIModuleLogic), as far as
this project's description uses them.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import numpy


def is_module(name):
    """Slicer runs everything else of a folder of command line modules never."""
    return name.lower().endswith((".exe", ".bat")) if sys.platform == "win32" else "." not in name


class Modules:
    """Those in the folder SLICER_CLI_MODULES, by the part of their names before the first dot."""

    def __getattr__(self, name):
        folder = os.environ.get("SLICER_CLI_MODULES", "")
        for file in sorted(os.listdir(folder)) if folder else []:
            path = os.path.join(folder, file)
            if file.split(".")[0].lower() == name and is_module(file) and os.access(path, os.X_OK):
                return _Module(path)
        raise AttributeError("no module " + name)


class _Module:
    def __init__(self, path):
        self.path = path
        description = os.path.join(os.path.dirname(path), os.path.basename(path).split(".")[0] + ".xml")
        if os.path.exists(description):
            with open(description, "rb") as file:
                text = file.read()
        else:
            run = subprocess.run([path, "--xml"], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=5)
            assert not run.stderr, run.stderr
            text = run.stdout
        # Up to 5.10, Slicer reads this in the code page of Windows.
        assert text.startswith(b"<?xml") and text.isascii(), text[:99]
        self.parameters = xml.etree.ElementTree.fromstring(text).findall("parameters/*")
        self.parameters = [parameter for parameter in self.parameters if parameter.tag not in ("label", "description")]


class _Node:
    """vtkMRMLCommandLineModuleNode"""

    Completed, CompletedWithErrors, ErrorsMask = 0x20, 0x30, 0x10

    def __init__(self, status, output, error, returned):
        self.status, self.output, self.error, self.returned = status, output, error, returned

    def GetStatus(self):
        return self.status

    def GetErrorText(self):
        return self.error

    def GetOutputText(self):
        return self.output

    def GetParameterAsString(self, name):
        return self.returned.get(name, "")


def runSync(module, node=None, parameters=None):
    given = dict(parameters or {})
    with tempfile.TemporaryDirectory() as folder:
        command, arguments, images, returned = [module.path], {}, {}, []
        for parameter in module.parameters:
            name, channel = parameter.findtext("name"), parameter.findtext("channel")
            flag, index = parameter.findtext("longflag"), parameter.findtext("index")
            value = given.pop(name, parameter.findtext("default"))
            if flag is None and index is None:
                assert channel == "output", name
                returned.append(name)
                continue
            if parameter.tag == "image" and value:
                images[os.path.join(folder, "%d_%s.nrrd" % (os.getpid(), value.GetID()))] = value
                value = list(images)[-1]
            if parameter.tag == "boolean":
                if str(value).lower() == "true":
                    command.append("--" + flag)
            elif value in (None, ""):
                assert parameter.tag not in ("integer", "float", "double", "string-enumeration"), name + " has no default"
            elif index is not None:
                arguments[int(index)] = str(value)
            else:
                command += ["--" + flag, str(value)]
        assert not given, given
        lines = os.path.join(folder, "returned")
        if returned:
            command[1:1] = ["--returnparameterfile", lines]
        command += [arguments[index] for index in sorted(arguments)]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        values = {}
        if os.path.exists(lines):
            with open(lines, encoding="utf-8") as file:
                values = dict(line.rstrip("\n").split(" = ", 1) for line in file)
            assert set(values) <= set(returned), values
        if run.returncode == 0:
            for path, image in images.items():
                _load(path, image)
        status = _Node.Completed if run.returncode == 0 else _Node.CompletedWithErrors
        return _Node(status, run.stdout.decode(), run.stderr.decode(), values)


def _load(path, node):
    """A scalar NRRD, raw and little endian, in LPS."""
    import slicer

    with open(path, "rb") as file:
        header, samples = file.read().split(b"\n\n", 1)
    fields = dict(line.split(": ", 1) for line in header.decode().split("\n") if ": " in line)
    assert (fields["space"], fields["encoding"]) == ("left-posterior-superior", "raw"), fields
    vectors = [[float(x) for x in vector.split(",")] for vector in fields["space directions"][1:-1].split(") (")]
    kind = {"uint8": "u1", "uint16": "<u2", "int16": "<i2", "float": "<f4"}[fields["type"]]
    size = [int(length) for length in fields["sizes"].split()]
    matrix = numpy.eye(4)
    matrix[:3, :3] = numpy.transpose(vectors)
    matrix[:3, 3] = [float(x) for x in fields["space origin"][1:-1].split(",")]
    matrix[:2] *= -1
    slicer.util.updateVolumeFromArray(node, numpy.frombuffer(samples, kind).reshape(size[::-1]).astype(kind.strip("<")))
    node.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(matrix))
