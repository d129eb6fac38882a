import { join } from 'node:path';
import { cudaVersion, OPENED_LATER } from '../platform/cuda/examine-provider.ts';
import { howToGet } from '../platform/cuda/library-packages.ts';
import { absentOf, exportCommand, findLibraries, foldersOf } from '../platform/cuda/library-search.ts';
import { readLinkage } from '../platform/cuda/linkage.ts';
import { PROVIDER, providerDirectory } from '../platform/cuda/provider-files.ts';
import { systemLibraries } from '../platform/cuda/system-libraries.ts';
import { shortFault } from './engine-fault.ts';
import type { Device } from './protocol.ts';

/** Why a device does not work, for whoever starts the server. */
export interface DeviceFailure {
  readonly cause: string;
  /** What it needs. */
  readonly hint: string;
}

/** What a device needs. */
export const DEVICE_HINTS: Readonly<Record<Device, string>> = {
  cpu: 'The onnxruntime-node package does not work on this machine.',
  cuda: 'It needs the CUDA provider ("npm run setup:cuda"), the CUDA runtime and cuDNN 9. "rerankd doctor" says what is missing.',
  webgpu: 'It needs a GPU with a Vulkan driver. "rerankd doctor" says what is missing.',
};

const NEWEST_CUDA = 13;

/** The provider was loaded, and lacks nothing for that. */
const FROM_THE_CARD = /(CUDA|CUBLAS|CUDNN) failure \d|cudaError/;

/**
 * Says the first cause in few words, as far as that is cheap to find: the runtime says of a library that it could not be loaded,
 * but not which other one it lacks, and shows the assertion that did not hold.
 * @param env of the engine processes.
 */
export async function explainFailure(
  device: Device,
  reason: string,
  env: Readonly<Record<string, string>>,
): Promise<DeviceFailure> {
  const hint = DEVICE_HINTS[device];
  if (device === 'webgpu') return { cause: withoutAssertion(reason), hint };
  if (device === 'cpu') return { cause: shortFault(reason), hint };
  const cause = shortFault(reason);
  const libraries = await lookAtLibraries(env).catch(() => undefined);
  if (libraries === undefined) return { cause, hint };
  const { found, cuda } = libraries;
  if (found.missing.length === 0 || FROM_THE_CARD.test(reason))
    return { cause, hint: 'The CUDA provider is there. "rerankd doctor" says more.' };
  const [folders, absent] = [foldersOf(found), absentOf(found)];
  const ways = [
    ...(folders.length > 0 ? [`${exportCommand(folders)}: the linker does not look there by itself.`] : []),
    ...(absent.length > 0 ? [howToGet(absent, cuda)] : []),
  ];
  return {
    cause: `libraries that the CUDA provider needs are not found: ${found.missing.join(', ')}`,
    hint: `${ways.join(' ')} "rerankd doctor" says more.`,
  };
}

/** `/onnxruntime_src/FILE:LINE FUNCTION CONDITION was false. REASON` */
function withoutAssertion(reason: string): string {
  if (/No supported adapters/i.test(reason)) return 'no Vulkan adapter was found';
  return shortFault(reason.replace(/^.*?\/onnxruntime_src\/.*? was false\. /s, ''));
}

/** What the provider lacks, and for which CUDA it is. @throws Error where there is no provider. */
async function lookAtLibraries(env: Readonly<Record<string, string>>) {
  const libraries = systemLibraries(env);
  const directory = await providerDirectory(process, libraries.libraryPath, libraries.entries);
  const { needed } = await readLinkage(join(directory, PROVIDER));
  const found = await findLibraries([...new Set([...needed, ...OPENED_LATER])], libraries);
  return { found, cuda: cudaVersion(needed) ?? NEWEST_CUDA };
}
