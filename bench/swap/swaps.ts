import { performance } from 'node:perf_hooks';
import { type TreeMemory, treeMemory } from '../../scripts/measuring/process-tree.ts';
import type { OperationReport, ServerApi } from './server/server-api.ts';

/** One swap, as an operator sees it. */
export interface Swap {
  /** From POST /update to its answer: the old model is gone by then. */
  readonly totalMs: number;
  /** Milliseconds by phase of the update. */
  readonly phases: Readonly<Record<string, number>>;
  readonly lockHeldMs: number;
  /** Right after the swap. */
  readonly memory: TreeMemory | undefined;
  /** Memory in use on the card, by all processes; NaN where there is none. */
  readonly cardBytes: number;
}

export interface SwapPlan {
  readonly count: number;
  /** The second is the target of the first swap. */
  readonly models: readonly [string, string];
  readonly serverPid: number;
  /** What is in use on the card now. */
  readonly cardBytes: () => Promise<number>;
  readonly onSwap: (done: number) => void;
}

/** Swaps back and forth, one after the other. @throws Error when an update fails. */
export async function swapBackAndForth(api: ServerApi, plan: SwapPlan): Promise<Swap[]> {
  const swaps: Swap[] = [];
  while (swaps.length < plan.count) {
    const target = swaps.length % 2 === 0 ? plan.models[1] : plan.models[0];
    const startedAt = performance.now();
    const operation = await api.update(target);
    const totalMs = performance.now() - startedAt;
    swaps.push({
      totalMs,
      ...summarize(operation),
      memory: await treeMemory(plan.serverPid),
      cardBytes: await plan.cardBytes(),
    });
    plan.onSwap(swaps.length);
  }
  return swaps;
}

function summarize({ phases, lock_held_ms }: OperationReport): Pick<Swap, 'phases' | 'lockHeldMs'> {
  return {
    phases: Object.fromEntries(phases.map(({ phase, ms }) => [phase, ms])),
    lockHeldMs: lock_held_ms ?? Number.NaN,
  };
}
