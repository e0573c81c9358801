#pragma once

/// All of stack2nrrd. Three verbs: find_stack(), plan_import(), run_import(). (And survey_window(), for those who want
/// a window found.)

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/file_list.hpp>
#include <stack2nrrd/geometry.hpp>
#include <stack2nrrd/image.hpp>
#include <stack2nrrd/import.hpp>
#include <stack2nrrd/kernel.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/progress.hpp>
#include <stack2nrrd/report.hpp>
#include <stack2nrrd/sink.hpp>
#include <stack2nrrd/source.hpp>
#include <stack2nrrd/stack.hpp>
#include <stack2nrrd/version.hpp>
