import { lstat, readFile } from 'node:fs/promises';
import { messageOf, ServiceError } from '../../errors.ts';
import type { ServedModel } from '../../store/retention/store-inventory.ts';
import { stateSchema } from './serving-state.ts';
import { StateFile } from './state-file.ts';

const MAX_BYTES = 2 ** 20;

/**
 * What the server of a state directory serves, served before, and may go back to, by `.last_good_model`. Unlike a server at its
 * start, this touches nothing: one may be running.
 * @throws ServiceError unavailable when there is such a file that can't be read: then nobody knows what may be deleted.
 */
export async function servedModels(stateDirectory: string): Promise<readonly ServedModel[]> {
  const { path } = new StateFile(stateDirectory);
  const text = await readIfThere(path);
  if (text === undefined) return [];
  try {
    const { model, digest, previous, history } = stateSchema.parse(JSON.parse(text));
    const named = [
      { model, digest, role: 'active' as const },
      ...(previous === null ? [] : [{ ...previous, role: 'previous' as const }]),
      ...history.map((entry) => ({ ...entry, role: 'history' as const })),
    ];
    return named.map((entry) => ({ digest: entry.digest, reference: entry.model, role: entry.role }));
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    if ((await lstat(path)).size > MAX_BYTES) throw new Error('it is too large');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw unreadable(path, messageOf(error), error);
  }
}

function unreadable(path: string, why: string, cause: unknown): ServiceError {
  return new ServiceError(
    'unavailable',
    `${path} can't be read, so nobody knows which models a server needs: ${why.replaceAll(/\s+/g, ' ')}`,
    { detail: 'The next start of the server puts it aside and takes the copy from before.', cause },
  );
}
