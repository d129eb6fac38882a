import type { DeltaRequest } from '../delta/delta-request.ts';
import type { BlobRequest, BlobSource } from '../download/blob.ts';
import type { PlainBlob, PlainDelta } from './protocol.ts';

/** What a request has that stays in its thread. */
type Hooks<Request extends BlobRequest | DeltaRequest> = Pick<
  Request,
  Extract<keyof Request, 'onBytes' | 'onRestart' | 'signal'>
>;

/** What of a request can be sent to another thread: no URL objects, callbacks or signals. */
export function toPlainBlob({ name, sources, target, partsDirectory, expected }: BlobRequest): PlainBlob {
  return { name, sources: sources.map(toPlainSource), target, partsDirectory, expected };
}

/** The request again. @param hooks of this thread */
export function fromPlainBlob(plain: PlainBlob, hooks: Hooks<BlobRequest>): BlobRequest {
  return { ...plain, ...hooks, sources: plain.sources.map(fromPlainSource) };
}

/** As `toPlainBlob`. */
export function toPlainDelta(request: DeltaRequest): PlainDelta {
  const { name, source, index, old, target, partsDirectory, expected } = request;
  return { name, source: toPlainSource(source), index: index.href, old, target, partsDirectory, expected };
}

/** As `fromPlainBlob`. */
export function fromPlainDelta(plain: PlainDelta, hooks: Hooks<DeltaRequest>): DeltaRequest {
  return { ...plain, ...hooks, source: fromPlainSource(plain.source), index: new URL(plain.index) };
}

function toPlainSource({ url, name }: BlobSource): PlainDelta['source'] {
  return { url: url.href, name };
}

function fromPlainSource({ url, name }: PlainDelta['source']): BlobSource {
  return { url: new URL(url), name };
}
