/* cuBLAS: products that are logged with their sizes and types, and not computed. */
#include "stub.h"

static int products(const char *call, int ta, int tb, int m, int n, int k, int a, int b, int c, int compute, int batch) {
  stub_log("gemm %s %c%c m%d n%d k%d types %d %d %d compute %d batch %d", call, ta != 0 ? 'T' : 'N', tb != 0 ? 'T' : 'N', m, n, k, a,
           b, c, compute, batch);
  stub_saw_kernel();
  /* Of cublasStatus_t, 13 is CUBLAS_STATUS_EXECUTION_FAILED. */
  return stub_fault("launch") != 0 ? 13 : 0;
}

/* Types are those of cudaDataType (0: float32, 2: float16), `compute` of cublasComputeType_t (68: in float32). */
int cublasGemmEx(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int a_type, int lda,
                 const void *b, int b_type, int ldb, const void *beta, void *c, int c_type, int ldc, int compute, int algorithm) {
  (void)handle, (void)alpha, (void)a, (void)lda, (void)b, (void)ldb, (void)beta, (void)c, (void)ldc, (void)algorithm;
  return products("cublasGemmEx", ta, tb, m, n, k, a_type, b_type, c_type, compute, 1);
}

int cublasGemmStridedBatchedEx(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int a_type,
                               int lda, long long a_stride, const void *b, int b_type, int ldb, long long b_stride,
                               const void *beta, void *c, int c_type, int ldc, long long c_stride, int batch, int compute,
                               int algorithm) {
  (void)handle, (void)alpha, (void)a, (void)lda, (void)a_stride, (void)b, (void)ldb, (void)b_stride, (void)beta, (void)c, (void)ldc,
      (void)c_stride, (void)algorithm;
  return products("cublasGemmStridedBatchedEx", ta, tb, m, n, k, a_type, b_type, c_type, compute, batch);
}

int cublasSgemm_v2(void *handle, int ta, int tb, int m, int n, int k) {
  (void)handle;
  return products("cublasSgemm", ta, tb, m, n, k, 0, 0, 0, 68, 1);
}

int cublasGetMathMode(void *handle, int *mode) {
  (void)handle;
  *mode = 0;
  return 0;
}
