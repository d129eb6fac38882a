import { messageOf, ServiceError } from '../../errors.ts';
import { DEFAULT_RETRY } from '../download/backoff.ts';
import type { Downloader } from '../download/blob.ts';
import type { RetryTools } from '../remote/retry.ts';
import { assembleDelta } from './assemble-delta.ts';
import type { DeltaRequest, DeltaTools } from './delta-request.ts';
import { NotWorthIt } from './not-worth-it.ts';

export interface DeltaOutcome {
  readonly via: 'delta' | 'whole';
  /** Bytes that did not have to be fetched; the index is taken off. */
  readonly savedBytes: number;
  /** Why it was fetched whole. */
  readonly reason?: string;
}

export interface DeltaFetcher {
  /**
   * Gets a file by its difference to an old one. When that fails, or saves too little, the file is fetched whole.
   * @throws what the downloader throws; ServiceError insufficient_storage; the reason of the signal.
   */
  fetch(request: DeltaRequest): Promise<DeltaOutcome>;
}

/** @param tools among them the downloader that brings a file whole where a delta is not worth it, or fails. */
export function createDeltaFetcher(tools: DeltaTools): DeltaFetcher {
  const retry: RetryTools = {
    clock: tools.clock,
    random: tools.random,
    policy: tools.retry ?? DEFAULT_RETRY,
    onRetry: (reason) => tools.metrics.storeRetries.inc({ reason }),
  };
  return {
    async fetch(request) {
      try {
        const savedBytes = await assembleDelta(request, tools, retry);
        tools.metrics.storeDeltaSaved.inc(savedBytes);
        return { via: 'delta', savedBytes };
      } catch (error) {
        request.signal.throwIfAborted();
        if (error instanceof ServiceError) throw error;
        const reason = messageOf(error);
        const level = error instanceof NotWorthIt ? 'debug' : 'warn';
        tools.logger[level]({ file: request.name, reason }, 'no delta: the file is fetched whole');
        request.onRestart();
        await fetchWhole(request, tools.downloader);
        return { via: 'whole', savedBytes: 0, reason };
      }
    },
  };
}

async function fetchWhole(request: DeltaRequest, downloader: Downloader): Promise<void> {
  const { name, source, target, partsDirectory, expected, onBytes, signal } = request;
  await downloader.fetch({ name, sources: [source], target, partsDirectory, expected, onBytes, signal });
}
