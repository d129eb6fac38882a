import type { RaggedTokens } from '../engine/protocol.ts';
import type { RequestTrace } from '../platform/tracing/request-trace.ts';
import type { Job } from './job.ts';
import type { Ticket } from './pair-queue.ts';

/** One row of tokens that waits for its score, or is being computed, for all jobs that have that row. */
export class PendingPair {
  readonly ids: Int32Array;
  readonly typeIds: Uint8Array;
  /** By which rows with other tokens are told apart, almost always. */
  readonly fingerprint: number;
  /** Its place in the queue, while it waits there. */
  ticket: Ticket<PendingPair> | undefined;
  readonly #claims: { readonly job: Job; readonly pair: number }[] = [];

  constructor(ids: Int32Array, typeIds: Uint8Array) {
    this.ids = ids;
    this.typeIds = typeIds;
    this.fingerprint = fingerprint(ids);
  }

  /** Somebody still waits for it. */
  get wanted(): boolean {
    return this.#claims.some(({ job }) => !job.settled);
  }

  /** The requests that wait for it, as far as they have a name. */
  get traces(): RequestTrace[] {
    return this.#claims.flatMap(({ job }) => job.flow.trace ?? []);
  }

  /** @param pair number of this row within the job */
  claim(job: Job, pair: number): void {
    this.#claims.push({ job, pair });
  }

  isSameRow({ ids, typeIds }: PendingPair): boolean {
    return (
      ids.length === this.ids.length &&
      ids.every((id, index) => id === this.ids[index]) &&
      typeIds.every((type, index) => type === this.typeIds[index])
    );
  }

  markRunning(now: number): void {
    for (const { job } of this.#claims) job.markRunning(now);
  }

  score(logit: number, computeMs: number, now: number): void {
    for (const { job, pair } of this.#claims) {
      job.flow.finish(this.ids.length);
      job.score(pair, logit, computeMs, now);
    }
  }

  fail(error: unknown): void {
    for (const { job } of this.#claims) job.fail(error);
  }
}

/** The rows of a job, one by one; they are views. */
export function* rowsOf({ lengths, ids, typeIds }: RaggedTokens): Generator<PendingPair> {
  let from = 0;
  for (const length of lengths) {
    yield new PendingPair(ids.subarray(from, from + length), typeIds.subarray(from, from + length));
    from += length;
  }
}

/** Two rounds of multiply and xor over the ids (FNV-1a by words), joined to a whole number of 53 bits. */
function fingerprint(ids: Int32Array): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (const id of ids) {
    low = Math.imul(low ^ id, 0x01000193);
    high = Math.imul(high ^ id, 0x85ebca6b) ^ (high >>> 13);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
