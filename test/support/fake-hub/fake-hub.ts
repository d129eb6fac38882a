import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Content } from './content.ts';
import { FakeServer } from './fake-server.ts';
import { type Fault, FaultPlan, type FaultRule, faultOf } from './faults.ts';
import { type LinkSpeed, Pace } from './pace.ts';
import { type Access, HubRepository } from './repository.ts';
import { RequestRecord } from './requests.ts';
import { answerCdn, answerHub, fail, type HubState } from './routes.ts';
import { applyHeaderFaults, type Sending } from './send-content.ts';

export interface FakeHubOptions {
  /** Another hub whose repositories this one has too: a mirror. */
  readonly mirrorOf?: FakeHub;
  /** Entries in one page of a tree; 1000 by default. */
  readonly treePageEntries?: number;
}

/**
 * A Hugging Face hub on loopback: the API of revisions and trees, files at `/{id}/resolve/{revision}/{path}`, and large
 * files by redirect to a second origin, as the real one has them at a CDN. It fails when, where and how it is told to,
 * and remembers every request.
 */
export class FakeHub implements AsyncDisposable {
  readonly requests = new RequestRecord();
  readonly repositories: Map<string, HubRepository>;
  readonly published: Map<string, Content>;
  readonly #faults = new FaultPlan();
  readonly #pace = new Pace();
  readonly #hub: FakeServer;
  readonly #cdn: FakeServer;
  #bytesLeft = Number.POSITIVE_INFINITY;

  constructor({ mirrorOf, treePageEntries = 1000 }: FakeHubOptions) {
    this.repositories = mirrorOf?.repositories ?? new Map();
    this.published = mirrorOf?.published ?? new Map();
    const state: HubState = {
      repositories: this.repositories,
      published: this.published,
      origin: () => this.origin,
      cdnOrigin: () => this.cdnOrigin,
      treePageEntries,
    };
    this.#hub = new FakeServer((...exchange) => this.#serve('hub', exchange, (s) => answerHub(state, s)));
    this.#cdn = new FakeServer((...exchange) => this.#serve('cdn', exchange, (s) => answerCdn(state, s)));
  }

  static async start(options: FakeHubOptions = {}): Promise<FakeHub> {
    const hub = new FakeHub(options);
    await hub.revive();
    return hub;
  }

  /** What `HF_ENDPOINT` would be. */
  get origin(): string {
    return this.#hub.origin;
  }

  /** Where redirects of large files lead, and where published files are. */
  get cdnOrigin(): string {
    return this.#cdn.origin;
  }

  repository(id: string, access: Access = 'public'): HubRepository {
    const repository = new HubRepository(id, access);
    this.repositories.set(id, repository);
    return repository;
  }

  /** Puts a file at any path of the second origin, as on a static server. @returns its URL. */
  publish(path: string, content: Content): URL {
    this.published.set(path, content);
    return new URL(path, this.cdnOrigin);
  }

  /** Has the next requests that match go wrong. Faults that match the same request add up. */
  fault(rule: FaultRule | string, fault: Fault): void {
    this.#faults.add(typeof rule === 'string' ? { path: rule } : rule, fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  limit(speed: LinkSpeed): void {
    this.#pace.speed = speed;
  }

  /** Both servers die for ever once they have sent so many bytes of bodies from now on. */
  dieAfter(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  kill(): void {
    this.#hub.kill();
    this.#cdn.kill();
  }

  /** Starts both servers, on the ports that they had before. */
  async revive(): Promise<void> {
    this.#bytesLeft = Number.POSITIVE_INFINITY;
    await Promise.all([this.#hub.start(), this.#cdn.start()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    return Promise.resolve();
  }

  async #serve(
    server: 'hub' | 'cdn',
    [request, response]: [IncomingMessage, ServerResponse],
    answer: (sending: Sending) => Promise<void>,
  ): Promise<void> {
    const seen = this.requests.add(server, request);
    const start = /^bytes=(\d+)-/.exec(seen.range ?? '')?.[1];
    const faults = this.#faults.meet({
      server,
      method: seen.method,
      path: seen.path,
      rangeStart: start === undefined ? undefined : Number(start),
    });
    response.on('finish', () => {
      seen.status = response.statusCode;
    });
    const sending = {
      response,
      seen,
      faults,
      pace: this.#pace,
      maySend: (bytes: number) => this.#spend(bytes),
    };
    await faultOf(faults, 'hold')?.until;
    const wait = faultOf(faults, 'delay');
    if (wait) await pause(wait.ms, undefined, { ref: false });
    if (response.destroyed) return;
    const status = faultOf(faults, 'status');
    if (status) {
      if (status.retryAfter !== undefined) response.setHeader('retry-after', status.retryAfter);
      return fail(sending, status.status, status.errorCode, `status ${status.status} on purpose`);
    }
    const redirect = faultOf(faults, 'redirect');
    if (redirect) {
      response.setHeader('location', redirect.to);
      applyHeaderFaults(response, faults);
      response.writeHead(redirect.status ?? 302).end();
      return;
    }
    await answer(sending);
  }

  #spend(bytes: number): boolean {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft >= 0) return true;
    this.kill();
    return false;
  }
}

/** A hub that a test stops by itself when it is over: `await using hub = await startFakeHub()`. */
export function startFakeHub(options?: FakeHubOptions): Promise<FakeHub> {
  return FakeHub.start(options);
}
