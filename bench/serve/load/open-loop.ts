import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client, PreparedRequest } from './client.ts';
import type { LoadReport, OpenLoop } from './protocol.ts';

const TOO_MANY_REQUESTS = 429;

/** Between two looks at the clock; requests that are due together go out together. */
const TICK_MS = 5;

/**
 * Sends at an even pace and never waits for an answer before the next request: as many clients would who know nothing of each
 * other.
 */
export async function runOpenLoop(
  client: Client,
  requests: readonly PreparedRequest[],
  plan: OpenLoop,
  onMeasuring: () => void,
): Promise<LoadReport> {
  const tally = new Tally();
  const startedAt = performance.now();
  const measureFrom = startedAt + plan.warmUpSeconds * 1000;
  const measureTo = measureFrom + plan.seconds * 1000;
  const underWay: Promise<void>[] = [];
  const send = async (request: PreparedRequest, isMeasured: boolean): Promise<void> => {
    const answer = await client.ask(request);
    const now = performance.now();
    tally.add(request, answer, isMeasured, now >= measureFrom && now < measureTo);
  };
  let isMeasured = false;
  for (let now = startedAt; now < measureTo; now = performance.now()) {
    if (!isMeasured && now >= measureFrom) {
      isMeasured = true;
      onMeasuring();
    }
    const due = Math.floor(((now - startedAt) / 1000) * plan.requestsPerSecond) + 1;
    while (underWay.length < due) {
      if (isMeasured) tally.sent++;
      underWay.push(send(requests[underWay.length % requests.length] as PreparedRequest, isMeasured));
    }
    await delay(TICK_MS);
  }
  await Promise.race([Promise.all(underWay), delay(plan.patienceSeconds * 1000)]);
  return tally.report(plan.seconds);
}

class Tally {
  sent = 0;
  #documents = 0;
  #tokens = 0;
  #refused = 0;
  #refusedWithRetryAfter = 0;
  #example: string | undefined;
  readonly #latenciesMs: number[] = [];

  /**
   * @param wasSentInTime the request counts for the shares and latencies
   * @param cameInTime the answer counts for the rate
   */
  add(request: PreparedRequest, answer: Answer, wasSentInTime: boolean, cameInTime: boolean): void {
    if (answer.fault === undefined && cameInTime) {
      this.#documents += request.documents;
      this.#tokens += request.tokens;
    }
    if (!wasSentInTime) return;
    if (answer.fault === undefined) this.#latenciesMs.push(answer.latencyMs);
    else if (answer.status === TOO_MANY_REQUESTS) {
      this.#refused++;
      if (answer.headers['retry-after'] !== undefined) this.#refusedWithRetryAfter++;
    } else this.#example ??= answer.fault;
  }

  /** What has no answer by now has failed. */
  report(seconds: number): LoadReport {
    return {
      seconds,
      documents: this.#documents,
      tokens: this.#tokens,
      latenciesMs: this.#latenciesMs,
      failed: this.sent - this.#latenciesMs.length - this.#refused,
      example: this.#example,
      sent: this.sent,
      refused: this.#refused,
      refusedWithRetryAfter: this.#refusedWithRetryAfter,
    };
  }
}
