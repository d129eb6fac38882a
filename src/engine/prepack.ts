import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { ChildLink } from '../platform/process/child-link.ts';
import { engineEntry } from './engine.ts';
import { EngineCall, type PrepackRequest } from './protocol.ts';

export interface PrepackOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeoutMs: number;
}

/** A background job: whatever serves goes first. */
const PREPACK_NICENESS = 10;

/**
 * Has ONNX Runtime load a model for the CPU and save it with its packed weights, in a process of its own.
 * @throws CallFailed when it refuses the model; ChildLost when the process ends.
 */
export async function prepack(
  request: PrepackRequest,
  options: PrepackOptions,
  signal: AbortSignal,
): Promise<void> {
  const payload = Buffer.from(JSON.stringify(request));
  const { link } = await ChildLink.launch(
    { ...options, name: 'prepack', niceness: PREPACK_NICENESS, entry: engineEntry },
    { kind: EngineCall.prepack, payload, timeoutMs: options.timeoutMs },
    signal,
  );
  link.kill('the weights are packed');
  await link.lost;
}
