import { once } from 'node:events';
import { messageOf } from '../errors.ts';
import type { OperationProgress } from './report/operation-progress.ts';
import { followOperation } from './server/follow-operation.ts';
import { type OperationView, readOperation } from './server/operation.ts';
import type { ServerClient } from './server/server-client.ts';
import type { Terminal } from './terminal.ts';

/** A server that gives up an update still has to end what it has begun. */
const CANCEL_TIMEOUT_MS = 120_000;

interface WatchOptions {
  readonly terminal: Terminal;
  /** Not given where nobody wants to see it. */
  readonly progress: OperationProgress | undefined;
  /** Waits until the probation is over. */
  readonly untilProven: boolean;
}

/** Over, but for the probation. */
export function isSettled({ status, phase }: OperationView): boolean {
  return (status !== 'waiting' && status !== 'running') || phase === 'probation';
}

/**
 * Watches an operation to its end. Ctrl-C asks the server to cancel it; while it is only on probation, Ctrl-C ends the
 * watching.
 * @returns the last report.
 */
export async function watchOperation(
  client: ServerClient,
  first: OperationView,
  { terminal, progress, untilProven }: WatchOptions,
): Promise<OperationView> {
  const { clock, stderr, interrupted } = terminal;
  const stop = new AbortController();
  let latest = first;
  const tell = (text: string): void => {
    if (progress === undefined) stderr.write(`${text}\n`);
    else progress.note(text);
  };
  const following = followOperation(client, first, {
    clock,
    signal: stop.signal,
    onReport: (operation) => {
      latest = operation;
      progress?.show(operation);
    },
    isDone: (operation) => isSettled(operation) && !(untilProven && operation.probation?.state === 'running'),
  });
  const cancelling = whenAborted(interrupted, stop.signal).then(async () => {
    if (isSettled(latest)) return latest;
    tell('asking the server to cancel (Ctrl-C again leaves without waiting) …');
    const report = await cancel(client, first.id, tell);
    return report ?? following;
  });
  try {
    return await Promise.race([following, cancelling]);
  } finally {
    stop.abort();
    progress?.stop();
  }
}

/** @returns the final report, or nothing when it was too late. */
async function cancel(
  client: ServerClient,
  id: string,
  tell: (text: string) => void,
): Promise<OperationView | undefined> {
  try {
    const path = `/update/${encodeURIComponent(id)}`;
    return readOperation(await client.ask({ method: 'DELETE', path, timeoutMs: CANCEL_TIMEOUT_MS }));
  } catch (error) {
    tell(`not cancelled: ${messageOf(error)}`);
    return undefined;
  }
}

/** Never resolves when `over` aborts first. */
async function whenAborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await once(signal, 'abort', { signal: over });
}
