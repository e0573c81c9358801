#pragma once

/// All of stack2nrrd. Three verbs: find_stack(), plan_import(), run_import(). Two more: surveyed_plans() also finds a
/// window, and plan_imports() with run_imports() makes several results from one reading.
///
/// Promised: the samples of a result do not depend on the number of threads, the memory limit or the timing.
///
/// Not promised: the same samples from another version of this library, or of one that decodes a lossy format; the
/// words of messages; a stable C++ ABI (compile against the version that you link; stack2nrrd.h has a stable one).
/// Values (Stack, Options, ImportPlan, Kernel) may be read by several threads at once; whatever one thread changes must
/// not be used by another at the same time.

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/import.hpp>
#include <stack2nrrd/kernel.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/report.hpp>
#include <stack2nrrd/shards.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/source.hpp>
#include <stack2nrrd/spelling.hpp>
#include <stack2nrrd/stack.hpp>
#include <stack2nrrd/verify.hpp>
#include <stack2nrrd/version.hpp>
