import type { GraphDtype } from '../../graph/plan-model.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { MachineBudget } from '../../platform/machine-budget.ts';
import type { Processor } from '../../platform/processor.ts';
import type { CompiledCache } from '../../store/compiled-cache.ts';

/** What compiling a checkpoint needs to know and to have. */
export interface CompileSettings {
  readonly cache: CompiledCache;
  readonly processor: Processor;
  readonly budget: MachineBudget;
  readonly childEnv: Readonly<Record<string, string>>;
  /** For each step of it. */
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told the share that is done, 0 to 1, of compiling to a dtype. */
  readonly onProgress?: (dtype: GraphDtype, share: number) => void;
}
