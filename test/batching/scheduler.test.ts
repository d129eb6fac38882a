import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Flow } from '../../src/batching/flow.ts';
import { Scheduler } from '../../src/batching/scheduler.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { CallFailed, ChildLost } from '../../src/platform/process/child-link.ts';
import { FakeEngines, rowsOf } from '../support/fake-engines.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise(setImmediate);

function setUp(engineCount = 2, maxBatchTokens = 256) {
  const engines = new FakeEngines(engineCount);
  const metrics = createMetrics({ readyEngines: () => engineCount });
  const scheduler = new Scheduler({ engines, maxBatchTokens, clock: new ManualClock(), metrics });
  /** Each submission is a request of its own, unless it names one. */
  const submit = (tokens: RaggedTokens, signal = never, flow = new Flow()) =>
    scheduler.submit(tokens, flow, signal);
  return { engines, scheduler, submit };
}

describe('the scheduler', () => {
  it('gives every pair of every job its own score', async () => {
    const jobs = fc.array(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(jobs, async (script) => {
        const { engines, submit } = setUp();
        const answers = script.map((lengths, index) => submit(rowsOf(lengths, index * 1000)));
        await engines.finishAll();
        for (const [index, answer] of answers.entries()) {
          const expected = script[index]?.map((_, row) => index * 1000 + row);
          expect([...(await answer).logits]).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('spreads one large job over all engines', () => {
    const { engines, submit } = setUp(4, 100_000);
    void submit(rowsOf(Array.from({ length: 64 }, () => 100)));
    expect(engines.started).toHaveLength(4);
  });

  it('puts pairs of different jobs into one batch', () => {
    const { engines, submit } = setUp(1, 1024);
    for (const first of [1000, 2000, 3000]) void submit(rowsOf([60], first));
    engines.started[0]?.succeed();
    expect([...(engines.started[1]?.tokens.lengths ?? [])]).toEqual([60, 60]);
  });

  it('drops what has not run when the client leaves', async () => {
    const { engines, scheduler, submit } = setUp(1, 16);
    const client = new AbortController();
    const answer = submit(rowsOf([16, 16, 16]), client.signal);
    client.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
    await engines.finishAll();
    expect(scheduler.queuedPairs).toBe(0);
    expect(engines.started).toHaveLength(0);
  });

  it('runs a batch again whose engine was lost, pair by pair', async () => {
    const { engines, submit } = setUp(1, 1024);
    void submit(rowsOf([10], 1));
    const answers = [submit(rowsOf([10], 2)), submit(rowsOf([10], 3))];
    engines.started.shift()?.succeed();
    const together = engines.started.shift();
    expect(together?.tokens.lengths).toHaveLength(2);
    together?.fail(new ChildLost('killed', true));
    await turn();
    expect(engines.started[0]?.tokens.lengths).toHaveLength(1);
    await engines.finishAll();
    expect((await Promise.all(answers)).map(({ logits }) => logits[0])).toEqual([2, 3]);
  });

  it('gives up the one job over which an engine ends twice, and no other', async () => {
    const { engines, submit } = setUp(1, 1024);
    void submit(rowsOf([10], 1));
    const [bad, good] = [submit(rowsOf([10], 2)), submit(rowsOf([10], 3))];
    engines.started.shift()?.succeed();
    engines.started.shift()?.fail(new ChildLost('killed', true));
    await turn();
    engines.started.shift()?.fail(new ChildLost('killed', true));
    await expect(bad).rejects.toMatchObject({ type: 'internal', message: expect.stringContaining('twice') });
    await engines.finishAll();
    expect((await good).logits[0]).toBe(3);
  });

  it('does not blame a batch that was only waiting behind another when the engine ended', async () => {
    const { engines, submit } = setUp(1);
    const answer = submit(rowsOf([10], 7));
    for (let loss = 0; loss < 5; loss++) {
      engines.started.shift()?.fail(new ChildLost('killed', false));
      await turn();
    }
    await engines.finishAll();
    expect((await answer).logits[0]).toBe(7);
  });

  it('runs again first what was lost first', async () => {
    const { engines, submit } = setUp(2, 16);
    for (const first of [1, 2]) void submit(rowsOf([10], first));
    // Both were lost with one engine process: nothing can start before there is another.
    engines.freeSlots = -2;
    for (const batch of engines.started.splice(0)) batch.fail(new ChildLost('killed', false));
    await turn();
    expect(engines.started).toEqual([]);
    engines.freeSlots = 2;
    engines.onFreeSlot();
    expect(engines.started.map(({ tokens }) => tokens.ids[0])).toEqual([1, 2]);
  });

  it('finds the job that the model rejects, and serves the others', async () => {
    const { engines, submit } = setUp(1, 1024);
    void submit(rowsOf([10], 1));
    const [bad, good] = [submit(rowsOf([10], 2)), submit(rowsOf([10], 3))];
    engines.started.shift()?.succeed();
    engines.started.shift()?.fail(new CallFailed('index out of range'));
    await turn();
    engines.started.shift()?.fail(new CallFailed('index out of range'));
    await expect(bad).rejects.toMatchObject({ type: 'internal', detail: 'index out of range' });
    await engines.finishAll();
    expect((await good).logits[0]).toBe(3);
  });

  it('computes the same pair once for all requests that have it', async () => {
    const { engines, submit } = setUp(1, 16);
    const answers = [
      submit(rowsOf([10], 1)),
      submit(rowsOf([10, 20], 1)),
      submit(rowsOf([10], 1)),
      submit(twice(rowsOf([30], 5))),
    ];
    let batches = 0;
    for (let batch = engines.started.shift(); batch; batch = engines.started.shift(), batches++) {
      batch.succeed();
      await turn();
    }
    expect((await Promise.all(answers)).map(({ logits }) => [...logits])).toEqual([[1], [1, 2], [1], [5, 5]]);
    expect(batches).toBe(3);
  });

  it('still computes a pair for others when the request that brought it is gone', async () => {
    const { engines, submit } = setUp(1, 16);
    void submit(rowsOf([10], 1));
    const client = new AbortController();
    const left = submit(rowsOf([10], 2), client.signal);
    const stayed = submit(rowsOf([10], 2));
    client.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await engines.finishAll();
    expect((await stayed).logits[0]).toBe(2);
  });

  it('never runs what is left of a request of which one pair failed', async () => {
    const { engines, scheduler, submit } = setUp(1, 16);
    const answer = submit(rowsOf([10, 10, 10, 10]));
    engines.started.shift()?.fail(new CallFailed('bad pair'));
    await expect(answer).rejects.toMatchObject({ detail: 'bad pair' });
    await turn();
    expect(scheduler.queuedPairs).toBe(0);
  });

  it('serves a small request while a large one is under way, and both in parts as large as their share', async () => {
    const { engines, submit } = setUp(1, 16);
    const order: string[] = [];
    const note = (name: string) => (): number => order.push(name);
    const large = submit(rowsOf(Array.from({ length: 200 }, () => 128))).then(note('large'));
    for (let batch = 0; batch < 20; batch++) {
      engines.started.shift()?.succeed();
      await turn();
    }
    const small = submit(rowsOf([128, 128], 1000)).then(note('small'));
    let batches = 0;
    const isDone = (): boolean => order.includes('small');
    while (!isDone()) {
      engines.started.shift()?.succeed();
      await turn();
      batches++;
    }
    // A turn of the large one has 16 pairs: what is left of one, and the next.
    expect(batches).toBeLessThan(36);
    await engines.finishAll();
    await Promise.all([small, large]);
    expect(order).toEqual(['small', 'large']);
  });

  it('runs packed pairs of all lengths together, and counts no padding', () => {
    const engines = new FakeEngines(1, 'packed');
    const limits = { maxBatchTokens: 1024, maxBatchRows: 4 };
    const metrics = createMetrics({ readyEngines: () => 1 });
    const scheduler = new Scheduler({ engines, ...limits, clock: new ManualClock(), metrics });
    const submit = (lengths: number[], first: number): void =>
      void scheduler.submit(rowsOf(lengths, first), new Flow(), never);
    submit([8], 1);
    submit([700, 8, 300, 1, 2], 100);
    engines.started[0]?.succeed();
    expect([...(engines.started[1]?.tokens.lengths ?? [])]).toEqual([700, 300, 8, 2]);
  });

  it('makes smaller batches for a device that takes long over them', async () => {
    const engines = new FakeEngines(1, 'packed');
    const limits = { maxBatchTokens: 16_384, maxBatchMs: 50 };
    const metrics = createMetrics({ readyEngines: () => 1 });
    const scheduler = new Scheduler({ engines, ...limits, clock: new ManualClock(), metrics });
    scheduler.expect(20);
    void scheduler.submit(rowsOf(Array.from({ length: 200 }, () => 100)), new Flow(), never);
    expect(engines.started[0]?.tokens.ids).toHaveLength(1000);
    await engines.finishAll();
  });

  it('begins with the longest pairs of a request', () => {
    const { engines, submit } = setUp(2, 16);
    void submit(rowsOf([10, 300, 20, 200]));
    expect(engines.started.map(({ tokens }) => tokens.lengths[0])).toEqual([300, 200]);
  });
});

function twice({ lengths, ids, typeIds }: RaggedTokens): RaggedTokens {
  return {
    lengths: Uint32Array.of(...lengths, ...lengths),
    ids: Int32Array.of(...ids, ...ids),
    typeIds: Uint8Array.of(...typeIds, ...typeIds),
  };
}
