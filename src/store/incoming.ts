import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beginRemoval } from './removal.ts';

const PREFIX = '.incoming-';

/** Names that this process is filling now. */
const underway = new Set<string>();

/**
 * Lends a directory that is filled and then renamed. Whatever is left of it afterwards is deleted.
 * @param fill must create it
 */
export async function withIncoming<T>(root: string, fill: (directory: string) => Promise<T>): Promise<T> {
  const name = `${PREFIX}${process.pid}-${randomUUID()}`;
  const directory = join(root, name);
  underway.add(name);
  try {
    return await fill(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
    underway.delete(name);
  }
}

/** Another process may be doing the same at the same time, but not for ever. */
const MAX_ROUNDS = 5;

/**
 * Gives a filled directory its name. Of several processes that bring the same, the first one wins, and the others take what is
 * there; what is there and not whole makes room, in one step, so that nobody ever finds a half of it.
 * @param isWhole whether what has the name now can be used
 * @throws an error of the file system.
 */
export async function adopt(
  incoming: string,
  directory: string,
  isWhole: () => Promise<boolean>,
): Promise<void> {
  for (let round = 1; ; round++) {
    if (await isWhole()) return;
    const broken = await beginRemoval([directory]);
    await broken.finish();
    try {
      return await rename(incoming, directory);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (round === MAX_ROUNDS || !['ENOTEMPTY', 'EEXIST'].includes(code)) throw error;
    }
  }
}

/** True for a directory that is being filled, or was once. */
export function isIncoming(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** True for what an interrupted run left behind. A command that compiles beside the server must not lose its work. */
export function isAbandoned(name: string): boolean {
  if (underway.has(name)) return false;
  const pid = Number.parseInt(name.slice(PREFIX.length), 10);
  // In a container every run is process 1.
  if (Number.isNaN(pid) || pid === process.pid) return true;
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}
