/* Preloaded into a program by tests: lets one of its calls fail, or kills it at one.

   FAULT_CALL=NAME    which kind of call: one of `names` below, or several of them with commas between
   FAULT_AT=N         the Nth of them since main() began, from 1 on
   FAULT_TIMES=M      and the M - 1 that follow; 0: all that follow  [1]
   FAULT_ERRNO=E      with which it fails; 0: the process is killed instead
   FAULT_PATH=TEXT    only calls on paths count that have this in them
   FAULT_SHORT=B      reads and writes move at most B bytes at a time, and every third is interrupted (EINTR)
   FAULT_FIRED=FILE   is made when the fault comes
   FAULT_COUNT=FILE   how many calls of each kind there were is written there when the process ends
   FAULT_TRACE=FILE   calls that change files are written there, in their order, one a line

   glibc only: its own calls are not seen, as nobody can stand in for them. */

#undef _FORTIFY_SOURCE /* whose inline functions would be these ones again */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind {
    is_open,
    is_list,
    is_read,
    is_pread,
    is_write,
    is_pwrite,
    is_size,
    is_fsync,
    is_close,
    is_lock,
    is_rename,
    is_link,
    is_unlink,
    is_mkdir,
    is_stat,
    is_mmap,
    is_thread,
    is_malloc,
    kinds
};
static const char* const names[kinds] = {"open",   "list",  "read",  "pread", "write",  "pwrite",
                                         "size",   "fsync", "close", "lock",  "rename", "link",
                                         "unlink", "mkdir", "stat",  "mmap",  "thread", "malloc"};

extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* block, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);

static atomic_int ready;
static atomic_long counts[kinds];
static atomic_long counted; /* of the kinds that FAULT_CALL names */
static int chosen[kinds];
static long fault_at, fault_times, fault_errno, most_bytes;
static const char *fault_path, *fired_path, *count_path, *trace_path;
static int trace_file = -1;
static atomic_long moves;

/* ---------------------------------------------------------------------------------------- begin and end */

static long number_of(const char* name, long otherwise) {
    const char* text = getenv(name);
    return text == NULL ? otherwise : strtol(text, NULL, 10);
}

static int raw_open(const char* path) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
}

static void begin(void) {
    const char* list = getenv("FAULT_CALL");
    while (list != NULL && *list != '\0') {
        const size_t length = strcspn(list, ",");
        int known = 0;
        for (int k = 0; k < kinds; ++k) {
            if (strlen(names[k]) == length && strncmp(names[k], list, length) == 0) known = chosen[k] = 1;
        }
        if (!known) _exit(98);
        list += length + (list[length] == ',');
    }
    fault_at = number_of("FAULT_AT", 0);
    fault_times = number_of("FAULT_TIMES", 1);
    fault_errno = number_of("FAULT_ERRNO", 0);
    most_bytes = number_of("FAULT_SHORT", 0);
    fault_path = getenv("FAULT_PATH");
    fired_path = getenv("FAULT_FIRED");
    count_path = getenv("FAULT_COUNT");
    trace_path = getenv("FAULT_TRACE");
    if (trace_path != NULL) trace_file = raw_open(trace_path);
    atomic_store(&ready, 1);
}

__attribute__((destructor)) static void end(void) {
    if (atomic_exchange(&ready, 0) == 0 || count_path == NULL) return;
    const int file = raw_open(count_path);
    char text[64];
    for (int k = 0; k < kinds; ++k) {
        const int length = snprintf(text, sizeof text, "%s %ld\n", names[k], atomic_load(&counts[k]));
        if (syscall(SYS_write, file, text, (size_t)length) != length) _exit(99);
    }
    syscall(SYS_close, file);
}

/* What the loader does and what comes before main() is not the program's. */
static int (*real_main)(int, char**, char**);
static int our_main(int count, char** arguments, char** environment) {
    begin();
    return real_main(count, arguments, environment);
}
typedef int (*Start)(int (*)(int, char**, char**), int, char**, void (*)(void), void (*)(void), void (*)(void), void*);
int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void* stack_end) {
    real_main = main;
    const Start real = (Start)dlsym(RTLD_NEXT, "__libc_start_main");
    return real(our_main, count, arguments, init, fini, loader_fini, stack_end);
}

/* --------------------------------------------------------------------------------------------- the fault */

static void path_of(int file, char* path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
    path[length < 0 ? 0 : length] = '\0';
}

static void trace(const char* call, const char* path, const char* other) {
    char text[2200];
    const int length = snprintf(text, sizeof text, "%s\t%s\t%s\n", call, path, other);
    if (length > 0 && syscall(SYS_write, trace_file, text, (size_t)length) < 0) _exit(97);
}

/* Does this call fail? `path` may be null: then that of `file` counts, if it is not negative. */
static int fails(enum kind kind, const char* path, int file) {
    if (!atomic_load(&ready)) return 0;
    if (fault_path != NULL) {
        char own[1024] = "";
        if (path == NULL && file >= 0) path_of(file, own, sizeof own);
        if (strstr(path != NULL ? path : own, fault_path) == NULL) return 0;
    }
    atomic_fetch_add(&counts[kind], 1);
    if (!chosen[kind]) return 0;
    const long n = atomic_fetch_add(&counted, 1) + 1;
    if (fault_at <= 0 || n < fault_at || (fault_times > 0 && n >= fault_at + fault_times)) return 0;
    if (n == fault_at && fired_path != NULL) {
        const int mark = raw_open(fired_path);
        if (mark >= 0) syscall(SYS_close, mark);
    }
    if (fault_errno == 0) {
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;) pause();
    }
    errno = (int)fault_errno;
    return 1;
}

/* With FAULT_SHORT: how many bytes, or -1 for an interruption. */
static ssize_t moved(size_t size) {
    if (most_bytes <= 0 || !atomic_load(&ready)) return (ssize_t)size;
    if (atomic_fetch_add(&moves, 1) % 3 == 2) {
        errno = EINTR;
        return -1;
    }
    return size < (size_t)most_bytes ? (ssize_t)size : most_bytes;
}

static int traced(void) { return trace_file >= 0 && atomic_load(&ready); }

static void trace_fd(const char* call, int file) {
    char path[1024] = "";
    path_of(file, path, sizeof path);
    trace(call, path, "");
}

/* --------------------------------------------------------------------------------------------- the calls */

int __open_2(const char* path, int flags);
int __open64_2(const char* path, int flags);
ssize_t __read_chk(int file, void* bytes, size_t size, size_t room);
ssize_t __pread_chk(int file, void* bytes, size_t size, off_t offset, size_t room);
ssize_t __pread64_chk(int file, void* bytes, size_t size, off_t offset, size_t room);

static int opened(int folder, const char* path, int flags, mode_t mode) {
    if (fails(is_open, path, -1)) return -1;
    return (int)syscall(SYS_openat, folder, path, flags | O_LARGEFILE, mode);
}

#define OPEN(name)                                                                        \
    int name(const char* path, int flags, ...) {                                          \
        va_list rest;                                                                     \
        va_start(rest, flags);                                                            \
        const mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                                     \
        return opened(AT_FDCWD, path, flags, mode);                                       \
    }
OPEN(open)
OPEN(open64)
#define OPENAT(name)                                                                      \
    int name(int folder, const char* path, int flags, ...) {                              \
        va_list rest;                                                                     \
        va_start(rest, flags);                                                            \
        const mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                                     \
        return opened(folder, path, flags, mode);                                         \
    }
OPENAT(openat)
OPENAT(openat64)

/* The C library's own, which takes nothing but the same arguments. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

DIR* opendir(const char* path) {
    static __typeof__(&opendir) real;
    if (real == NULL) real = REAL(opendir);
    return fails(is_list, path, -1) ? NULL : real(path);
}
#define READDIR(name, entry)                                              \
    struct entry* name(DIR* folder) {                                     \
        static __typeof__(&name) real;                                    \
        if (real == NULL) real = REAL(name);                              \
        return fails(is_list, NULL, dirfd(folder)) ? NULL : real(folder); \
    }
READDIR(readdir, dirent)
READDIR(readdir64, dirent64)

ssize_t read(int file, void* bytes, size_t size) {
    if (fails(is_read, NULL, file)) return -1;
    const ssize_t count = moved(size);
    return count < 0 ? -1 : syscall(SYS_read, file, bytes, (size_t)count);
}
static ssize_t read_at(int file, void* bytes, size_t size, off_t offset) {
    if (fails(is_pread, NULL, file)) return -1;
    const ssize_t count = moved(size);
    return count < 0 ? -1 : syscall(SYS_pread64, file, bytes, (size_t)count, offset);
}
ssize_t pread(int file, void* bytes, size_t size, off_t offset) { return read_at(file, bytes, size, offset); }
ssize_t pread64(int file, void* bytes, size_t size, off_t offset) { return read_at(file, bytes, size, offset); }

/* What a compiler that checks sizes (_FORTIFY_SOURCE) calls instead. */
int __open_2(const char* path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
ssize_t __read_chk(int file, void* bytes, size_t size, size_t room) {
    return size > room ? -1 : read(file, bytes, size);
}
ssize_t __pread_chk(int file, void* bytes, size_t size, off_t offset, size_t room) {
    return size > room ? -1 : read_at(file, bytes, size, offset);
}
ssize_t __pread64_chk(int file, void* bytes, size_t size, off_t offset, size_t room) {
    return size > room ? -1 : read_at(file, bytes, size, offset);
}

ssize_t write(int file, const void* bytes, size_t size) {
    if (file > 2 && fails(is_write, NULL, file)) return -1; /* what is said is no output */
    const ssize_t count = file > 2 ? moved(size) : (ssize_t)size;
    if (count >= 0 && file > 2 && traced()) trace_fd("write", file);
    return count < 0 ? -1 : syscall(SYS_write, file, bytes, (size_t)count);
}
static ssize_t write_at(int file, const void* bytes, size_t size, off_t offset) {
    if (fails(is_pwrite, NULL, file)) return -1;
    const ssize_t count = moved(size);
    if (count >= 0 && traced()) trace_fd("write", file);
    return count < 0 ? -1 : syscall(SYS_pwrite64, file, bytes, (size_t)count, offset);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) { return write_at(file, bytes, size, offset); }
ssize_t pwrite64(int file, const void* bytes, size_t size, off_t offset) { return write_at(file, bytes, size, offset); }

static int resized(int file, off_t size) {
    if (fails(is_size, NULL, file)) return -1;
    if (traced()) trace_fd("write", file);
    return (int)syscall(SYS_ftruncate, file, size);
}
int ftruncate(int file, off_t size) { return resized(file, size); }
int ftruncate64(int file, off_t size) { return resized(file, size); }
static int reserved(int file, int mode, off_t offset, off_t size) {
    if (fails(is_size, NULL, file)) return -1;
    if (traced()) trace_fd("write", file);
    return (int)syscall(SYS_fallocate, file, mode, offset, size);
}
int fallocate(int file, int mode, off_t offset, off_t size) { return reserved(file, mode, offset, size); }
int fallocate64(int file, int mode, off_t offset, off_t size) { return reserved(file, mode, offset, size); }
int posix_fallocate(int file, off_t offset, off_t size) { return reserved(file, 0, offset, size) == 0 ? 0 : errno; }
int posix_fallocate64(int file, off_t offset, off_t size) { return reserved(file, 0, offset, size) == 0 ? 0 : errno; }
int flock(int file, int operation) {
    return fails(is_lock, NULL, file) ? -1 : (int)syscall(SYS_flock, file, operation);
}

int fsync(int file) {
    if (fails(is_fsync, NULL, file)) return -1;
    if (traced()) trace_fd("fsync", file);
    return (int)syscall(SYS_fsync, file);
}
int fdatasync(int file) {
    if (fails(is_fsync, NULL, file)) return -1;
    if (traced()) trace_fd("fsync", file);
    return (int)syscall(SYS_fdatasync, file);
}
int close(int file) {
    const int failed = fails(is_close, NULL, file);
    const int error = errno;
    const int result = (int)syscall(SYS_close, file);
    if (!failed) return result;
    errno = error;
    return -1;
}

static int renamed(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    if (fails(is_rename, from, -1)) return -1;
    const int result = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    if (result == 0 && traced()) trace((flags & 2U) != 0 ? "exchange" : "rename", from, to);
    return result;
}
int rename(const char* from, const char* to) { return renamed(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_folder, const char* from, int to_folder, const char* to) {
    return renamed(from_folder, from, to_folder, to, 0);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    return renamed(from_folder, from, to_folder, to, flags);
}
static int linked(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    if (fails(is_link, from, -1)) return -1;
    const int result = (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    if (result == 0 && traced()) trace("link", from, to);
    return result;
}
int link(const char* from, const char* to) { return linked(AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    return linked(from_folder, from, to_folder, to, flags);
}
static int unlinked(int folder, const char* path, int flags) {
    if (fails(is_unlink, path, -1)) return -1;
    const int result = (int)syscall(SYS_unlinkat, folder, path, flags);
    if (result == 0 && traced()) trace("unlink", path, "");
    return result;
}
int unlink(const char* path) { return unlinked(AT_FDCWD, path, 0); }
int rmdir(const char* path) { return unlinked(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int folder, const char* path, int flags) { return unlinked(folder, path, flags); }
int remove(const char* path) {
    if (unlinked(AT_FDCWD, path, 0) == 0) return 0;
    return errno == EISDIR || errno == EPERM ? rmdir(path) : -1;
}
int mkdir(const char* path, mode_t mode) {
    if (fails(is_mkdir, path, -1)) return -1;
    const int result = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (result == 0 && traced()) trace("mkdir", path, "");
    return result;
}

static int asked(int folder, const char* path, struct stat* facts, int flags) {
    if (fails(is_stat, path[0] == '\0' ? NULL : path, path[0] == '\0' ? folder : -1)) return -1;
    return (int)syscall(SYS_newfstatat, folder, path, facts, flags);
}
int stat(const char* restrict path, struct stat* restrict facts) { return asked(AT_FDCWD, path, facts, 0); }
int lstat(const char* restrict path, struct stat* restrict facts) {
    return asked(AT_FDCWD, path, facts, AT_SYMLINK_NOFOLLOW);
}
int fstat(int file, struct stat* facts) { return asked(file, "", facts, AT_EMPTY_PATH); }
int stat64(const char* restrict path, struct stat64* restrict facts) {
    return asked(AT_FDCWD, path, (struct stat*)facts, 0);
}
int lstat64(const char* restrict path, struct stat64* restrict facts) {
    return asked(AT_FDCWD, path, (struct stat*)facts, AT_SYMLINK_NOFOLLOW);
}
int fstat64(int file, struct stat64* facts) { return asked(file, "", (struct stat*)facts, AT_EMPTY_PATH); }

static void* mapped(void* at, size_t size, int protection, int flags, int file, off_t offset) {
    if (fails(is_mmap, NULL, file)) return MAP_FAILED;
    return (void*)syscall(SYS_mmap, at, size, protection, flags, file, offset);
}
void* mmap(void* at, size_t size, int protection, int flags, int file, off_t offset) {
    return mapped(at, size, protection, flags, file, offset);
}
void* mmap64(void* at, size_t size, int protection, int flags, int file, off_t offset) {
    return mapped(at, size, protection, flags, file, offset);
}

int pthread_create(pthread_t* restrict thread, const pthread_attr_t* restrict attributes, void* (*body)(void*),
                   void* restrict given) {
    static __typeof__(&pthread_create) real;
    if (real == NULL) real = REAL(pthread_create);
    return fails(is_thread, NULL, -1) ? errno : real(thread, attributes, body, given);
}

/* Allocations have no path. */
static int no_memory(void) { return fault_path == NULL && fails(is_malloc, NULL, -1); }
void* malloc(size_t size) { return no_memory() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return no_memory() ? NULL : __libc_calloc(count, size); }
void* realloc(void* block, size_t size) { return no_memory() ? NULL : __libc_realloc(block, size); }
void* memalign(size_t alignment, size_t size) { return no_memory() ? NULL : __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return no_memory() ? NULL : __libc_memalign(alignment, size); }
int posix_memalign(void** block, size_t alignment, size_t size) {
    void* made = no_memory() ? NULL : __libc_memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}
