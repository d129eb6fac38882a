/* The card's memory is host memory that is counted. */
#define _GNU_SOURCE
#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stub.h"

/* Larger copies to the card are weights. Nobody computes with them, and without the copy they take no real memory. */
enum { LARGEST_KEPT_COPY = 16 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t used, peak;

/* Bytes that other living processes have on the card, from the folder CUDA_STUB_USE. */
static size_t used_by_others(void) {
  const char *folder = getenv("CUDA_STUB_USE");
  DIR *entries = folder != NULL ? opendir(folder) : NULL;
  if (entries == NULL) return 0;
  size_t sum = 0;
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    pid_t pid = atoi(entry->d_name);
    if (pid <= 0 || pid == getpid() || kill(pid, 0) != 0) continue;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    FILE *file = fopen(path, "r");
    size_t bytes = 0;
    if (file != NULL && fscanf(file, "%zu", &bytes) == 1) sum += bytes;
    if (file != NULL) fclose(file);
  }
  closedir(entries);
  return sum;
}

/* Says in CUDA_STUB_USE what this process has and had at most. Renamed into place: a reader never sees half of it. */
static void note_use(void) {
  const char *folder = getenv("CUDA_STUB_USE");
  if (folder == NULL) return;
  char path[4096], draft[4096];
  snprintf(path, sizeof path, "%s/%d", folder, getpid());
  snprintf(draft, sizeof draft, "%s/draft-%d", folder, getpid());
  FILE *file = fopen(draft, "w");
  if (file == NULL) return;
  fprintf(file, "%zu %zu\n", used, peak);
  fclose(file);
  rename(draft, path);
}

static int take(void **pointer, size_t size) {
  int error = stub_fault("malloc");
  if (error != 0) return stub_done(error);
  pthread_mutex_lock(&lock);
  /* Untouched pages of a large calloc take no memory. */
  void *bytes = used + used_by_others() + size <= stub_capacity() ? calloc(1, size > 0 ? size : 1) : NULL;
  if (bytes != NULL) {
    used += malloc_usable_size(bytes);
    if (used > peak) peak = used;
    note_use();
  }
  stub_log(bytes != NULL ? "malloc %zu used %zu" : "out-of-memory %zu used %zu", size, used);
  pthread_mutex_unlock(&lock);
  *pointer = bytes;
  return bytes != NULL ? SUCCESS : stub_done(OUT_OF_MEMORY);
}

int cudaMalloc(void **pointer, size_t size) { return take(pointer, size); }
int cudaMallocAsync(void **pointer, size_t size, Stream stream) {
  (void)stream;
  return take(pointer, size);
}
int cudaMallocFromPoolAsync(void **pointer, size_t size, void *pool, Stream stream) {
  (void)pool, (void)stream;
  return take(pointer, size);
}

int cudaFree(void *pointer) {
  if (pointer == NULL) return SUCCESS;
  pthread_mutex_lock(&lock);
  used -= malloc_usable_size(pointer);
  free(pointer);
  stub_log("free used %zu", used);
  note_use();
  pthread_mutex_unlock(&lock);
  return SUCCESS;
}
int cudaFreeAsync(void *pointer, Stream stream) {
  (void)stream;
  return cudaFree(pointer);
}

int cudaHostAlloc(void **pointer, size_t size, unsigned flags) {
  (void)flags;
  *pointer = calloc(1, size > 0 ? size : 1);
  return *pointer != NULL ? SUCCESS : stub_done(OUT_OF_MEMORY);
}
int cudaMallocHost(void **pointer, size_t size) { return cudaHostAlloc(pointer, size, 0); }
int cudaFreeHost(void *pointer) {
  free(pointer);
  return SUCCESS;
}

int cudaMemGetInfo(size_t *free_bytes, size_t *total) {
  int error = stub_fault("device");
  if (error != 0) return stub_done(error);
  size_t taken = used + used_by_others();
  *total = stub_capacity();
  *free_bytes = taken < *total ? *total - taken : 0;
  return SUCCESS;
}

int cudaMemPoolGetAttribute(void *pool, int attribute, void *value) {
  (void)pool, (void)attribute;
  memset(value, 0, 8);
  return SUCCESS;
}

/* struct cudaPointerAttributes: type (2: device memory), device, devicePointer at 8, hostPointer at 16. */
int cudaPointerGetAttributes(void *attributes, const void *pointer) {
  memset(attributes, 0, 88);
  *(int *)attributes = 2;
  memcpy((char *)attributes + 8, &pointer, sizeof pointer);
  return SUCCESS;
}

static const char *const DIRECTIONS[] = {"h2h", "h2d", "d2h", "d2d", "default"};

static int copy(void *to, const void *from, size_t size, int kind) {
  int error = stub_fault("memcpy");
  if (error != 0) return stub_done(error);
  stub_log("memcpy %zu %s", size, kind >= 0 && kind <= 4 ? DIRECTIONS[kind] : "?");
  if (kind == HOST_TO_DEVICE) stub_saw_upload(from, size);
  if (kind == HOST_TO_DEVICE && size > LARGEST_KEPT_COPY) return SUCCESS;
  if (kind == DEVICE_TO_HOST && stub_answer(to, size)) return SUCCESS;
  memmove(to, from, size);
  return SUCCESS;
}

int cudaMemcpy(void *to, const void *from, size_t size, int kind) { return copy(to, from, size, kind); }
int cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, Stream stream) {
  (void)stream;
  return copy(to, from, size, kind);
}
int cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height, int kind,
                      Stream stream) {
  (void)stream;
  stub_log("memcpy2d %zu %s", width * height, kind >= 0 && kind <= 4 ? DIRECTIONS[kind] : "?");
  for (size_t row = 0; row < height; row++)
    memmove((char *)to + row * to_pitch, (const char *)from + row * from_pitch, width);
  return SUCCESS;
}
int cudaMemcpyFromSymbol(void *to, const void *symbol, size_t size, size_t offset, int kind) {
  (void)symbol, (void)offset, (void)kind;
  memset(to, 0, size);
  return SUCCESS;
}

/* Nobody reads what a large one would write. */
int cudaMemset(void *pointer, int value, size_t size) {
  if (size <= LARGEST_KEPT_COPY) memset(pointer, value, size);
  return SUCCESS;
}
int cudaMemsetAsync(void *pointer, int value, size_t size, Stream stream) {
  (void)stream;
  return cudaMemset(pointer, value, size);
}
