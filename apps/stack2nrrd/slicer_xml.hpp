#pragma once

#include <string>

/// All options in the form that 3D Slicer reads: the description of a command line module.
[[nodiscard]] std::string slicer_xml();
