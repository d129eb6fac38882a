import { number } from '../../swap/report/table.ts';
import type { TravelFindings } from '../travel/run-travel.ts';
import { figuresOf } from '../window.ts';

/** Phases as cells, with a heading. */
export function travelCells({ windows, samples, sent }: TravelFindings): string[][] {
  const heading = ['phase', 'seconds', 'MB/s', 'requests', 'failed', 'p50 ms', 'p99 ms', 'max ms'];
  const rows = [...windows].map(([phase, window]) => {
    const { seconds, requests, failed, latencyMs } = figuresOf(samples, [window]);
    const moved = phase === 'download' || phase === 'hash' || phase === 'copy';
    return [
      phase,
      number(seconds),
      moved ? number(sent.bytes / 1e6 / seconds) : '',
      String(requests),
      String(failed),
      number(latencyMs.median),
      number(latencyMs.p99),
      number(latencyMs.max),
    ];
  });
  return [heading, ...rows];
}

/** What became of the requests, and what it took. */
export function travelSummary({
  samples,
  unanswered,
  judgement,
  peakBytes,
  report,
  sent,
}: TravelFindings): string {
  const failed = samples.filter(({ fault }) => fault !== undefined);
  const { before, after, mixed, late } = judgement;
  const examples = [...failed.slice(0, 3).map(({ fault }) => String(fault)), ...judgement.examples];
  return [
    `${number(sent.bytes / 1e9)} GB fetched; ${report.model}, ${report.mode?.chosen}: ${report.mode?.why}`,
    `${samples.length + unanswered} requests sent, ${samples.length - failed.length} answered (${before} by the old model, ` +
      `${after} by the new one), ${failed.length} failed, ${unanswered} unanswered, ${mixed} mixed up, ${late} by the old one after the swap`,
    `lock held ${number(report.lock_held_ms ?? Number.NaN)} ms, ${report.held_requests} requests waited for it`,
    `memory of the process tree: at most ${number(peakBytes.before / 2 ** 20)} MiB before, ${number(peakBytes.during / 2 ** 20)} MiB during`,
    ...examples.map((example) => `! ${example}`),
  ].join('\n');
}
