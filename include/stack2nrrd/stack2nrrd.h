#ifndef STACK2NRRD_STACK2NRRD_H
#define STACK2NRRD_STACK2NRRD_H

/* stack2nrrd for C and for everything that can call C. Options, geometry and formats are those of the program and are
 * described in its README; this header describes the calls.
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
 * Text is UTF-8 in both directions, paths as well. The library prints nothing, handles no signals and lets no exception
 * out.
 *
 * Threads: different handles may be used by different threads at once. One handle is for one call at a time; a second
 * call, also from within a progress callback, returns STACK2NRRD_INVALID_ARGUMENT and does nothing.
 *
 * Not promised: the same samples or file bytes from another version of the library, the words of messages, the order of
 * fields in JSON, or how often the progress callback is called.
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

/* Grows by one whenever something in this header changes its meaning or its layout. New functions, codes and types of
 * samples do not change it. */
#define STACK2NRRD_ABI_VERSION 1

/* What every function returns. The numbers never change; code / 10 is the exit status of the program. */
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

/* Types of samples. Later versions may add types, with new numbers. */
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

/* The volume that an import makes. Axis order is x, y, z; x is fastest, z numbers the slices. */
typedef struct stack2nrrd_volume {
    int64_t size[3];        /* samples along x, y, z */
    int32_t components;     /* values of each sample; interleaved, faster than x */
    int32_t sample_type;    /* STACK2NRRD_UINT8 ... */
    double direction[3][3]; /* direction[a]: the step along axis a, LPS mm (source samples if the spacing is unknown) */
    double origin[3];       /* centre of the first sample, in the same unit */
    int32_t spacing_known;  /* 0 or 1 */
    int64_t bytes;          /* of all samples */
    int64_t memory_bytes;   /* the most that a run takes, without the buffer of stack2nrrd_read() or a slab; only the
                             * list of files grows with their number, by the name and 70 to 75 bytes for each */
    int64_t source_slices;  /* how many will be read */
} stack2nrrd_volume;

/* Called on the thread that called stack2nrrd_read() or its like, at most ten times a second, and once more with 1
 * before a run succeeds. `fraction`: 0 to 1. `text`: "120 of 400 slices", valid during the call. Any result but 0
 * cancels the run, within 0.2 s. The callback must return: no exception, no longjmp. */
typedef int (*stack2nrrd_progress)(double fraction, const char* text, void* user);

/* Called on the thread that called stack2nrrd_read_slabs(), with the output slices first ... first + count - 1.
 * `samples`: z, y, x, component, the last one fastest; native byte order; valid during the call. Any result but 0
 * cancels the run. The callback must return. */
typedef int (*stack2nrrd_slab)(int64_t first, int64_t count, const void* samples, size_t bytes, void* user);

/* Fills `samples` with the rows first_row ... end_row - 1 of slice z: y, x, component, the last one fastest; native
 * byte order; aligned for every type. Returns 0. Any other result fails the run: one of the codes above is the code of
 * the run, and any other number becomes STACK2NRRD_IO. `error` then has room for a sentence of error_size bytes, its
 * NUL included; stack2nrrd_last_error() shows it behind the name of the source and the slice. The callback must return,
 * and by itself if it may wait for long: a run that is cancelled waits for it. */
typedef int (*stack2nrrd_read_rows)(int64_t z, int64_t first_row, int64_t end_row, void* samples, char* error,
                                    size_t error_size, void* user);

/* How a program's own source may be called. All calls come from threads of the library or from the caller's. */
enum {
    STACK2NRRD_ONE_AT_A_TIME = 0, /* slices in no particular order */
    STACK2NRRD_ASCENDING = 1,     /* one at a time, slices and rows in ascending order; rows that were read before begin
                                   * another reading: a window that has to be found takes several */
    STACK2NRRD_AT_ONCE = 2        /* from several threads at once, in no particular order */
};

/* Slices that are not files, but whatever a program reads or makes. Set all of it to zero, and then what differs. */
typedef struct stack2nrrd_source {
    size_t struct_size;   /* sizeof(stack2nrrd_source): later versions may have more fields */
    const char* name;     /* in headers and messages; copied; NULL: "source" */
    int64_t size[3];      /* samples along x, y, z */
    int32_t components;   /* values of each sample, interleaved; 0: 1 */
    int32_t sample_type;  /* STACK2NRRD_UINT8 ... */
    int32_t colour;       /* 1: 1 to 4 components are grey, grey and alpha, RGB, RGBA. 0: each is taken by itself */
    int32_t calls;        /* STACK2NRRD_ONE_AT_A_TIME ... */
    int64_t rows_at_once; /* the most that one call asks for; 0: all rows of a slice that are needed. A run takes memory
                           * for so many rows for each thread */
    int64_t reader_bytes; /* what the function takes besides, for each thread; counted into memory_bytes */
    stack2nrrd_read_rows read;
    void* user; /* for read(); must exist until the handle is closed */
} stack2nrrd_source;

/* One option of those that all programs share, as its help has it. Texts are never freed; none is NULL. */
typedef struct stack2nrrd_option {
    const char* name;   /* "kernel-x" */
    const char* value;  /* "SPEC", "natural|given"; empty for a flag */
    const char* preset; /* the default; may be empty */
    const char* group;  /* "Input", "Output", ... */
    const char* help;
} stack2nrrd_option;

/* STACK2NRRD_ABI_VERSION of the library that is running. Compare it with that of the header. */
STACK2NRRD_C_EXPORT int stack2nrrd_abi_version(void);

/* The version of the library, such as "0.1.0". The text is never freed. */
STACK2NRRD_C_EXPORT const char* stack2nrrd_version(void);

/* What went wrong in the last call of this thread that did not return STACK2NRRD_OK: one sentence, fit to be shown to a
 * user. If there are details, such as all bad slices, "\nDetails:\n" and a line for each follow. Never NULL; valid
 * until the next call of this thread that fails. */
STACK2NRRD_C_EXPORT const char* stack2nrrd_last_error(void);

/* Makes a handle for `path`: a folder, one file of a numbered series (the whole series is taken), a pattern such as
 * scan_%04d.tif, a glob, or a volume. Touches no file: slices are found when they are first needed, and remembered. If
 * it fails, *handle is NULL. */
STACK2NRRD_C_EXPORT int stack2nrrd_open(const char* path, stack2nrrd_handle** handle);

/* The same for a list of files, one of them or many: these slices and no others. The option "order" says whether they
 * are taken as they come. */
STACK2NRRD_C_EXPORT int stack2nrrd_open_list(const char* const* paths, size_t count, stack2nrrd_handle** handle);

/* The same for a program's own slices. Their spacing is unknown unless the option "spacing" says it. The struct is
 * copied. Calls back only while samples are read. */
STACK2NRRD_C_EXPORT int stack2nrrd_open_source(const stack2nrrd_source* source, stack2nrrd_handle** handle);

/* The options that stack2nrrd_set() knows, counted from 0, in the order in which help shows them. NULL behind the last.
 */
STACK2NRRD_C_EXPORT const stack2nrrd_option* stack2nrrd_option_at(size_t index);

/* Sets an option, at any time: names, values and defaults are those of the program ("kernel-z" or "kernel_z"); flags
 * take "true" or "false". The last value counts, but each "transform" is one more; NULL restores the default. If a value
 * is refused, the options are unchanged. If an option decides which slices there are, the next call finds them anew. */
STACK2NRRD_C_EXPORT int stack2nrrd_set(stack2nrrd_handle* handle, const char* name, const char* value);

/* Fills `volume` with the volume that will be made. Reads the headers of the slices, and no samples. */
STACK2NRRD_C_EXPORT int stack2nrrd_plan(stack2nrrd_handle* handle, stack2nrrd_volume* volume);

/* What the program prints for --info --json: input, output, memory, problems; after a run also its report. If a stack
 * was found and cannot be imported, "problems" says why, and the function returns STACK2NRRD_OK. The text belongs to
 * the handle and is valid until the next call with it. */
STACK2NRRD_C_EXPORT int stack2nrrd_info(stack2nrrd_handle* handle, const char** json);

/* Fills `samples`: z, y, x, component, the last one fastest; native byte order. `bytes` must be that of the plan.
 * `progress` may be NULL. After a run that failed, the contents of the buffer are unspecified. The options "preview" and
 * "report" come with files: here, and where slices or slabs are read, they are refused. */
STACK2NRRD_C_EXPORT int stack2nrrd_read(stack2nrrd_handle* handle, void* samples, size_t bytes,
                                        stack2nrrd_progress progress, void* user);

/* Fills `samples` with the slices first ... end - 1 of the volume that stack2nrrd_plan() reports: of its slab, if the
 * option "slab" asks for one. Each slice is as it is in the whole, and `bytes` is that of so many slices. The source is
 * read again for every call: for all slices, one after the other, stack2nrrd_read_slabs() is faster. stack2nrrd_info()
 * and stack2nrrd_clipped() then report these slices. A window that had to be found is found once. */
STACK2NRRD_C_EXPORT int stack2nrrd_read_slices(stack2nrrd_handle* handle, int64_t first, int64_t end, void* samples,
                                               size_t bytes, stack2nrrd_progress progress, void* user);

/* Reads the source once, and calls `slab` with `depth` slices of the volume at a time, in order; the last slab may have
 * fewer. Takes memory for one slab besides. `progress` may be NULL; both get `user`. A run that fails may have handed
 * out slabs before: they are right. */
STACK2NRRD_C_EXPORT int stack2nrrd_read_slabs(stack2nrrd_handle* handle, int64_t depth, stack2nrrd_slab slab,
                                              stack2nrrd_progress progress, void* user);

/* Writes a .nrrd, a .nhdr with its samples in a file beside it, or a .ome.zarr (or .zarr), a folder whose levels are those
 * of the option "pyramid": all of it or, if anything fails, nothing. `progress` may be NULL. */
STACK2NRRD_C_EXPORT int stack2nrrd_write(stack2nrrd_handle* handle, const char* path, stack2nrrd_progress progress,
                                         void* user);

/* How many samples the last run clipped: rounded, they were below the lowest or above the highest value of the output's
 * type (outside of the window, if there is one), and became that value. Of floating-point types: finite samples that
 * became infinite. STACK2NRRD_INVALID_ARGUMENT if no run has succeeded since the options were last set. */
STACK2NRRD_C_EXPORT int stack2nrrd_clipped(stack2nrrd_handle* handle, int64_t* low, int64_t* high);

/* Frees the handle; NULL is fine. STACK2NRRD_INVALID_ARGUMENT while it is in use: then nothing is freed. */
STACK2NRRD_C_EXPORT int stack2nrrd_close(stack2nrrd_handle* handle);

#ifdef __cplusplus
}
#endif

#endif
