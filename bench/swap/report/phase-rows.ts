import type { Spread } from '../../../scripts/measuring/statistics.ts';
import type { Findings } from '../experiment.ts';
import type { PhaseLoad } from '../load/protocol.ts';
import { isMeasured } from '../phase.ts';
import type { LoopLag } from '../watch/loop-lag.ts';
import { failures } from './judge.ts';
import { number } from './table.ts';

/** All that is known about one phase: a column of the table. */
interface Column {
  readonly load: PhaseLoad;
  readonly health: Spread | undefined;
  readonly lag: LoopLag | undefined;
  /** How much slower the slowest answers are than before the swaps. */
  readonly slowdown: number;
}

/** What the clients, the probes and the server saw, one column a phase. */
export function phaseRows(findings: Findings): string[][] {
  const columns = columnsOf(findings);
  const row = (name: string, valueOf: (column: Column) => number | undefined): string[] => [
    name,
    ...columns.map((column) => number(valueOf(column) ?? Number.NaN)),
  ];
  return [
    ['', ...columns.map(({ load }) => load.phase)],
    row('seconds', ({ load }) => load.seconds),
    row('requests', ({ load }) => load.answers),
    row('  failed', ({ load }) => failures(load)),
    row('  mixed or wrong', ({ load }) => load.wrong),
    row('requests/s', ({ load }) => load.answers / load.seconds),
    row('latency p50, ms', ({ load }) => load.latencyMs.median),
    row('latency p99, ms', ({ load }) => load.latencyMs.p99),
    row('latency max, ms', ({ load }) => load.latencyMs.max),
    row('p99 / p99 before', ({ slowdown }) => slowdown),
    row('/healthz p50, ms', ({ health }) => health?.median),
    row('/healthz p99, ms', ({ health }) => health?.p99),
    row('/healthz max, ms', ({ health }) => health?.max),
    row('event-loop delay p50, ms', ({ lag }) => lag?.medianMs),
    row('event-loop delay p99, ms', ({ lag }) => lag?.p99Ms),
    row('event-loop delay max, ms', ({ lag }) => lag?.maxMs),
    row('load generator busy, %', ({ load }) => load.generatorBusy * 100),
  ];
}

function columnsOf({ load, health, loopLag }: Findings): Column[] {
  const measured = load.phases.filter(({ phase }) => isMeasured(phase));
  const before = measured[0]?.latencyMs.p99 ?? Number.NaN;
  return measured.map((column) => ({
    load: column,
    health: health.phases.find(({ phase }) => phase === column.phase)?.latencyMs,
    lag: loopLag.find(({ phase }) => phase === column.phase),
    slowdown: column.latencyMs.p99 / before,
  }));
}
