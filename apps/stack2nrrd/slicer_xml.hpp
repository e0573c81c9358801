#pragma once

#include <string>

/// All options as 3D Slicer wants to be told of them: the description of a command line module.
[[nodiscard]] std::string slicer_xml();
