import { AttemptFailure } from '../download/attempt-failure.ts';
import { statusFailure } from '../download/check-head.ts';
import type { Transport } from '../transport/transport.ts';
import { type RetryTools, withRetries } from './retry.ts';

export interface BoundedGet {
  readonly url: URL;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Gets a small file whole.
 * @throws AttemptFailure, also for a file that is too large and for every status but 200; the reason of the signal.
 */
export async function getBounded(
  transport: Transport,
  { url, maxBytes, signal }: BoundedGet,
  tools: RetryTools,
): Promise<Buffer> {
  return await withRetries(tools, signal, async () => {
    const response = await transport.request({ url, signal });
    if (response.status !== 200) {
      await response.discard();
      throw statusFailure(response, tools.clock.date());
    }
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body) {
      pieces.push(piece);
      bytes += piece.length;
      // Leaving the loop gives the body up.
      if (bytes > maxBytes) throw new AttemptFailure('too_long', `more than ${maxBytes} bytes came`);
    }
    return Buffer.concat(pieces);
  });
}
