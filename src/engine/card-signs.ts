import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bindingDirectory, PROVIDER } from '../platform/cuda/provider-files.ts';

/** What can be seen of the file system, so that a test can have its own. */
export interface FilesSeen {
  /** Names in a directory; none where there is no such directory. */
  names(directory: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
}

/** What speaks for an NVIDIA card on this machine, whether or not it works. */
export interface CardSign {
  readonly what: string;
  /** Somebody has installed the CUDA provider: models were meant to run on a card. */
  readonly isMeant: boolean;
}

/**
 * Looks for an NVIDIA card, its driver and the CUDA provider.
 * @param env of the engine processes. `CUDA_VISIBLE_DEVICES` that is empty or negative hides every card, on purpose.
 * @returns what says most, or nothing.
 */
export async function signOfCard(
  env: Readonly<Record<string, string>>,
  files: FilesSeen = system,
): Promise<CardSign | undefined> {
  const visible = env['CUDA_VISIBLE_DEVICES']?.trim();
  if (visible === '' || visible?.startsWith('-') === true) return undefined;
  const provider = join(bindingDirectory(process.platform, process.arch), PROVIDER);
  if (await files.exists(provider)) return { what: `the CUDA provider (${provider})`, isMeant: true };
  const device = (await files.names('/dev')).find((name) => /^nvidia\d+$/.test(name));
  if (device !== undefined) return { what: `the card /dev/${device}`, isMeant: false };
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  for (const folder of folders) {
    const tool = join(folder, 'nvidia-smi');
    if (await files.exists(tool)) return { what: `the NVIDIA driver (${tool})`, isMeant: false };
  }
  return undefined;
}

const system: FilesSeen = {
  names: (directory) => readdir(directory).catch(() => []),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
};
