#pragma once

/// Marks what the library exports; everything else is hidden.
#if defined(STACK2NRRD_STATIC)
#define STACK2NRRD_EXPORT
#elif defined(_WIN32)
#if defined(STACK2NRRD_BUILDING)
#define STACK2NRRD_EXPORT __declspec(dllexport)
#else
#define STACK2NRRD_EXPORT __declspec(dllimport)
#endif
#else
#define STACK2NRRD_EXPORT __attribute__((visibility("default")))
#endif
