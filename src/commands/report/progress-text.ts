import type { OperationView, ProbationView } from '../server/operation.ts';
import { mebibytesOf, timeSpan } from './quantities.ts';

/** How far an operation is in its phase. */
export type ProgressView = Omit<NonNullable<OperationView['progress']>, 'doing'>;

/** What an operation does just now, in a word or two. */
export function phaseText(
  operation: Pick<OperationView, 'status' | 'phase' | 'probation' | 'progress'>,
): string {
  if (operation.status === 'waiting') return 'waits for the running operation';
  if (isOnProbation(operation)) return 'probation';
  const { phase, progress } = operation;
  return progress?.doing == null ? phase : `${phase} (${progress.doing})`;
}

/** How far it is in what `phaseText` says; null where it does not tell. */
export function progressOf(operation: OperationView): ProgressView | null {
  const { probation, progress } = operation;
  if (probation === null || !isOnProbation(operation)) return progress;
  return { done: probation.requests, total: probation.requests_wanted, unit: 'requests' };
}

/** The operation is over by then, and its model is still watched. */
function isOnProbation({ status, probation }: Pick<OperationView, 'status' | 'probation'>): boolean {
  return status === 'succeeded' && probation?.state === 'running';
}

/**
 * How far it is, in the words of its unit: `12.3 of 45.6 MiB, 7.8 MiB/s, 4 s left`, `12 of 54 queries`.
 * @param perSecond of the unit, as far as it is known
 */
export function progressText({ done, total, unit }: ProgressView, perSecond?: number): string {
  const isBytes = unit === 'bytes';
  const parts = [isBytes ? mebibytesOf(done, total) : `${done} of ${total} ${unit}`];
  if (perSecond !== undefined && perSecond > 0) {
    if (isBytes) parts.push(`${(perSecond / 2 ** 20).toFixed(1)} MiB/s`);
    if (done < total) parts.push(`${timeSpan((total - done) / perSecond)} left`);
  }
  return parts.join(', ');
}

/** 0 to 1; nothing where the total is not known. */
export function shareOf({ done, total }: ProgressView): number | undefined {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : undefined;
}

const PROBATION_STATES: Readonly<Record<ProbationView['state'], string>> = {
  running: 'running',
  passed: 'passed',
  rolled_back: 'rolled back',
  ended: 'ended before its time',
};

/** How a model does on probation. */
export function probationText(probation: ProbationView): string {
  const { state, requests, requests_wanted: wanted, seconds_left: seconds, reason } = probation;
  const parts = [`${PROBATION_STATES[state]}: ${requests} of ${wanted} requests`];
  if (state === 'running') parts.push(`${timeSpan(seconds)} left`);
  return reason === null ? parts.join(', ') : `${parts.join(', ')}; ${reason}`;
}
