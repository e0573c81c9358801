/* A program of somebody else that uses stack2nrrd through C. */

#include <stack2nrrd/stack2nrrd.h>

int main(void) {
    stack2nrrd_handle* handle = NULL;
    stack2nrrd_volume volume;
    if (stack2nrrd_abi_version() != STACK2NRRD_ABI_VERSION) return 1;
    if (stack2nrrd_open("no such folder", &handle) != STACK2NRRD_OK) return 1;
    if (stack2nrrd_plan(handle, &volume) != STACK2NRRD_NOT_FOUND) return 1;
    return stack2nrrd_close(handle);
}
