import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { decodeIndex } from '../../src/store/delta/chunk-index.ts';
import { runInThread } from '../../src/store/delta/run-in-thread.ts';
import { createFetchers } from '../../src/store/fetch-thread/fetchers.ts';
import { createManifestSource } from '../../src/store/manifest/manifest-source.ts';
import { publish } from '../../src/store/manifest/publish.ts';
import { createTransport } from '../../src/store/transport/create-transport.ts';
import { roomyDisk } from '../../test/support/roomy-disk.ts';
import { StaticServer } from './static-server.ts';
import { newVersions, oldVersion, type Pieces } from './versions.ts';

const MIB = 2 ** 20;

const FILE = 'model.safetensors';

const { signal } = new AbortController();

/**
 * Publishes a file and changed ones, and fetches each of these as who has the first.
 * @param size of the file, in bytes
 * @param print gets the lines as they are known
 */
export async function measureDeltas(
  directory: string,
  size: number,
  print: (line: string) => void,
): Promise<void> {
  const published = join(directory, 'published');
  using server = await StaticServer.start(published);
  const logger = createLogger({ level: 'error', format: 'text', destination: 2 });
  const clock = systemClock;
  const transport = createTransport({
    allowPrivate: true,
    allowedHosts: 'any',
    tokens: new Map(),
    clock,
    logger,
  });
  const none = { inc: (): void => {} };
  const metrics = { storeBytes: none, storeRetries: none, storeFailovers: none, storeDeltaSaved: none };
  const tools = { transport, space: roomyDisk, clock, logger, metrics, random: Math.random };
  try {
    const old = await publishAs('old', oldVersion(size), published, server);
    print(`${await cutAndHash(join(published, 'old', FILE), size)}\n`);
    print('| change | over the wire | share | time |\n|---|---:|---:|---:|');
    for (const [change, pieces] of Object.entries(newVersions(size))) {
      const root = join(directory, 'store');
      const fetchers = createFetchers({ ...tools, limits: {} });
      const source = createManifestSource({ ...tools, ...fetchers, root, offline: false });
      const work = { signal, advance: (): void => {}, warn: (): void => {} };
      await source.fetch(old, work);
      const next = await publishAs('next', pieces, published, server);
      server.sent = 0;
      const from = performance.now();
      await source.fetch(next, work);
      const took = ((performance.now() - from) / 1000).toFixed(1);
      const { sent } = server;
      print(
        `| ${change} | ${(sent / MIB).toFixed(2)} MiB | ${((100 * sent) / size).toFixed(2)} % | ${took} s |`,
      );
      await rm(root, { recursive: true });
    }
  } finally {
    await transport.close();
  }
}

async function publishAs(
  version: string,
  pieces: Pieces,
  published: string,
  server: StaticServer,
): Promise<{ url: URL; sha256: string }> {
  const directory = join(published, version);
  const path = join(directory, FILE);
  await mkdir(directory, { recursive: true });
  await pipeline(pieces(), createWriteStream(path));
  const files = [{ name: FILE, path }];
  const { sha256 } = await publish({ files, directory, out: directory, signal, onProgress: () => {} });
  return { url: server.urlOf(`${version}/manifest.json`), sha256 };
}

async function cutAndHash(path: string, size: number): Promise<string> {
  const begun = performance.now();
  const { count } = decodeIndex(await runInThread('index', { path }, { signal }));
  const seconds = (performance.now() - begun) / 1000;
  const [rate, average] = [(size / MIB / seconds).toFixed(0), (size / count / 1024).toFixed(1)];
  return `${rate} MiB/s to cut and hash, ${count} chunks, ${average} KiB on average`;
}
