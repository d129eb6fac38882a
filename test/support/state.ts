import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file that tells a server what to start with. */
export function statePath(stateDirectory: string): string {
  return join(stateDirectory, '.last_good_model');
}

/** What `.last_good_model` says, or undefined while there is none. */
export async function readState(stateDirectory: string): Promise<Record<string, unknown> | undefined> {
  try {
    return JSON.parse(await readFile(statePath(stateDirectory), 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Changes some of its fields while no server runs. */
export async function patchState(stateDirectory: string, fields: object): Promise<void> {
  const state = { ...(await readState(stateDirectory)), ...fields };
  await writeFile(statePath(stateDirectory), JSON.stringify(state));
}
