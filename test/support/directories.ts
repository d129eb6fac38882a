import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The embedded models, as they lie in the repository. */
export const embeddedModels = fileURLToPath(new URL('../../models', import.meta.url));

/** A directory of its own, deleted with everything in it when it is disposed of. */
export async function scratchDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'rerankd-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Copies an embedded model to where a test may change it. @returns the copy's directory. */
export async function copyModel(name: 'demo' | 'demo-next', target: string): Promise<string> {
  await cp(join(embeddedModels, name), target, { recursive: true });
  return target;
}

/** Which private copies of models a server keeps, by their content. */
export async function copiesIn(stateDirectory: string): Promise<string[]> {
  return (await readdir(join(stateDirectory, 'models'))).toSorted();
}
