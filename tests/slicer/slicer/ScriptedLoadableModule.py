"""What a scripted module and its test begin with."""

import unittest

__all__ = ["ScriptedLoadableModule" + part for part in ("", "Widget", "Logic", "Test")]


class ScriptedLoadableModule:
    def __init__(self, parent):
        self.parent = parent


class ScriptedLoadableModuleWidget:
    def __init__(self, parent):
        self.parent = parent
        self.layout = parent.layout()

    def setup(self):
        pass


class ScriptedLoadableModuleLogic:
    def __init__(self, parent=None):
        pass


class ScriptedLoadableModuleTest(unittest.TestCase):
    def delayDisplay(self, message, msec=None):
        print(message)
