/* Preloaded into the program by tests: lets allocations fail.

   FAIL_AT=N        the Nth allocation of the process fails (from 1 on)
   FAIL_FROM=N      the Nth and all that follow fail
   FAIL_LARGER=B    those of more than B bytes fail
   FAIL_COUNT=FILE  the number of allocations is written there when the process ends

   glibc only: the real functions are taken by the names that it keeps for this. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* block, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);

static atomic_long allocations;
static atomic_int ready;
static long fail_at;
static long fail_from;
static long fail_larger;

static long number_of(const char* name) {
    const char* text = getenv(name);
    return text == NULL ? 0 : strtol(text, NULL, 10);
}

__attribute__((constructor)) static void begin(void) {
    fail_at = number_of("FAIL_AT");
    fail_from = number_of("FAIL_FROM");
    fail_larger = number_of("FAIL_LARGER");
    atomic_store(&ready, 1);
}

__attribute__((destructor)) static void end(void) {
    const char* path = getenv("FAIL_COUNT");
    if (path == NULL) return;
    char text[32];
    const int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&allocations));
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0) return;
    if (write(file, text, (size_t)length) != length) _exit(99);
    close(file);
}

static int fails(size_t size) {
    if (!atomic_load(&ready)) return 0;
    const long n = atomic_fetch_add(&allocations, 1) + 1;
    const int failure = n == fail_at || (fail_from > 0 && n >= fail_from) ||
                        (fail_larger > 0 && size > (size_t)fail_larger);
    if (failure) errno = ENOMEM;
    return failure;
}

void* malloc(size_t size) { return fails(size) ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return fails(count * size) ? NULL : __libc_calloc(count, size); }
void* realloc(void* block, size_t size) { return fails(size) ? NULL : __libc_realloc(block, size); }
void* memalign(size_t alignment, size_t size) { return fails(size) ? NULL : __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return fails(size) ? NULL : __libc_memalign(alignment, size); }
int posix_memalign(void** block, size_t alignment, size_t size) {
    void* made = fails(size) ? NULL : __libc_memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}
