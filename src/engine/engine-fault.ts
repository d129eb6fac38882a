/**
 * What the messages of a device's provider mean. ONNX Runtime hands the device's own error on as text only:
 *
 * - `CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=… ; expr=…` where a call failed, and the same
 *   with `CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED` and `CUDNN failure 5000: CUDNN_STATUS_EXECUTION_FAILED` (cuda_call.cc);
 * - `CUDA error cudaErrorLaunchFailure:unspecified launch failure` where a kernel could not be launched;
 * - `Failed to allocate memory for requested buffer of size 16384` where its own allocator got nothing (bfc_arena.cc);
 * - `WebGPU device lost (2): …`, and `Failed to download data from buffer. …` for every run after that (webgpu_context.cc).
 *
 * Which CUDA errors leave the process "in an inconsistent state, and any further CUDA work will return the same error" is in the
 * reference of the CUDA runtime, at cudaError_t.
 */
import { ChildLost } from '../platform/process/child-link.ts';

/**
 * `out-of-memory`: this batch did not fit; the engine works, and a smaller one may fit. `device-lost`: the device or this process's
 * context on it is broken, and only a new process can help.
 */
export type Fault = 'out-of-memory' | 'device-lost';

/** An engine was ended because of its device. The batch that it had is not to blame. */
export class DeviceLost extends ChildLost {}

/** By number and name, as messages have either: no device, a broken context, or broken hardware. */
const BROKEN: Readonly<Record<number, string>> = {
  3: 'cudaErrorInitializationError',
  46: 'cudaErrorDevicesUnavailable',
  100: 'cudaErrorNoDevice',
  101: 'cudaErrorInvalidDevice',
  201: 'cudaErrorDeviceUninitialized',
  214: 'cudaErrorECCUncorrectable',
  220: 'cudaErrorNvlinkUncorrectable',
  226: 'cudaErrorContained',
  700: 'cudaErrorIllegalAddress',
  702: 'cudaErrorLaunchTimeout',
  709: 'cudaErrorContextIsDestroyed',
  710: 'cudaErrorAssert',
  714: 'cudaErrorHardwareStackError',
  715: 'cudaErrorIllegalInstruction',
  716: 'cudaErrorMisalignedAddress',
  717: 'cudaErrorInvalidAddressSpace',
  718: 'cudaErrorInvalidPc',
  719: 'cudaErrorLaunchFailure',
  721: 'cudaErrorTensorMemoryLeak',
  802: 'cudaErrorSystemNotReady',
  803: 'cudaErrorSystemDriverMismatch',
  805: 'cudaErrorMpsConnectionFailed',
  806: 'cudaErrorMpsRpcFailure',
  807: 'cudaErrorMpsServerNotReady',
  810: 'cudaErrorMpsClientTerminated',
  999: 'cudaErrorUnknown',
};
const BROKEN_NAMES: ReadonlySet<string> = new Set(Object.values(BROKEN));

/** Libraries on top of CUDA say little: after a fault everything that they try fails in one of these ways. */
const LOST = [
  /CUBLAS_STATUS_(NOT_INITIALIZED|MAPPING_ERROR|EXECUTION_FAILED|INTERNAL_ERROR)/,
  /CUDNN_STATUS_(NOT_INITIALIZED|EXECUTION_FAILED|INTERNAL_ERROR)/,
  /device (is |was )?lost|\[device\] is lost|VK_ERROR_DEVICE_LOST|DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)/i,
  /a valid external instance reference no longer exists/i,
  /Failed to download data from buffer/,
  /\bXid\b|has fallen off the bus/,
];

const NO_MEMORY = [
  /CUDA failure 2:|cudaErrorMemoryAllocation/,
  /CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_(ALLOC_FAILED|\w*ALLOCATION_FAILED)/,
  /Failed to allocate memory for requested buffer|BFC Arena ran out of memory|smaller than requested bytes/i,
  /VK_ERROR_OUT_OF_DEVICE_MEMORY|exceeds the max buffer size limit/,
  /\bout of memory\b|bad_alloc/i,
];

/** @returns undefined for a message that is about something else. */
export function classifyFault(message: string): Fault | undefined {
  const [, code] = /CUDA failure (\d+)/.exec(message) ?? [];
  if (code !== undefined && code in BROKEN) return 'device-lost';
  const [, name = ''] = /CUDA error (cudaError\w+)/.exec(message) ?? [];
  if (BROKEN_NAMES.has(name)) return 'device-lost';
  // A library may call the lack of memory an internal error as well, and says which one it is.
  if (NO_MEMORY.some((pattern) => pattern.test(message))) return 'out-of-memory';
  return LOST.some((pattern) => pattern.test(message)) ? 'device-lost' : undefined;
}

/** The device's own words, without the call, the file and the C++ signature around them. */
export function shortFault(message: string): string {
  const call = /(CUDA|CUBLAS|CUDNN) failure \d+: [^;\n]+/.exec(message)?.[0];
  const launch = /CUDA error cudaError\w+:[^\n;]+/.exec(message)?.[0];
  const buffer = /Failed to allocate memory for requested buffer of size \d+/.exec(message)?.[0];
  const [line = ''] = message.trim().split('\n');
  return (call ?? launch ?? buffer ?? line.slice(0, 300)).trim();
}
