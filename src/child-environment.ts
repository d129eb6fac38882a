import type { Environment } from './platform/environment.ts';

/** What ONNX Runtime, CUDA, Vulkan and the C library read, and what says where Python has CUDA's libraries. Keys and tokens stay out of the children. */
const PASSED_ON =
  /^(PATH|HOME|TMPDIR|TZ|LANG|LC_.*|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|CUDA_.*|NVIDIA_.*|VK_.*|XDG_.*|MALLOC_.*|ORT_.*|NODE_COMPILE_CACHE|VIRTUAL_ENV)$/;

/**
 * glibc gives freed memory back at once. An engine's buffers for packing weights have megabytes: faulting each one in anew takes
 * half of the time of a load.
 */
const DEFAULTS = {
  MALLOC_TRIM_THRESHOLD_: '33554432',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  TOKENIZERS_PARALLELISM: 'true',
  // cuBLAS: single precision is computed in it, not in ten bits. Who wants speed takes fp16.
  NVIDIA_TF32_OVERRIDE: '0',
};

/**
 * The official ONNX Runtime builds report use and model metadata to Microsoft since 1.29, and keep a database for that in
 * the home directory. Nothing leaves an operator's machine by our doing: this is not a default but a rule.
 */
const ALWAYS = { ORT_DISABLE_TELEMETRY: '1' };

/** The environment of the engine and tokenizer processes. */
export function childEnvironment(env: Environment): Record<string, string> {
  const passed = Object.entries(env).filter(([name, value]) => value !== undefined && PASSED_ON.test(name));
  return { ...DEFAULTS, ...(Object.fromEntries(passed) as Record<string, string>), ...ALWAYS };
}
