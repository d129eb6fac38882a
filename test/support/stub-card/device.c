/* What the card says it is: one of 132 multiprocessors, with the limits of its compute capability. */
#include <stdint.h>
#include <string.h>

#include "stub.h"

/* Of capability 9.0 and of 8.x (CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"). */
static int shared_per_block(void) { return stub_capability() >= 90 ? 232448 : 101376; }
static int shared_per_multiprocessor(void) { return stub_capability() >= 90 ? 233472 : 102400; }

int cudaGetDeviceCount(int *count) {
  int error = stub_fault("device");
  *count = error != 0 ? 0 : 1;
  return stub_done(error);
}

int cudaGetDevice(int *device) {
  *device = 0;
  return SUCCESS;
}

int cudaSetDevice(int device) {
  int error = stub_fault("device");
  if (error != 0) return stub_done(error);
  return device == 0 ? SUCCESS : stub_done(INVALID_DEVICE);
}

static void put32(char *properties, size_t at, int32_t value) { memcpy(properties + at, &value, sizeof value); }
static void put64(char *properties, size_t at, size_t value) { memcpy(properties + at, &value, sizeof value); }

/*
 * Fills struct cudaDeviceProp. Its size and the offsets of its fields are those of CUDA 13 (cuda_runtime_api.h 13.2, checked with
 * offsetof); CUDA 12 has others.
 */
int cudaGetDeviceProperties(void *properties, int device) {
  (void)device;
  char *p = properties;
  memset(p, 0, 1008);
  strcpy(p, "Stub");                        /* name */
  put64(p, 288, stub_capacity());           /* totalGlobalMem */
  put64(p, 296, 49152);                     /* sharedMemPerBlock */
  put32(p, 304, 65536);                     /* regsPerBlock */
  put32(p, 308, 32);                        /* warpSize */
  put32(p, 320, 1024);                      /* maxThreadsPerBlock */
  put32(p, 324, 1024);                      /* maxThreadsDim */
  put32(p, 328, 1024);
  put32(p, 332, 64);
  put32(p, 336, 2147483647);                /* maxGridSize */
  put32(p, 340, 65535);
  put32(p, 344, 65535);
  put32(p, 360, stub_capability() / 10);    /* major */
  put32(p, 364, stub_capability() % 10);    /* minor */
  put32(p, 384, 132);                       /* multiProcessorCount */
  put32(p, 596, 50 << 20);                  /* l2CacheSize */
  put32(p, 604, 2048);                      /* maxThreadsPerMultiProcessor */
  put64(p, 624, (size_t)shared_per_multiprocessor()); /* sharedMemPerMultiprocessor */
  put32(p, 632, 65536);                     /* regsPerMultiprocessor */
  put64(p, 672, (size_t)shared_per_block()); /* sharedMemPerBlockOptin */
  put32(p, 688, 32);                        /* maxBlocksPerMultiProcessor */
  return SUCCESS;
}

/* enum cudaDeviceAttr; what is not listed is a feature, and is there. */
int cudaDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  switch (attribute) {
    case 1: *value = 1024; break;                          /* MaxThreadsPerBlock */
    case 5: *value = 2147483647; break;                    /* MaxGridDimX */
    case 6:
    case 7: *value = 65535; break;                         /* MaxGridDimY, MaxGridDimZ */
    case 8: *value = 49152; break;                         /* MaxSharedMemoryPerBlock */
    case 10: *value = 32; break;                           /* WarpSize */
    case 12: *value = 65536; break;                        /* MaxRegistersPerBlock */
    case 16: *value = 132; break;                          /* MultiProcessorCount */
    case 38: *value = 50 << 20; break;                     /* L2CacheSize */
    case 39: *value = 2048; break;                         /* MaxThreadsPerMultiProcessor */
    case 75: *value = stub_capability() / 10; break;       /* ComputeCapabilityMajor */
    case 76: *value = stub_capability() % 10; break;       /* ComputeCapabilityMinor */
    case 81: *value = shared_per_multiprocessor(); break;  /* MaxSharedMemoryPerMultiprocessor */
    case 82: *value = 65536; break;                        /* MaxRegistersPerMultiprocessor */
    case 97: *value = shared_per_block(); break;           /* MaxSharedMemoryPerBlockOptin */
    case 106: *value = 32; break;                          /* MaxBlocksPerMultiprocessor */
    default: *value = 1;
  }
  return SUCCESS;
}

int cudaDriverGetVersion(int *version) {
  *version = 13000;
  return SUCCESS;
}

int cudaRuntimeGetVersion(int *version) {
  *version = 13000;
  return SUCCESS;
}

int cudaDeviceSynchronize(void) { return stub_done(stub_fault("sync")); }
int cudaStreamSynchronize(Stream stream) {
  (void)stream;
  return stub_done(stub_fault("sync"));
}
int cudaEventSynchronize(void *event) {
  (void)event;
  return stub_done(stub_fault("sync"));
}
