import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The CUDA execution provider. It loads into the ONNX Runtime core of its own version only. */
export const PROVIDER = 'libonnxruntime_providers_cuda.so';

/** What the core and the provider have in common. The provider can't be loaded without it. */
export const PROVIDER_BRIDGE = 'libonnxruntime_providers_shared.so';

/** All that makes the CPU build of onnxruntime-node a CUDA build, in the order in which they are put there. */
export const PROVIDER_FILES = [PROVIDER_BRIDGE, PROVIDER] as const;

export type ProviderFile = (typeof PROVIDER_FILES)[number];

/** Where onnxruntime-node keeps what belongs to a platform, and looks for providers: beside its core. */
export function bindingDirectory(platform: string, arch: string): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'bin', 'napi-v6', platform, arch);
}

/** ONNX Runtime itself. */
const CORE = 'libonnxruntime.so.1';

/**
 * Where the core looks for its providers: where it was itself loaded from. That is LD_LIBRARY_PATH where a core lies there, since
 * the binding finds its own by RUNPATH, which comes second.
 * @param names of the files in a folder; none where there is no such folder.
 */
export async function providerDirectory(
  { platform, arch }: { readonly platform: string; readonly arch: string },
  libraryPath: string | undefined,
  names: (folder: string) => Promise<readonly string[]>,
): Promise<string> {
  const folders = (libraryPath ?? '').split(':').filter((path) => path !== '');
  for (const folder of folders) if ((await names(folder)).includes(CORE)) return folder;
  return bindingDirectory(platform, arch);
}

/** The version of onnxruntime-node that is installed. */
export function installedRuntimeVersion(): string {
  const manifest = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return manifest.version;
}
