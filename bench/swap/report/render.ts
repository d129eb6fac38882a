import type { Findings } from '../experiment.ts';
import type { SwapOptions } from '../options.ts';
import type { Served } from '../server/server-api.ts';
import type { Target, Verdict } from './judge.ts';
import { phaseRows } from './phase-rows.ts';
import { cardMemoryRows, memoryRows, recoveryRows, swapRows } from './swap-rows.ts';
import { number, renderTable } from './table.ts';

/** Enough to see a pattern. */
const MAX_PROBE_EXAMPLES = 5;

/** The whole report as text. */
export function renderReport(options: SwapOptions, findings: Findings, verdict: Verdict): string {
  const { swaps, recoveriesMs } = findings;
  const oddities = examples(findings);
  return [
    headline(options, findings.served),
    renderTable(phaseRows(findings)),
    renderTable(swapRows(swaps)),
    renderTable(memoryRows(verdict.memory)),
    ...(verdict.cardMemory === undefined ? [] : [renderTable(cardMemoryRows(verdict.cardMemory))]),
    ...(recoveriesMs.length > 0 ? [renderTable(recoveryRows(recoveriesMs))] : []),
    ...(oddities.length > 0 ? [`What went wrong, for example:\n  ${oddities.join('\n  ')}\n`] : []),
    renderTable(verdict.targets.map(targetRow)),
  ].join('\n');
}

function headline(options: SwapOptions, { device, dtype }: Served): string {
  const { models, swaps, connections, ratePerSecond, mode, size, isDryRun } = options;
  const pace = ratePerSecond === 0 ? 'closed loop' : `${ratePerSecond} requests/s`;
  const dry = isDryRun ? 'DRY RUN: the card computes nothing, no figure below means anything\n' : '';
  const names = size === undefined ? models.join(' ⇄ ') : `two XLM-RoBERTa ${size}`;
  return `${dry}${names} on ${device} in ${dtype}, ${mode}: ${swaps} swaps under ${connections} connections, ${pace}\n`;
}

function examples({ load, health }: Findings): string[] {
  const probes = health.failures.slice(0, MAX_PROBE_EXAMPLES).map((failure) => `/healthz ${failure}`);
  return [...load.examples, ...probes];
}

function targetRow({ name, limit, measured, unit, met }: Target): string[] {
  return [`${met ? '✓' : '✗'} ${name}`, number(measured), `≤ ${limit}`, unit];
}
