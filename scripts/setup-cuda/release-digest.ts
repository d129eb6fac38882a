import { z } from 'zod';
import { messageOf } from '../../src/errors.ts';
import type { Transport } from '../../src/store/transport/transport.ts';

const MAX_ANSWER_BYTES = 8 * 2 ** 20;
const TIMEOUT_MS = 20_000;

const release = z.object({
  assets: z.array(z.object({ name: z.string(), digest: z.string().nullish() })),
});

/**
 * The SHA-256 that GitHub publishes for an asset of a release (`assets[].digest` of its API, computed by GitHub when the
 * asset was uploaded). As trustworthy as GitHub and TLS are, where a digest that is pinned here trusts neither.
 * @returns the digest in hex, or why there is none.
 */
export async function releaseDigest(
  api: string,
  version: string,
  asset: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<{ readonly sha256: string } | { readonly reason: string }> {
  try {
    const response = await transport.request({
      url: new URL(`${api}/tags/v${version}`),
      headers: { accept: 'application/vnd.github+json' },
      headersTimeoutMs: TIMEOUT_MS,
      idleTimeoutMs: TIMEOUT_MS,
      signal,
    });
    if (response.status !== 200) {
      await response.discard();
      return { reason: `GitHub answers ${response.status}` };
    }
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body) {
      bytes += piece.length;
      if (bytes > MAX_ANSWER_BYTES) return { reason: 'GitHub answers with too much' };
      pieces.push(piece);
    }
    const { assets } = release.parse(JSON.parse(Buffer.concat(pieces).toString()));
    const digest = assets.find(({ name }) => name === asset)?.digest ?? '';
    const sha256 = /^sha256:([\da-f]{64})$/.exec(digest)?.[1];
    return sha256 === undefined ? { reason: `release ${version} says no digest of ${asset}` } : { sha256 };
  } catch (error) {
    signal.throwIfAborted();
    return { reason: `GitHub can't be asked: ${messageOf(error)}` };
  }
}
