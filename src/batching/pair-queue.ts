import { type BatchLimits, formBatch, type LengthBucket } from './form-batch.ts';
import { Heap } from './heap.ts';

/** Lengths within one bucket differ by less than this many tokens. */
const BUCKET_TOKENS = 16;

/** One batch in so many goes to the pair that waits longest, whatever its turn: nothing waits for ever. */
const OLDEST_LEADS_EVERY = 4;

/** With fewer withdrawn tickets than this, tidying up is not worth it. */
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
  /** May hold tickets that were withdrawn, or served as the oldest. */
  readonly heap: Heap<Ticket<T>>;
  /** Those that wait. */
  pairs: number;
}

/** Pairs that wait for a batch, kept by length, and by turn within a length. */
export class PairQueue<T> {
  readonly #buckets: Bucket<T>[] = [];
  /** By arrival; may hold tickets that wait no more. */
  #byAge: Ticket<T>[] = [];
  #oldest = 0;
  #arrivals = 0;
  #batches = 0;
  #pairs = 0;
  #tokens = 0;
  #turn = 0;

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
    this.#byAge.push(ticket);
    this.#pairs++;
    this.#tokens += tokens;
    return ticket;
  }

  /** Takes a pair out that nobody waits for any more. */
  withdraw(ticket: Ticket<T>): void {
    if (!ticket.waiting) return;
    this.#settle(ticket);
    this.#tidy();
  }

  /** Takes the next batch out of the queue; empty when nothing waits. */
  takeBatch(limits: BatchLimits): T[] {
    const lead = this.#chooseLead();
    if (lead === undefined) return [];
    const leading = indexOf(lead.tokens);
    const shares = formBatch(this.#view(), leading, limits);
    const batch = [lead.item];
    this.#settle(lead);
    for (const { bucket, pairs } of shares) {
      const others = bucket === leading ? pairs - 1 : pairs;
      for (let count = 0; count < others; count++) batch.push(this.#takeFirst(bucket));
    }
    this.#tidy();
    return batch;
  }

  #chooseLead(): Ticket<T> | undefined {
    if (this.#pairs === 0) return undefined;
    this.#batches++;
    if (this.#batches % OLDEST_LEADS_EVERY === 0) return this.#findOldest();
    let lead: Ticket<T> | undefined;
    for (const bucket of this.#buckets) {
      const first = firstWaiting(bucket);
      if (first !== undefined && (lead === undefined || goesFirst(first, lead))) lead = first;
    }
    if (lead !== undefined) this.#turn = Math.max(this.#turn, lead.turn);
    return lead;
  }

  #findOldest(): Ticket<T> | undefined {
    while (this.#byAge[this.#oldest]?.waiting === false) this.#oldest++;
    return this.#byAge[this.#oldest];
  }

  #takeFirst(index: number): T {
    const bucket = this.#buckets[index] as Bucket<T>;
    const ticket = firstWaiting(bucket) as Ticket<T>;
    this.#settle(ticket);
    return ticket.item;
  }

  /** It stays in heap and list until it comes up there. */
  #settle(ticket: Ticket<T>): void {
    ticket.waiting = false;
    this.#bucketFor(ticket.tokens).pairs--;
    this.#pairs--;
    this.#tokens -= ticket.tokens;
  }

  /** Forgets tickets that wait no more as soon as they are more than those that do. */
  #tidy(): void {
    if (this.#byAge.length < FEW || this.#byAge.length < 2 * this.#pairs) return;
    this.#byAge = this.#byAge.filter(({ waiting }) => waiting);
    this.#oldest = 0;
    for (const { heap } of this.#buckets) heap.retain(({ waiting }) => waiting);
  }

  #bucketFor(tokens: number): Bucket<T> {
    const index = indexOf(tokens);
    while (this.#buckets.length <= index) this.#buckets.push({ heap: new Heap(goesFirst), pairs: 0 });
    return this.#buckets[index] as Bucket<T>;
  }

  #view(): LengthBucket[] {
    return this.#buckets.map(({ pairs }, index) => ({ length: index * BUCKET_TOKENS, pairs }));
  }
}

function indexOf(tokens: number): number {
  return Math.max(1, Math.ceil(tokens / BUCKET_TOKENS));
}

function goesFirst<T>(a: Ticket<T>, b: Ticket<T>): boolean {
  return a.turn === b.turn ? a.arrival < b.arrival : a.turn < b.turn;
}

function firstWaiting<T>({ heap }: Bucket<T>): Ticket<T> | undefined {
  while (heap.first?.waiting === false) heap.pop();
  return heap.first;
}
