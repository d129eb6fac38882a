import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Cuda, DEFAULT_CUDA } from './cuda.ts';
import { SetupError } from './errors.ts';

/** Where an archive is taken from. */
export type ArchiveSource = { readonly name: string } & (
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: URL }
);

/** Of ONNX Runtime. */
export interface ReleasePlaces {
  /** Folders named by tag are below it. */
  readonly downloads: string;
  /** The releases of GitHub's API. */
  readonly api: string;
}

export const gitHubReleases: ReleasePlaces = {
  downloads: 'https://github.com/microsoft/onnxruntime/releases/download',
  api: 'https://api.github.com/repos/microsoft/onnxruntime/releases',
};

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * The archive that was named, or else that of the release.
 * @throws SetupError for an address that is not fetched. Plain http: is, from this machine only: the digest would find a
 * change on the way, but not who learned what is fetched.
 */
export function archiveSource(
  named: string | undefined,
  version: string,
  cuda: Cuda | undefined,
  { downloads }: ReleasePlaces,
): ArchiveSource {
  if (named === undefined || named === '') {
    const name = `onnxruntime-linux-x64-gpu_cuda${cuda ?? DEFAULT_CUDA}-${version}.tgz`;
    return { kind: 'url', name, url: new URL(`${downloads}/v${version}/${name}`) };
  }
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(named)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'file', name: basename(named), path: named };
  const url = URL.parse(named);
  if (url === null) throw new SetupError('ORT_CUDA_ARCHIVE is no address that can be read');
  const isFetched = scheme === 'https' || (scheme === 'http' && LOOPBACK.has(url.hostname));
  if (!isFetched) {
    throw new SetupError(
      `ORT_CUDA_ARCHIVE begins with ${scheme}: it has to be a file or an https: URL (http: only on this machine)`,
    );
  }
  return { kind: 'url', name: decodeURIComponent(basename(url.pathname)), url };
}

const ARCHIVE = /\.(tgz|tar\.gz|whl|nupkg)$/;

/**
 * Makes sure that a file is one; for a folder with just one archive, takes that.
 * @throws SetupError where there is no file, or no single archive.
 */
export async function findArchive(source: ArchiveSource): Promise<ArchiveSource> {
  if (source.kind === 'url') return source;
  const { path } = source;
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() === true) return source;
  if (info?.isDirectory() !== true) throw new SetupError(`ORT_CUDA_ARCHIVE: there is no file ${path}`);
  const [name, ...others] = (await readdir(path)).filter((each) => ARCHIVE.test(each)).toSorted();
  if (name === undefined || others.length > 0) {
    const what = name === undefined ? 'without an archive' : `with ${others.length + 1} archives`;
    throw new SetupError(`ORT_CUDA_ARCHIVE: ${path} is a folder ${what} (.tgz, .whl, .nupkg): name the file`);
  }
  return { kind: 'file', name, path: join(path, name) };
}
