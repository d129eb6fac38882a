import type { Config } from './config.ts';
import { completeLibraryPath } from './platform/cuda/complete-library-path.ts';
import type { Logger } from './platform/logger.ts';

/** The environment of engines, with the folders of CUDA's libraries, where only Python or a toolkit has them. */
export async function findChildLibraries(
  env: Readonly<Record<string, string>>,
  device: Config['device'],
  logger: Logger,
): Promise<Readonly<Record<string, string>>> {
  if (device === 'cpu' || device === 'webgpu') return env;
  const { env: completed, added } = await completeLibraryPath(env);
  if (added.length > 0)
    logger.info(
      { folders: added },
      "the linker does not find CUDA's libraries by itself: engines get LD_LIBRARY_PATH with the folders that have them",
    );
  return completed;
}
