import { describe, expect, it } from 'vitest';
import { Flow } from '../../src/batching/flow.ts';
import { Scheduler } from '../../src/batching/scheduler.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { CallFailed, ChildLost } from '../../src/platform/process/child-link.ts';
import { FakeEngines, rowsOf } from '../support/fake-engines.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { someMetrics } from '../support/some-metrics.ts';

const turn = (): Promise<void> => new Promise(setImmediate);

/** One engine that takes one pair at a time, and whose only place is taken. */
function setUp() {
  const engines = new FakeEngines(1);
  const scheduler = new Scheduler({
    engines,
    maxBatchTokens: 1,
    clock: new ManualClock(),
    metrics: someMetrics(),
  });
  const submit = (tokens: RaggedTokens, signal = new AbortController().signal) =>
    scheduler.submit(tokens, new Flow(), signal);
  void submit(rowsOf([10], 1000));
  return { engines, scheduler, submit };
}

/** Asks for a pair and leaves before it runs. */
function visitor() {
  const client = new AbortController();
  return { signal: client.signal, leave: () => client.abort(new Error('left')) };
}

describe('a pair that is asked for again', () => {
  it('waits anew after the client left that brought it', async () => {
    const { scheduler, submit, engines } = setUp();
    const { signal, leave } = visitor();
    const left = submit(rowsOf([10], 2), signal);
    leave();
    await expect(left).rejects.toThrow('left');
    const stayed = submit(rowsOf([10], 2));
    expect(scheduler.queuedPairs).toBe(1);
    await engines.finishAll();
    expect((await stayed).logits[0]).toBe(2);
  });

  it('runs anew after it was scored', async () => {
    const { submit, engines } = setUp();
    const first = submit(rowsOf([10], 2));
    await engines.finishAll();
    await first;
    void submit(rowsOf([10], 2));
    expect(engines.started).toHaveLength(1);
  });

  it('runs anew after the model failed on it', async () => {
    const { submit, engines } = setUp();
    const first = submit(rowsOf([10], 2));
    engines.started.shift()?.succeed();
    engines.started.shift()?.fail(new CallFailed('not now'));
    await expect(first).rejects.toThrow('the model failed');
    void submit(rowsOf([10], 2));
    expect(engines.started).toHaveLength(1);
  });

  it('runs anew after its engine was lost when the client had left', async () => {
    const { submit, engines } = setUp();
    const { signal, leave } = visitor();
    const left = submit(rowsOf([10], 2), signal);
    engines.started.shift()?.succeed();
    leave();
    await expect(left).rejects.toThrow('left');
    engines.started.shift()?.fail(new ChildLost('killed', true));
    await turn();
    void submit(rowsOf([10], 2));
    expect(engines.started).toHaveLength(1);
  });

  it('is another pair if its tokens have other types', () => {
    const { scheduler, submit } = setUp();
    void submit(rowsOf([10], 2));
    void submit({ ...rowsOf([10], 2), typeIds: new Uint8Array(10).fill(1) });
    expect(scheduler.queuedPairs).toBe(2);
  });

  it('takes the better turn of the two', async () => {
    const { submit, engines } = setUp();
    engines.started.shift()?.succeed();
    await turn();
    // Two pairs a turn: the last one is in the third, and who comes now is in the second.
    void submit(rowsOf([1024, 1024, 1024, 1024, 1024, 1024]));
    void submit(rowsOf([1024], 5));
    const order: (number | undefined)[] = [];
    for (let batch = engines.started.shift(); batch !== undefined; batch = engines.started.shift()) {
      order.push(batch.tokens.ids[0]);
      batch.succeed();
      await turn();
    }
    expect(order).toEqual([0, 1, 2, 3, 5, 4]);
  });
});
