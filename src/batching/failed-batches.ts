import { shortFault } from '../engine/engine-fault.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../platform/logger.ts';
import { afterFailure } from './after-failure.ts';
import type { Batch } from './batch.ts';
import type { BatchBudget } from './batch-budget.ts';
import type { BatchMetrics } from './batch-metrics.ts';
import { carriedRequests } from './carried-requests.ts';
import type { PendingPair } from './pending-pair.ts';

export interface FailedBatchesOptions {
  readonly budget: BatchBudget;
  /** Engines that could try again now. */
  readonly readyEngines: () => number;
  /** Told of a pair that is given up, or that nobody waits for any more. */
  readonly onDropped: (pair: PendingPair) => void;
  readonly metrics: Pick<BatchMetrics, 'batchRetries' | 'batchSplits'>;
  readonly logger: Pick<Logger, 'warn' | 'error'> | undefined;
}

/** Batches that failed: tells what becomes of each, and keeps those that run again, before anything else. */
export class FailedBatches {
  readonly #options: FailedBatchesOptions;
  readonly #again: Batch[] = [];

  constructor(options: FailedBatchesOptions) {
    this.#options = options;
  }

  /** The next one to run again, with those of its pairs that somebody still waits for. */
  next(): Batch | undefined {
    while (this.#again.length > 0) {
      const { pairs, ...history } = this.#again.shift() as Batch;
      const wanted = pairs.filter((pair) => pair.wanted);
      for (const pair of pairs) if (!pair.wanted) this.#options.onDropped(pair);
      if (wanted.length > 0) return { pairs: wanted, ...history };
    }
    return undefined;
  }

  /** @param tokens of the batch, padding included */
  add(batch: Batch, tokens: number, error: unknown): void {
    const { budget, readyEngines, metrics, logger, onDropped } = this.#options;
    const sequel = afterFailure(batch, error, {
      isSmall: budget.isSmall(tokens),
      hasFitted: budget.hasFitted(tokens),
      engines: readyEngines(),
    });
    const about = {
      reason: shortFault(messageOf(error)),
      pairs: batch.pairs.length,
      ...carriedRequests(batch.pairs),
    };
    switch (sequel.kind) {
      case 'wait':
        break;
      case 'again':
        metrics.batchRetries.inc();
        logger?.warn(about, `a batch failed and runs again, ${sequel.how}`);
        break;
      case 'split':
        metrics.batchSplits.inc();
        this.shrink(tokens, about);
        break;
      case 'give-up':
        if (sequel.isMemory) this.shrink(tokens, about);
        logger?.error(about, 'a batch failed and is given up');
        for (const pair of batch.pairs) {
          onDropped(pair);
          pair.fail(sequel.error);
        }
        return;
    }
    this.#again.push(...sequel.batches);
  }

  /**
   * A batch did not fit into the memory of the device: those to come are smaller.
   * @param tokens of the batch, padding included
   * @param about the batch, for the log
   */
  shrink(tokens: number, about: object): void {
    const { budget, logger } = this.#options;
    const isSmaller = budget.shrink(tokens);
    const batchTokens = budget.tokens;
    logger?.warn(
      { ...about, tokens, batchTokens },
      `a batch of ${tokens} tokens did not fit into the memory of the device${isSmaller ? `: batches have ${batchTokens} tokens from now on` : ''}`,
    );
  }
}
