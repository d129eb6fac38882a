import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** @returns the absolute path when `reference` is the path of a directory of this machine. */
export async function directoryAt(reference: string): Promise<string | undefined> {
  const path = resolve(reference);
  const info = await stat(path).catch(() => undefined);
  return info?.isDirectory() ? path : undefined;
}
