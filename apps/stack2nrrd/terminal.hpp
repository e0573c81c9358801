#pragma once

/// Whether stderr is a terminal on which a line can be wiped and written again. One that calls itself dumb (TERM) is
/// none, and neither is one without a name.
[[nodiscard]] bool stderr_can_wipe();

/// The width of the terminal that stderr is, as it is now; else what COLUMNS says; else 80.
[[nodiscard]] int stderr_columns();
