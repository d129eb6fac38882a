/*
 * What comes down as the logits of a batch. Nothing was computed, so each row's logit is a hash of its tokens, in -4...4: finite, not
 * constant, and the same for the same pair in whatever batch, so that gates and agreement have something to look at.
 *
 * The tokens are found among the last things that went up. Packed: an int32 vector 0 ... T that ascends, one longer
 * than the logits, and int64 vectors of T. Padded: two vectors
 * of one size, ids and mask, that divide evenly into as many rows as there are logits.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stub.h"

enum { KEPT = 8, LARGEST = 16 << 20 };

typedef struct {
  void *bytes;
  size_t size;
} Upload;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* The last ones, the newest first. */
static Upload uploads[KEPT];
static int did_compute;

static void forget(void) {
  for (int i = 0; i < KEPT; i++) free(uploads[i].bytes);
  memset(uploads, 0, sizeof uploads);
}

void stub_saw_upload(const void *bytes, size_t size) {
  if (size == 0 || size > LARGEST) return;
  pthread_mutex_lock(&lock);
  free(uploads[KEPT - 1].bytes);
  memmove(uploads + 1, uploads, (KEPT - 1) * sizeof uploads[0]);
  uploads[0] = (Upload){malloc(size), size};
  if (uploads[0].bytes == NULL) abort();
  memcpy(uploads[0].bytes, bytes, size);
  pthread_mutex_unlock(&lock);
}

void stub_saw_kernel(void) { did_compute = 1; }

static uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u; /* splitmix64 */
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

static float logit_of(uint64_t hash) { return (float)((double)(mix(hash) >> 11) / 9007199254740992.0 * 8 - 4); }

/* Zeros count for nothing: padding, and vectors of zeros such as a single segment's, then change no row. */
static uint64_t hash_of(const int64_t *values, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++)
    if (values[i] != 0) sum += mix((uint64_t)values[i] * 1000003u + i);
  return sum;
}

/* Token ids, positions, masks and segments are all small and not negative; weights are not. */
static int is_int64(Upload upload, size_t count) {
  if (upload.size != count * 8) return 0;
  const int64_t *values = upload.bytes;
  for (size_t i = 0; i < count; i++)
    if (values[i] < 0 || values[i] > INT32_MAX) return 0;
  return 1;
}

static const int32_t *starts_for(size_t rows) {
  for (int i = 0; i < KEPT; i++) {
    const int32_t *values = uploads[i].bytes;
    if (uploads[i].size != (rows + 1) * 4 || values[0] != 0) continue;
    size_t row = 0;
    while (row < rows && values[row] < values[row + 1]) row++;
    if (row == rows) return values;
  }
  return NULL;
}

static int answer_packed(float *logits, size_t rows) {
  const int32_t *starts = starts_for(rows);
  if (starts == NULL) return 0;
  int is_found = 0;
  for (int i = 0; i < KEPT; i++) is_found |= is_int64(uploads[i], (size_t)starts[rows]);
  if (!is_found) return 0;
  for (size_t row = 0; row < rows; row++) {
    uint64_t hash = 0;
    for (int i = 0; i < KEPT; i++)
      if (is_int64(uploads[i], (size_t)starts[rows]))
        hash += hash_of((const int64_t *)uploads[i].bytes + starts[row], (size_t)(starts[row + 1] - starts[row]));
    logits[row] = logit_of(hash);
  }
  return 1;
}

/* The size of the ids, which have a mask of the same size beside them; 0 where there are no such two. */
static size_t count_of_pair(size_t rows, size_t width) {
  for (int i = 0; i < KEPT; i++)
    for (int j = i + 1; j < KEPT; j++)
      if (uploads[i].size > 0 && uploads[i].size == uploads[j].size && uploads[i].size % (rows * width) == 0 &&
          (width == 4 || (is_int64(uploads[i], uploads[i].size / 8) && is_int64(uploads[j], uploads[j].size / 8))))
        return uploads[i].size / width;
  return 0;
}

/* @param width of a number in bytes: int64, or int32 where the graph asks for that */
static int answer_padded(float *logits, size_t rows, size_t width) {
  size_t count = count_of_pair(rows, width);
  if (count == 0) return 0;
  size_t columns = count / rows;
  for (size_t row = 0; row < rows; row++) {
    uint64_t hash = 0;
    for (int i = 0; i < KEPT; i++) {
      if (width == 8 && is_int64(uploads[i], count)) hash += hash_of((const int64_t *)uploads[i].bytes + row * columns, columns);
      if (width == 4 && uploads[i].size == count * 4) {
        const int32_t *values = (const int32_t *)uploads[i].bytes + row * columns;
        for (size_t j = 0; j < columns; j++)
          if (values[j] != 0) hash += mix((uint64_t)values[j] * 1000003u + j);
      }
    }
    logits[row] = logit_of(hash);
  }
  return 1;
}

/* Only what comes down after a kernel ran is a result. @returns whether it was logits, which are then in `to` */
int stub_answer(void *to, size_t size) {
  if (size == 0 || size % 4 != 0 || !did_compute) return 0;
  pthread_mutex_lock(&lock);
  size_t rows = size / 4;
  int is_answered = answer_packed(to, rows) || answer_padded(to, rows, 8) || answer_padded(to, rows, 4);
  if (is_answered) {
    forget();
    did_compute = 0;
  }
  pthread_mutex_unlock(&lock);
  stub_log("answer %zu %s", rows, is_answered ? "logits" : "as copied");
  return is_answered;
}
