import { beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../src/model/generation.ts';
import type { DeviceFallback } from '../../src/serving/device-fallback.ts';
import { Readiness } from '../../src/serving/readiness.ts';
import { ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { fakeGeneration } from '../support/fake-generation.ts';
import { holdSlot } from '../support/hold-slot.ts';
import { ManualClock } from '../support/manual-clock.ts';

let slot: ModelSlot<Generation>;
let stop: AbortController;
let fallback: DeviceFallback | undefined;
let readiness: Readiness;

beforeEach(() => {
  slot = new ModelSlot(new ManualClock());
  stop = new AbortController();
  fallback = undefined;
  readiness = new Readiness({ slot, stopping: stop.signal, fallback: () => fallback });
});

const serve = (state: object = {}) => slot.swap(Object.assign(fakeGeneration('serving'), state));

/** A change in mode hold that ended the old model and brought no other. */
const loseModel = () =>
  slot
    .replace(
      0,
      () => false,
      () => Promise.reject(new Error('nothing loads')),
    )
    .catch(() => {});

describe('a server', () => {
  it.each<[state: string, reason: string | undefined, bring: () => Promise<unknown>]>([
    ['that loads its first model', 'the first model is not loaded yet', async () => {}],
    ['with a model', undefined, () => serve()],
    ['of which every engine is restarting', 'no engine is ready', () => serve({ readyEngines: 0 })],
    ['with an outage', 'CUDA failure 214', () => serve({ readyEngines: 0, outage: 'CUDA failure 214' })],
    ['whose engines work without a tokenizer', 'no tokenizer', () => serve({ outage: 'no tokenizer' })],
    ['that lost its model', 'no model is loaded any more', async () => [await serve(), await loseModel()]],
    [
      'that changes its model while requests wait',
      undefined,
      async () => [await serve({ readyEngines: 0 }), await holdSlot(slot)],
    ],
    [
      'that shuts down',
      'the server is shutting down',
      async () => [await serve(), await holdSlot(slot), stop.abort()],
    ],
  ])('%s gives as the reason to send it no requests: %s', async (_, reason, bring) => {
    await bring();
    expect(readiness.whyNotReady()).toBe(reason);
  });

  it('has started when its first model serves, for ever after', async () => {
    expect(readiness.hasStarted()).toBe(false);
    await serve();
    expect(readiness.hasStarted()).toBe(true);
    await loseModel();
    expect(slot.current).toBeUndefined();
    expect(readiness.hasStarted()).toBe(true);
  });

  it('says what it runs on if that is not what was meant', () => {
    expect(readiness.remark()).toBeUndefined();
    fallback = { from: 'cuda', reason: 'device lost', at: new Date(0) } as unknown as DeviceFallback;
    expect(readiness.remark()).toBe('cuda does not work, and the CPU serves in its place: device lost');
  });
});
