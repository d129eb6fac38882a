import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { inParallel } from '../../platform/in-parallel.ts';
import { AttemptFailure } from '../download/attempt-failure.ts';
import { Bandwidth } from '../download/bandwidth.ts';
import { moveIntoPlace } from '../download/place.ts';
import { getBounded } from '../remote/get-bounded.ts';
import { isPassing, type RetryTools } from '../remote/retry.ts';
import { type ChunkIndex, decodeIndex, encodeIndex, InvalidIndex, maxIndexBytes } from './chunk-index.ts';
import { DELTA_SOURCE, type DeltaRequest, type DeltaTools, RESUMED_SOURCE } from './delta-request.ts';
import { fetchRange, type RangeFetch } from './fetch-range.ts';
import { IndexSidecars } from './index-sidecars.ts';
import { NotWorthIt } from './not-worth-it.ts';
import { type ByteRange, missingRanges, NO_SOURCE, planDelta } from './plan.ts';
import { runInThread } from './run-in-thread.ts';
import { type Workplace, withWorkplace } from './workplace.ts';

/** A download of the whole goes on after a restart and over more connections: below this share it is the better way. */
const LEAST_SAVED_SHARE = 0.1;

/** About what arrives in the time of a round trip, at 50 ms and 40 Mbit/s. */
const REQUEST_COST_BYTES = 256 * 2 ** 10;

const WORKERS = 4;

/**
 * Puts the new file together and moves it to its place.
 * @returns the bytes that were saved
 * @throws anything: then the file must come another way. ServiceError insufficient_storage and the reason of the signal
 * mean that no other way helps.
 */
export async function assembleDelta(
  request: DeltaRequest,
  tools: DeltaTools,
  retry: RetryTools,
): Promise<number> {
  const { expected, partsDirectory, target, signal } = request;
  const next = await fetchIndex(request, tools, retry);
  const sidecars = new IndexSidecars(join(partsDirectory, 'chunk-indexes'));
  const plan = planDelta(await sidecars.of(request.old, signal), next, REQUEST_COST_BYTES);
  requireSaving(next, plan.fetchedBytes);
  const reserved = await tools.space.reserve(partsDirectory, expected.size);
  try {
    return await withWorkplace(partsDirectory, expected.sha256, tools.clock, signal, async (place) => {
      if (await hasContent(target, request)) {
        request.onBytes(expected.size, RESUMED_SOURCE);
        return 0;
      }
      const ranges = await copyWhatIsKnown(request, next, plan.sources, place.path, sidecars);
      const fetchedBytes = bytesOf(ranges);
      requireSaving(next, fetchedBytes);
      request.onBytes(expected.size - fetchedBytes, DELTA_SOURCE);
      reserved.use?.(expected.size - fetchedBytes);
      await fetchMissing(request, tools, retry, ranges, place).catch((error: unknown) => {
        throw error instanceof AttemptFailure && isPassing(error) ? brokenOff(request, error) : error;
      });
      if (!(await hasContent(place.path, request)))
        throw new InvalidIndex('the parts do not make up the file');
      place.ensureHeld();
      await moveIntoPlace(place.path, target);
      await sidecars.keep(target, next);
      const savedBytes = Math.min(plan.copiedBytes, expected.size - fetchedBytes);
      return Math.max(0, savedBytes - encodeIndex(next).length);
    });
  } finally {
    reserved.release();
  }
}

async function fetchIndex(
  { index, source, expected, signal }: DeltaRequest,
  { transport, metrics }: DeltaTools,
  retry: RetryTools,
): Promise<ChunkIndex> {
  const bytes = await getBounded(
    transport,
    { url: index, maxBytes: maxIndexBytes(expected.size), signal },
    retry,
  );
  metrics.storeBytes.inc({ source: source.name }, bytes.length);
  const next = decodeIndex(bytes);
  if (next.size !== expected.size || next.sha256 !== expected.sha256) {
    throw new InvalidIndex('the index is of another file');
  }
  return next;
}

function requireSaving({ size }: ChunkIndex, fetchedBytes: number): void {
  if (fetchedBytes <= size * (1 - LEAST_SAVED_SHARE)) return;
  throw new NotWorthIt(`${fetchedBytes} of ${size} bytes would have to be fetched`);
}

/** @returns what is missing then: perhaps more than was planned, or less after an attempt that was interrupted. */
async function copyWhatIsKnown(
  { old, signal }: DeltaRequest,
  next: ChunkIndex,
  sources: Float64Array,
  place: string,
  sidecars: IndexSidecars,
): Promise<ByteRange[]> {
  const job = { old, target: place, next: encodeIndex(next), sources };
  const present = await runInThread('assemble', job, { signal });
  const hasFailed = sources.some((source, chunk) => source !== NO_SOURCE && present[chunk] === 0);
  if (hasFailed) await sidecars.forget(old).catch(() => {});
  return missingRanges(next, (chunk) => present[chunk] === 1, REQUEST_COST_BYTES);
}

async function fetchMissing(
  { source, expected, onBytes, signal }: DeltaRequest,
  tools: DeltaTools,
  retry: RetryTools,
  ranges: readonly ByteRange[],
  { path, ensureHeld }: Workplace,
): Promise<void> {
  const { metrics, clock, workers = WORKERS, bandwidth = new Bandwidth({}, clock) } = tools;
  const file = await open(path, 'r+');
  try {
    const fetch: RangeFetch = {
      transport: tools.transport,
      clock,
      bandwidth,
      retry,
      remote: { url: source.url, size: expected.size },
      file,
      onPiece: (bytes) => metrics.storeBytes.inc({ source: source.name }, bytes),
      onBytes: (bytes) => onBytes(bytes, source.name),
      ensureHeld,
    };
    await inParallel(ranges, workers, signal, (range, either) => fetchRange(fetch, range, either));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function hasContent(path: string, { expected, signal }: DeltaRequest): Promise<boolean> {
  const size = (await stat(path).catch(() => undefined))?.size;
  if (size !== expected.size) return false;
  const [sha256] = await runInThread('hash', { paths: [path] }, { signal });
  return sha256 === expected.sha256;
}

/** The whole of the file would not come over that connection either. What came stays for the next attempt. */
function brokenOff({ name }: DeltaRequest, cause: AttemptFailure): ServiceError {
  return new ServiceError('source_failed', `${name} broke off: ${cause.message}`, { cause });
}

function bytesOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}
