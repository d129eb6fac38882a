import type { TokenLayout } from '../engine/token-layout.ts';
import { type BatchLimits, fitsPacked, formBatch, type LengthBucket } from './form-batch.ts';
import { Heap } from './heap.ts';

/** Lengths within one bucket differ by less than this many tokens. */
const BUCKET_TOKENS = 16;

/** With no more withdrawn tickets than this, tidying up is not worth it. */
const FEW = 1024;

/** A pair's place in the queue. */
export interface Ticket<T> {
  readonly item: T;
  readonly tokens: number;
  readonly turn: number;
  readonly arrival: number;
  /** False once it is served or withdrawn. */
  waiting: boolean;
}

interface Bucket<T> {
  /** May hold tickets that were withdrawn. */
  readonly heap: Heap<Ticket<T>>;
  /** Those that wait. */
  pairs: number;
}

/** Pairs that wait for a batch, kept by length, and by turn within a length. */
export class PairQueue<T> {
  readonly #buckets: Bucket<T>[] = [];
  readonly #layout: TokenLayout;
  #arrivals = 0;
  /** Tickets in heaps that wait no more. */
  #stale = 0;
  #pairs = 0;
  #tokens = 0;
  #turn = 0;

  /** @param layout where nothing is padded, pairs of all lengths wait in one line. */
  constructor(layout: TokenLayout) {
    this.#layout = layout;
  }

  get pairs(): number {
    return this.#pairs;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** The turn that is being served. */
  get turn(): number {
    return this.#turn;
  }

  /** @param turn pairs with a lower one go first; among equals, those that came first. */
  push(item: T, tokens: number, turn: number): Ticket<T> {
    const ticket = { item, tokens, turn, arrival: this.#arrivals++, waiting: true };
    const bucket = this.#bucketFor(tokens);
    bucket.heap.push(ticket);
    bucket.pairs++;
    this.#pairs++;
    this.#tokens += tokens;
    return ticket;
  }

  /** Takes a pair out that nobody waits for any more. */
  withdraw(ticket: Ticket<T>): void {
    if (!ticket.waiting) return;
    this.#settle(ticket);
    this.#stale++;
    if (this.#stale > Math.max(FEW, this.#pairs)) this.#tidy();
  }

  /** Takes the next batch out of the queue; empty when nothing waits. */
  takeBatch(limits: BatchLimits): T[] {
    const lead = this.#chooseLead();
    if (lead === undefined) return [];
    this.#turn = Math.max(this.#turn, lead.turn);
    if (this.#layout === 'packed') return this.#takePacked(limits);
    const batch: T[] = [];
    for (const { bucket, pairs } of formBatch(this.#view(), this.#indexOf(lead.tokens), limits)) {
      for (let count = 0; count < pairs; count++) batch.push(this.#takeFirst(bucket));
    }
    return batch;
  }

  #takePacked(limits: BatchLimits): T[] {
    const batch: T[] = [];
    let tokens = 0;
    let longest = 0;
    for (;;) {
      const next = this.#chooseLead();
      if (next === undefined || !fitsPacked({ rows: batch.length, tokens, longest }, next.tokens, limits)) {
        return batch;
      }
      batch.push(this.#takeFirst(this.#indexOf(next.tokens)));
      tokens += next.tokens;
      longest = Math.max(longest, next.tokens);
    }
  }

  /** The pair whose turn it is. */
  #chooseLead(): Ticket<T> | undefined {
    let lead: Ticket<T> | undefined;
    for (const bucket of this.#buckets) {
      const first = this.#firstWaiting(bucket);
      if (first !== undefined && (lead === undefined || goesFirst(first, lead))) lead = first;
    }
    return lead;
  }

  #takeFirst(index: number): T {
    const bucket = this.#buckets[index] as Bucket<T>;
    const ticket = this.#firstWaiting(bucket) as Ticket<T>;
    bucket.heap.pop();
    this.#settle(ticket);
    return ticket.item;
  }

  #settle(ticket: Ticket<T>): void {
    ticket.waiting = false;
    this.#bucketFor(ticket.tokens).pairs--;
    this.#pairs--;
    this.#tokens -= ticket.tokens;
  }

  #firstWaiting({ heap }: Bucket<T>): Ticket<T> | undefined {
    while (heap.first?.waiting === false) {
      heap.pop();
      this.#stale--;
    }
    return heap.first;
  }

  #tidy(): void {
    for (const { heap } of this.#buckets) heap.retain(({ waiting }) => waiting);
    this.#stale = 0;
  }

  #bucketFor(tokens: number): Bucket<T> {
    const index = this.#indexOf(tokens);
    while (this.#buckets.length <= index) this.#buckets.push({ heap: new Heap(goesFirst), pairs: 0 });
    return this.#buckets[index] as Bucket<T>;
  }

  #indexOf(tokens: number): number {
    return this.#layout === 'packed' ? 0 : Math.max(1, Math.ceil(tokens / BUCKET_TOKENS));
  }

  #view(): LengthBucket[] {
    return this.#buckets.map(({ pairs }, index) => ({ length: index * BUCKET_TOKENS, pairs }));
  }
}

function goesFirst<T>(a: Ticket<T>, b: Ticket<T>): boolean {
  return a.turn === b.turn ? a.arrival < b.arrival : a.turn < b.turn;
}
