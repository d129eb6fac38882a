import type { Device } from '../engine/protocol.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { MachineBudget } from '../platform/machine-budget.ts';
import type { GpuWatch } from '../platform/memory/gpu-watch.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Dtype } from './model-directory.ts';

/** What all generations of one server share. */
export interface GenerationSettings {
  readonly device: Device;
  readonly dtype: Dtype;
  readonly engines: number | 'auto';
  readonly threads: number | 'auto';
  readonly maxLength: number | 'auto';
  readonly maxBatchTokens: number | 'auto';
  readonly loadTimeoutMs: number;
  readonly engineTimeoutMs: number;
  /** The whole environment of the child processes. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** Where models run on a GPU: its memory. */
  readonly gpu?: GpuWatch | undefined;
  readonly budget: MachineBudget;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
