import { SetupError } from './errors.ts';
import type { ArchiveDigests } from './known-archives.ts';

export interface VerifyOptions {
  /** Given by the operator. */
  readonly given: string | undefined;
  readonly known: ArchiveDigests;
  /** Asks the release for the digest of the asset of this name. */
  readonly askRelease: () => Promise<{ readonly sha256: string } | { readonly reason: string }>;
  readonly version: string;
}

/** `unknown`: nobody vouches for the archive itself; why, in words. */
export type Verdict =
  | { readonly by: 'operator' | 'table' | 'release' }
  | { readonly by: 'nobody'; readonly why: string };

/**
 * Is it the archive that it says it is? The operator's digest counts before all others; then those that are pinned, under
 * whatever name; then what the release says of an asset of its own.
 * @throws SetupError when it is another.
 */
export async function verifyArchive(
  name: string,
  sha256: string,
  { given, known, askRelease, version }: VerifyOptions,
): Promise<Verdict> {
  const refuse = (wanted: string, whose: string): never => {
    throw new SetupError(
      `${name} has the SHA-256 ${sha256}, and ${whose} is ${wanted}: it is damaged, or another file. Nothing was put in place.`,
    );
  };
  if (given !== undefined && given !== '') {
    const wanted = given.toLowerCase().replace(/^sha256:/, '');
    if (!/^[\da-f]{64}$/.test(wanted))
      throw new SetupError('ORT_CUDA_SHA256 has to be 64 hexadecimal digits');
    return wanted === sha256 ? { by: 'operator' } : refuse(wanted, 'ORT_CUDA_SHA256');
  }
  if (Object.values(known).includes(sha256)) return { by: 'table' };
  const pinned = pinnedFor(name, known);
  if (pinned !== undefined) refuse(pinned, 'the one that is known of it');
  if (!isReleaseAsset(name, version)) return { by: 'nobody', why: 'its digest is not known here' };
  const answer = await askRelease();
  if ('reason' in answer) return { by: 'nobody', why: answer.reason };
  return answer.sha256 === sha256
    ? { by: 'release' }
    : refuse(answer.sha256, 'what the release on GitHub says');
}

/** Browsers and mirrors add to names: "(1)", "copy of", a prefix. */
function pinnedFor(name: string, known: ArchiveDigests): string | undefined {
  return Object.entries(known).find(([each]) => name.includes(each.replace(/\.(tgz|whl|nupkg)$/, '')))?.[1];
}

function isReleaseAsset(name: string, version: string): boolean {
  return /^onnxruntime-linux-x64-gpu(_cuda\d+)?-/.test(name) && name.endsWith(`-${version}.tgz`);
}
