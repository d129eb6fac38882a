/*
 * A stub of the CUDA runtime. It computes nothing: see README.md beside it for what that can and can't show.
 *
 * Written without NVIDIA's headers. The few declarations that are needed are facts of the CUDA 13 interface
 * (cuda_runtime_api.h, driver_types.h; https://docs.nvidia.com/cuda/cuda-runtime-api/), restated here.
 */
#ifndef STUB_H
#define STUB_H

#include <stddef.h>

/* cudaError_t: the numbers that the stub itself gives. */
enum { SUCCESS = 0, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_DEVICE = 101 };

/* cudaMemcpyKind */
enum { HOST_TO_HOST = 0, HOST_TO_DEVICE = 1, DEVICE_TO_HOST = 2, DEVICE_TO_DEVICE = 3 };

typedef struct {
  unsigned x, y, z;
} Dim3;

typedef void *Stream;

/* One line in the file named by CUDA_STUB_LOG; nothing where it is not set. */
void stub_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * What a call of this kind ("launch", "malloc", "sync", "memcpy", "device") has to answer: the error in the file of that name in the
 * folder CUDA_STUB_FAULTS, or 0. An error that ends a real context (an illegal address, an ECC error) stays for the life of the process.
 */
int stub_fault(const char *kind);

/* Remembers an error for cudaGetLastError, as every call of the runtime does. */
int stub_done(int error);

/* A pointer that is good for nothing but being told from NULL. */
void *stub_handle(void);

/* Size of the card's memory in bytes: CUDA_STUB_BYTES, or 80 GiB. */
size_t stub_capacity(void);

/* Compute capability times ten: CUDA_STUB_CAPABILITY, or 90. */
int stub_capability(void);

/* answers.c: what went up since the last kernel, and what comes down as logits. */
void stub_saw_upload(const void *bytes, size_t size);
void stub_saw_kernel(void);
int stub_answer(void *to, size_t size);

#endif
