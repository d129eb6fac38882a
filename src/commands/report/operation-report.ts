import { formatComparison } from '../../model/agreement/report.ts';
import type { ChecksView, OperationView } from '../server/operation.ts';
import { field, oneLine, table } from './layout.ts';
import { probationText } from './progress-text.ts';
import { mebibytes, milliseconds } from './quantities.ts';

/**
 * What happened in an update or a rollback, for a person: plain text, no line end at the end.
 */
export function formatOperation(operation: OperationView): string {
  const { checks, warnings } = operation;
  const sections = [
    headLines(operation),
    phaseLines(operation),
    checks === null ? [] : checkLines(checks),
    checks === null ? [] : comparisonLines(checks, operation.model),
    warnings.length === 0 ? [] : ['warnings', ...warnings.map((warning) => `- ${oneLine(warning)}`)],
  ];
  return joined(sections);
}

/** The part about checks alone, for an error that brings it along. */
export function formatChecks(checks: ChecksView, model: string): string {
  return joined([checkLines(checks), comparisonLines(checks, model)]);
}

function joined(sections: readonly (readonly string[])[]): string {
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** An operation runs until its probation is over; its model serves before. */
function outcomeText({ status, phase, dry_run: isDryRun }: OperationView): string {
  if (status === 'running' && phase === 'probation') return 'succeeded; on probation';
  return isDryRun && status === 'succeeded' ? 'succeeded; nothing was swapped' : status;
}

function headLines(operation: OperationView): string[] {
  const { kind, model, dry_run: isDryRun, mode, memory, probation } = operation;
  const { lock_held_ms: lockHeldMs, held_requests: held } = operation;
  const lines = [
    field(isDryRun ? `${kind}, dry run` : kind, model),
    field('outcome', outcomeText(operation)),
  ];
  if (mode !== null) lines.push(field('mode', modeText(mode)));
  if (lockHeldMs !== null) lines.push(field('lock held', milliseconds(lockHeldMs)));
  if (held !== null) lines.push(field('requests held', String(held)));
  if (memory !== null) {
    const { before_bytes: before, after_bytes: after } = memory;
    lines.push(field('memory', `${mebibytes(before)} before, ${mebibytes(after)} after`));
    const { gpu_before_bytes: gpuBefore, gpu_after_bytes: gpuAfter } = memory;
    if (gpuBefore !== null && gpuAfter !== null) {
      lines.push(field('GPU memory', `${mebibytes(gpuBefore)} before, ${mebibytes(gpuAfter)} after`));
    }
  }
  if (probation !== null) lines.push(field('probation', probationText(probation)));
  return lines;
}

/** The reason begins with the mode, as far as servers say it that way. */
function modeText({ chosen, why }: NonNullable<OperationView['mode']>): string {
  return why.startsWith(chosen) ? why : `${chosen}: ${why}`;
}

function phaseLines({ phases }: OperationView): string[] {
  if (phases.length === 0) return [];
  const total = phases.reduce((sum, { ms }) => sum + ms, 0);
  const rows = [...phases, { phase: 'in all', ms: total }].map(({ phase, ms }) => [phase, milliseconds(ms)]);
  return table([['phase', 'time'], ...rows], ['left', 'right']);
}

function checkLines({ passed, forced, checks }: ChecksView): string[] {
  if (checks.length === 0) return [];
  const rows = checks.map(({ name, passed: isPassed, message, ms }) => [
    name,
    isPassed ? 'passed' : 'FAILED',
    ms === null ? '' : milliseconds(ms),
    message,
  ]);
  const lines = table([['check', '', 'time', ''], ...rows], ['left', 'left', 'right']);
  return !passed && forced ? [...lines, 'let through by force'] : lines;
}

function comparisonLines({ comparison, compared_with: reference }: ChecksView, candidate: string): string[] {
  if (comparison === null) return [];
  return [formatComparison(comparison, { reference: reference ?? 'the model before', candidate })];
}
