import { describe, expect, it } from 'vitest';
import { Flow } from '../../src/batching/flow.ts';
import { Scheduler } from '../../src/batching/scheduler.ts';
import { DeviceLost } from '../../src/engine/engine-fault.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { CallFailed } from '../../src/platform/process/child-link.ts';
import { FakeEngines, rowsOf } from '../support/fake-engines.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';

const turn = (): Promise<void> => new Promise(setImmediate);
const ECC = 'CUDA failure 214: uncorrectable ECC error encountered';
const noMemory = (): CallFailed =>
  new CallFailed('Failed to allocate memory for requested buffer of size 4096');
const lost = (): DeviceLost => new DeviceLost(ECC, true);

function setUp(maxBatchTokens = 1024) {
  const engines = new FakeEngines(1);
  const metrics = createMetrics({ readyEngines: () => 1 });
  const clock = new ManualClock();
  const log = new LogBook();
  const scheduler = new Scheduler({ engines, maxBatchTokens, clock, metrics, logger: log.logger });
  const submit = (tokens: RaggedTokens) => scheduler.submit(tokens, new Flow(), new AbortController().signal);
  const count = async (name: string): Promise<number> =>
    (await metrics.registry.getSingleMetric(name)?.get())?.values[0]?.value ?? Number.NaN;
  return { engines, scheduler, submit, clock, log, count };
}

/** Lengths of the rows of each batch that has started. */
const shapes = ({ started }: FakeEngines): number[][] => started.map(({ tokens }) => [...tokens.lengths]);

/** Lets batches fail that have more than so many tokens. */
async function runWith(engines: FakeEngines, fits: number): Promise<number[]> {
  const computed: number[] = [];
  for (let batch = engines.started.shift(); batch; batch = engines.started.shift()) {
    const { lengths } = batch.tokens;
    const tokens = lengths.length * Math.max(...lengths);
    if (tokens > fits) batch.fail(noMemory());
    else {
      computed.push(tokens);
      batch.succeed();
    }
    await turn();
  }
  return computed;
}

describe('a batch that does not fit into the memory of the device', () => {
  it('is halved until it fits, and every pair gets its own score', async () => {
    const { engines, submit, count } = setUp();
    const answer = submit(rowsOf(Array.from({ length: 16 }, () => 64)));
    expect(shapes(engines)).toEqual([Array.from({ length: 16 }, () => 64)]);
    await runWith(engines, 256);
    expect([...(await answer).logits]).toEqual(Array.from({ length: 16 }, (_, row) => row));
    // One of 1,024, two of 512, and four that fit.
    expect(await count('rerankd_batch_splits_total')).toBe(3);
    expect(await count('rerankd_batch_retries_total')).toBe(0);
  });

  it('makes the next ones smaller, until a while went well', async () => {
    const { engines, scheduler, submit, clock, log } = setUp();
    const many = (first: number) =>
      submit(
        rowsOf(
          Array.from({ length: 16 }, () => 64),
          first,
        ),
      );
    const first = many(0);
    await runWith(engines, 512);
    await first;
    expect(scheduler.batchTokens).toBe(512);
    expect(log.find(/1024 tokens did not fit into the memory of the device: batches have 512/)).toBeDefined();
    const second = many(100);
    expect(await runWith(engines, 512)).toEqual([512, 512]);
    await second;
    clock.advance(60_000);
    const third = many(200);
    await runWith(engines, 2048);
    await third;
    expect(scheduler.batchTokens).toBe(640);
    expect(log.find(/batches have 640 tokens from now on/)).toBeDefined();
  });

  it('fails alone when it is a single pair, and says what to lower', async () => {
    const { engines, submit } = setUp();
    const [large, small] = [submit(rowsOf([500], 1)), submit(rowsOf([20, 20], 2))];
    const refused = expect(large).rejects.toMatchObject({
      type: 'internal',
      message: 'a pair of 500 tokens alone does not fit into the memory of the device',
      detail: expect.stringMatching(/^Lower RERANK_MAX_LENGTH, or free.*requested buffer of size 4096/),
    });
    await runWith(engines, 100);
    await refused;
    expect([...(await small).logits]).toEqual([2, 3]);
  });
});

describe('a pair that finds no memory although larger batches have fitted', () => {
  const withProven = async () => {
    const all = setUp();
    const before = all.submit(rowsOf([1000]));
    await all.engines.finishAll();
    await before;
    return all;
  };

  it('runs once more, and nothing gets smaller', async () => {
    const { engines, scheduler, submit, count } = await withProven();
    const answer = submit(rowsOf([9], 5));
    engines.started.shift()?.fail(noMemory());
    await turn();
    await engines.finishAll();
    expect((await answer).logits[0]).toBe(5);
    expect(await count('rerankd_batch_retries_total')).toBe(1);
    expect(scheduler.batchTokens).toBe(1024);
  });

  it('is turned away with when to come back, should that fail too', async () => {
    const { engines, scheduler, submit } = await withProven();
    const refused = expect(submit(rowsOf([9], 5))).rejects.toMatchObject({
      type: 'unavailable',
      message: 'the device has no memory for a pair of 9 tokens at this moment',
      retryAfterSeconds: 5,
    });
    expect(await runWith(engines, 0)).toEqual([]);
    await refused;
    expect(scheduler.batchTokens).toBe(128);
  });
});

describe('a batch under which the device fails', () => {
  it('runs once more as a whole', async () => {
    const { engines, submit, count, log } = setUp();
    const answer = submit(rowsOf([10, 10, 10]));
    engines.started.shift()?.fail(lost());
    await turn();
    expect(shapes(engines)).toEqual([[10, 10, 10]]);
    await engines.finishAll();
    expect([...(await answer).logits]).toEqual([0, 1, 2]);
    expect(await count('rerankd_batch_retries_total')).toBe(1);
    expect(log.find(/runs again, as it is/)).toBeDefined();
  });

  it('is taken apart when the device fails again, and only the pair that breaks it is given up', async () => {
    const { engines, submit } = setUp();
    void submit(rowsOf([10], 9));
    const [bad, good] = [submit(rowsOf([10], 1)), submit(rowsOf([10], 2))];
    const refused = expect(bad).rejects.toMatchObject({ type: 'internal', detail: ECC });
    engines.started.shift()?.succeed();
    const fails = (tokens: RaggedTokens): boolean => tokens.ids.includes(1);
    const sizes: number[] = [];
    for (let batch = engines.started.shift(); batch; batch = engines.started.shift()) {
      sizes.push(batch.tokens.lengths.length);
      if (fails(batch.tokens)) batch.fail(lost());
      else batch.succeed();
      await turn();
    }
    await refused;
    expect((await good).logits[0]).toBe(2);
    expect(sizes).toEqual([2, 2, 1, 1]);
  });

  it('costs a batch nothing that only waited behind it', async () => {
    const { engines, submit } = setUp();
    const answer = submit(rowsOf([10], 7));
    for (let loss = 0; loss < 5; loss++) {
      engines.started.shift()?.fail(new DeviceLost(ECC, false));
      await turn();
    }
    await engines.finishAll();
    expect((await answer).logits[0]).toBe(7);
  });
});

describe('a device that stays away', () => {
  it('turns requests away with the reason, those that wait and those that come', async () => {
    const { engines, scheduler, submit } = setUp(16);
    const waiting = [submit(rowsOf([10, 10])), submit(rowsOf([10], 5))];
    const turned = { type: 'unavailable', message: ECC, retryAfterSeconds: 5 };
    const refusals = waiting.map((answer) => expect(answer).rejects.toMatchObject(turned));
    engines.started.shift()?.fail(lost());
    engines.breakDown(ECC);
    await Promise.all(refusals);
    await expect(submit(rowsOf([10], 8))).rejects.toMatchObject(turned);
    expect(scheduler.queuedPairs).toBe(0);
  });

  it('is forgotten when it comes back', async () => {
    const { engines, submit } = setUp(16);
    const before = submit(rowsOf([10], 3));
    const refused = expect(before).rejects.toMatchObject({ type: 'unavailable' });
    engines.started.shift()?.fail(lost());
    engines.breakDown(ECC);
    await refused;
    engines.outage = undefined;
    engines.freeSlots = 1;
    // The same pair again: what is left of the first request must not stand in its way.
    const after = submit(rowsOf([10], 3));
    await engines.finishAll();
    expect((await after).logits[0]).toBe(3);
  });
});
