#pragma once

// Catch2, version 2 or 3: tests include this header and need not know which.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;  // global in version 2
#else
#define CATCH_CONFIG_FAST_COMPILE  // what an assertion throws ends its test, which is reported
#include <catch2/catch.hpp>
#endif
