import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DayPart } from './plan.ts';

export interface PartRun {
  readonly limitMs: number;
  /** All that it says is appended, and shown. */
  readonly logFile: string;
  readonly signal: AbortSignal;
}

export interface PartOutcome {
  readonly outcome: 'ended' | 'cut off' | 'not started';
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly seconds: number;
}

/** Benches end their servers on SIGTERM. */
const GRACE_MS = 6_000;

/** When all its processes have ended, what they said last is there at once. One that left the group may hold the pipe open. */
const LAST_WORDS_MS = 1_000;

/** Runs a part in a process group of its own, so that nothing of it is left when its time is over. Never rejects. */
export async function runPart(part: DayPart, { limitMs, logFile, signal }: PartRun): Promise<PartOutcome> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const child = spawn(part.command, part.arguments, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log.write(chunk);
      process.stdout.write(chunk);
    });
  }
  try {
    await once(child, 'spawn');
  } catch (error) {
    log.end(`${(error as Error).message}\n`);
    return { outcome: 'not started', exitCode: null, seconds: seconds() };
  }
  const gone = once(child, 'exit') as Promise<[number | null]>;
  const silent = once(child, 'close');
  let isCutOff = false;
  let kill: NodeJS.Timeout | undefined;
  const end = (): void => {
    isCutOff = true;
    endGroup(child.pid, 'SIGTERM');
    kill ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const overdue = setTimeout(end, Math.max(0, limitMs - GRACE_MS));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const [exitCode] = await gone;
  clearTimeout(overdue);
  clearTimeout(kill);
  signal.removeEventListener('abort', end);
  // Whoever outlived its parent would be measured with the next part.
  endGroup(child.pid, 'SIGKILL');
  await Promise.race([silent, delay(LAST_WORDS_MS)]);
  child.stdout.destroy();
  child.stderr.destroy();
  await new Promise((resolve) => {
    log.end(resolve);
  });
  return { outcome: isCutOff ? 'cut off' : 'ended', exitCode, seconds: seconds() };
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has no process any more.
  }
}
