import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { findFault } from './check-answer.ts';
import type { LoadCase, LoadSettings } from './protocol.ts';
import type { Tally } from './tally.ts';

/** What autocannon 9's client has beyond its types; see its lib/httpClient.js. */
interface Client extends autocannon.Client {
  /** The client ends itself after an answer once it has sent that many requests. */
  responseMax: number | undefined;
  readonly pipelinedRequests: { clear(): void };
}

export interface Load {
  /** Lets every connection wait for its last answer, then ends. */
  drain(): Promise<void>;
}

/** Longer than the bench: the load ends when it is told to. */
const DURATION_SECONDS = 24 * 3600;

const REQUEST_TIMEOUT_SECONDS = 30;

/**
 * Starts autocannon in this thread and tells `tally` what happens.
 *
 * One run over all phases: a run a phase would cut off the requests that are in flight between two phases, and nobody would
 * know whether those would have been answered.
 */
export function startLoad(settings: LoadSettings, tally: Tally): Load {
  const requests = settings.cases.map((loadCase) => toRequest(loadCase, tally, settings.scoreTolerance));
  const clients: Client[] = [];
  const setupClient = (client: autocannon.Client): void => {
    // Each begins elsewhere in the set, else all would send the same request at the same time.
    client.setRequests(rotate(requests, clients.length));
    observe(client as Client, tally);
    clients.push(client as Client);
  };
  const shared: autocannon.Options = {
    url: settings.url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    duration: DURATION_SECONDS,
    timeout: REQUEST_TIMEOUT_SECONDS,
    requests,
    setupClient,
    skipAggregateResult: true,
  };
  const runs =
    settings.ratePerSecond === 0 ? [startRun(shared, settings.connections)] : startPaced(shared, settings);
  return {
    async drain() {
      for (const client of clients) client.responseMax = 1;
      await Promise.all(runs);
    },
  };
}

/**
 * autocannon sends a connection's requests for one second back to back and then pauses until the next second. With
 * connections that start one after the other the load as a whole is even.
 */
function startPaced(
  options: autocannon.Options,
  { connections, ratePerSecond }: LoadSettings,
): Promise<unknown>[] {
  const used = Math.min(connections, ratePerSecond);
  return Array.from({ length: used }, async (_, index) => {
    await delay((index * 1000) / used);
    const connectionRate = Math.floor(ratePerSecond / used) + (index < ratePerSecond % used ? 1 : 0);
    await startRun({ ...options, connectionRate }, 1);
  });
}

async function startRun(options: autocannon.Options, connections: number): Promise<unknown> {
  return await autocannon({ ...options, connections });
}

function toRequest(loadCase: LoadCase, tally: Tally, tolerance: number): autocannon.Request {
  return {
    body: loadCase.body,
    headers: { 'content-type': 'application/json', 'x-request-id': loadCase.id },
    onResponse: (status, body, _context, headers) =>
      tally.answer(status, body, findFault(loadCase, headers ?? {}, body, tolerance)),
  };
}

function observe(client: Client, tally: Tally): void {
  const events: EventEmitter = client;
  events.on('request', () => tally.request());
  events.on('response', (_status: number, _bytes: number, ms: number) => tally.latency(ms));
  events.on('timeout', () => tally.timeout());
  events.on('connError', (error: Error) => {
    // autocannon would hold the answer to its next request against the one that was lost.
    client.pipelinedRequests.clear();
    tally.connectionError(error.message);
  });
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
