/* cuBLASLt. Its descriptors say what a product is, and the stub keeps none: only that there was one is logged. */
#include "stub.h"

int cublasLtMatmulAlgoGetHeuristic(void *handle, void *operation, void *a, void *b, void *c, void *d, void *preference,
                                   int requested, void *results, int *found) {
  (void)handle, (void)operation, (void)a, (void)b, (void)c, (void)d, (void)preference, (void)requested, (void)results;
  *found = 1;
  return 0;
}

int cublasLtMatmul(void) {
  stub_log("gemm cublasLtMatmul");
  stub_saw_kernel();
  return stub_fault("launch") != 0 ? 13 : 0;
}
