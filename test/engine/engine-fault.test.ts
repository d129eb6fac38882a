import { describe, expect, it } from 'vitest';
import { classifyFault, shortFault } from '../../src/engine/engine-fault.ts';

/** As onnxruntime 1.30 says it: the first six were made by a stub of the CUDA runtime under the real provider. */
const SIGNATURE =
  '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:146 std::conditional_t<THRW, void, common::Status> onnxruntime::CudaCall(ERRTYPE, const char*) [with ERRTYPE = cudaError; bool THRW = true; std::conditional_t<THRW, void, common::Status> = void] ';
const PLACE = ' ; GPU=0 ; hostname=vm ; file=/onnxruntime_src/cuda_execution_provider.cc ; line=533 ; expr=';

const LOST: readonly (readonly [string, string])[] = [
  [
    `CUDA failure 700: an illegal memory access was encountered${PLACE}cudaStreamSynchronize(stream_); `,
    'CUDA failure 700: an illegal memory access was encountered',
  ],
  [
    `CUDA failure 214: uncorrectable ECC error encountered${PLACE}cudaMemcpyAsync(dst_data, src_data, bytes, cudaMemcpyHostToDevice); `,
    'CUDA failure 214: uncorrectable ECC error encountered',
  ],
  [
    `${SIGNATURE}CUDA failure 100: no CUDA-capable device is detected${PLACE}cudaSetDevice(id); \n\n\n`,
    'CUDA failure 100: no CUDA-capable device is detected',
  ],
  [
    `${SIGNATURE}CUDA failure 46: CUDA-capable device(s) is/are busy or unavailable${PLACE}cudaSetDevice(id); \n`,
    'CUDA failure 46: CUDA-capable device(s) is/are busy or unavailable',
  ],
  [
    "Non-zero status code returned while running Mul node. Name:'Mul_0' Status Message: CUDA error cudaErrorLaunchFailure:unspecified launch failure",
    'CUDA error cudaErrorLaunchFailure:unspecified launch failure',
  ],
  [`CUDA failure 999: unknown error${PLACE}cudaMemcpyAsync(); `, 'CUDA failure 999: unknown error'],
  [
    `Non-zero status code returned while running Gemm node. Name:'Gemm_568' Status Message: CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED${PLACE}cublasGemmHelper();`,
    'CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED',
  ],
  [
    `CUDNN failure 4: CUDNN_STATUS_INTERNAL_ERROR${PLACE}cudnnCreate(&cudnn_handle_);`,
    'CUDNN failure 4: CUDNN_STATUS_INTERNAL_ERROR',
  ],
  [
    'WebGPU device lost (2): vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
    'WebGPU device lost (2): vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
  ],
  [
    "Failed to download data from buffer: Failed to execute 'mapAsync' on 'GPUBuffer': [Device] is lost.",
    "Failed to download data from buffer: Failed to execute 'mapAsync' on 'GPUBuffer': [Device] is lost.",
  ],
];

const NO_MEMORY: readonly string[] = [
  "Non-zero status code returned while running Mul node. Name:'Mul_129' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 16384\n",
  `CUDA failure 2: out of memory${PLACE}cudaMalloc((void**)&p, size);`,
  'Status Message: CUDA error cudaErrorMemoryAllocation:out of memory',
  `CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED${PLACE}cublasCreate(&cublas_handle_);`,
  'CUDNN failure 4003: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED',
  'Available memory of 1048576 is smaller than requested bytes of 2097152',
  'WebGPU device error(2): Out of memory',
  'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY',
  'Buffer size (3185049600) exceeds the max buffer size limit (1073741824).',
];

const NEITHER: readonly string[] = [
  'indices element out of data bounds, idx=999 must be within the inclusive range [-100,99]',
  'Status Message: CUDA error cudaErrorNoKernelImageForDevice:no kernel image is available for execution on the device',
  `CUDA failure 1: invalid argument${PLACE}cudaMemcpyAsync();`,
  'Got invalid dimensions for input: input_ids for the following indices',
  'the engine gave no answer within 1500 ms',
];

describe('the words of a device', () => {
  it.each(LOST)('say that it is lost: %s', (message, short) => {
    expect(classifyFault(message)).toBe('device-lost');
    expect(shortFault(message)).toBe(short);
  });

  it.each(NO_MEMORY)('say that its memory is full: %s', (message) => {
    expect(classifyFault(message)).toBe('out-of-memory');
    expect(shortFault(message)).not.toContain('bfc_arena.cc');
  });

  it.each(NEITHER)('say something else: %s', (message) => {
    expect(classifyFault(message)).toBeUndefined();
  });

  it.each([46, 100, 214, 700, 702, 710, 715, 716, 717, 718, 719, 999])('CUDA failure %i', (code) => {
    expect(classifyFault(`CUDA failure ${code}: some words ; GPU=0 ; expr=out of memory`)).toBe(
      'device-lost',
    );
  });
});
