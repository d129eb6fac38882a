import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { ChildLink } from '../platform/process/child-link.ts';
import { isSoftwareOnly } from '../platform/vulkan/software-only.ts';
import { type CardSign, signOfCard } from './card-signs.ts';
import { type DeviceFailure, explainFailure } from './device-failure.ts';
import { engineEntry } from './engine.ts';
import { shortFault } from './engine-fault.ts';
import { type Device, EngineCall, type ProbeReply, type ProbeRequest } from './protocol.ts';

export interface ChooseDeviceOptions {
  readonly wanted: Device | 'auto';
  /** RERANK_GPU_FALLBACK: what `auto` may take where there is a card that does not work. */
  readonly fallback: 'none' | 'cpu';
  /** What speaks for a card on this machine. @see signOfCard */
  readonly signOfCard?: () => Promise<CardSign | undefined>;
  /** A minimal ONNX model to try the devices with. */
  readonly probeModel: Uint8Array;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What models run on. */
export interface Runtime {
  readonly device: Device;
  /** Version of ONNX Runtime. */
  readonly version: string;
  /** Set where this is not the device that was meant. */
  readonly fallback?: DeviceFallback;
}

/** The CPU serves in place of a card. */
export interface DeviceFallback {
  readonly from: Device;
  /** Why not the card. */
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The first use of a GPU driver takes seconds; a minute means that it hangs. */
const PROBE_TIMEOUT_MS = 60_000;

/**
 * Finds out which device really works, in a process of its own. `auto` takes CUDA where it works, and the CPU where nothing speaks
 * for a card, or none was set up. One that was set up and does not work is a fault, to which a server that is ten times slower
 * than meant is no answer unless somebody said so (`fallback`). WebGPU has to be asked for, because a software driver would pass for a GPU.
 * @throws ServiceError unavailable when the device that was asked for does not work.
 */
export async function chooseDevice(options: ChooseDeviceOptions): Promise<Runtime> {
  const { wanted, logger, clock } = options;
  // What the runtime prints about a missing device is in the reply, in fewer words.
  const quiet = { ...options, logger: logger.child({}, { level: 'error' }) };
  const { device, failures, runtime: version } = await probeDevices(quiet, candidatesFor(wanted));
  const [failure] = failures.toReversed();
  if (device === undefined) {
    const name = failure?.device ?? 'cpu';
    const { cause, hint } = await explainFailure(name, failure?.reason ?? '', options.env);
    throw new ServiceError(
      'unavailable',
      `RERANK_DEVICE=${wanted}, but ${name} does not work here: ${cause}`,
      { detail: hint },
    );
  }
  if (device === 'webgpu' && (await isSoftwareOnly(options.env))) {
    logger.warn(
      'RERANK_DEVICE=webgpu computes in software, on the CPU, because Vulkan reaches no card: RERANK_DEVICE=cpu is faster',
    );
  }
  if (failure === undefined) return { device, version };
  const reason = shortFault(failure.reason);
  const sign = await (options.signOfCard ?? (() => signOfCard(options.env)))();
  if (sign === undefined) {
    logger.info(
      { reason },
      `RERANK_DEVICE=auto: there is no NVIDIA card here, so that models run on the ${device}`,
    );
    return { device, version };
  }
  if (!sign.isMeant) {
    logger.warn(
      { reason },
      `RERANK_DEVICE=auto found ${sign.what}, but no CUDA provider: models run on the ${device}. "npm run setup:cuda" brings it; RERANK_DEVICE=${device} says that this is meant.`,
    );
    return { device, version };
  }
  const broken = await explainFailure(failure.device, failure.reason, options.env);
  if (options.fallback === 'none') throw brokenCard(sign.what, broken);
  logger.error(
    { reason: broken.cause },
    `RERANK_DEVICE=auto found ${sign.what}, but ${failure.device} does not work: FALLING BACK TO THE ${device.toUpperCase()}, which is many times slower (RERANK_GPU_FALLBACK=cpu)`,
  );
  return {
    device,
    version,
    fallback: { from: failure.device, reason: broken.cause, since: clock.date().toISOString() },
  };
}

function brokenCard(sign: string, { cause, hint }: DeviceFailure): ServiceError {
  return new ServiceError(
    'unavailable',
    `RERANK_DEVICE=auto found ${sign}, but cuda does not work here: ${cause}`,
    {
      detail: `${hint} To serve from the CPU: RERANK_DEVICE=cpu, or RERANK_GPU_FALLBACK=cpu to do so only while the card does not work.`,
    },
  );
}

/** What is tried, the best first. */
export function candidatesFor(wanted: Device | 'auto'): readonly Device[] {
  return wanted === 'auto' ? ['cuda', 'cpu'] : [wanted];
}

/**
 * Tries devices in their order, in a process of its own. What the runtime prints goes to the logger.
 * @throws CallFailed or ChildLost when that process can't even load ONNX Runtime.
 */
export async function probeDevices(
  options: Omit<ChooseDeviceOptions, 'wanted' | 'fallback' | 'signOfCard'>,
  devices: readonly Device[],
  unwanted: AbortSignal = new AbortController().signal,
): Promise<ProbeReply> {
  const request: ProbeRequest = { devices, modelBase64: Buffer.from(options.probeModel).toString('base64') };
  const payload = Buffer.from(JSON.stringify(request));
  const { link, reply } = await ChildLink.launch(
    { ...options, name: 'device-probe', entry: engineEntry },
    { kind: EngineCall.probe, payload, timeoutMs: PROBE_TIMEOUT_MS },
    unwanted,
  );
  link.kill('the devices are known');
  await link.lost;
  return JSON.parse(reply.toString()) as ProbeReply;
}
