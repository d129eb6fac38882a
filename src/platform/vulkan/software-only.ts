import { access, constants, readdir } from 'node:fs/promises';
import { cardNodes, driverFiles, isSoftwareDriver } from './drivers.ts';

/** What can be seen of a machine, so that a test can have its own. */
interface MachineSeen {
  readonly platform: string;
  readonly entries: (directory: string) => Promise<readonly string[]>;
  readonly mayOpen: (path: string) => Promise<boolean>;
}

/**
 * Does Vulkan, where it works, compute on the CPU, because no driver of a card is there or no card can be opened? Known on Linux only.
 * @param env of the process that would compute.
 */
export async function isSoftwareOnly(
  env: Readonly<Record<string, string>>,
  { platform, entries, mayOpen }: MachineSeen = system,
): Promise<boolean> {
  if (platform !== 'linux') return false;
  const drivers = await driverFiles(env, entries);
  if (drivers.every(isSoftwareDriver)) return true;
  const open = await Promise.all((await cardNodes(entries)).map(mayOpen));
  return !open.includes(true);
}

const system: MachineSeen = {
  platform: process.platform,
  entries: (directory) => readdir(directory).catch(() => []),
  mayOpen: (path) =>
    access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    ),
};
