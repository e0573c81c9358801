#ifndef STACK2NRRD_STACK2NRRD_H
#define STACK2NRRD_STACK2NRRD_H

/* stack2nrrd for C and for whatever can call C. Everything else about it (options, geometry, what can be read) is as in
 * the program; this header only says how to ask.
 *
 *     stack2nrrd_handle* scan = NULL;
 *     stack2nrrd_volume volume;
 *     int code = stack2nrrd_open("scan/", &scan);
 *     if (code == STACK2NRRD_OK) code = stack2nrrd_set(scan, "factor", "2");
 *     if (code == STACK2NRRD_OK) code = stack2nrrd_plan(scan, &volume);
 *     ... make room for volume.bytes bytes ...
 *     if (code == STACK2NRRD_OK) code = stack2nrrd_read(scan, samples, volume.bytes, NULL, NULL);
 *     if (code != STACK2NRRD_OK) puts(stack2nrrd_last_error());
 *     stack2nrrd_close(scan);
 *
 * Text is UTF-8 in both directions, paths as well. Nothing is printed, no signal is handled, no exception comes out.
 *
 * Threads: different handles may be used by different threads at once. One handle is for one call at a time; a second
 * one, also from within a progress callback, gets STACK2NRRD_INVALID_ARGUMENT and does nothing.
 */

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#if defined(STACK2NRRD_C_BUILDING)
#define STACK2NRRD_C_EXPORT __declspec(dllexport)
#else
#define STACK2NRRD_C_EXPORT __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define STACK2NRRD_C_EXPORT __attribute__((visibility("default")))
#else
#define STACK2NRRD_C_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Counts up whenever something that stands here changes its meaning or its layout. New functions alone do not count. */
#define STACK2NRRD_ABI_VERSION 1

/* What every function returns. The numbers stay; code / 10 is the exit status that the program gives. */
enum {
    STACK2NRRD_OK = 0,
    STACK2NRRD_BUG = 10,              /* of stack2nrrd; please report it */
    STACK2NRRD_INVALID_ARGUMENT = 20, /* an option, a path or an argument makes no sense */
    STACK2NRRD_NOT_FOUND = 30,        /* no such input, or no slices in it */
    STACK2NRRD_INCONSISTENT = 31,     /* slices that do not belong together: size, type, colour, duplicate number */
    STACK2NRRD_MISSING_SLICES = 32,   /* a gap in the numbering */
    STACK2NRRD_UNSUPPORTED = 40,      /* a valid file with a feature that is not read */
    STACK2NRRD_CORRUPT = 41,          /* a file that breaks its own format, or ends too early */
    STACK2NRRD_IO = 50,               /* the system refused to read or write */
    STACK2NRRD_LIMIT = 60,            /* a limit on memory or declared dimensions was reached */
    STACK2NRRD_CHANGED = 70,          /* an input changed since it was found; the next call finds it anew */
    STACK2NRRD_CANCELLED = 1300       /* the progress callback asked to stop */
};

/* Types of samples. There may be more of them some day, with numbers of their own. */
enum {
    STACK2NRRD_UINT8 = 0,
    STACK2NRRD_INT8 = 1,
    STACK2NRRD_UINT16 = 2,
    STACK2NRRD_INT16 = 3,
    STACK2NRRD_UINT32 = 4,
    STACK2NRRD_INT32 = 5,
    STACK2NRRD_FLOAT32 = 6,
    STACK2NRRD_FLOAT64 = 7,
    STACK2NRRD_INT64 = 8,
    STACK2NRRD_UINT64 = 9
};

/* A stack of slices, options, and what follows from them. */
typedef struct stack2nrrd_handle stack2nrrd_handle;

/* What an import will make. Axis order is x, y, z; x is fastest, z numbers the slices. */
typedef struct stack2nrrd_volume {
    int64_t size[3];        /* samples along x, y, z */
    int32_t components;     /* of a sample, interleaved before x */
    int32_t sample_type;    /* STACK2NRRD_UINT8 ... */
    double direction[3][3]; /* direction[a]: the step along axis a, LPS mm (source samples if the spacing is unknown) */
    double origin[3];       /* centre of the first sample, likewise */
    int32_t spacing_known;  /* 0 or 1 */
    int64_t bytes;          /* of all samples */
    int64_t memory_bytes;   /* the most that a run takes, beside the buffer of stack2nrrd_read(); apart from the
                             * names of the files and about 75 bytes for each it does not depend on their number */
    int64_t source_slices;  /* that will be read */
} stack2nrrd_volume;

/* Called on the thread that called stack2nrrd_read() or stack2nrrd_write(), at most ten times a second; a last call
 * with 1 is not promised. `fraction`: 0 to 1. `text`: "120 of 400 slices", valid during the call. Anything but 0
 * cancels, within 0.2 s. It must return: no exception, no longjmp. */
typedef int (*stack2nrrd_progress)(double fraction, const char* text, void* user);

/* STACK2NRRD_ABI_VERSION of the library that is running, to be compared with that of the header. */
STACK2NRRD_C_EXPORT int stack2nrrd_abi_version(void);

/* "0.1.0". */
STACK2NRRD_C_EXPORT const char* stack2nrrd_version(void);

/* What went wrong in the last call of this thread that did not return STACK2NRRD_OK: one sentence, fit to be shown to a
 * user. Where there is more to tell, such as all bad slices, "\nDetails:\n" and a line for each follow. Never NULL;
 * valid until the next call of this thread that fails. */
STACK2NRRD_C_EXPORT const char* stack2nrrd_last_error(void);

/* A handle for `path`: a folder, one file of a numbered series (the whole series is meant), a pattern such as
 * scan_%04d.tif, a glob, or a volume. Touches no file: slices are found when they are first needed, and kept. */
STACK2NRRD_C_EXPORT int stack2nrrd_open(const char* path, stack2nrrd_handle** handle);

/* The same for a list of files, one of them or many: these slices and no others. The option "order" says whether they
 * are taken as they come. */
STACK2NRRD_C_EXPORT int stack2nrrd_open_list(const char* const* paths, size_t count, stack2nrrd_handle** handle);

/* Sets an option, at any time: names and values are those of the program ("kernel-z" or "kernel_z"); flags take "true"
 * or "false". What is set last holds; NULL takes an option back. If a value is refused, the options stay as they were.
 * Where an option shapes which slices there are, the next call finds them anew. */
STACK2NRRD_C_EXPORT int stack2nrrd_set(stack2nrrd_handle* handle, const char* name, const char* value);

/* What will be made. Reads the headers of the slices, and no samples. */
STACK2NRRD_C_EXPORT int stack2nrrd_plan(stack2nrrd_handle* handle, stack2nrrd_volume* volume);

/* What the program prints for --info --json: input, output, memory, problems; after a run also how it went. A stack
 * that was found and cannot be imported is told in "problems", and is no failure of this function. The text belongs to
 * the handle and is valid until the next call with it. */
STACK2NRRD_C_EXPORT int stack2nrrd_info(stack2nrrd_handle* handle, const char** json);

/* Fills `samples`, z, y, x, component, native byte order. `bytes` must be that of the plan. Of a run that failed, parts
 * may stand in the buffer. `progress` may be NULL. */
STACK2NRRD_C_EXPORT int stack2nrrd_read(stack2nrrd_handle* handle, void* samples, size_t bytes,
                                        stack2nrrd_progress progress, void* user);

/* Writes a .nrrd, or a .nhdr with its samples in a file beside it: all of it or, if anything fails, nothing. */
STACK2NRRD_C_EXPORT int stack2nrrd_write(stack2nrrd_handle* handle, const char* path, stack2nrrd_progress progress,
                                         void* user);

/* How many samples the last run clipped: rounded, they lay below the lowest or above the highest value of the output's
 * type (outside of the window, if there is one), and became that value. Of floating-point types: finite samples that
 * became infinite. STACK2NRRD_INVALID_ARGUMENT if no run has ended well since the options were last set. */
STACK2NRRD_C_EXPORT int stack2nrrd_clipped(stack2nrrd_handle* handle, int64_t* low, int64_t* high);

/* Frees the handle; NULL is fine. STACK2NRRD_INVALID_ARGUMENT while it is in use: then nothing is freed. */
STACK2NRRD_C_EXPORT int stack2nrrd_close(stack2nrrd_handle* handle);

#ifdef __cplusplus
}
#endif

#endif
