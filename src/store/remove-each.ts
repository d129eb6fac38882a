import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Is told of what can't be deleted: it belongs to somebody else, or is still in use over a network. */
export type OnStuck = (path: string, error: unknown) => void;

/** Deletes entries of a directory. One that can't be deleted keeps none of the others. */
export async function removeEach(
  directory: string,
  entries: readonly string[],
  onStuck: OnStuck,
): Promise<void> {
  for (const entry of entries) {
    const path = join(directory, entry);
    await rm(path, { recursive: true, force: true }).catch((error) => onStuck(path, error));
  }
}
