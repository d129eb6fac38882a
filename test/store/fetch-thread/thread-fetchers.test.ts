import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import { encodeIndex } from '../../../src/store/delta/chunk-index.ts';
import type { DeltaRequest } from '../../../src/store/delta/delta-request.ts';
import { AttemptFailure } from '../../../src/store/download/attempt-failure.ts';
import type { BlobRequest, DiskSpace } from '../../../src/store/download/blob.ts';
import { SourcesFailure } from '../../../src/store/download/sources-failure.ts';
import { createThreadFetchers } from '../../../src/store/fetch-thread/thread-fetchers.ts';
import { indexOf, isContent } from '../../support/delta-world.ts';
import { givenContent, piecesOf, seededContent, sha256Of } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { LogBook } from '../../support/log-book.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MIB = 2 ** 20;
const content = seededContent('thread', 9 * MIB);
const longer = givenContent(Buffer.concat([Buffer.alloc(37, 'y'), content.read(0, content.size)]));
const expected = { size: content.size, sha256: sha256Of(content) };

class CountedSpace implements DiskSpace {
  reserved = 0;
  used = 0;
  released = 0;

  async reserve(_directory: string, bytes: number) {
    this.reserved += bytes;
    return {
      use: (used: number) => {
        this.used += used;
      },
      release: () => {
        this.released += 1;
      },
    };
  }
}

interface SetUp {
  readonly space?: DiskSpace;
  readonly tokens?: ReadonlyMap<string, string>;
}

async function setUp({ space = new CountedSpace(), tokens = new Map() }: SetUp = {}) {
  const root = await temporaryDirectory();
  const partsDirectory = join(root, 'parts');
  await mkdir(partsDirectory);
  const target = join(root, 'blobs', 'blob');
  const book = new LogBook();
  const counted = { came: 0, retries: [] as string[], failovers: 0, saved: 0 };
  const fetchers = createThreadFetchers(
    {
      allowPrivate: ['127.0.0.1'],
      allowedHosts: 'any',
      tokens,
      workers: 2,
      bandwidth: {},
      logLevel: 'debug',
    },
    {
      space,
      logger: book.logger,
      metrics: {
        storeBytes: {
          inc: (_, bytes) => {
            counted.came += bytes;
          },
        },
        storeRetries: { inc: ({ reason }) => void counted.retries.push(reason) },
        storeFailovers: {
          inc: () => {
            counted.failovers += 1;
          },
        },
        storeDeltaSaved: {
          inc: (bytes) => {
            counted.saved += bytes;
          },
        },
      },
    },
  );
  onTestFinished(() => fetchers.close());
  const told: number[] = [];
  const stop = new AbortController();
  const request = (...urls: URL[]): BlobRequest => ({
    name: 'weights of acme/model',
    sources: urls.map((url, index) => ({ url, name: `source-${index + 1}` })),
    target,
    partsDirectory,
    expected,
    onBytes: (bytes) => told.push(bytes),
    signal: stop.signal,
  });
  /** For a file that has an earlier version here, and its index at the server. */
  const deltaRequest = async (file: URL, index: URL): Promise<DeltaRequest> => {
    const old = join(root, 'old');
    await writeFile(old, piecesOf(content));
    return {
      ...request(),
      source: { url: file, name: 'static' },
      index,
      old,
      expected: { size: longer.size, sha256: sha256Of(longer) },
      onRestart: () => told.splice(0),
    };
  };
  const { downloader, delta } = fetchers;
  return { downloader, delta, request, deltaRequest, target, told, stop, book, counted };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

describe('a downloader in a thread', () => {
  it('brings a blob, and tells of every byte before it is done', async () => {
    await using hub = await startFakeHub();
    const space = new CountedSpace();
    const { downloader, request, target, told, counted } = await setUp({ space });
    await downloader.fetch(request(hub.publish('/blob', content)));
    expect(sum(told)).toBe(content.size);
    expect(counted.came).toBe(content.size);
    expect(space).toMatchObject({ reserved: content.size, used: content.size, released: 1 });
    expect((await readFile(target)).equals(content.read(0, content.size))).toBe(true);
  });

  it('sends the token of an origin, and logs into the log of the server', async () => {
    await using hub = await startFakeHub();
    const tokens = new Map([[hub.cdnOrigin, 'secret']]);
    const { downloader, request, book } = await setUp({ tokens });
    await downloader.fetch(request(hub.publish('/blob', content)));
    expect(hub.requests.to('/blob').map(({ authorization }) => authorization)).toContain('Bearer secret');
    expect(book.find(/fetched a head/)).toBeDefined();
  });

  it('another source goes on, and the metrics know', async () => {
    await using hub = await startFakeHub();
    const { downloader, request, counted, target } = await setUp();
    const blob = hub.publish('/blob', content);
    await downloader.fetch(request(new URL('/nothing', blob), blob));
    expect(counted.failovers).toBe(1);
    expect((await readFile(target)).length).toBe(content.size);
  });

  it('fails with all that callers decide by', async () => {
    await using hub = await startFakeHub();
    const { downloader, request } = await setUp();
    const failure = await downloader
      .fetch(request(new URL('/nothing', hub.publish('/blob', content))))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure).toMatchObject({
      type: 'source_failed',
      message: expect.stringMatching(/^weights of acme\/model could not be fetched/) as string,
      detail: expect.stringMatching(/^Trying again would not help/) as string,
    });
    const { cause } = failure as ServiceError;
    expect(cause).toBeInstanceOf(SourcesFailure);
    const [problem] = (cause as SourcesFailure).problems;
    expect(problem?.failure).toBeInstanceOf(AttemptFailure);
    expect(problem?.failure).toMatchObject({ status: 403, isFinal: true });
  });

  it('asks the server for the space, and gives up without it', async () => {
    await using hub = await startFakeHub();
    const full = new ServiceError('insufficient_storage', 'there is no room');
    const { downloader, request } = await setUp({ space: { reserve: () => Promise.reject(full) } });
    const fetching = downloader.fetch(request(hub.publish('/blob', content)));
    await expect(fetching).rejects.toMatchObject({
      type: 'insufficient_storage',
      message: 'there is no room',
    });
    expect(hub.requests.to('/blob')).toHaveLength(0);
  });

  it('gives up when it is told to, with the reason, and goes on later from what it had', async () => {
    await using hub = await startFakeHub();
    hub.fault({ path: '/blob', rangeStart: 0 }, { kind: 'stall', afterBytes: MIB });
    const { downloader, request, told, stop, target } = await setUp();
    const blob = hub.publish('/blob', content);
    const other = Promise.withResolvers<void>();
    const onBytes = (bytes: number): void => {
      told.push(bytes);
      // All of the part that has not stalled.
      if (sum(told) > content.size / 2) other.resolve();
    };
    const fetching = downloader.fetch({ ...request(blob), onBytes });
    await Promise.race([other.promise, fetching]);
    const enough = new Error('enough');
    stop.abort(enough);
    await expect(fetching).rejects.toBe(enough);
    const before = hub.requests.bytesSent('/blob');
    await downloader.fetch({ ...request(blob), signal: new AbortController().signal });
    expect(hub.requests.bytesSent('/blob') - before).toBeLessThan(content.size);
    expect((await readFile(target)).equals(content.read(0, content.size))).toBe(true);
  });
});

describe('a delta in a thread', () => {
  it('brings a file, tells of every byte before it is done, and says what was saved', async () => {
    await using hub = await startFakeHub();
    const space = new CountedSpace();
    const { delta, deltaRequest, target, told, counted } = await setUp({ space });
    const index = hub.publish('/blob.chunks', givenContent(encodeIndex(await indexOf(longer))));
    const outcome = await delta.fetch(await deltaRequest(hub.publish('/blob', longer), index));
    expect(outcome).toEqual({ via: 'delta', savedBytes: longer.size - counted.came });
    expect(counted.came).toBeLessThan(0.2 * longer.size);
    expect(counted.saved).toBe(outcome.savedBytes);
    expect(sum(told)).toBe(longer.size);
    expect(space).toMatchObject({ reserved: longer.size, released: 1 });
    expect(await isContent(target, longer)).toBe(true);
  });

  it('that fails has the file fetched whole, and told of anew', async () => {
    await using hub = await startFakeHub();
    const { delta, deltaRequest, target, told, book } = await setUp();
    const blob = hub.publish('/blob', longer);
    const outcome = await delta.fetch(await deltaRequest(blob, new URL('/nothing', blob)));
    expect(outcome).toMatchObject({ via: 'whole', savedBytes: 0 });
    expect(outcome.reason).toMatch(/status 40[34]/);
    expect(book.find(/no delta: the file is fetched whole/)).toBeDefined();
    expect(sum(told)).toBe(longer.size);
    expect(await isContent(target, longer)).toBe(true);
  });

  it('gives up when it is told to, with the reason', async () => {
    await using hub = await startFakeHub();
    const index = hub.publish('/blob.chunks', givenContent(encodeIndex(await indexOf(longer))));
    const { delta, deltaRequest, stop } = await setUp();
    hub.fault({ path: /\/blob$/, times: 9 }, { kind: 'stall', afterBytes: 1000 });
    const request = await deltaRequest(hub.publish('/blob', longer), index);
    const enough = new Error('enough');
    // What lies in the old file is told of before anything is fetched.
    const onBytes = (): void => stop.abort(enough);
    await expect(delta.fetch({ ...request, onBytes })).rejects.toBe(enough);
  });
});
