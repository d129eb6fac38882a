import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** What a run works in: on the file system of the target, so that renaming is all that is left to do. */
const PREFIX = '.setup-cuda-';

/** A run that works writes: where nothing was written for so long, it was killed. */
const STALE_MS = 3_600_000;

/** A folder to work in, that says whose it is. */
export async function makeStaging(directory: string): Promise<string> {
  return await mkdtemp(join(directory, `${PREFIX}${await processSpace()}-${process.pid}-`));
}

/** Deletes what runs left behind that were killed. */
export async function clearLeftovers(directory: string, now: Date): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(PREFIX));
  const space = await processSpace();
  for (const name of names) {
    const path = join(directory, name);
    const [, whose, pid] = /^\.setup-cuda-([\da-f]{12})-(\d+)-/.exec(name) ?? [];
    const isGone = whose === space && !isRunning(Number(pid));
    if (isGone || now.getTime() - (await lastWritten(path)) > STALE_MS)
      await rm(path, { recursive: true, force: true });
  }
}

/** Where a process id means the same process: this machine, and this container on it. */
async function processSpace(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 12);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Of a folder or a file in it, in ms since the epoch: a download changes its file only. */
async function lastWritten(path: string): Promise<number> {
  const names = await readdir(path).catch(() => []);
  const paths = [path, ...names.map((name) => join(path, name))];
  const times = await Promise.all(
    paths.map((each) =>
      stat(each).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}
