/* Kernels: known by the names that the provider registers them under, launched into nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stub.h"

/* A provider has some ten thousand kernels, which register themselves while it is loaded, by one thread. */
typedef struct {
  const void *function;
  const char *name;
} Kernel;
static Kernel *kernels;
static size_t count, room;
static int is_sorted;

void **__cudaRegisterFatBinary(void *binary) {
  (void)binary;
  static void *handle[4];
  return handle;
}

void __cudaRegisterFunction(void **binary, const char *function, char *device_function, const char *name, int thread_limit,
                            void *thread_id, void *block_id, void *block_size, void *grid_size, int *warp_size) {
  (void)binary, (void)device_function, (void)thread_limit, (void)thread_id, (void)block_id, (void)block_size, (void)grid_size,
      (void)warp_size;
  if (count == room) {
    room = room == 0 ? 1024 : room * 2;
    kernels = realloc(kernels, room * sizeof *kernels);
    if (kernels == NULL) abort();
  }
  kernels[count++] = (Kernel){function, name};
  is_sorted = 0;
}

static int by_function(const void *left, const void *right) {
  uintptr_t a = (uintptr_t)((const Kernel *)left)->function, b = (uintptr_t)((const Kernel *)right)->function;
  return a < b ? -1 : a > b;
}

static const char *name_of(const void *function) {
  if (!is_sorted) {
    qsort(kernels, count, sizeof *kernels, by_function);
    is_sorted = 1;
  }
  Kernel wanted = {function, NULL}, *found = bsearch(&wanted, kernels, count, sizeof *kernels, by_function);
  return found != NULL ? found->name : "?";
}

static int launch(const void *function, Dim3 grid, Dim3 block) {
  int error = stub_fault("launch");
  stub_log("kernel %u,%u,%u x %u,%u,%u %s", grid.x, grid.y, grid.z, block.x, block.y, block.z, name_of(function));
  stub_saw_kernel();
  return stub_done(error);
}

int cudaLaunchKernel(const void *function, Dim3 grid, Dim3 block, void **arguments, size_t shared, Stream stream) {
  (void)arguments, (void)shared, (void)stream;
  return launch(function, grid, block);
}
int cudaLaunchCooperativeKernel(const void *function, Dim3 grid, Dim3 block, void **arguments, size_t shared, Stream stream) {
  (void)arguments, (void)shared, (void)stream;
  return launch(function, grid, block);
}
/* cudaLaunchConfig_t begins with the grid and the block. */
int cudaLaunchKernelExC(const void *config, const void *function, void **arguments) {
  (void)arguments;
  const Dim3 *sizes = config;
  return launch(function, sizes[0], sizes[1]);
}
int __cudaGetKernel(void **kernel, const void *function) {
  *kernel = (void *)(uintptr_t)function;
  return SUCCESS;
}
int __cudaLaunchKernel(void *kernel, Dim3 grid, Dim3 block, void **arguments, size_t shared, Stream stream) {
  (void)arguments, (void)shared, (void)stream;
  return launch(kernel, grid, block);
}

/* What the compiler makes of <<<grid, block, shared, stream>>>: pushed by the caller, popped by the kernel's own stub. */
static __thread struct {
  Dim3 grid, block;
  size_t shared;
  Stream stream;
} pushed[16];
static __thread unsigned depth;

unsigned __cudaPushCallConfiguration(Dim3 grid, Dim3 block, size_t shared, Stream stream) {
  if (depth == sizeof pushed / sizeof pushed[0]) abort();
  pushed[depth].grid = grid, pushed[depth].block = block, pushed[depth].shared = shared, pushed[depth].stream = stream;
  depth++;
  return 0;
}
int __cudaPopCallConfiguration(Dim3 *grid, Dim3 *block, size_t *shared, Stream *stream) {
  if (depth == 0) abort();
  depth--;
  *grid = pushed[depth].grid, *block = pushed[depth].block, *shared = pushed[depth].shared, *stream = pushed[depth].stream;
  return SUCCESS;
}

/* struct cudaFuncAttributes of CUDA 13 (144 bytes): maxThreadsPerBlock, numRegs, ptxVersion and binaryVersion from 24 on. */
int cudaFuncGetAttributes(void *attributes, const void *function) {
  (void)function;
  memset(attributes, 0, 144);
  int *fields = (int *)((char *)attributes + 24);
  fields[0] = 1024, fields[1] = 32, fields[2] = fields[3] = stub_capability();
  return SUCCESS;
}
int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, const void *function, int threads, size_t shared,
                                                           unsigned flags) {
  (void)function, (void)threads, (void)shared, (void)flags;
  *blocks = 2;
  return SUCCESS;
}
int cudaLibraryGetKernel(void **kernel, void *library, const char *name) {
  (void)library, (void)name;
  *kernel = stub_handle();
  return SUCCESS;
}
int cudaLibraryLoadData(void **library) {
  *library = stub_handle();
  return SUCCESS;
}

/* All work is done when it is given: host functions run at once, and no stream is being captured. */
int cudaLaunchHostFunc(Stream stream, void (*function)(void *), void *argument) {
  (void)stream;
  function(argument);
  return SUCCESS;
}
int cudaStreamIsCapturing(Stream stream, int *status) {
  (void)stream;
  *status = 0;
  return SUCCESS;
}
int cudaStreamEndCapture(Stream stream, void **graph) {
  (void)stream;
  *graph = stub_handle();
  return SUCCESS;
}
int cudaGraphInstantiate(void **executable) {
  *executable = stub_handle();
  return SUCCESS;
}
int cudaEventElapsedTime(float *milliseconds) {
  *milliseconds = 1;
  return SUCCESS;
}

static int nothing(void) { return SUCCESS; }
int cudaGetDriverEntryPointByVersion(const char *name, void **function, unsigned version, unsigned long long flags, int *status) {
  (void)version, (void)flags;
  stub_log("call %s", name);
  *(int (**)(void))function = nothing;
  if (status != NULL) *status = 0;
  return SUCCESS;
}
