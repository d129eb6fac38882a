import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../src/batching/scheduler.ts';
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
  return { engines, scheduler };
}

describe('the scheduler', () => {
  it('gives every pair of every job its own score', async () => {
    const jobs = fc.array(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(jobs, async (script) => {
        const { engines, scheduler } = setUp();
        const answers = script.map((lengths, index) =>
          scheduler.submit(rowsOf(lengths, index * 1000), never),
        );
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
    const { engines, scheduler } = setUp(4, 100_000);
    void scheduler.submit(rowsOf(Array.from({ length: 64 }, () => 100)), never);
    expect(engines.started).toHaveLength(4);
  });

  it('puts pairs of different jobs into one batch', () => {
    const { engines, scheduler } = setUp(1, 1024);
    for (const first of [1000, 2000, 3000]) void scheduler.submit(rowsOf([60], first), never);
    engines.started[0]?.succeed();
    expect([...(engines.started[1]?.tokens.lengths ?? [])]).toEqual([60, 60]);
  });

  it('drops what has not run when the client leaves', async () => {
    const { engines, scheduler } = setUp(1, 16);
    const client = new AbortController();
    const answer = scheduler.submit(rowsOf([16, 16, 16]), client.signal);
    client.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
    await engines.finishAll();
    expect(scheduler.queuedPairs).toBe(0);
    expect(engines.started).toHaveLength(0);
  });

  it('runs a batch again whose engine was lost, job by job', async () => {
    const { engines, scheduler } = setUp(1, 1024);
    void scheduler.submit(rowsOf([10], 1), never);
    const answers = [scheduler.submit(rowsOf([10], 2), never), scheduler.submit(rowsOf([10], 3), never)];
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
    const { engines, scheduler } = setUp(1, 1024);
    void scheduler.submit(rowsOf([10], 1), never);
    const [bad, good] = [scheduler.submit(rowsOf([10], 2), never), scheduler.submit(rowsOf([10], 3), never)];
    engines.started.shift()?.succeed();
    engines.started.shift()?.fail(new ChildLost('killed', true));
    await turn();
    engines.started.shift()?.fail(new ChildLost('killed', true));
    await expect(bad).rejects.toMatchObject({ type: 'internal', message: expect.stringContaining('twice') });
    await engines.finishAll();
    expect((await good).logits[0]).toBe(3);
  });

  it('does not blame a batch that was only waiting behind another when the engine ended', async () => {
    const { engines, scheduler } = setUp(1);
    const answer = scheduler.submit(rowsOf([10], 7), never);
    for (let loss = 0; loss < 5; loss++) {
      engines.started.shift()?.fail(new ChildLost('killed', false));
      await turn();
    }
    await engines.finishAll();
    expect((await answer).logits[0]).toBe(7);
  });

  it('finds the job that the model rejects, and serves the others', async () => {
    const { engines, scheduler } = setUp(1, 1024);
    void scheduler.submit(rowsOf([10], 1), never);
    const [bad, good] = [scheduler.submit(rowsOf([10], 2), never), scheduler.submit(rowsOf([10], 3), never)];
    engines.started.shift()?.succeed();
    engines.started.shift()?.fail(new CallFailed('index out of range'));
    await turn();
    engines.started.shift()?.fail(new CallFailed('index out of range'));
    await expect(bad).rejects.toMatchObject({ type: 'internal', detail: 'index out of range' });
    await engines.finishAll();
    expect((await good).logits[0]).toBe(3);
  });
});
