import type { Clock } from '../../platform/clock.ts';
import type { Transport, TransportResponse } from '../transport/transport.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { BlobSource } from './blob.ts';
import { checkHead, type Wanted } from './check-head.ts';
import type { Part, PartialBlob } from './partial-blob.ts';
import { receive } from './receive.ts';

export interface AttemptContext {
  readonly transport: Transport;
  readonly bandwidth: Bandwidth;
  readonly clock: Clock;
  readonly partial: PartialBlob;
  readonly source: BlobSource;
  readonly signal: AbortSignal;
  readonly onPiece: (bytes: number) => void;
  /** Called before each write; throws when the blob belongs to somebody else by now. */
  readonly ensureHeld: () => void;
  /** Called after each write. */
  readonly onWritten: () => void;
}

/** Fetches what a part still lacks, by a range request. @throws AttemptFailure, TransportError */
export async function attemptPart(context: AttemptContext, part: Part): Promise<void> {
  const { partial, source } = context;
  const start = part.start + part.received;
  if (start < part.end) {
    const etag = partial.etags.get(source.name);
    const wanted = { start, end: part.end, size: partial.plan.size, isRange: true, etag };
    const response = await request(context, wanted);
    rememberEtag(context, response);
    let position = start;
    await receive(response, {
      ...context,
      origin: source.url.origin,
      length: part.end - start,
      async flush(pieces) {
        context.ensureHeld();
        const from = position;
        position += lengthOf(pieces);
        await partial.write(part, from, pieces, source.name);
        context.onWritten();
      },
    });
  }
  await partial.finish(part);
}

/** Fetches the whole blob by one plain request; parts that are there already are read past. @throws as attemptPart */
export async function attemptWhole(context: AttemptContext): Promise<void> {
  const { partial, source } = context;
  const { size } = partial.plan;
  const response = await request(context, { start: 0, end: size, size, isRange: false, etag: undefined });
  let position = 0;
  await receive(response, {
    ...context,
    origin: source.url.origin,
    length: size,
    async flush(pieces) {
      context.ensureHeld();
      const from = position;
      position += lengthOf(pieces);
      await writeAcross(partial, Buffer.concat(pieces), from, source.name);
      context.onWritten();
      for (const part of partial.parts) {
        if (!part.isDone && part.end <= position) await partial.finish(part);
      }
    },
  });
  for (const part of partial.parts) if (!part.isDone) await partial.finish(part);
}

async function request(context: AttemptContext, wanted: Wanted): Promise<TransportResponse> {
  const { transport, source, signal, clock } = context;
  const headers: Record<string, string> = {};
  if (wanted.isRange) {
    headers['range'] = `bytes=${wanted.start}-${wanted.end - 1}`;
    // A weak ETag may not be used for ranges (RFC 9110, 13.1.5); that it is the same is checked afterwards.
    if (wanted.etag?.startsWith('"')) headers['if-range'] = wanted.etag;
  }
  const response = await transport.request({ url: source.url, headers, signal });
  try {
    // Requests that run side by side may all have begun before the first of them said its ETag.
    const etag = wanted.isRange ? context.partial.etags.get(source.name) : undefined;
    checkHead(response, { ...wanted, etag }, clock.date());
  } catch (failure) {
    await response.discard();
    throw failure;
  }
  return response;
}

/** The first part of a source sets what all others have to agree with. */
function rememberEtag({ partial, source }: AttemptContext, response: TransportResponse): void {
  const etag = response.header('etag');
  const known = partial.etags.get(source.name);
  if (known === undefined && etag !== undefined) partial.etags.set(source.name, etag);
}

async function writeAcross(partial: PartialBlob, bytes: Buffer, from: number, source: string): Promise<void> {
  for (const part of partial.parts) {
    const start = Math.max(part.start, from);
    const end = Math.min(part.end, from + bytes.length);
    if (part.isDone || start >= end) continue;
    await partial.write(part, start, [bytes.subarray(start - from, end - from)], source);
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
