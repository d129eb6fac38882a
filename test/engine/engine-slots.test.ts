import { beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { EnginePool, type EnginePoolOptions } from '../../src/engine/engine-pool.ts';
import type { LoadReply, RaggedTokens, RunReply } from '../../src/engine/protocol.ts';
import { ChildLost } from '../../src/platform/process/child-link.ts';
import { rowsOf } from '../support/fake-engines.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MODEL = { inputs: [{ name: 'input_ids' }], outputs: [] } as unknown as LoadReply;
const REPLY: RunReply = { runMs: 1, computeMs: 1, logits: Float32Array.of(0) };
const TRIAL = rowsOf([4], 7);
const BATCH = rowsOf([4], 8);

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise(setImmediate);

/** An engine whose runs end when the test says so. */
class FakeEngine {
  readonly model = MODEL;
  readonly #end = Promise.withResolvers<string>();
  readonly lost = this.#end.promise;
  readonly runs: (PromiseWithResolvers<RunReply> & { readonly tokens: RaggedTokens })[] = [];
  alive = true;

  get outstanding(): number {
    return this.runs.length;
  }

  run(tokens: RaggedTokens): Promise<RunReply> {
    const run = Promise.withResolvers<RunReply>();
    this.runs.push({ ...run, tokens });
    return run.promise;
  }

  succeed(): void {
    this.runs.shift()?.resolve(REPLY);
  }

  kill(because: string): void {
    this.alive = false;
    for (const { reject } of this.runs.splice(0)) reject(new ChildLost(because, true));
    this.#end.resolve(because);
  }
}

let clock: ManualClock;
/** Every engine that was started, in order. */
let engines: FakeEngine[];
let failedStarts: unknown[];
/** What happens while one loads. */
let onLoad: () => void;

beforeEach(() => {
  clock = new ManualClock();
  engines = [];
  failedStarts = [];
  onLoad = () => {};
});

function startPool(size: number, inspect = (): void => {}): Promise<EnginePool> {
  const startEngine = async (): Promise<Engine> => {
    const engine = new FakeEngine();
    engines.push(engine);
    onLoad();
    return engine as unknown as Engine;
  };
  const options = {
    name: 'engine',
    size,
    together: false,
    device: 'cpu',
    maxLength: 512,
    clock,
    logger: new LogBook().logger,
    onRestart: () => {},
    onFailedStart: (error: unknown) => void failedStarts.push(error),
    startEngine,
  };
  return EnginePool.start(options as unknown as EnginePoolOptions, inspect, never);
}

/** Warmed up, so that it knows what an engine has to be able to compute. */
async function startWarmPool(size: number): Promise<EnginePool> {
  const pool = await startPool(size);
  const runOnEach: (tokens: RaggedTokens, signal: AbortSignal) => Promise<unknown> =
    pool.runOnEach.bind(pool);
  const warm = runOnEach(TRIAL, never);
  await turn();
  for (const engine of engines) engine.succeed();
  await warm;
  return pool;
}

describe('a pool', () => {
  it('has room for two batches an engine: one that runs, and one that waits right behind it', async () => {
    const pool = await startPool(2);
    let freed = 0;
    pool.onFreeSlot = () => void freed++;
    expect(pool.freeSlots).toBe(4);
    const runs = [pool.run(BATCH), pool.run(BATCH), pool.run(BATCH)];
    expect(pool.freeSlots).toBe(1);
    void pool.run(BATCH);
    expect(pool.freeSlots).toBe(0);
    engines[0]?.succeed();
    await runs[0];
    expect([pool.freeSlots, freed]).toEqual([1, 1]);
  });

  it('gives a batch to the engine that has least to do', async () => {
    const pool = await startPool(2);
    const first = pool.run(BATCH);
    void pool.run(BATCH);
    engines[0]?.succeed();
    await first;
    void pool.run(BATCH);
    expect(engines.map(({ outstanding }) => outstanding)).toEqual([1, 1]);
  });

  it('gives nothing to an engine that is doomed, and says so', async () => {
    const pool = await startPool(2);
    Object.assign(engines[0] ?? {}, { alive: false });
    expect([pool.readyEngines, pool.freeSlots]).toEqual([1, 2]);
    void pool.run(BATCH);
    expect(engines.map(({ outstanding }) => outstanding)).toEqual([0, 1]);
  });

  it('starts no second engine for a model that the first one shows to be bad, and leaves none behind', async () => {
    const isRefused = startPool(2, () => {
      throw new Error('it has no logits');
    });
    await expect(isRefused).rejects.toThrow('it has no logits');
    expect(engines.map(({ alive }) => alive)).toEqual([false]);
  });
});

describe('an engine that is started again', () => {
  it('is up when it has computed a batch', async () => {
    const pool = await startWarmPool(1);
    engines[0]?.kill('crash');
    await turn();
    expect(engines).toHaveLength(2);
    expect(engines[1]?.runs.map(({ tokens }) => tokens)).toEqual([TRIAL]);
    expect(pool.readyEngines).toBe(0);
    let freed = 0;
    pool.onFreeSlot = () => void freed++;
    engines[1]?.succeed();
    await turn();
    expect([pool.readyEngines, pool.freeSlots, freed]).toEqual([1, 2, 1]);
  });

  it('and loads, but can not compute, is ended, and another one started', async () => {
    const pool = await startWarmPool(1);
    engines[0]?.kill('crash');
    await turn();
    engines[1]?.runs.shift()?.reject(new Error('CUDA failure 214'));
    await turn();
    expect([pool.readyEngines, engines[1]?.alive]).toEqual([0, false]);
    expect(failedStarts).toEqual([new Error('CUDA failure 214')]);
    clock.advance(10_000);
    await turn();
    expect(engines).toHaveLength(3);
  });

  it('is ended with the pool while it still computes that batch', async () => {
    const pool = await startWarmPool(1);
    engines[0]?.kill('crash');
    await turn();
    await pool.close();
    expect(engines.map(({ alive }) => alive)).toEqual([false, false]);
  });

  it('is ended with the pool that was closed while it loaded', async () => {
    const pool = await startWarmPool(1);
    onLoad = () => void pool.close();
    engines[0]?.kill('crash');
    await turn();
    expect(engines.map(({ alive }) => alive)).toEqual([false, false]);
  });
});
