import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { knownProviders } from './known-providers.ts';
import { type FoundLibraries, findLibraries, type LibraryFolders } from './library-search.ts';
import { EM_X86_64, readLinkage } from './linkage.ts';
import { PROVIDER, PROVIDER_BRIDGE, PROVIDER_FILES, type ProviderFile } from './provider-files.ts';
import { readReceipt } from './receipt.ts';

/** What the provider opens only when an operator needs it, so that it is in no list. */
export const OPENED_LATER: readonly string[] = ['libcudnn.so.9'];

/** The CUDA provider in a folder, as far as that can be told without loading it. */
export type Provider =
  /** Not there, or not usable as it is. */
  | { readonly state: 'absent' }
  | { readonly state: 'broken'; readonly reason: string }
  | {
      readonly state: 'there';
      /** Major version of CUDA that it is linked against. */
      readonly cuda: number | undefined;
      /** Where it is from, when its digests are those of a build that is known, or of the one that was installed. */
      readonly origin: string | undefined;
      /** Of ONNX Runtime, as far as the origin tells. */
      readonly version: string | undefined;
      /** All that it needs. */
      readonly needed: readonly string[];
      readonly libraries: FoundLibraries;
    };

/** Looks at the provider in a folder: whose build it is, and whether the linker would find all that it needs. */
export async function examineProvider(directory: string, folders: LibraryFolders): Promise<Provider> {
  const sizes = await Promise.all(
    PROVIDER_FILES.map((name) => stat(join(directory, name)).catch(() => undefined)),
  );
  const missing = PROVIDER_FILES.filter((_, index) => sizes[index]?.isFile() !== true);
  if (missing.length === PROVIDER_FILES.length) return { state: 'absent' };
  if (missing.length > 0) return { state: 'broken', reason: `${missing.join(', ')} is missing beside it` };
  const broken = await wrongFile(directory);
  if (broken !== undefined) return { state: 'broken', reason: broken };
  const { needed: linked } = await readLinkage(join(directory, PROVIDER));
  const needed = [...new Set([...linked, ...OPENED_LATER])];
  return {
    state: 'there',
    cuda: cudaVersion(linked),
    ...(await originOf(directory)),
    needed,
    libraries: await findLibraries(needed, folders),
  };
}

/** The major version of CUDA that a library is linked against. */
export function cudaVersion(needed: readonly string[]): number | undefined {
  const [version] = needed.flatMap((name) => /^libcudart\.so\.(\d+)/.exec(name)?.[1] ?? []);
  return version === undefined ? undefined : Number(version);
}

/** Is it there, but no library for this processor? @returns what is wrong */
export async function wrongFile(directory: string): Promise<string | undefined> {
  for (const name of PROVIDER_FILES) {
    try {
      const { machine } = await readLinkage(join(directory, name));
      if (machine !== EM_X86_64) return `${name} is not for x86-64 (ELF machine ${machine})`;
    } catch {
      return `${name} is no library, or cut short`;
    }
  }
  return undefined;
}

/** SHA-256 of both files. @throws errors of the file system. */
export async function providerDigests(directory: string): Promise<Record<ProviderFile, string>> {
  return {
    [PROVIDER]: await sha256Of(join(directory, PROVIDER)),
    [PROVIDER_BRIDGE]: await sha256Of(join(directory, PROVIDER_BRIDGE)),
  };
}

/** SHA-256 of a file, in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

async function originOf(
  directory: string,
): Promise<{ origin: string | undefined; version: string | undefined }> {
  const digests = await providerDigests(directory);
  const isSame = (sha256: Readonly<Record<ProviderFile, string>>): boolean =>
    PROVIDER_FILES.every((name) => sha256[name] === digests[name]);
  for (const [version, builds] of Object.entries(knownProviders)) {
    const build = builds.find((candidate) => isSame(candidate.sha256));
    if (build !== undefined) return { origin: build.origin, version };
  }
  const receipt = await readReceipt(directory);
  if (receipt !== undefined && isSame(receipt.sha256))
    return { origin: receipt.archive, version: receipt.version };
  return { origin: undefined, version: undefined };
}
