import type { EnginePort } from '../../src/engine/port.ts';
import type { RaggedTokens, RunReply } from '../../src/engine/protocol.ts';
import type { TokenLayout } from '../../src/engine/token-layout.ts';

export interface StartedBatch {
  readonly tokens: RaggedTokens;
  /** What the log would say of it. */
  readonly about: (() => object) | undefined;
  succeed(): void;
  fail(error: Error): void;
}

/** Engines whose batches end when the test says so. The score of a row is its first token id. */
export class FakeEngines implements EnginePort {
  onFreeSlot: () => void = () => {};
  onOutage: () => void = () => {};
  outage: string | undefined;
  readonly layout: TokenLayout;
  readonly readyEngines: number;
  freeSlots: number;
  readonly started: StartedBatch[] = [];

  constructor(engines: number, layout: TokenLayout = 'padded') {
    this.layout = layout;
    this.readyEngines = engines;
    this.freeSlots = engines;
  }

  paddedWidth(longest: number): number {
    return longest;
  }

  run(tokens: RaggedTokens, about?: () => object): Promise<RunReply> {
    this.freeSlots--;
    const { promise, resolve, reject } = Promise.withResolvers<RunReply>();
    const end = (settle: () => void): void => {
      this.freeSlots++;
      settle();
      this.onFreeSlot();
    };
    this.started.push({
      tokens,
      about,
      succeed: () => end(() => resolve({ runMs: 1, computeMs: 1, logits: firstIds(tokens) })),
      fail: (error) => end(() => reject(error)),
    });
    return promise;
  }

  /** What a pool does when its engines don't come up again. */
  breakDown(reason: string): void {
    this.outage = reason;
    this.freeSlots = 0;
    this.onOutage();
  }

  /** Lets everything end well, and what starts because of that too. */
  async finishAll(): Promise<void> {
    for (let batch = this.started.shift(); batch !== undefined; batch = this.started.shift()) {
      batch.succeed();
      // The scheduler reacts in microtasks.
      await new Promise(setImmediate);
    }
  }
}

function firstIds(tokens: RaggedTokens): Float32Array {
  let at = 0;
  return Float32Array.from(tokens.lengths, (length) => {
    const id = tokens.ids[at] ?? Number.NaN;
    at += length;
    return id;
  });
}

/** Rows of the given lengths; row i consists of the token `first + i`. */
export function rowsOf(lengths: readonly number[], first = 0): RaggedTokens {
  const ids = lengths.flatMap((length, row) => Array.from({ length }, () => first + row));
  return {
    lengths: Uint32Array.from(lengths),
    ids: Int32Array.from(ids),
    typeIds: new Uint8Array(ids.length),
  };
}
