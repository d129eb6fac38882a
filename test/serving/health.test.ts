import { beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../src/model/generation.ts';
import { HealthCheck } from '../../src/serving/health.ts';
import { ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { type FakeGeneration, fakeGeneration } from '../support/fake-generation.ts';
import { holdSlot } from '../support/hold-slot.ts';
import { ManualClock } from '../support/manual-clock.ts';

const ENGINE_TIMEOUT_MS = 60_000;
/** After that an answer proves nothing any more. */
const RECENT_MS = 5_000;

let clock: ManualClock;
let slot: ModelSlot<Generation>;
let health: HealthCheck;
let model: Generation & FakeGeneration;

beforeEach(async () => {
  clock = new ManualClock();
  slot = new ModelSlot(clock);
  health = new HealthCheck({ slot, engineTimeoutMs: ENGINE_TIMEOUT_MS, clock });
  model = fakeGeneration('serving');
});

const serve = (state: Partial<FakeGeneration> = {}) => slot.swap(Object.assign(model, state));
const healthy = { healthy: true, model: 'local://serving' };
const unhealthy = (reason: RegExp) => ({
  healthy: false,
  model: 'local://serving',
  reason: expect.stringMatching(reason),
});

/** What comes of it if nothing else has to happen first. */
const soonOr = <T>(outcome: Promise<T>, otherwise: string): Promise<T | string> =>
  Promise.race([outcome, new Promise<string>((resolve) => setImmediate(() => resolve(otherwise)))]);

/** No engine answers; whoever asks waits until its time is up. */
function hang(): void {
  Object.assign(model, {
    score: (query: string, documents: string[], _limits: object, signal: AbortSignal) => {
      model.asked.push({ query, documents });
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  });
}

describe('the health of a server', () => {
  it('is bad before there is a model', async () => {
    expect(await health.check()).toEqual({ healthy: false, model: null, reason: 'no model is loaded yet' });
  });

  it('is good without a question when an answer is recent', async () => {
    await serve({ lastAnswerAt: -RECENT_MS + 1 });
    expect(await health.check()).toEqual(healthy);
    expect(model.asked).toEqual([]);
  });

  it('is asked for when the last answer is not recent', async () => {
    await serve({ lastAnswerAt: -RECENT_MS });
    expect(await health.check()).toEqual(healthy);
    expect(model.asked).toHaveLength(1);
  });

  it('is good while requests wait for another model, and nothing is asked', async () => {
    await serve();
    const end = await holdSlot(slot);
    // A question would wait until the end of that.
    expect(await soonOr(health.check(), 'not yet')).toEqual(healthy);
    await end();
    expect(model.asked).toEqual([]);
  });

  it('is bad when the model fails on the question', async () => {
    await serve({ readyEngines: 2 });
    Object.assign(model, { score: () => Promise.reject(new Error('CUDA failure 214')) });
    expect(await health.check()).toEqual(
      unhealthy(/^inference does not work \(2 engines ready\): CUDA failure 214$/),
    );
  });

  it.each<[string, () => Promise<unknown>]>([
    ['answered', async () => ({ logits: [0] })],
    ['failed', () => Promise.reject(new Error('CUDA failure 214'))],
  ])('keeps no model from ending once its question is %s', async (_, score) => {
    await serve();
    Object.assign(model, { score });
    await health.check();
    await slot.swap(fakeGeneration('next'));
    expect(await soonOr(slot.drained(model), 'still in use')).toBeUndefined();
  });

  it.each<[what: string, state: Partial<FakeGeneration>, expected: object]>([
    ['bad when nothing else waits', {}, unhealthy(/2000 ms/)],
    ['good behind a queue that moves', { queuedPairs: 9 }, healthy],
    ['bad behind a queue without an engine', { queuedPairs: 9, readyEngines: 0 }, unhealthy(/0 engines/)],
    [
      'bad behind a queue that has stopped',
      { queuedPairs: 9, lastAnswerAt: 2_000 - ENGINE_TIMEOUT_MS },
      unhealthy(/2000 ms/),
    ],
  ])('without an answer to its question is %s', async (_, state, expected) => {
    await serve({ lastAnswerAt: 2_001 - ENGINE_TIMEOUT_MS, ...state });
    hang();
    const checked = health.check();
    await new Promise(setImmediate);
    clock.advance(2_000);
    expect(await checked).toEqual(expected);
  });

  it('takes one question at a time, however many want to know', async () => {
    await serve();
    hang();
    const checks = [health.check(), health.check(), health.check()];
    await new Promise(setImmediate);
    clock.advance(2_000);
    expect(await Promise.all(checks)).toEqual(checks.map(() => unhealthy(/2000 ms/)));
    expect(model.asked).toHaveLength(1);
    void health.check();
    await new Promise(setImmediate);
    expect(model.asked).toHaveLength(2);
  });
});
