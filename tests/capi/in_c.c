/* A program in C99 that uses the library as its header says: a volume of 8 x 6 x 4 samples, made smaller and copied. */

#include <stack2nrrd/stack2nrrd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

static void check(int fine, const char* what) {
    if (fine) return;
    failures++;
    printf("failed: %s (%s)\n", what, stack2nrrd_last_error());
}

static int count_calls(double fraction, const char* text, void* user) {
    check(fraction >= 0 && fraction <= 1 && text != NULL, "what progress is told");
    ++*(int*)user;
    return 0;
}

static int stop_at_once(double fraction, const char* text, void* user) {
    (void)fraction;
    (void)text;
    (void)user;
    return 1;
}

static int add_slices(int64_t first, int64_t count, const void* samples, size_t bytes, void* user) {
    int64_t* sum = user;
    check(samples != NULL && bytes == (size_t)(count * 8 * 6) && first + count <= 4, "what a slab is told");
    *sum += count;
    return 0;
}

/* Slices that are made as they are asked for: sample x, y of slice z is x + 10 y + 100 z. */
static int make_rows(int64_t z, int64_t first_row, int64_t end_row, void* samples, char* error, size_t error_size,
                     void* user) {
    uint16_t* sample = samples;
    int64_t x;
    int64_t y;
    if (user != NULL && z == 2) {
        snprintf(error, error_size, "the lamp is out");
        return STACK2NRRD_LIMIT;
    }
    for (y = first_row; y < end_row; ++y) {
        for (x = 0; x < 5; ++x) *sample++ = (uint16_t)(x + 10 * y + 100 * z);
    }
    return 0;
}

static void own_source(void) {
    stack2nrrd_source source;
    stack2nrrd_handle* handle = NULL;
    stack2nrrd_volume volume;
    uint16_t samples[3 * 4 * 5];
    memset(&source, 0, sizeof source);
    source.struct_size = sizeof source;
    source.size[0] = 5;
    source.size[1] = 4;
    source.size[2] = 3;
    source.sample_type = STACK2NRRD_UINT16;
    source.read = make_rows;
    check(stack2nrrd_open_source(&source, &handle) == STACK2NRRD_OK, "open a source");
    check(stack2nrrd_plan(handle, &volume) == STACK2NRRD_OK && volume.bytes == (int64_t)sizeof samples, "plan it");
    check(stack2nrrd_read(handle, samples, sizeof samples, NULL, NULL) == STACK2NRRD_OK, "read it");
    check(samples[0] == 0 && samples[2 * 20 + 3 * 5 + 4] == 234, "its samples");
    stack2nrrd_close(handle);
    source.user = &source;
    check(stack2nrrd_open_source(&source, &handle) == STACK2NRRD_OK, "open a source that fails");
    check(stack2nrrd_read(handle, samples, sizeof samples, NULL, NULL) == STACK2NRRD_LIMIT, "its code");
    check(strcmp(stack2nrrd_last_error(), "source: slice 2: the lamp is out") == 0, "its sentence");
    stack2nrrd_close(handle);
}

static int write_volume(const char* path) {
    unsigned char sample = 0;
    int i;
    FILE* file = fopen(path, "wb");
    if (file == NULL) return 0;
    fputs("NRRD0004\ntype: uint8\ndimension: 3\nsizes: 8 6 4\nencoding: raw\n\n", file);
    for (i = 0; i < 8 * 6 * 4; ++i, ++sample) fwrite(&sample, 1, 1, file);
    return fclose(file) == 0;
}

int main(int argc, char** argv) {
    char input[1024];
    char output[1024];
    const char* list[1];
    unsigned char samples[8 * 6 * 4];
    const char* json = NULL;
    int64_t low = -1;
    int64_t high = -1;
    int64_t slices = 0;
    stack2nrrd_handle* handle = NULL;
    stack2nrrd_volume volume;
    FILE* file;
    int calls = 0;
    int i;

    if (argc != 2) return 2;
    snprintf(input, sizeof input, "%s/in_c.nrrd", argv[1]);
    snprintf(output, sizeof output, "%s/in_c_out.nrrd", argv[1]);
    remove(output);
    if (!write_volume(input)) return 2;

    check(stack2nrrd_abi_version() == STACK2NRRD_ABI_VERSION, "the version of the ABI");
    check(strlen(stack2nrrd_version()) >= 5, "the version");

    check(stack2nrrd_open(input, &handle) == STACK2NRRD_OK, "open");
    check(stack2nrrd_plan(handle, &volume) == STACK2NRRD_OK, "plan");
    check(volume.size[0] == 8 && volume.size[1] == 6 && volume.size[2] == 4, "size");
    check(volume.components == 1 && volume.sample_type == STACK2NRRD_UINT8, "type");
    check(volume.bytes == (int64_t)sizeof samples && volume.memory_bytes > 0 && volume.source_slices == 4, "bytes");
    check(stack2nrrd_read(handle, samples, sizeof samples, count_calls, &calls) == STACK2NRRD_OK, "read");
    check(calls >= 1, "calls of progress");
    for (i = 0; i < (int)sizeof samples; ++i) check(samples[i] == i % 256, "a sample");

    check(stack2nrrd_read_slices(handle, 2, 3, samples, 8 * 6, NULL, NULL) == STACK2NRRD_OK, "read a slice");
    check(samples[0] == 96, "a sample of it");
    check(stack2nrrd_read_slabs(handle, 3, add_slices, NULL, &slices) == STACK2NRRD_OK && slices == 4, "read slabs");
    check(stack2nrrd_option_at(0) != NULL && stack2nrrd_option_at(0)->name[0] != 0, "the first option");
    check(stack2nrrd_option_at(1000) == NULL, "behind the last option");
    own_source();

    check(stack2nrrd_set(handle, "factor", "2") == STACK2NRRD_OK, "set");
    check(stack2nrrd_set(handle, "kernel", "box") == STACK2NRRD_OK, "set");
    check(stack2nrrd_plan(handle, &volume) == STACK2NRRD_OK, "plan again");
    check(volume.size[0] == 4 && volume.size[1] == 3 && volume.size[2] == 2, "size of half of it");
    check(volume.direction[0][0] == 2 && volume.direction[0][1] == 0 && volume.origin[0] == 0.5, "its place");
    memset(samples, 0, sizeof samples);
    check(stack2nrrd_read(handle, samples, (size_t)volume.bytes, NULL, NULL) == STACK2NRRD_OK, "read again");
    check(samples[0] == 29, "the mean of 0 1 8 9 48 49 56 57, which is 28.5");
    check(stack2nrrd_clipped(handle, &low, &high) == STACK2NRRD_OK && low == 0 && high == 0, "nothing is clipped");

    check(stack2nrrd_read(handle, samples, (size_t)volume.bytes, stop_at_once, NULL) == STACK2NRRD_CANCELLED, "cancel");
    check(stack2nrrd_write(handle, output, stop_at_once, NULL) == STACK2NRRD_CANCELLED, "cancel writing");
    file = fopen(output, "rb");
    check(file == NULL, "nothing is left of a cancelled run");
    if (file != NULL) fclose(file);
    check(stack2nrrd_write(handle, output, NULL, NULL) == STACK2NRRD_OK, "write");
    file = fopen(output, "rb");
    check(file != NULL, "the file is there");
    if (file != NULL) fclose(file);
    check(stack2nrrd_info(handle, &json) == STACK2NRRD_OK && json != NULL && json[0] == '{', "info");

    check(stack2nrrd_set(handle, "no_such_option", "1") == STACK2NRRD_INVALID_ARGUMENT, "an unknown option");
    check(strstr(stack2nrrd_last_error(), "no-such-option") != NULL, "its message");
    check(stack2nrrd_close(handle) == STACK2NRRD_OK && stack2nrrd_close(NULL) == STACK2NRRD_OK, "close");

    list[0] = output;
    check(stack2nrrd_open_list(list, 1, &handle) == STACK2NRRD_OK, "open a list");
    check(stack2nrrd_plan(handle, &volume) == STACK2NRRD_INVALID_ARGUMENT, "a volume is no slice");
    stack2nrrd_close(handle);
    remove(input);
    remove(output);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
