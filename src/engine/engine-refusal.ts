import { ServiceError } from '../errors.ts';
import { howToGet } from '../platform/cuda/library-packages.ts';
import { classifyFault, shortFault } from './engine-fault.ts';
import type { Device } from './protocol.ts';

/** What is known of the load that found too little memory. What is not known gives no advice. */
export interface LoadKnown {
  readonly device?: Device | undefined;
  /** In which the weights are: fp32, fp16, int8, or as an export has them. */
  readonly dtype?: string | undefined;
  readonly engines?: number | undefined;
  /** How it was to come in; undefined where no other model serves. */
  readonly mode?: 'beside' | 'hold' | undefined;
}

/** What a device that fails says about a model: nothing. @returns undefined when it is not the device's fault. */
export function deviceRefusal(
  message: string,
  cause: unknown,
  known: LoadKnown = {},
): ServiceError | undefined {
  if (WITHOUT_CUDNN.test(message)) return lackOfCudnn(cause);
  const fault = classifyFault(message);
  if (fault === undefined) return undefined;
  const reason = shortFault(message);
  if (fault === 'out-of-memory') {
    return new ServiceError('insufficient_storage', `the model does not fit into the memory: ${reason}`, {
      detail: memoryAdvice(known),
      cause,
    });
  }
  return new ServiceError('unavailable', `the device does not work: ${reason}`, {
    detail: 'See docs/operations.md, "When the GPU fails".',
    retryAfterSeconds: 10,
    cause,
  });
}

/** What the CUDA provider says at the first operator that it computes with cuDNN, which it opens no earlier. */
const WITHOUT_CUDNN = /cuDNN is (unavailable|not available)/i;

const CUDNN = ['libcudnn.so.9'];

function lackOfCudnn(cause: unknown): ServiceError {
  return new ServiceError(
    'unavailable',
    'the device can not run this model without cuDNN 9, which is not found',
    {
      detail: `For CUDA 13: ${howToGet(CUDNN, 13)} For CUDA 12: ${howToGet(CUDNN, 12)} "rerankd doctor" says which it is.`,
      cause,
    },
  );
}

/**
 * The same refusal, with the advice of one who knows more about the load.
 * @returns undefined for what is no lack of the device's memory.
 */
export function withAdvice(error: ServiceError, known: LoadKnown): ServiceError | undefined {
  if (error.type !== 'insufficient_storage' || !(error.cause instanceof Error)) return undefined;
  return deviceRefusal(error.cause.message, error.cause, known);
}

/**
 * What helps against too little memory: only what was not done yet, and what the device can do.
 * @param first what always helps
 */
export function memoryAdvice(
  { device, dtype, engines = 1, mode }: LoadKnown,
  first = 'free memory on the device',
): string {
  const advice = [first];
  if (engines > 1) advice.push('lower RERANK_ENGINES');
  const smaller = smallerDtypes(device, dtype);
  if (smaller.length > 0) advice.push(`use a smaller dtype (${smaller.join(', ')})`);
  if (mode === 'beside') advice.push('update in mode hold');
  const [last = '', ...others] = advice.toReversed();
  const text = others.length === 0 ? last : `${others.toReversed().join(', ')}, or ${last}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** On GPUs there is no int8, and on CPUs fp16 takes the memory of fp32. An export is as it is. */
function smallerDtypes(device: Device | undefined, dtype: string | undefined): string[] {
  if (device === 'cpu') return dtype === 'fp32' || dtype === 'fp16' ? ['int8'] : [];
  return device !== undefined && dtype === 'fp32' ? ['fp16'] : [];
}
