#pragma once

// What is true of every transform.

#include "harness.hpp"
#include "transform/transform.hpp"

namespace stack2nrrd::fuzz {

void check_transform(const Transform& transform, Bytes bytes);

}  // namespace stack2nrrd::fuzz
