/**
 * What a delta costs over the wire: a model file is changed in four ways, and fetched by who has the version before.
 *
 *     node bench/delta.ts [--mebibytes 256]
 *
 * The server runs in the same process, on loopback: the times say what the machine needs, not what a network does.
 */
import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/platform/clock.ts';
import { createLogger } from '../src/platform/logger.ts';
import { decodeIndex } from '../src/store/delta/chunk-index.ts';
import { runInThread } from '../src/store/delta/run-in-thread.ts';
import { createFetchers } from '../src/store/fetch-thread/fetchers.ts';
import { createManifestSource } from '../src/store/manifest/manifest-source.ts';
import { publish } from '../src/store/manifest/publish.ts';
import { createTransport } from '../src/store/transport/create-transport.ts';
import { roomyDisk } from '../test/support/roomy-disk.ts';

const MIB = 2 ** 20;
const { values } = parseArgs({ options: { mebibytes: { type: 'string', default: '256' } } });
const size = Number(values.mebibytes) * MIB;
const { signal } = new AbortController();

/** Bytes that no compressor makes smaller, the same for the same seed. */
function* noise(seed: string, bytes: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', createHash('md5').update(seed).digest(), Buffer.alloc(16));
  for (let left = bytes; left > 0; left -= MIB) yield cipher.update(Buffer.alloc(Math.min(MIB, left)));
}

/** Each 32-bit weight a little different: its lowest bit. */
function* nudged(pieces: Iterable<Buffer>): Generator<Buffer> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += 4) piece[at] = (piece[at] ?? 0) ^ 1;
    yield piece;
  }
}

const header = 4096;
const layer = Math.floor(size / 12);
const changes: Readonly<Record<string, () => Iterable<Buffer>>> = {
  '37 bytes more in the header': function* () {
    yield* noise('header', header);
    yield Buffer.alloc(37, 'x');
    yield* noise('weights', size - header);
  },
  [`the last 1 of ${values.mebibytes} MiB replaced`]: function* () {
    yield* noise('header', header);
    yield* noise('weights', size - header - MIB);
    yield* noise('other', MIB);
  },
  'the last 2 of 12 layers replaced': function* () {
    yield* noise('header', header);
    yield* noise('weights', size - header - 2 * layer);
    yield* noise('other', 2 * layer);
  },
  'every weight nudged': function* () {
    yield* noise('header', header);
    yield* nudged(noise('weights', size - header));
  },
};

const scratch = await mkdtemp(join(tmpdir(), 'rerankd-bench-'));
let sent = 0;
const server = createServer(
  (request, response) => void serve(request.url ?? '', request.headers.range, response),
);
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});

/** A static web server with ranges. */
async function serve(url: string, range: string | undefined, response: ServerResponse): Promise<void> {
  const path = join(scratch, 'published', new URL(url, 'http://host').pathname);
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return void response.writeHead(404).end();
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const [start, end] = [Number(from ?? 0), Math.min(Number(to ?? info.size - 1), info.size - 1)];
  if (from !== undefined) response.setHeader('content-range', `bytes ${start}-${end}/${info.size}`);
  response.writeHead(from === undefined ? 200 : 206, { 'content-length': end - start + 1 });
  sent += end - start + 1;
  await pipeline(createReadStream(path, { start, end }), response).catch(() => {});
}

async function publishAs(version: string, pieces: Iterable<Buffer>): Promise<{ url: URL; sha256: string }> {
  const directory = join(scratch, 'published', version);
  const path = join(directory, 'model.safetensors');
  await mkdir(dirname(path), { recursive: true });
  await pipeline(pieces, createWriteStream(path));
  const files = [{ name: 'model.safetensors', path }];
  const { sha256 } = await publish({ files, directory, out: directory, signal, onProgress: () => {} });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/${version}/manifest.json`), sha256 };
}

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
const space = roomyDisk;
const tools = { transport, space, clock, logger, metrics, random: Math.random };

try {
  console.log(`${cpus().length} × ${cpus()[0]?.model}, node ${process.version}`);
  const old = await publishAs(
    'old',
    (function* () {
      yield* noise('header', header);
      yield* noise('weights', size - header);
    })(),
  );
  const path = join(scratch, 'published/old/model.safetensors');
  const begun = performance.now();
  const index = decodeIndex(await runInThread('index', { path }, { signal }));
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${(size / MIB / seconds).toFixed(0)} MiB/s to cut and hash, ${index.count} chunks, ${(size / index.count / 1024).toFixed(1)} KiB on average\n`,
  );
  console.log('| change | over the wire | share | time |\n|---|---:|---:|---:|');
  for (const [change, pieces] of Object.entries(changes)) {
    const root = join(scratch, 'store');
    const fetchers = createFetchers({ ...tools, limits: {} });
    const source = createManifestSource({ ...tools, ...fetchers, root, offline: false });
    const work = { signal, advance: (): void => {}, warn: (): void => {} };
    await source.fetch(old, work);
    const next = await publishAs('next', pieces());
    sent = 0;
    const from = performance.now();
    await source.fetch(next, work);
    const took = ((performance.now() - from) / 1000).toFixed(1);
    console.log(
      `| ${change} | ${(sent / MIB).toFixed(2)} MiB | ${((100 * sent) / size).toFixed(2)} % | ${took} s |`,
    );
    await rm(root, { recursive: true });
  }
} finally {
  await transport.close();
  server.close();
  server.closeAllConnections();
  await rm(scratch, { recursive: true, force: true });
}
