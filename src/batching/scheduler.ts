import type { EnginePort } from '../engine/port.ts';
import type { RaggedTokens, RunReply } from '../engine/protocol.ts';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import { ChildLost } from '../platform/process/child-link.ts';
import { type Batch, gatherTokens, type PairOfJob, paddedTokens, splitByJob } from './batch.ts';
import { Job, type ScoredPairs } from './job.ts';
import { PairQueue } from './pair-queue.ts';

export interface SchedulerOptions {
  readonly engines: EnginePort;
  /** Tokens of one batch, padding included. */
  readonly maxBatchTokens: number;
  readonly clock: Clock;
  readonly metrics: Pick<
    Metrics,
    'batchPairs' | 'batchTokens' | 'batchDuration' | 'batchRetries' | 'queuedPairs' | 'queuedTokens'
  >;
}

const MAX_PADDING_SHARE = 0.2;

/** Splitting a small request further than this costs more in messages than the engines win. */
const MIN_SHARE_TOKENS = 128;

/** An engine may end over a batch once by somebody else's fault; twice is the batch's own. */
const MAX_LOST_ENGINES = 2;

/** Turns the pairs of many requests into batches, and hands each to an engine as soon as one has a free slot. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #queue = new PairQueue<PairOfJob>();
  /** Batches that lost their engine, to run again before anything else. */
  readonly #again: Batch[] = [];
  #lastAnswerAt = Number.NEGATIVE_INFINITY;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    options.engines.onFreeSlot = () => this.#dispatch();
  }

  get queuedPairs(): number {
    return this.#queue.pairs;
  }

  /** When an engine last gave an answer, on the injected clock. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt;
  }

  /**
   * Scores pairs; they run together with whatever else waits.
   * @param signal drops what has not run yet.
   * @throws the signal's reason; ServiceError internal when the model can't take these pairs.
   */
  async submit(tokens: RaggedTokens, signal: AbortSignal): Promise<ScoredPairs> {
    signal.throwIfAborted();
    if (tokens.lengths.length === 0) throw new RangeError('a job needs at least one pair');
    const job = new Job(tokens, this.#options.clock.now());
    const abandon = (): void => {
      job.fail(signal.reason);
      this.#queue.remove((pair) => pair.job === job);
      this.#reportQueue();
    };
    signal.addEventListener('abort', abandon, { once: true });
    for (let pair = 0; pair < job.pairs; pair++) this.#queue.push({ job, pair }, job.lengthOf(pair));
    this.#dispatch();
    try {
      return await job.scored;
    } finally {
      signal.removeEventListener('abort', abandon);
    }
  }

  #dispatch(): void {
    const { engines } = this.#options;
    while (engines.freeSlots > 0) {
      const batch = this.#nextBatch();
      if (batch === undefined) break;
      void this.#run(batch);
    }
    this.#reportQueue();
  }

  #nextBatch(): Batch | undefined {
    while (this.#again.length > 0) {
      const batch = this.#again.shift();
      const wanted = batch?.pairs.filter(({ job }) => !job.settled) ?? [];
      if (batch && wanted.length > 0) return { pairs: wanted, lostEngines: batch.lostEngines };
    }
    const pairs = this.#queue.takeBatch({ tokens: this.#shareTokens(), paddingShare: MAX_PADDING_SHARE });
    return pairs.length > 0 ? { pairs, lostEngines: 0 } : undefined;
  }

  /** An even share of what waits for each engine: one big request should keep all of them busy. */
  #shareTokens(): number {
    const { engines, maxBatchTokens } = this.#options;
    const share = Math.ceil(this.#queue.tokens / Math.max(1, engines.readyEngines));
    return Math.min(maxBatchTokens, Math.max(share, MIN_SHARE_TOKENS));
  }

  async #run(batch: Batch): Promise<void> {
    const { engines, clock, metrics } = this.#options;
    const tokens = gatherTokens(batch.pairs);
    const startedAt = clock.now();
    for (const { job } of batch.pairs) job.markRunning(startedAt);
    metrics.batchPairs.observe(batch.pairs.length);
    metrics.batchTokens.observe(paddedTokens(tokens.lengths));
    try {
      this.#deliver(batch, await engines.run(tokens));
    } catch (error) {
      this.#handleFailure(batch, error);
    }
    this.#dispatch();
  }

  #deliver(batch: Batch, reply: RunReply): void {
    const now = this.#options.clock.now();
    if (reply.logits.length !== batch.pairs.length) {
      throw new Error(`the model gave ${reply.logits.length} scores for ${batch.pairs.length} pairs`);
    }
    this.#lastAnswerAt = now;
    this.#options.metrics.batchDuration.observe(reply.runMs / 1000);
    for (const [row, { job, pair }] of batch.pairs.entries())
      job.score(pair, reply.logits[row] ?? Number.NaN, now);
  }

  #handleFailure(batch: Batch, error: unknown): void {
    const { metrics } = this.#options;
    if (error instanceof ChildLost && !error.wasRunning) {
      this.#again.push(batch);
      return;
    }
    const lostEngines = batch.lostEngines + (error instanceof ChildLost ? 1 : 0);
    const alone = splitByJob(batch.pairs, lostEngines);
    const mayRunAgain = error instanceof ChildLost ? lostEngines < MAX_LOST_ENGINES : alone.length > 1;
    if (mayRunAgain) {
      metrics.batchRetries.inc();
      this.#again.push(...alone);
      return;
    }
    for (const { job } of batch.pairs) job.fail(rejection(error));
  }

  #reportQueue(): void {
    this.#options.metrics.queuedPairs.set(this.#queue.pairs);
    this.#options.metrics.queuedTokens.set(this.#queue.tokens);
  }
}

function rejection(error: unknown): ServiceError {
  const message =
    error instanceof ChildLost
      ? 'an engine process ended twice over this request, which was then given up'
      : 'the model failed on this request';
  return new ServiceError('internal', message, {
    detail: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}
