import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Asks a process to end, as an operator does, and kills it when it is still there after so many milliseconds; with 0 at once.
 * Resolves when it has ended.
 */
export async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
  const overdue = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(overdue);
}
