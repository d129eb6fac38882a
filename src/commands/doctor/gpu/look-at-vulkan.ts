import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { findLibraries, type LibraryFolders } from '../../../platform/cuda/library-search.ts';
import type { Patient } from '../check.ts';
import type { Machine } from '../machine.ts';
import { libraryFolders } from './look-at-cuda.ts';
import type { VulkanDriver, VulkanFacts } from './webgpu.ts';

/** Where the loader looks (LoaderDriverInterface.md, "Linux Driver Discovery"), besides the folders of a desktop's user. */
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

const LOADER = 'libvulkan.so.1';

const manifest = z.object({ ICD: z.object({ library_path: z.string() }) });

/** Gathers what there is to know about Vulkan. */
export async function lookAtVulkan(patient: Patient): Promise<VulkanFacts> {
  const { machine } = patient;
  const folders = libraryFolders(patient);
  const paths = await driverFiles(patient);
  const [loader, drivers, nodes] = await Promise.all([
    findLibraries([LOADER], folders),
    Promise.all(paths.map((path) => lookAtDriver(machine, folders, path))),
    deviceNodes(machine),
  ]);
  return { platform: machine.platform, hasLoader: loader.missing.length === 0, drivers, nodes };
}

/** Those that are named replace those of the folders. */
async function driverFiles({ machine, config }: Patient): Promise<readonly string[]> {
  const env = config.childEnv;
  const named = listed(env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES']);
  if (named.length > 0) return named;
  const found = await Promise.all(
    DRIVER_FOLDERS.map(async (folder) => (await machine.entries(folder)).map((name) => join(folder, name))),
  );
  return [...listed(env['VK_ADD_DRIVER_FILES']), ...found.flat()].filter((path) => path.endsWith('.json'));
}

/** Of a variable with paths. */
function listed(text = ''): string[] {
  return text.split(':').filter((path) => path !== '');
}

async function lookAtDriver(machine: Machine, folders: LibraryFolders, path: string): Promise<VulkanDriver> {
  const text = await machine.readText(path);
  if (text === undefined) return { path, missing: 'the file' };
  const library = libraryOf(text);
  if (library === undefined) return { path, missing: undefined };
  const isThere = library.includes('/')
    ? !isAbsolute(library) || (await machine.info(library)) !== undefined
    : (await findLibraries([library], folders)).missing.length === 0;
  return { path, missing: isThere ? undefined : library };
}

function libraryOf(text: string): string | undefined {
  try {
    return manifest.safeParse(JSON.parse(text)).data?.ICD.library_path;
  } catch {
    return undefined;
  }
}

async function deviceNodes(machine: Machine): Promise<VulkanFacts['nodes']> {
  const [dri, dev] = await Promise.all(['/dev/dri', '/dev'].map(machine.entries));
  const paths = [
    ...(dri ?? []).filter((name) => name.startsWith('renderD')).map((name) => join('/dev/dri', name)),
    // dxg is the card of the host under WSL.
    ...(dev ?? []).filter((name) => /^(nvidia\d+|dxg)$/.test(name)).map((name) => join('/dev', name)),
  ];
  const mayOpen = async (path: string): Promise<boolean> =>
    (await machine.may('read', path)) && (await machine.may('write', path));
  return await Promise.all(paths.map(async (path) => ({ path, isOpen: await mayOpen(path) })));
}
