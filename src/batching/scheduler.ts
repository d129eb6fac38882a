import { shortFault } from '../engine/engine-fault.ts';
import type { EnginePort } from '../engine/port.ts';
import type { RaggedTokens, RunReply } from '../engine/protocol.ts';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { type Batch, computedTokens, gatherTokens } from './batch.ts';
import { BatchBudget } from './batch-budget.ts';
import type { BatchMetrics } from './batch-metrics.ts';
import { BatchTime } from './batch-time.ts';
import { carriedRequests } from './carried-requests.ts';
import { FailedBatches } from './failed-batches.ts';
import type { Flow } from './flow.ts';
import { Job, type ScoredPairs } from './job.ts';
import { OpenPairs } from './open-pairs.ts';
import { PairQueue } from './pair-queue.ts';
import { type PendingPair, rowsOf } from './pending-pair.ts';
import { Throughput } from './throughput.ts';

export interface SchedulerOptions {
  readonly engines: EnginePort;
  /** Tokens of one batch, padding included. */
  readonly maxBatchTokens: number;
  /** Undefined where tokens alone bound a batch. */
  readonly maxBatchRows?: number | undefined;
  /** How long a batch may take, as far as that can be told beforehand. Undefined where it may take as long as it does. */
  readonly maxBatchMs?: number | undefined;
  readonly clock: Clock;
  readonly metrics: BatchMetrics;
  /** Told which requests a batch carried that failed. */
  readonly logger?: Pick<Logger, 'info' | 'warn' | 'error'>;
}

const MAX_PADDING_SHARE = 0.2;

/** Splitting a small request further than this costs more in messages than the engines win. */
const MIN_SHARE_TOKENS = 128;

/** When those come back whom a device that failed has turned away: engines are started again every few seconds. */
const OUTAGE_RETRY_SECONDS = 5;

/** Turns the pairs of many requests into batches, and hands each to an engine as soon as one has a free slot. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #queue: PairQueue<PendingPair>;
  readonly #open = new OpenPairs();
  readonly #throughput = new Throughput();
  readonly #budget: BatchBudget;
  readonly #jobs = new Set<Job>();
  readonly #time: BatchTime;
  readonly #failed: FailedBatches;
  #lastAnswerAt = Number.NEGATIVE_INFINITY;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#budget = new BatchBudget(options.maxBatchTokens, options.clock);
    this.#queue = new PairQueue(options.engines.layout);
    this.#time = new BatchTime(options.maxBatchMs ?? Number.POSITIVE_INFINITY);
    this.#failed = new FailedBatches({
      budget: this.#budget,
      readyEngines: () => options.engines.readyEngines,
      onDropped: (pair) => this.#open.remove(pair),
      metrics: options.metrics,
      logger: options.logger,
    });
    options.engines.onFreeSlot = () => this.#dispatch();
    options.engines.onOutage = () => this.#turnAway();
  }

  get queuedPairs(): number {
    return this.#queue.pairs;
  }

  /** When an engine last gave an answer, on the injected clock. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt;
  }

  /** Tokens that all engines together compute in a millisecond when they are busy; undefined before the first batch. */
  get tokensPerMs(): number | undefined {
    const perEngine = this.#throughput.tokensPerMs;
    return perEngine && perEngine * Math.max(1, this.#options.engines.readyEngines);
  }

  /** Tokens of one batch at this moment: fewer than planned while the device is short of memory. */
  get batchTokens(): number {
    return this.#budget.tokens;
  }

  /** What an engine is thought to compute in a millisecond, as long as nothing was measured. */
  expect(tokensPerMs: number): void {
    this.#time.expect(tokensPerMs);
  }

  /** A batch of so many tokens, padding included, was computed when it was tried. */
  knowsToFit(tokens: number): void {
    this.#budget.fitted(tokens);
  }

  /**
   * A batch of so many tokens, padding included, did not fit when it was tried: live ones begin smaller, and come back to the plan
   * like those that were split.
   */
  avoid(tokens: number, reason: string): void {
    this.#failed.shrink(tokens, { reason: shortFault(reason) });
  }

  /**
   * Scores pairs; they run together with whatever else waits, and the same pair only once for all who wait for it.
   * @param flow the request that they belong to.
   * @param signal drops what has not run yet.
   * @throws the signal's reason; ServiceError internal when the model can't take these pairs, unavailable while no engine works.
   */
  async submit(tokens: RaggedTokens, flow: Flow, signal: AbortSignal): Promise<ScoredPairs> {
    signal.throwIfAborted();
    if (tokens.lengths.length === 0) throw new RangeError('a job needs at least one pair');
    const outage = this.#outage();
    if (outage !== undefined) throw outage;
    const job = new Job(tokens.lengths.length, flow, this.#options.clock);
    this.#jobs.add(job);
    const pairs = this.#enqueue(job, tokens, flow);
    const abandon = (): void => job.fail(signal.reason);
    signal.addEventListener('abort', abandon, { once: true });
    this.#dispatch();
    try {
      return await job.scored;
    } catch (error) {
      for (const pair of pairs) this.#dropIfUnwanted(pair);
      this.#reportQueue();
      throw error;
    } finally {
      this.#jobs.delete(job);
      signal.removeEventListener('abort', abandon);
    }
  }

  /** Nothing is lost by an answer now: what waits would time out. */
  #turnAway(): void {
    const outage = this.#outage();
    if (outage === undefined) return;
    for (const job of this.#jobs) job.fail(outage);
  }

  #outage(): ServiceError | undefined {
    const { outage } = this.#options.engines;
    if (outage === undefined) return undefined;
    return new ServiceError('unavailable', outage, {
      detail: 'It is started again every few seconds. See docs/operations.md, "When the GPU fails".',
      retryAfterSeconds: OUTAGE_RETRY_SECONDS,
    });
  }

  /** Longest pairs first: what runs last, when engines fall idle one after the other, is short then. */
  #enqueue(job: Job, tokens: RaggedTokens, flow: Flow): PendingPair[] {
    const rows = [...rowsOf(tokens)].map((row, index) => ({ row, index }));
    rows.sort((a, b) => b.row.ids.length - a.row.ids.length);
    return rows.map(({ row, index }) => {
      const turn = flow.take(row.ids.length, this.#queue.turn);
      const known = this.#open.find(row);
      const pair = known ?? row;
      pair.claim(job, index);
      if (known === undefined) this.#open.add(row);
      else this.#options.metrics.sharedPairs.inc();
      this.#place(pair, turn, known === undefined);
      return pair;
    });
  }

  /** Gives a new pair its place in the queue, and a known one a better place if that is what it gets. */
  #place(pair: PendingPair, turn: number, isNew: boolean): void {
    const { ticket } = pair;
    const isLate = ticket?.waiting === true && turn < ticket.turn;
    if (isLate) this.#queue.withdraw(ticket);
    if (isNew || isLate) pair.ticket = this.#queue.push(pair, pair.ids.length, turn);
  }

  #dropIfUnwanted(pair: PendingPair): void {
    if (pair.wanted || pair.ticket?.waiting !== true) return;
    this.#queue.withdraw(pair.ticket);
    this.#open.remove(pair);
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
    const again = this.#failed.next();
    if (again !== undefined) return again;
    const { engines, maxBatchRows = Number.POSITIVE_INFINITY } = this.#options;
    const pairs = this.#queue.takeBatch({
      tokens: this.#shareTokens(),
      rows: maxBatchRows,
      paddingShare: MAX_PADDING_SHARE,
      width: (longest) => engines.paddedWidth(longest),
    });
    return pairs.length > 0 ? { pairs, lostEngines: 0 } : undefined;
  }

  /** An even share of what waits for each engine: one big request should keep all of them busy. */
  #shareTokens(): number {
    const { engines } = this.#options;
    const share = Math.ceil(this.#queue.tokens / Math.max(1, engines.readyEngines));
    return Math.min(this.#budget.tokens, this.#time.tokens, Math.max(share, MIN_SHARE_TOKENS));
  }

  async #run(batch: Batch): Promise<void> {
    const { engines, clock, metrics } = this.#options;
    const tokens = gatherTokens(batch.pairs);
    const startedAt = clock.now();
    for (const pair of batch.pairs) pair.markRunning(startedAt);
    metrics.batchPairs.observe(batch.pairs.length);
    const computed = computedTokens(tokens.lengths, engines);
    metrics.batchTokens.observe(computed);
    metrics.paddingTokens.inc(computed - tokens.ids.length);
    metrics.tei?.batch(batch.pairs.length, tokens.ids.length);
    try {
      this.#deliver(batch, tokens, await engines.run(tokens, () => carriedRequests(batch.pairs)));
    } catch (error) {
      this.#failed.add(batch, computed, error);
    }
    this.#dispatch();
  }

  #deliver({ pairs }: Batch, tokens: RaggedTokens, reply: RunReply): void {
    const now = this.#options.clock.now();
    if (reply.logits.length !== pairs.length) {
      throw new Error(`the model gave ${reply.logits.length} scores for ${pairs.length} pairs`);
    }
    this.#lastAnswerAt = now;
    this.#options.metrics.batchDuration.observe(reply.runMs / 1000);
    this.#throughput.record(tokens.ids.length, reply.runMs);
    const computed = computedTokens(tokens.lengths, this.#options.engines);
    if (this.#budget.fitted(computed)) {
      this.#options.logger?.info(`batches have ${this.#budget.tokens} tokens from now on`);
    }
    this.#time.record(computed, reply.runMs);
    const computeMsPerToken = reply.computeMs / tokens.ids.length;
    for (const [row, pair] of pairs.entries()) {
      this.#open.remove(pair);
      pair.score(reply.logits[row] ?? Number.NaN, computeMsPerToken * pair.ids.length, now);
    }
  }

  #reportQueue(): void {
    this.#options.metrics.queuedPairs.set(this.#queue.pairs);
    this.#options.metrics.queuedTokens.set(this.#queue.tokens);
  }
}
