import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ServiceError } from '../../errors.ts';
import type { BlobExpectation } from './blob.ts';

// A quarter of a millisecond of hashing: the thread also answers requests.
const READ_BYTES = 256 * 1024;
/** 1 TiB. */
const MAX_BYTES = 2 ** 40;

export interface ExpectedHash {
  readonly algorithm: 'sha256' | 'git-sha1';
  readonly digest: string;
}

/**
 * The hash that decides. Size and hash come from the network too, and the hash will be part of a path: their form is
 * checked first.
 * @throws ServiceError source_failed
 */
export function expectedHash({ size, sha256, gitSha1 }: BlobExpectation): ExpectedHash {
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_BYTES) {
    throw new ServiceError('source_failed', `a file of ${size} bytes is not fetched`, {
      detail: 'The hub or the mirror that said so is broken or hostile.',
    });
  }
  const [algorithm, digest, digits] =
    sha256 !== undefined ? (['sha256', sha256, 64] as const) : (['git-sha1', gitSha1, 40] as const);
  if (digest === undefined) {
    throw new ServiceError('source_failed', 'nothing says which hash the file has to have', {
      detail: 'A file that can not be verified is not fetched.',
    });
  }
  if (digest.length !== digits || !/^[0-9a-f]+$/.test(digest)) {
    throw new ServiceError('source_failed', `${JSON.stringify(digest.slice(0, 80))} is no ${algorithm}`, {
      detail: 'The hub or the mirror that gave it is broken or hostile.',
    });
  }
  return { algorithm, digest };
}

/** Hashes a whole file from the disk. @returns hexadecimal digits. */
export async function hashFile(
  path: string,
  size: number,
  algorithm: ExpectedHash['algorithm'],
  signal: AbortSignal,
): Promise<string> {
  const hash = algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  // Buffers that are made anew for each piece have the garbage collector run all the time.
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const file = await open(path);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
