import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../../config.ts';
import { ServiceError } from '../../../errors.ts';
import { readRef } from '../../../store/hub/cache/refs.ts';
import { RepositoryFolder } from '../../../store/hub/cache/repository-folder.ts';
import { isCommit } from '../../../store/hub/hub-names.ts';
import type { HubReference } from '../../../store/hub/hub-reference.ts';
import { parseReference } from '../../../store/hub/model-reference.ts';
import { ModelRoots } from '../../../store/reference.ts';

const DEFAULT_BRANCH = 'main';

/**
 * Finds the directory of a model as a server would, but asks nobody and takes nothing.
 * @returns undefined where it would have to be fetched.
 * @throws ServiceError for a reference that can't be understood, leads outside, or has no model behind it.
 */
export async function locateModel(
  text: string,
  { modelRoots, store }: Pick<Config, 'modelRoots' | 'store'>,
): Promise<string | undefined> {
  const reference = parseReference(text);
  if (reference.source === 'manifest') return undefined;
  const inRoots = async (): Promise<string> => (await new ModelRoots(modelRoots).resolve(text)).directory;
  if (reference.source !== 'hub') return await inRoots();
  const { explicit, revision, subpath } = reference;
  const mayBeLocal = !explicit && revision === undefined && subpath === undefined;
  const found = mayBeLocal ? await inRoots().catch(ifMissing) : undefined;
  return found ?? (await inHubCache(reference, store.cacheDirectory));
}

function ifMissing(error: unknown): undefined {
  if (error instanceof ServiceError && error.type === 'model_not_found') return undefined;
  throw error;
}

async function inHubCache(
  { id, revision = DEFAULT_BRANCH, subpath = '' }: HubReference,
  cacheDirectory: string,
): Promise<string | undefined> {
  const folder = new RepositoryFolder(cacheDirectory, id);
  const commit = isCommit(revision) ? revision : await readRef(folder, revision);
  if (commit === undefined) return undefined;
  const directory = join(folder.snapshot(commit), ...subpath.split('/'));
  const info = await stat(directory).catch(() => undefined);
  return info?.isDirectory() === true ? directory : undefined;
}
