import { hubFileRules } from '../../../src/model/hub-file-rules.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createDownloader } from '../../../src/store/download/downloader.ts';
import { openCacheRoots } from '../../../src/store/hub/cache/cache-roots.ts';
import { hubEndpoints } from '../../../src/store/hub/endpoints.ts';
import { HubSnapshots } from '../../../src/store/hub/hub-snapshots.ts';
import { parseReference } from '../../../src/store/hub/model-reference.ts';
import { createTransport } from '../../../src/store/transport/create-transport.ts';
import { LogBook } from '../log-book.ts';
import { roomyDisk } from '../roomy-disk.ts';

/** A program: fetches a model, prints where it is and how many milliseconds that took. */
const [hub = '', cache = '', state = '', text = ''] = process.argv.slice(2);
const none = { inc: () => {} };
const { logger } = new LogBook();
const transport = createTransport({
  allowPrivate: ['127.0.0.1'],
  allowedHosts: 'any',
  tokens: new Map(),
  clock: systemClock,
  logger,
});
const snapshots = new HubSnapshots({
  transport,
  endpoints: hubEndpoints({ hfEndpoint: hub }, systemClock),
  clock: systemClock,
  random: Math.random,
  roots: await openCacheRoots(cache, `${cache}-fallback`, 'auto'),
  rules: hubFileRules,
  downloader: createDownloader({
    transport,
    space: roomyDisk,
    clock: systemClock,
    logger,
    random: Math.random,
    metrics: { storeBytes: none, storeRetries: none, storeFailovers: none },
  }),
  stateDirectory: state,
  offline: false,
  ttlMs: 0,
  dtype: 'auto',
  metrics: { lookups: none, failovers: none, staleServed: none },
});
const reference = parseReference(text);
if (reference.source !== 'hub') throw new Error(`${text} is not of a hub`);
const started = performance.now();
const snapshot = await snapshots.fetch(reference, {
  signal: new AbortController().signal,
  advance: () => {},
  warn: () => {},
});
console.log(JSON.stringify({ ...snapshot, ms: Math.round(performance.now() - started) }));
await transport.close();
