import type { Config } from './config.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import { visibilityOf } from './platform/memory/gpu/choose-card.ts';
import { nvidiaSmi, type RunNvidiaSmi } from './platform/memory/gpu/nvidia-smi.ts';
import { readGpuMemory } from './platform/memory/gpu-memory.ts';
import { GpuWatch } from './platform/memory/gpu-watch.ts';

export interface GpuWatchParts {
  /** The environment of the engines, which says what cards they see. */
  readonly childEnv: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Nothing is asked before a model is loaded on a GPU. */
export function openGpuWatch(
  device: Config['device'],
  { childEnv, clock, logger }: GpuWatchParts,
): GpuWatch | undefined {
  if (device === 'cpu') return undefined;
  const ask = nvidiaSmi(childEnv);
  const visible = visibilityOf(device, childEnv);
  let cardUuid: string | undefined;
  return new GpuWatch({
    read: async (pids, { onProblem, patienceMs }) => {
      const run: RunNvidiaSmi = (args) => ask(args, patienceMs);
      const memory = await readGpuMemory(pids, { run, visible, cardUuid, onProblem });
      // A card that is gone is looked for anew.
      cardUuid = memory?.cardUuid;
      return memory;
    },
    clock,
    logger,
  });
}
