import { appendFileSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { encodeIndex } from '../../../src/store/delta/chunk-index.ts';
import { createDeltaFetcher, type DeltaOutcome } from '../../../src/store/delta/delta-fetcher.ts';
import type { DeltaRequest } from '../../../src/store/delta/delta-request.ts';
import { removeAbandonedParts } from '../../../src/store/download/abandoned-parts.ts';
import { type DeltaWorld, deltaWorld, indexOf, isContent } from '../../support/delta-world.ts';
import {
  type Content,
  givenContent,
  joinedContent,
  seededContent,
  sha256Of,
  sliceOf,
} from '../../support/fake-hub/content.ts';

const MIB = 2 ** 20;

/** Made once, not for every request. */
const held = (content: Content): Content => givenContent(content.read(0, content.size));

const weights = held(seededContent('weights', 8 * MIB));
/** 37 bytes more in the header. */
const withLongerHeader = held(
  joinedContent(sliceOf(weights, 0, 300), givenContent('y'.repeat(37)), sliceOf(weights, 300)),
);
/** A quarter of it is new, in three places. */
const retrained = held(
  joinedContent(
    sliceOf(weights, 0, 2 * MIB),
    seededContent('new 1', MIB),
    sliceOf(weights, 3 * MIB, 5 * MIB),
    seededContent('new 2', MIB / 2),
    sliceOf(weights, 5.5 * MIB, 7.5 * MIB),
    seededContent('new 3', MIB / 2),
  ),
);

const FILE = /\/model\.safetensors$/;
const INDEX = /\.chunks$/;

describe('a delta', () => {
  let world: DeltaWorld;
  let old: string;
  beforeEach(async () => {
    world = await deltaWorld();
    old = world.write('old', weights);
  });

  const target = (): string => join(world.directory, 'new/model.safetensors');

  /** Publishes a file with its index, or another one. */
  const publish = async (content: Content, index?: Content): Promise<DeltaRequest> => {
    const url = world.hub.publish('/model.safetensors', content);
    const bytes = index ?? givenContent(encodeIndex(await indexOf(content)));
    return {
      name: 'model.safetensors of acme/model',
      source: { url, name: 'static' },
      index: world.hub.publish('/model.safetensors.chunks', bytes),
      old,
      target: target(),
      partsDirectory: join(world.directory, 'parts'),
      expected: { size: content.size, sha256: sha256Of(content) },
      onBytes: () => {},
      onRestart: () => {},
      signal: new AbortController().signal,
    };
  };

  const fetch = (request: DeltaRequest): Promise<DeltaOutcome> =>
    createDeltaFetcher(world.tools).fetch(request);

  /** The file came whole, for that reason. */
  const expectWhole = async (request: DeltaRequest, content: Content, reason: RegExp): Promise<void> => {
    const outcome = await fetch(request);
    expect(outcome).toMatchObject({ via: 'whole', savedBytes: 0 });
    expect(outcome.reason).toMatch(reason);
    expect(world.tools.downloader.fetched).toEqual([target()]);
    expect(await isContent(target(), content)).toBe(true);
    expect(world.metrics.saved).toBe(0);
    expect(await leftovers()).toEqual([]);
  };

  const leftovers = async (): Promise<string[]> => {
    const parts = await readdir(join(world.directory, 'parts')).catch(() => []);
    return parts.filter((name) => name !== 'chunk-indexes');
  };

  it('of 37 bytes in the header costs at most 2 % of 8 MiB, with the index', async () => {
    const request = await publish(withLongerHeader);
    expect(await fetch(request)).toMatchObject({ via: 'delta' });
    expect(await isContent(target(), withLongerHeader)).toBe(true);
    const sent = world.hub.requests.bytesSent();
    expect(sent).toBeLessThan(0.02 * withLongerHeader.size + 64 * 1024);
    expect(world.metrics.saved).toBe(withLongerHeader.size - sent);
    expect(world.tools.downloader.fetched).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  it('tells every byte once: those of the old file, and those of the server', async () => {
    const told = new Map<string, number>();
    const request = await publish(retrained);
    await fetch({
      ...request,
      onBytes: (bytes, source) => told.set(source, (told.get(source) ?? 0) + bytes),
    });
    expect(told.get('static')).toBe(world.hub.requests.bytesSent(FILE));
    expect((told.get('static') ?? 0) + (told.get('delta') ?? 0)).toBe(retrained.size);
    expect(told.get('static')).toBeGreaterThanOrEqual(2 * MIB);
    expect(told.get('static')).toBeLessThan(3 * MIB);
  });

  it('cuts a file once: the next delta from it finds its index', async () => {
    await fetch(await publish(withLongerHeader));
    const sidecars = await readdir(join(world.directory, 'parts/chunk-indexes'));
    // Of the old file and of the new one.
    expect(sidecars.length).toBe(2);
    old = target();
    await fetch({ ...(await publish(retrained)), target: join(world.directory, 'third') });
    expect((await readdir(join(world.directory, 'parts/chunk-indexes'))).length).toBe(3);
  });

  it.each([
    ['is of another file', async () => givenContent(encodeIndex(await indexOf(weights))), /of another file/],
    ['is no index', async () => givenContent('<html>'.repeat(20)), /not a chunk index/],
    ['is huge', async () => seededContent('huge', 5 * MIB), /more than \d+ bytes/],
    [
      'is cut off',
      async () => givenContent(encodeIndex(await indexOf(withLongerHeader)).subarray(0, 400)),
      /do not fit/,
    ],
    [
      'has chunks of other lengths',
      async () => {
        const bytes = encodeIndex(await indexOf(withLongerHeader));
        bytes.writeUInt32LE(bytes.readUInt32LE(76) - 1, 76);
        return givenContent(bytes);
      },
      /the file has not/,
    ],
  ])('whose index %s is given up, and the file comes whole', async (_, index, reason) => {
    await expectWhole(await publish(withLongerHeader, await index()), withLongerHeader, reason);
  });

  it('whose index names chunks that are not in the file is given up, and the file comes whole', async () => {
    const index = await indexOf(weights);
    // So near to the start of a chunk that it ends where it did.
    const at = (index.offsets[3] as number) + 5;
    const nudged = joinedContent(sliceOf(weights, 0, at), givenContent('!'), sliceOf(weights, at + 1));
    const lie = givenContent(encodeIndex({ ...index, sha256: sha256Of(nudged) }));
    await expectWhole(await publish(nudged, lie), nudged, /do not make up the file/);
  });

  it('without an index at the server is none', async () => {
    const request = await publish(withLongerHeader);
    world.hub.published.delete('/model.safetensors.chunks');
    await expectWhole(request, withLongerHeader, /status 40[34]/);
  });

  it('is not worth it where little is in common', async () => {
    const other = seededContent('other', 8 * MIB);
    await expectWhole(await publish(other), other, /would have to be fetched/);
    expect(world.log.lines.filter(({ level }) => level === 40)).toEqual([]);
  });

  it('needs ranges: a server without them sends the file whole', async () => {
    const request = await publish(withLongerHeader);
    world.hub.fault({ path: FILE, times: 99 }, { kind: 'ignore-range' });
    await expectWhole(request, withLongerHeader, /200 instead of 206/);
  });

  it.each([
    ['other bytes', { kind: 'content-range', value: 'bytes 5-9/8388645' }],
    ['bytes of a file of another size', { kind: 'content-range', value: 'bytes 0-70000/1' }],
    ['compressed bytes', { kind: 'header', name: 'content-encoding', value: 'gzip' }],
  ] as const)('takes no %s for those that it asked for', async (_, fault) => {
    const request = await publish(withLongerHeader);
    world.hub.fault({ path: FILE, times: 1 }, fault);
    await expectWhole(request, withLongerHeader, /instead of "bytes|encoded/);
  });

  it('notices that the file is replaced between two ranges', async () => {
    const request = await publish(retrained);
    world.hub.fault({ path: FILE, skip: 1, times: 1 }, { kind: 'etag', value: '"another"' });
    await expectWhole(request, retrained, /ETag changed/);
  });

  it('notices a flipped bit in what it fetched', async () => {
    const request = await publish(retrained);
    world.hub.fault({ path: FILE }, { kind: 'flip', at: 2.5 * MIB });
    world.hub.fault({ path: FILE, skip: 1 }, { kind: 'flip', at: 2.5 * MIB });
    world.hub.fault({ path: FILE, skip: 2 }, { kind: 'flip', at: 2.5 * MIB });
    await expectWhole(request, retrained, /do not make up the file/);
  });

  it('goes on where a connection broke', async () => {
    const request = await publish(retrained);
    world.hub.fault({ path: FILE }, { kind: 'drop', afterBytes: 100_000 });
    world.hub.fault({ path: FILE, skip: 3 }, { kind: 'truncate', missingBytes: 50_000 });
    world.hub.fault({ path: FILE, skip: 4 }, { kind: 'status', status: 503, retryAfter: '1' });
    world.hub.fault({ path: INDEX }, { kind: 'status', status: 500 });
    expect(await fetch(request)).toMatchObject({ via: 'delta' });
    expect(await isContent(target(), retrained)).toBe(true);
    // What is announced too short is not read.
    expect(world.hub.requests.bytesSent(FILE)).toBeLessThan(3.5 * MIB);
  });

  it('fetches what the old file has lost since it was read', async () => {
    const request = await publish(withLongerHeader);
    const space = {
      // After the plan, before the copy.
      reserve: async () => {
        writeFileSync(old, Buffer.concat([weights.read(0, 6 * MIB), Buffer.alloc(MIB)]));
        appendFileSync(old, weights.read(7 * MIB, 8 * MIB));
        return { release: () => {} };
      },
    };
    const outcome = await createDeltaFetcher({ ...world.tools, space }).fetch(request);
    expect(outcome.via).toBe('delta');
    expect(await isContent(target(), withLongerHeader)).toBe(true);
    expect(world.hub.requests.bytesSent(FILE)).toBeGreaterThan(MIB);
    expect(world.hub.requests.bytesSent(FILE)).toBeLessThan(2 * MIB);
  });

  it('without the old file is none', async () => {
    const request = await publish(withLongerHeader);
    await rm(old);
    await expectWhole(request, withLongerHeader, /ENOENT/);
  });

  it('that is given up goes on later with what has come', async () => {
    const request = await publish(retrained);
    world.hub.fault({ path: FILE, times: 3 }, { kind: 'stall', afterBytes: 300_000 });
    const given = new AbortController();
    const { length: indexBytes } = encodeIndex(await indexOf(retrained));
    world.metrics.onReceived = (bytes) => {
      if (bytes === indexBytes + 900_000) given.abort(new Error('given up'));
    };
    await expect(fetch({ ...request, signal: given.signal })).rejects.toThrow('given up');
    const before = world.hub.requests.bytesSent(FILE);
    expect(await fetch(request)).toMatchObject({ via: 'delta' });
    expect(await isContent(target(), retrained)).toBe(true);
    // Chunks that had come whole are not fetched again.
    expect(world.hub.requests.bytesSent(FILE) - before).toBeLessThan(2 * MIB);
    expect(world.hub.requests.bytesSent(FILE) - before).toBeGreaterThan(MIB);
    expect(await leftovers()).toEqual([]);
  });

  it('does not fall back to the whole file when the server is gone', async () => {
    const request = await publish(retrained);
    world.hub.dieAfter(encodeIndex(await indexOf(retrained)).length + 200_000);
    const failure = await fetch(request).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure).toMatchObject({ type: 'source_failed' });
    expect(world.tools.downloader.fetched).toEqual([]);
    expect((await leftovers()).length).toBe(1);
    expect(await removeAbandonedParts(join(world.directory, 'parts'), -1, systemClock)).toBe(1);
    expect(await leftovers()).toEqual([]);
  });

  it('that has no room on the disk fails with the reason', async () => {
    const request = await publish(withLongerHeader);
    const full = new ServiceError('insufficient_storage', 'full');
    const space = { reserve: () => Promise.reject(full) };
    await expect(createDeltaFetcher({ ...world.tools, space }).fetch(request)).rejects.toBe(full);
  });

  it('is fetched once by two who want it at the same time', async () => {
    const request = await publish(retrained);
    const fetcher = createDeltaFetcher(world.tools);
    await Promise.all([fetcher.fetch(request), fetcher.fetch(request)]);
    expect(await isContent(target(), retrained)).toBe(true);
    expect(world.hub.requests.bytesSent(FILE)).toBeLessThan(3 * MIB);
  });
});
