import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROVIDER, providerDirectory } from '../platform/cuda/provider-files.ts';
import { hidesEveryCard } from '../platform/cuda/visible-devices.ts';

/** What can be seen of a machine, so that a test can have its own. */
export interface MachineSeen {
  readonly platform: string;
  readonly arch: string;
  /** Names in a directory; none where there is no such directory. */
  readonly names: (directory: string) => Promise<readonly string[]>;
  readonly exists: (path: string) => Promise<boolean>;
}

/** What speaks for an NVIDIA card on this machine, whether or not it works. */
export interface CardSign {
  readonly what: string;
  /** Somebody has installed the CUDA provider: models were meant to run on a card. */
  readonly isMeant: boolean;
}

/**
 * Looks for an NVIDIA card, its driver and the CUDA provider.
 * @param env of the engine processes. `CUDA_VISIBLE_DEVICES` may hide every card, on purpose.
 * @returns what says most, or nothing.
 */
export async function signOfCard(
  env: Readonly<Record<string, string>>,
  machine: MachineSeen = system,
): Promise<CardSign | undefined> {
  if (hidesEveryCard(env['CUDA_VISIBLE_DEVICES'])) return undefined;
  const directory = await providerDirectory(machine, env['LD_LIBRARY_PATH'], machine.names);
  const provider = join(directory, PROVIDER);
  if (await machine.exists(provider)) return { what: `the CUDA provider (${provider})`, isMeant: true };
  const what = await seenCard(env, machine);
  return what === undefined ? undefined : { what, isMeant: false };
}

/** An NVIDIA card or its driver, for people; what is installed for one does not count. None where all are hidden. */
export async function seenCard(
  env: Readonly<Record<string, string>>,
  machine: Pick<MachineSeen, 'names' | 'exists'> = system,
): Promise<string | undefined> {
  if (hidesEveryCard(env['CUDA_VISIBLE_DEVICES'])) return undefined;
  const device = (await machine.names('/dev')).find((name) => /^nvidia\d+$/.test(name));
  if (device !== undefined) return `the card /dev/${device}`;
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  for (const folder of folders) {
    const tool = join(folder, 'nvidia-smi');
    if (await machine.exists(tool)) return `the NVIDIA driver (${tool})`;
  }
  return undefined;
}

const system: MachineSeen = {
  platform: process.platform,
  arch: process.arch,
  names: (directory) => readdir(directory).catch(() => []),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
};
