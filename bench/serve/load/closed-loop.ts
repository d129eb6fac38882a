import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client, PreparedRequest } from './client.ts';
import type { ClosedLoop, LoadReport } from './protocol.ts';

/** Fewer say nothing about a spread. */
const FEWEST_ANSWERS = 8;

/**
 * However slow a contender is, it isn't warmed up for longer than this. Where some connections have had no answer by then, no
 * latencies are reported: those of the others would be too good to be true.
 */
const LONGEST_WARM_UP_MS = 60_000;

/** However slow a contender is, it isn't measured for longer than this. */
const LONGEST_MEASUREMENT_MS = 180_000;

/** A server that refuses at once isn't asked again at once: that would measure how fast it refuses. */
const PAUSE_AFTER_FAULT_MS = 100;

/**
 * Keeps the connections busy and measures from one answer to another: an answer that begins before the measured time and ends
 * in it makes up for one that begins in it and ends after.
 */
export async function runClosedLoop(
  client: Client,
  requests: readonly PreparedRequest[],
  plan: ClosedLoop,
  onMeasuring: () => void,
): Promise<LoadReport> {
  const measurement = new Measurement(plan, onMeasuring);
  let next = 0;
  const connection = async (): Promise<void> => {
    while (!measurement.isOver) {
      const request = requests[next++ % requests.length] as PreparedRequest;
      const answer = await client.ask(request);
      measurement.add(request, answer);
      if (answer.fault !== undefined) await delay(PAUSE_AFTER_FAULT_MS);
    }
  };
  for (let index = 0; index < plan.connections; index++) void connection();
  return await measurement.done;
}

class Measurement {
  readonly done: Promise<LoadReport>;
  readonly #plan: ClosedLoop;
  readonly #onMeasuring: () => void;
  readonly #resolve: (report: LoadReport) => void;
  readonly #startedAt = performance.now();
  readonly #latenciesMs: number[] = [];
  #begunAt: number | undefined;
  #warmUpAnswers = 0;
  #answers = 0;
  #isSteady = false;
  #lastAt = 0;
  #documents = 0;
  #tokens = 0;
  #failed = 0;
  #example: string | undefined;
  isOver = false;

  constructor(plan: ClosedLoop, onMeasuring: () => void) {
    this.#plan = plan;
    this.#onMeasuring = onMeasuring;
    const { promise, resolve } = Promise.withResolvers<LoadReport>();
    this.done = promise;
    this.#resolve = resolve;
    setTimeout(() => this.#end(), LONGEST_WARM_UP_MS + LONGEST_MEASUREMENT_MS);
  }

  add({ documents, tokens }: PreparedRequest, { latencyMs, fault }: Answer): void {
    if (this.isOver) return;
    const now = performance.now();
    if (this.#begunAt === undefined) this.#warmUp(now);
    else if (fault === undefined) {
      this.#answers++;
      if (this.#isSteady) this.#latenciesMs.push(latencyMs);
      this.#documents += documents;
      this.#tokens += tokens;
    }
    if (fault !== undefined) {
      this.#failed++;
      this.#example ??= fault;
    }
    this.#lastAt = now;
    if (this.#begunAt !== undefined && this.#isEnough(now - this.#begunAt)) this.#end();
  }

  #warmUp(now: number): void {
    this.#warmUpAnswers++;
    const elapsed = now - this.#startedAt;
    this.#isSteady = this.#warmUpAnswers >= this.#plan.connections;
    if (elapsed < this.#plan.warmUpSeconds * 1000) return;
    if (!this.#isSteady && elapsed < LONGEST_WARM_UP_MS) return;
    this.#begunAt = now;
    this.#onMeasuring();
  }

  #isEnough(elapsedMs: number): boolean {
    if (elapsedMs >= LONGEST_MEASUREMENT_MS) return true;
    const isLongEnough = elapsedMs >= this.#plan.seconds * 1000;
    return isLongEnough && this.#answers + this.#failed >= FEWEST_ANSWERS;
  }

  /** What the figures don't say by themselves. */
  get #doubt(): string | undefined {
    if (this.#begunAt === undefined) return 'no answer came in time';
    return this.#isSteady
      ? undefined
      : 'too slow for all connections to have an answer in the warm-up: no latencies';
  }

  #end(): void {
    this.isOver = true;
    this.#resolve({
      seconds: (this.#lastAt - (this.#begunAt ?? this.#startedAt)) / 1000,
      documents: this.#documents,
      tokens: this.#tokens,
      latenciesMs: this.#latenciesMs,
      failed: this.#failed,
      example: this.#example ?? this.#doubt,
      sent: this.#answers + this.#failed,
      refused: 0,
      refusedWithRetryAfter: 0,
    });
  }
}
