import { Agent, type IncomingHttpHeaders, request as send } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reranked } from '../../../test/support/client.ts';
import type { KnownAnswers, LoadRequest } from './known-answers.ts';
import { LoadTally } from './load-tally.ts';

export interface LoadPlan {
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly answers: KnownAnswers;
  readonly connections: number;
  /** A connection rests so long between an answer and its next request. */
  readonly pauseMs?: number;
  /** Goes along with every request: so long its client waits. */
  readonly patienceMs?: number;
  /** After so long a request counts as lost. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;

/** Asks without end over keep-alive connections, and checks every single answer. Disposing it waits for the last ones. */
export class SteadyLoad implements AsyncDisposable {
  readonly tally = new LoadTally();
  readonly #plan: LoadPlan;
  readonly #agent: Agent;
  readonly #workers: Promise<void>[];
  readonly #options: object;
  #over = false;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    const { patienceMs } = plan;
    this.#options = { raw_scores: true, ...(patienceMs && { timeout_ms: patienceMs }) };
    this.#agent = new Agent({ keepAlive: true, maxSockets: plan.connections });
    this.#workers = Array.from({ length: plan.connections }, (_, worker) => this.#ask(worker));
  }

  /** Resolves when so many more requests have been answered, whatever the answers. @throws the signal's reason */
  async more(requests: number, signal: AbortSignal): Promise<void> {
    const settled = (): number => this.tally.sent - this.tally.open;
    const enough = settled() + requests;
    while (settled() < enough) await delay(5, undefined, { signal });
  }

  /** Sends no more and waits for the answers that are still to come. */
  async finish(): Promise<LoadTally> {
    this.#over = true;
    await Promise.all(this.#workers);
    this.#agent.destroy();
    return this.tally;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  async #ask(worker: number): Promise<void> {
    const { requests, pauseMs = 0 } = this.#plan;
    // Each begins elsewhere in the set, else all would ask the same at the same time.
    for (let turn = worker * 7; !this.#over; turn++) {
      await this.#askOnce(turn % requests.length, `load-${worker}-${turn}`);
      if (pauseMs > 0) await delay(pauseMs);
    }
  }

  async #askOnce(index: number, id: string): Promise<void> {
    const { answers } = this.#plan;
    const startedAt = performance.now();
    this.tally.sent++;
    try {
      const { status, headers, content } = await this.#post(
        JSON.stringify({ ...this.#plan.requests[index], ...this.#options }),
        id,
      );
      if (status !== 200) this.tally.fail(`status ${status}: ${content.slice(0, 300)}`);
      else {
        this.tally.mark(answers.findFault(index, id, toHeaders(headers), JSON.parse(content) as Reranked));
      }
    } catch (error) {
      this.tally.fail(`${id}: ${(error as Error).message}`);
    }
    this.tally.longestMs = Math.max(this.tally.longestMs, performance.now() - startedAt);
  }

  async #post(body: string, id: string) {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number;
      headers: IncomingHttpHeaders;
      content: string;
    }>();
    const options = {
      method: 'POST',
      agent: this.#agent,
      headers: { 'content-type': 'application/json', 'x-request-id': id },
      signal: AbortSignal.timeout(this.#plan.timeoutMs ?? TIMEOUT_MS),
    };
    send(`${this.#plan.url}/rerank`, options, (response) => {
      text(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, content }),
        reject,
      );
    })
      .on('error', reject)
      .end(body);
    return await promise;
  }
}

function toHeaders(headers: IncomingHttpHeaders): Headers {
  return new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
