import { middleOf } from '../../../scripts/measuring/statistics.ts';
import { number } from '../../swap/report/table.ts';
import type { SliceName } from '../download/rounds.ts';
import type { DownloadFindings } from '../download/run-download.ts';
import type { ThreadShares } from '../thread-watch.ts';
import { figuresOf, type WindowFigures } from '../window.ts';

const SLICES: readonly (readonly [SliceName, string])[] = [
  ['alone', 'load alone'],
  ['download', 'download'],
  ['sink', 'hub to nowhere'],
  ['hash', 'then: hash'],
  ['copy', 'then: copy'],
  ['verify', 'then: verify'],
  ['compile', 'then: compile'],
];

export interface DownloadRow extends WindowFigures {
  readonly slice: SliceName;
  /** p99 against that of the load alone, of the same round: one value a round. */
  readonly againstAlone: readonly number[];
  /** Of the server's main thread. */
  readonly thread: ThreadShares;
}

/** One row for each kind of slice that there was. */
export function downloadRows({ rounds, samples, thread }: DownloadFindings): DownloadRow[] {
  return SLICES.flatMap(([slice]) => {
    const having = rounds.filter(({ windows }) => windows[slice] !== undefined);
    if (having.length === 0) return [];
    const p99Of = (name: SliceName, round: (typeof rounds)[number]): number => {
      const window = round.windows[name];
      return window === undefined ? Number.NaN : figuresOf(samples, [window]).latencyMs.p99;
    };
    const windows = having.flatMap((round) => round.windows[slice] ?? []);
    return {
      slice,
      ...figuresOf(samples, windows),
      againstAlone: having.map((round) => p99Of(slice, round) / p99Of('alone', round)),
      thread: thread.shares(windows),
    };
  });
}

/** The rows as cells, with a heading. */
export function downloadCells(findings: DownloadFindings): string[][] {
  const speed = middleOf(findings.rounds.map(({ bytesPerSecond }) => bytesPerSecond / 1e6)).median;
  const limit = findings.limit === undefined ? 'no limit' : `limit ${findings.limit} MB/s`;
  const heading = [
    `${limit}, ${number(speed)} MB/s came`,
    'seconds',
    'requests',
    'failed',
    'p50 ms',
    'p99 ms',
    'max ms',
    'p99 against alone',
    'main thread ran',
    'waited',
  ];
  const rows = downloadRows(findings).map(
    ({ slice, seconds, requests, failed, latencyMs, againstAlone, thread }) => [
      nameOf(slice),
      number(seconds),
      String(requests),
      String(failed),
      number(latencyMs.median),
      number(latencyMs.p99),
      number(latencyMs.max),
      ratio(againstAlone),
      percent(thread.ran),
      percent(thread.waited),
    ],
  );
  return [heading, ...rows];
}

function percent(share: number): string {
  return `${number(share * 100)} %`;
}

function ratio(values: readonly number[]): string {
  const { median, least, most } = middleOf(values);
  return `${number(median)} (${number(least)}–${number(most)})`;
}

function nameOf(slice: SliceName): string {
  return SLICES.find(([name]) => name === slice)?.[1] ?? slice;
}
