#pragma once

#include "command_line.hpp"

/// Refuses options that do not go together, and those that would have no effect.
/// \throws stack2nrrd::Error invalid_argument.
void check_together(const Command& command);
