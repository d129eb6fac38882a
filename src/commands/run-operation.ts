import { CommandError } from './command-error.ts';
import { oneLine } from './report/layout.ts';
import { OperationProgress } from './report/operation-progress.ts';
import { formatChecks, formatOperation } from './report/operation-report.ts';
import type { ServerAddress } from './server/address.ts';
import { Refusal } from './server/failures.ts';
import { type OperationView, readChecks } from './server/operation.ts';
import { ServerClient } from './server/server-client.ts';
import { startOperation } from './server/start-operation.ts';
import type { Terminal } from './terminal.ts';
import { isSettled, watchOperation } from './watch-operation.ts';

interface Wish {
  readonly path: '/update' | '/rollback';
  readonly body: object;
  /** What the person asked for, for messages. */
  readonly title: string;
  /** Prints the final report as JSON, and nothing else. */
  readonly json: boolean;
  /** Waits until the probation is over. */
  readonly follow: boolean;
}

/**
 * Has a server carry out an operation, watches it, and prints the report.
 * @throws CommandError when it did not succeed.
 */
export async function runOperation(address: ServerAddress, wish: Wish, terminal: Terminal): Promise<void> {
  const { clock, stdout, stderr } = terminal;
  const client = new ServerClient(address, clock);
  const progress = wish.json ? undefined : new OperationProgress(stderr, clock);
  try {
    const first = await startOperation(client, wish.path, wish.body, clock);
    progress?.note(`${wish.title}: operation ${oneLine(first.id)}`);
    const watching = { terminal, progress, untilProven: wish.follow };
    const last = await watchOperation(client, first, watching);
    stdout.write(`${wish.json ? JSON.stringify(last.received, null, 2) : formatOperation(last)}\n`);
    conclude(last, address, progress);
  } catch (error) {
    if (error instanceof Refusal) printRefusal(error, wish, stdout);
    throw error;
  }
}

function conclude(
  operation: OperationView,
  { flags }: ServerAddress,
  progress: OperationProgress | undefined,
): void {
  const { probation, status, kind, error } = operation;
  const isGood = isSettled(operation) && (status === 'succeeded' || status === 'running');
  if (!isGood)
    throw new CommandError(`the ${kind} ${outcomeOf(operation)}`, error ? oneLine(error) : undefined);
  if (probation?.state === 'rolled_back') {
    const reason = probation.reason === null ? undefined : oneLine(probation.reason);
    throw new CommandError(
      `${oneLine(operation.model)} did not stand its probation; the old model is back`,
      reason,
    );
  }
  if (probation?.state === 'running') {
    const rest = `${probation.requests_wanted} requests or ${Math.ceil(probation.seconds_left)} s`;
    progress?.note(`The new model is on probation for ${rest}. "rerankd rollback${flags}" goes back.`);
  }
}

function outcomeOf({ status, checks }: OperationView): string {
  if (status === 'superseded') return 'was superseded by a newer one';
  const isRejected = checks !== null && !checks.passed && !checks.forced;
  const outcome = status === 'cancelled' ? 'was cancelled' : isRejected ? 'was rejected' : 'failed';
  return `${outcome}; the model that served keeps serving`;
}

/** An error answer may bring the checks along that were not passed. */
function printRefusal({ answer }: Refusal, { json, title }: Wish, stdout: Terminal['stdout']): void {
  const checks = readChecks(answer.body);
  if (json && answer.body !== undefined) stdout.write(`${JSON.stringify(answer.body, null, 2)}\n`);
  else if (!json && checks !== undefined) stdout.write(`${formatChecks(checks, title)}\n`);
}
