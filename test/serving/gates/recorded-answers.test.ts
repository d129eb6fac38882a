import { beforeEach, describe, expect, it } from 'vitest';
import type { Current } from '../../../src/serving/gates/candidate.ts';
import { LiveRing } from '../../../src/serving/gates/live-ring.ts';
import { Probes } from '../../../src/serving/gates/probes.ts';
import { RecordedAnswers } from '../../../src/serving/gates/recorded-answers.ts';
import { fakeCandidate } from '../../support/fake-candidate.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const TIMEOUT_MS = 60_000;

let clock: ManualClock;
let probes: Probes;
let advanced: number;
let stop: AbortController;

beforeEach(async () => {
  clock = new ManualClock();
  stop = new AbortController();
  advanced = 0;
  const live = new LiveRing(1);
  live.offer('q', ['a', 'long']);
  probes = await Probes.gather({ live });
});

const record = (model: Current): Promise<RecordedAnswers> =>
  RecordedAnswers.of(model, probes, {
    clock,
    timeoutMs: TIMEOUT_MS,
    signal: stop.signal,
    advance: () => void advanced++,
  });

/** A model that answers nothing until it is no longer asked, and says in how many flows it was. */
function silent() {
  const flows = new Set<unknown>();
  let waiting = 0;
  const score: Current['score'] = (_query, _documents, _limits, signal, flow) => {
    flows.add(flow);
    waiting++;
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        waiting--;
        reject(signal.reason);
      });
    });
  };
  return { model: { ...fakeCandidate(), score }, flows, waiting: () => waiting };
}

describe('the answers of a model that is about to end', () => {
  it('are kept for each of the questions, and no others', async () => {
    const model = fakeCandidate({ reference: 'local://old' });
    const recorded = await record(model);
    const limits = { maxLength: model.maxLength };
    const again = await model.score('q', ['a', 'long'], limits, stop.signal);
    expect((await recorded.score('q', ['a', 'long'])).logits).toEqual(again.logits);
    expect([recorded.identity, recorded.maxLength]).toEqual([model.identity, 512]);
    expect(recorded.probes).toBe(probes);
    expect(advanced).toBe(probes.set.length);
    expect(clock.pending, 'timers').toBe(0);
    await expect(recorded.score('q', ['long', 'a'])).rejects.toThrow('it was not asked this');
    await expect(recorded.score('another', ['a', 'long'])).rejects.toThrow('it was not asked this');
  });

  it('are asked for all at once, as one request', () => {
    const { model, flows, waiting } = silent();
    void record(model).catch(() => {});
    expect(waiting()).toBe(probes.set.length);
    expect([...flows]).toEqual([expect.anything()]);
  });

  it('are given up when they take too long, and nobody waits for them any more', async () => {
    const { model, waiting } = silent();
    const recorded = record(model);
    clock.advance(TIMEOUT_MS - 1);
    expect(waiting()).toBe(probes.set.length);
    clock.advance(1);
    await expect(recorded).rejects.toMatchObject({
      type: 'timeout',
      message: 'it did not answer within 60 s',
    });
    expect(waiting()).toBe(0);
  });

  it('are given up with the operation, by its reason', async () => {
    const { model, waiting } = silent();
    const recorded = record(model);
    stop.abort(new Error('cancelled'));
    await expect(recorded).rejects.toThrow('cancelled');
    expect([waiting(), clock.pending]).toEqual([0, 0]);
  });

  it('are none when one question fails, and the others are not waited for', async () => {
    const { model, waiting } = silent();
    const score: Current['score'] = (query, ...rest) =>
      query === 'q' ? Promise.reject(new Error('its engine has ended')) : model.score(query, ...rest);
    await expect(record({ ...model, score })).rejects.toThrow('its engine has ended');
    expect([waiting(), clock.pending]).toEqual([0, 0]);
  });
});
