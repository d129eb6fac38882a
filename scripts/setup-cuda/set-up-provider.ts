import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cudaVersion,
  examineProvider,
  type Provider,
  providerDigests,
  sha256Of,
  wrongFile,
} from '../../src/platform/cuda/examine-provider.ts';
import { readLinkage } from '../../src/platform/cuda/linkage.ts';
import { PROVIDER, PROVIDER_FILES } from '../../src/platform/cuda/provider-files.ts';
import { isAlreadyPlaced } from './already-placed.ts';
import { type ArchiveSource, archiveSource, findArchive } from './archive-source.ts';
import { download } from './download.ts';
import { SetupError } from './errors.ts';
import { clearLeftovers, makeStaging } from './leftovers.ts';
import { placeProvider } from './place.ts';
import { readArchive } from './read-archive.ts';
import { releaseDigest } from './release-digest.ts';
import type { SetupOptions } from './setup-options.ts';
import { makeFolder } from './target-folder.ts';
import { type Verdict, verifyArchive } from './verify-archive.ts';

export interface SetupResult {
  /** False when it was there already. */
  readonly isNew: boolean;
  readonly provider: Provider;
}

/**
 * Brings the provider into a folder, unless the right one is there. Nothing is put in place before the digest of the archive,
 * or those of both libraries, are known to be right, and the version and the processor are.
 * @throws SetupError that says why not; TransportError when a download fails; errors of the file system.
 */
export async function setUpProvider(options: SetupOptions): Promise<SetupResult> {
  const { directory, version, cuda, force, libraries } = options;
  await makeFolder(directory);
  await clearLeftovers(directory, options.now);
  const source = await findArchive(archiveSource(options.archive, version, cuda, options.releases));
  const present = await examineProvider(directory, libraries);
  if (!force && (await isAlreadyPlaced(present, source, options))) return { isNew: false, provider: present };
  const staging = await makeStaging(directory);
  try {
    await bring(source, options, staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return { isNew: true, provider: await examineProvider(directory, libraries) };
}

async function bring(source: ArchiveSource, options: SetupOptions, staging: string): Promise<void> {
  const { version, cuda, progress, signal } = options;
  const path = await fetchArchive(source, staging, options);
  progress.enter(`checking ${source.name}`);
  const archiveSha256 = await sha256Of(path);
  const verdict = await verifyArchive(source.name, archiveSha256, {
    given: options.archiveSha256,
    known: options.knownArchives,
    version,
    askRelease: () => releaseDigest(options.releases.api, version, source.name, options.transport, signal),
  });
  progress.enter(`unpacking ${source.name}`);
  const found = await readArchive(path, staging, {
    name: source.name,
    signal,
    onProgress: (done, total) => progress.advance(done, total, 'bytes'),
  });
  checkVersion(source.name, found, version);
  const wrong = await wrongFile(staging);
  if (wrong !== undefined) throw new SetupError(`${source.name}: ${wrong}`);
  await checkCuda(source.name, join(staging, PROVIDER), cuda);
  const sha256 = await providerDigests(staging);
  const isKnown = options.knownProviders.some((build) =>
    PROVIDER_FILES.every((name) => build.sha256[name] === sha256[name]),
  );
  if (!isKnown) checkVouched(source.name, archiveSha256, verdict);
  signal.throwIfAborted();
  await placeProvider(staging, options.directory, { version, archive: source.name, archiveSha256, sha256 });
}

async function fetchArchive(source: ArchiveSource, staging: string, options: SetupOptions): Promise<string> {
  const { progress, signal, transport } = options;
  if (source.kind === 'file') return source.path;
  const path = join(staging, 'archive');
  progress.enter(`downloading ${source.name}`);
  const onProgress = (done: number, total: number): void => progress.advance(done, total, 'bytes');
  await download(source.url, path, { transport, signal, onProgress });
  return path;
}

function checkVersion(name: string, found: string | undefined, wanted: string): void {
  // Repacked archives may say it in their name only.
  const version = found ?? /[-_.](\d+\.\d+\.\d+)(?=[-_.])/.exec(name)?.[1];
  if (version === wanted) return;
  const why = 'a provider works with the core of its own version only';
  throw new SetupError(
    version === undefined
      ? `${name} does not say of which version it is, and onnxruntime-node is ${wanted}: ${why}`
      : `${name} is of ONNX Runtime ${version}, and onnxruntime-node is ${wanted}: ${why}`,
  );
}

async function checkCuda(name: string, provider: string, wanted: number | undefined): Promise<void> {
  const cuda = cudaVersion((await readLinkage(provider)).needed);
  if (cuda === undefined)
    throw new SetupError(`${name} is no CUDA provider: its ${PROVIDER} is not linked against libcudart`);
  if (wanted === undefined || cuda === wanted) return;
  throw new SetupError(`${name} is linked against CUDA ${cuda}, and --cuda ${wanted} was asked for`);
}

function checkVouched(name: string, sha256: string, verdict: Verdict): void {
  if (verdict.by !== 'nobody') return;
  throw new SetupError(
    `${name} has the SHA-256 ${sha256}, and ${verdict.why}; nor are those of the libraries in it. Nothing was put in place. ` +
      `Where its publisher says the same digest, allow it with ORT_CUDA_SHA256=${sha256}`,
  );
}
