import type { Findings } from '../experiment.ts';
import type { PhaseLoad } from '../load/protocol.ts';
import type { SwapMode } from '../options.ts';
import type { PhaseName } from '../phase.ts';
import { type CardMemory, cardMemory } from './card-memory.ts';
import { type MemoryGrowth, memoryGrowth } from './memory-growth.ts';

/** What is asked of a server, and what was found. */
export interface Target {
  readonly name: string;
  readonly limit: number;
  readonly measured: number;
  readonly unit: string;
  readonly met: boolean;
}

export interface Verdict {
  /** No request failed, no answer was wrong, no probe failed. */
  readonly everyAnswerRight: boolean;
  readonly memory: MemoryGrowth | undefined;
  /** undefined where there is no card, or it can't be asked. */
  readonly cardMemory: CardMemory | undefined;
  readonly targets: readonly Target[];
}

/** Asked for the shape of bge-reranker-v2-m3 on a card. */
const MOST_WINDOW_MS = 5000;

/** Holds the findings against the targets. */
export function judge(findings: Findings, mode: SwapMode = 'auto'): Verdict {
  const { load, swaps, health, loopLag } = findings;
  const failed = load.unanswered + sum(load.phases, failures);
  const wrong = sum(load.phases, (phase) => phase.wrong);
  const p99 = (phase: PhaseName): number =>
    load.phases.find((candidate) => candidate.phase === phase)?.latencyMs.p99 ?? Number.NaN;
  const memory = memoryGrowth(swaps);
  const onCard = cardMemory(findings);
  const lag = loopLag.find(({ phase }) => phase === 'during')?.p99Ms ?? Number.NaN;
  return {
    everyAnswerRight: failed === 0 && wrong === 0 && health.failures.length === 0,
    memory,
    cardMemory: onCard,
    targets: [
      atMost(0, 'failed requests', failed),
      atMost(0, 'mixed or wrong answers', wrong),
      atMost(0, 'failed health probes', health.failures.length),
      mode === 'hold'
        ? atMost(
            MOST_WINDOW_MS,
            'longest hold window',
            Math.max(...swaps.map(({ lockHeldMs }) => lockHeldMs)),
            'ms',
          )
        : atMost(1, 'longest write lock', Math.max(...swaps.map(({ lockHeldMs }) => lockHeldMs)), 'ms'),
      atMost(1.5, 'p99 during / before', p99('during') / p99('before'), '×'),
      ...(memory === undefined
        ? []
        : [atMost(5, `memory since swap ${memory.fromSwap}`, memory.growth * 100, '%')]),
      ...(onCard === undefined
        ? []
        : [atMost(2, 'card memory after the last swap', Math.abs(onCard.change) * 100, '% off')]),
      atMost(20, 'event-loop delay p99 during', lag, 'ms'),
      atMost(50, '/healthz p99', health.overall.p99, 'ms'),
    ],
  };
}

/** Requests of a phase that got no 2xx answer. */
export function failures({ non2xx, connectionErrors, timeouts }: PhaseLoad): number {
  return non2xx + connectionErrors + timeouts;
}

function atMost(limit: number, name: string, measured: number, unit = ''): Target {
  return { name, limit, measured, unit, met: measured <= limit };
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
