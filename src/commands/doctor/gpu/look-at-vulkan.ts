import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { findLibraries, type LibraryFolders } from '../../../platform/cuda/library-search.ts';
import { cardNodes, driverFiles } from '../../../platform/vulkan/drivers.ts';
import type { Patient } from '../check.ts';
import type { Machine } from '../machine.ts';
import { libraryFolders } from './look-at-cuda.ts';
import type { VulkanDriver, VulkanFacts } from './webgpu.ts';

const LOADER = 'libvulkan.so.1';

const manifest = z.object({ ICD: z.object({ library_path: z.string() }) });

/** Gathers what there is to know about Vulkan. */
export async function lookAtVulkan(patient: Patient): Promise<VulkanFacts> {
  const { machine } = patient;
  const folders = libraryFolders(patient);
  const paths = await driverFiles(patient.config.childEnv, machine.entries);
  const [loader, drivers, nodes] = await Promise.all([
    findLibraries([LOADER], folders),
    Promise.all(paths.map((path) => lookAtDriver(machine, folders, path))),
    deviceNodes(machine),
  ]);
  return { platform: machine.platform, hasLoader: loader.missing.length === 0, drivers, nodes };
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
  const paths = await cardNodes(machine.entries);
  const mayOpen = async (path: string): Promise<boolean> =>
    (await machine.may('read', path)) && (await machine.may('write', path));
  return await Promise.all(paths.map(async (path) => ({ path, isOpen: await mayOpen(path) })));
}
