import { childEnvironment } from '../../../src/child-environment.ts';
import { completeLibraryPath } from '../../../src/platform/cuda/complete-library-path.ts';
import { prefixOf } from '../../../src/platform/cuda/other-folders.ts';

/**
 * Names the folders of CUDA's libraries in this process's LD_LIBRARY_PATH, from where all of its children have it: the engines of
 * a bench are started without a server, which would find them by itself.
 * @param python whose packages are looked at before those of VIRTUAL_ENV
 */
export async function completeOwnLibraryPath(python: string | undefined): Promise<void> {
  const env = childEnvironment(process.env);
  const own = python?.includes('/') === true ? { VIRTUAL_ENV: prefixOf(python) } : {};
  const { env: completed, added } = await completeLibraryPath({ ...env, ...own });
  if (added.length > 0) process.env['LD_LIBRARY_PATH'] = completed['LD_LIBRARY_PATH'];
}
