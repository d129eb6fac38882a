import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../src/errors.ts';
import { SetupError } from './errors.ts';

/**
 * Makes a folder and those above it, one after the other: Node's recursive mkdir never returns below /proc, where a folder that
 * is there takes no new one and says ENOENT.
 * @throws SetupError where one of them is a file, or can't be made.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    const info = await stat(at).catch(() => undefined);
    if (info?.isDirectory() === true) break;
    if (info !== undefined) throw new SetupError(`${at} is a file, and has to be a folder`);
    missing.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const folder of missing) {
    try {
      await mkdir(folder);
    } catch (error) {
      // Another run may have made it just now.
      const info = await stat(folder).catch(() => undefined);
      if (info?.isDirectory() !== true) {
        throw new SetupError(`the folder ${folder} can't be made: ${messageOf(error)}`, { cause: error });
      }
    }
  }
}
