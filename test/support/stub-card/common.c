/* The log, the faults, and the settings, which are environment variables. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stub.h"

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *log_file;
static __thread int last_error;
/* The error that ended this process's context. */
static int broken;

void stub_log(const char *format, ...) {
  const char *path = getenv("CUDA_STUB_LOG");
  if (path == NULL) return;
  pthread_mutex_lock(&log_lock);
  if (log_file == NULL) log_file = fopen(path, "a");
  if (log_file != NULL) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(log_file, format, arguments);
    va_end(arguments);
    fputc('\n', log_file);
    fflush(log_file);
  }
  pthread_mutex_unlock(&log_lock);
}

/* Errors after which "the process must be terminated and relaunched" (cudaError in driver_types.h). */
static int ends_context(int error) {
  return error == 214 || (error >= 700 && error <= 720 && error != 701 && error != 704 && error != 705);
}

int stub_fault(const char *kind) {
  if (broken != 0) return broken;
  const char *folder = getenv("CUDA_STUB_FAULTS");
  if (folder == NULL) return 0;
  char path[4096], count[16] = "";
  snprintf(path, sizeof path, "%s/%s", folder, kind);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  int error = 999;
  if (fscanf(file, "%d %15s", &error, count) < 1) error = 999;
  fclose(file);
  /* Of several processes, only the one that deletes the file takes the error. */
  if (strcmp(count, "once") == 0 && unlink(path) != 0) return 0;
  if (ends_context(error)) broken = error;
  stub_log("fault %s %d", kind, error);
  return error;
}

int stub_done(int error) {
  if (error != 0) last_error = error;
  return error;
}

int cudaGetLastError(void) {
  int error = last_error;
  last_error = 0;
  return error;
}

int cudaPeekAtLastError(void) { return last_error; }

void *stub_handle(void) {
  static char handles[4096];
  static size_t next;
  return &handles[__sync_fetch_and_add(&next, 8) % sizeof handles];
}

size_t stub_capacity(void) {
  const char *bytes = getenv("CUDA_STUB_BYTES");
  return bytes != NULL ? strtoull(bytes, NULL, 10) : (size_t)80 << 30;
}

int stub_capability(void) {
  const char *capability = getenv("CUDA_STUB_CAPABILITY");
  return capability != NULL ? atoi(capability) : 90;
}

static const struct {
  int error;
  const char *name, *text;
} ERRORS[] = {
    {0, "cudaSuccess", "no error"},
    {2, "cudaErrorMemoryAllocation", "out of memory"},
    {46, "cudaErrorDevicesUnavailable", "CUDA-capable device(s) is/are busy or unavailable"},
    {100, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {101, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {214, "cudaErrorECCUncorrectable", "uncorrectable ECC error encountered"},
    {700, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {702, "cudaErrorLaunchTimeout", "the launch timed out and was terminated"},
    {719, "cudaErrorLaunchFailure", "unspecified launch failure"},
};
enum { KNOWN = sizeof ERRORS / sizeof ERRORS[0] };

const char *cudaGetErrorName(int error) {
  for (int i = 0; i < KNOWN; i++)
    if (ERRORS[i].error == error) return ERRORS[i].name;
  return "cudaErrorUnknown";
}

const char *cudaGetErrorString(int error) {
  for (int i = 0; i < KNOWN; i++)
    if (ERRORS[i].error == error) return ERRORS[i].text;
  return "unknown error";
}
